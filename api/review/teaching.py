"""What a decision teaches about an utterance, and how Rasa reads it."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from api.db.models import ReviewDecisionRow, ReviewItemRow
from api.review.intents import BY_NAME
from api.review.schemas import Example
from order_text import annotate
from order_text.model import Kind

DOUBTED = ("fallback", "low_confidence", "chosen", "differs")
"""Kinds of items whose intent is the very thing in doubt: only a trainer's word counts."""
_ONE_LINE = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "[": "(", "]": ")"})
"""In Rasa's notation a line is an example and brackets are a mark; each becomes one character, so that offsets hold."""


def example_of(decision: ReviewDecisionRow, item: ReviewItemRow) -> Example | None:
    """None where nothing is taught, or a telephone number stands in the words: examples are kept in files."""
    taught = _of_trainer(decision, item) if decision.kind == "example" else _of_alias(decision, item)
    if taught is None or not item.text.strip():
        return None
    if _has_phone(item.text):
        return None
    intent, entities = taught
    return Example(item.text, intent, entities, decision.id, decision.by, decision.at)


@lru_cache(maxsize=50_000)
def _has_phone(text: str) -> bool:
    # Utterances do not change, and all of them are looked at whenever the examples are.
    return any(token.kind == Kind.phone for token in annotate(text).tokens)


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


def as_rasa(taught: Iterable[Example]) -> str:
    """The examples as a file of data/nlu, by intent."""
    by_intent: dict[str, list[str]] = {}
    for example in taught:
        by_intent.setdefault(example.intent, []).append(_line(example))
    parts = ['version: "3.1"\n\nnlu:' if by_intent else 'version: "3.1"\n\nnlu: []']
    for intent, lines in by_intent.items():
        parts.append(f"  - intent: {intent}\n    examples: |\n" + "\n".join(f"      - {line}" for line in lines))
    return "\n".join(parts) + "\n"


def _line(example: Example) -> str:
    """«[сгуха](product) [5](quantity)»"""
    line, done = "", 0
    text = example.text.translate(_ONE_LINE)
    for one in example.entities or ():
        line += f"{text[done : one['start']]}[{text[one['start'] : one['end']]}]({one['entity']})"
        done = one["end"]
    return (line + text[done:]).strip()
