"""From lines to a cart with a ranker alone: the best name wins, above a cut-off that is fitted on the tuning part."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.benchmark.peers.lines import Line
from api.benchmark.peers.ranking import Ranker
from api.benchmark.sets import Catalogue
from api.understanding.catalog import Entry

CUTOFFS = (40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
ASKED_WITHIN = (None, 0.0, 3.0)
OFFERED = 5


@dataclass(frozen=True)
class Settings:
    """What counts as a match (`cutoff`, 0–100), and how near the second best makes it ask (None: it never does)."""

    cutoff: float = 60.0
    ask_within: float | None = None


@dataclass(frozen=True)
class Said:
    """What a peer understood of one message: whether it orders, repeats or removes, and the lines."""

    does: str
    lines: tuple[Line, ...] = ()


Listen = Callable[[str], Said]


def understand(
    case: Mapping[str, Any], known: Catalogue, rank: Ranker, settings: Settings, listen: Listen
) -> dict[str, Any]:
    """The parsed line of a case; earlier turns are read as messages of their own."""
    cart = {sku: Decimal(quantity) for sku, quantity in (case.get("start") or {}).items()}
    questions: list[dict[str, Any]] = []
    for text in [*(case.get("turns") or ()), case["text"]]:
        said = listen(text)
        if said.does == "repeat" and not cart:
            history = known.histories.get(case["client"], ())
            cart = dict(history[-1].lines) if history else {}
        elif said.does in ("order", "repeat"):
            questions += _order(said.lines, cart, known, rank, settings)
    return {
        "id": case["id"],
        "cart": {sku: format(quantity.normalize(), "f") for sku, quantity in cart.items()},
        "questions": questions,
    }


def _order(
    lines: Iterable[Line], cart: dict[str, Decimal], known: Catalogue, rank: Ranker, settings: Settings
) -> list[dict[str, Any]]:
    """Sets the lines that are clear; returns questions for the others. The same product twice is summed."""
    questions, named = [], set()
    for line in lines:
        ranked = rank(line.name, OFFERED)
        entries = [known.index.entries[place] for place, _ in ranked]
        best = ranked[0][1] if ranked else 0.0
        if best < settings.cutoff:
            if line.quantity is not None:
                questions.append(_question(line, "unknown", entries))
            continue
        if settings.ask_within is not None and len(ranked) > 1 and best - ranked[1][1] <= settings.ask_within:
            questions.append(_question(line, "ambiguous", entries))
            continue
        quantity = _base(line, entries[0])
        if quantity is None:
            questions.append(_question(line, "unit" if line.quantity else "quantity", entries[:1]))
            continue
        sku = entries[0].sku
        cart[sku] = cart[sku] + quantity if sku in named else quantity
        named.add(sku)
    return questions


def _question(line: Line, reason: str, entries: list[Entry]) -> dict[str, Any]:
    return {"phrase": line.name, "reason": reason, "candidates": [entry.sku for entry in entries]}


def _base(line: Line, entry: Entry) -> Decimal | None:
    if line.quantity is None or line.unit in ("", entry.unit):
        return line.quantity
    return line.quantity * entry.packs[line.unit] if line.unit in entry.packs else None
