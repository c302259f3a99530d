"""Two models phrase by phrase and figure by figure, both measured on the same sets. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Measured = Mapping[str, Any]
"""What rasa_project/evaluate.py found of a model, with the figures of `api.benchmark.gate` as `orders`.

Of a phrase: `{set, text, expected, got, confidence}`; set: heldout, must or reviewed.
"""

Change = Literal["mended", "broken", "moved"]
FIGURES = ("heldout", "strangers", "must", "orders", "stories", "flavours")
"""Of an evaluation, what a card keeps of the live model for the pages: without its mistakes, which `phrases` tell."""


def change_of(expected: str, was: str, now: str) -> Change | None:
    """What became of a phrase; None: nothing that matters."""
    if was == now:
        return None
    if now == expected:
        return "mended"
    return "broken" if was == expected else "moved"


def phrases(before: Measured, after: Measured) -> list[dict[str, Any]]:
    """The phrases that the two models read differently; the broken ones first, the surest of a kind first."""
    known = {(one["set"], one["text"]): one for one in before.get("phrases", ())}
    found = []
    for one in after.get("phrases", ()):
        was = known.get((one["set"], one["text"]))
        change = was and change_of(one["expected"], was["got"], one["got"])
        if was and change:
            found.append(
                {
                    "set": one["set"],
                    "text": one["text"],
                    "expected": one["expected"],
                    "was": was["got"],
                    "is": one["got"],
                    "was_confidence": was["confidence"],
                    "confidence": one["confidence"],
                    "change": change,
                }
            )
    order = ("broken", "mended", "moved")
    return sorted(found, key=lambda one: (order.index(one["change"]), -one["confidence"], one["text"]))


def compared(version: str, before: Measured, after: Measured) -> dict[str, Any]:
    """A card's `compared_with`: the live model's figures and what changed."""
    kept = {name: _without_mistakes(before[name]) for name in FIGURES if name in before}
    return {"version": version, **kept, "phrases": phrases(before, after)}


def count(changes: Iterable[Mapping[str, Any]], change: Change, *sets: str) -> int:
    """How many phrases of these sets (none named: of all) changed so."""
    return sum(1 for one in changes if one["change"] == change and (not sets or one["set"] in sets))


def _without_mistakes(figures: Any) -> Any:
    return {name: value for name, value in figures.items() if name != "mistakes"} if isinstance(figures, dict) else figures
