"""How a line came into the order, step by step: kept with the line of the cart, written with the line of the order.

A later change appends a step; what is taken out takes its path along; a repeated order begins anew.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from api.domain.cart import plain
from api.domain.privacy import masked
from api.understanding.outcome import Outcome

How = Literal["words", "alias", "answer", "repeat", "button", "list", "colleague", "fitted"]

LONGEST = 10
"""Steps of one line; of more the first and the last ones are kept."""
WORDS = 200
OPERATIONS: Mapping[str, How] = {
    "message": "words",
    "repeat": "repeat",
    "answer": "answer",
    "list": "list",
    "fit_limit": "fitted",
}
"""By the operations of api/orders/service.py; what is missing is a button."""
BY_WORDS: Set[How] = frozenset({"words", "alias", "answer"})


@dataclass(frozen=True)
class Step:
    """`quantity` is the line's after the step, in base units; `by` the person, or the conversation of nobody known."""

    at: datetime
    how: How
    words: str
    inbox: int
    score: float | None
    quantity: Decimal
    by: str = ""


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Cause:
    """Why lines change in this turn. `words`, `scores`, `hows` are by SKU, where a line differs from the rest."""

    at: datetime
    how: How
    inbox: int
    by: str
    text: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    hows: Mapping[str, How] = field(default_factory=dict)

    def step(self, sku: str, quantity: Decimal) -> Step:
        """The step that this turn makes of the line."""
        how = self.hows.get(sku, self.how)
        said = "" if how in ("button", "fitted") else self.words.get(sku) or self.text
        return Step(self.at, how, masked(said)[:WORDS], self.inbox, self.scores.get(sku), quantity, self.by)

    def of(self, outcome: Outcome, aliases: Iterable[str], answered: bool) -> "Cause":
        """The same, with what the understanding tells of each line. `aliases`: the SKUs that an alias named."""
        repeated = {change.sku for change in outcome.changes if change.op == "repeated"}
        words = {change.sku: change.phrase for change in outcome.changes if change.phrase}
        how: How = "repeat" if outcome.base_order else "answer" if answered else self.how
        named = dict[str, How]() if self.how == "list" else dict.fromkeys(words, "answer" if answered else self.how)
        named |= dict.fromkeys(aliases, "alias")
        named |= dict.fromkeys(repeated - words.keys(), "repeat")
        return replace(self, how=how, words=words, scores=outcome.likeness, hows=named)


def after(path: Path, step: Step) -> Path:
    """The path with one more step."""
    if step.how == "repeat":
        return (step,)
    longer = (*path, step)
    return longer if len(longer) <= LONGEST else (longer[0], *longer[1 - LONGEST :])


def to_json(path: Path) -> list[dict[str, Any]]:
    """As the cart keeps it."""
    return [_told(step) | {"by": step.by} for step in path]


def from_json(data: Iterable[Mapping[str, Any]]) -> Path:
    """Of a cart, or of an order, which no longer tells who it was."""
    return tuple(
        Step(
            at=datetime.fromisoformat(one["at"]),
            how=one["how"],
            words=one["words"],
            inbox=one["inbox"],
            score=one["score"],
            quantity=Decimal(one["quantity"]),
            by=one.get("by", ""),
        )
        for one in data
    )


def ordered(path: Path, by: str) -> list[dict[str, Any]]:
    """As the line of an order keeps it: what another than the one who confirms did is a colleague's."""
    return [_told(step if step.by in ("", by) else replace(step, how="colleague")) for step in path]


def _told(step: Step) -> dict[str, Any]:
    return {
        "at": step.at.isoformat(),
        "how": step.how,
        "words": step.words,
        "inbox": step.inbox,
        "score": None if step.score is None else round(step.score, 3),
        "quantity": plain(step.quantity),
    }


def last_by_words(path: Sequence[Step]) -> Step | None:
    """The step that put the line as it is, when words did."""
    return path[-1] if path and path[-1].how in BY_WORDS else None
