"""What goes in and out of the review: the group that is decided, a candidate, an example for training."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.domain.product import Product


@dataclass(frozen=True)
class Group:
    """The undecided items of `key`, without those left out.

    `example` is the item that the person looked at: where that is decided already, the person comes too late.
    """

    key: str
    example: int
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Meaning:
    """The product that the words of a group mean.

    `said`: the words, where they are not each item's own phrase. `for_all`: to every customer, not to the group's only.
    """

    sku: str
    said: str = ""
    for_all: bool = False


@dataclass(frozen=True)
class Candidate:
    """A product that the words may mean; `why` in words, where something beside the likeness speaks for it."""

    product: Product
    score: float | None
    why: str = ""


@dataclass(frozen=True)
class Example:
    """An utterance and what a person said of it.

    `entities`: `{start, end, entity, value}` in characters of `text`; None: nobody marked its pieces.
    """

    text: str
    intent: str
    entities: tuple[dict[str, Any], ...] | None
    decision_id: int
    by: str
    at: datetime
    written: bool = False
    """It went into the files of data/nlu/reviewed once."""
