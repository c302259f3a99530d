"""Reviewed examples that contradict what the model and the examples of before both say: wrong labels, most likely.

A model that is trained on them learns them by heart and passes any frozen set that holds no such phrase, so they are
looked for in the examples themselves. A contradiction is an example which the live model reads, surely, as another
intent, and which is written more like some older example of that other intent than like any of its own. Phrases of a
really new kind are read wrongly too, and often surely, but they are not like the examples of what they are taken for.
Measured (docs/train.md): of 50 wrong labels 34 to 48 are found; of 2,213 right ones 4, of 30 of a new kind none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz, process

from api.training.comparing import Measured
from api.training.schemas import Reviewed
from api.understanding.heard import FALLBACK

SURE = 0.8
"""The live model's confidence from which on its word is a word against the person's."""


@dataclass(frozen=True)
class Contradiction:
    """`like`: the older example that it is like, of the intent that the live model reads."""

    text: str
    intent: str
    by: str
    heard: str
    confidence: float
    like: str

    def to_json(self) -> dict[str, Any]:
        """For the card."""
        return asdict(self)


@dataclass(frozen=True)
class Reading:
    """A reviewed example and what the live model hears in it."""

    text: str
    intent: str
    by: str
    heard: str
    confidence: float


def readings(live: Measured, reviewed: Iterable[Reviewed]) -> list[Reading]:
    """The reviewed examples as the live model, which was measured on them too, reads them."""
    heard = {one["text"]: one for one in live["phrases"] if one["set"] == "reviewed"}
    return [
        Reading(one.text, one.intent, one.by, heard[one.text]["got"], heard[one.text]["confidence"])
        for one in reviewed
        if one.text in heard
    ]


def disputed(readings: Iterable[Reading]) -> list[Reading]:
    """Those that the live model does not read as the person did: what it learnt already is in nobody's dispute."""
    return [one for one in readings if one.heard != one.intent]


def contradictions(readings: Iterable[Reading], older: Iterable[tuple[str, str]]) -> list[Contradiction]:
    """In the order of the readings. `older`: (intent, text) of examples that were not reviewed."""
    by_intent: dict[str, list[str]] = {}
    for intent, text in older:
        by_intent.setdefault(intent, []).append(text)
    found = []
    for one in disputed(readings):
        if one.heard != FALLBACK and one.confidence >= SURE and (like := _more_like(one, by_intent)):
            found.append(Contradiction(one.text, one.intent, one.by, one.heard, one.confidence, like))
    return found


def _more_like(one: Reading, by_intent: Mapping[str, Sequence[str]]) -> str:
    """The example of the heard intent that is nearer than any of the person's intent; empty: there is none."""
    heard, its_own = (_nearest(one.text, by_intent.get(intent, ())) for intent in (one.heard, one.intent))
    return heard[0] if heard[1] > its_own[1] else ""


def _nearest(text: str, examples: Sequence[str]) -> tuple[str, float]:
    found = process.extractOne(text, examples, scorer=fuzz.ratio, processor=str.lower)
    return (found[0], found[1]) if found else ("", 0.0)
