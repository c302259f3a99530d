"""What a decision teaches about an utterance."""

from typing import Any

from api.db.models import ReviewDecisionRow, ReviewItemRow
from api.review.intents import BY_NAME
from api.review.schemas import Example

DOUBTED = ("fallback", "low_confidence", "chosen", "differs")
"""Kinds of items whose intent is the very thing in doubt: only a trainer's word counts."""
PARTLY_WRITTEN = "written"
"""In a decision's data, while some of its utterances are refused by the checks: the texts that went into the files."""


def example_of(decision: ReviewDecisionRow, item: ReviewItemRow) -> Example | None:
    """None where nothing is taught. The text is the customer's own: whoever keeps it in a file masks it before."""
    taught = _of_trainer(decision, item) if decision.kind == "example" else _of_alias(decision, item)
    if taught is None or not item.text.strip():
        return None
    intent, entities = taught
    written = decision.written_at is not None or item.text in decision.data.get(PARTLY_WRITTEN, ())
    return Example(item.text, intent, entities, decision.id, decision.by, decision.at, written)


Taught = tuple[str, tuple[dict[str, Any], ...] | None]


def _of_trainer(decision: ReviewDecisionRow, item: ReviewItemRow) -> Taught:
    marked = decision.data["entities"] if item.text == decision.text else None
    return decision.data["intent"], tuple(marked) if marked is not None else None


def _of_alias(decision: ReviewDecisionRow, item: ReviewItemRow) -> Taught | None:
    """The intent was never in doubt, and a piece of the words turned out to be a product."""
    intent = item.guess.get("intent", "")
    if item.kind in DOUBTED or intent not in BY_NAME:
        return None
    phrase = item.phrase or decision.text
    start = item.text.casefold().find(phrase.casefold())
    if start < 0 or len(item.text.casefold()) != len(item.text):
        return None
    end = start + len(phrase)
    return intent, ({"start": start, "end": end, "entity": "product", "value": item.text[start:end]},)
