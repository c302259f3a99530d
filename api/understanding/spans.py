"""Which characters of a message name goods, which say how much, which say what to do: the reading, for a person's eye.

Nothing is read a second time: the annotation is the one that was read, the phrases are those of the outcome.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from api.understanding.outcome import Outcome
from order_text import annotate
from order_text.model import Kind, Token

SpanKind = Literal["product", "quantity", "unit", "operation", "other"]

REACH = 16
"""Tokens between which the words of one phrase stand: as far as one mention reaches, and its borders."""
_KINDS: dict[Kind, SpanKind] = {
    Kind.number: "quantity",
    Kind.span: "quantity",
    Kind.weight: "quantity",
    Kind.volume: "quantity",
    Kind.unit: "unit",
    Kind.operation: "operation",
    Kind.reference: "operation",
}
"""What a token says that no phrase holds: a phrase is a mention without its amount."""


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of the text."""

    start: int
    end: int
    kind: SpanKind


@dataclass(frozen=True)
class Marked:
    """The text as it was read (look-alike letters and invisible signs put right), and its spans in their order."""

    text: str
    spans: tuple[Span, ...]


def marked(text: str, outcome: Outcome) -> Marked:
    """The message with what each of its words was taken for; borders are no span."""
    annotation = annotate(text)
    phrases = [change.phrase for change in outcome.changes] + [question.phrase for question in outcome.questions]
    named = _places_of(phrases, annotation.tokens)
    spans = [
        Span(token.start, token.end, "product" if place in named else _KINDS.get(token.kind, "other"))
        for place, token in enumerate(annotation.tokens)
        if token.kind != Kind.border
    ]
    return Marked(annotation.text, tuple(spans))


def _places_of(phrases: Iterable[str], tokens: Sequence[Token]) -> set[int]:
    """The tokens of which the phrases were made."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        if token.kind != Kind.border:
            places[token.text].append(place)
    taken: set[int] = set()
    for phrase in phrases:
        taken |= _best(phrase, tokens, places, taken)
    return taken


def _best(phrase: str, tokens: Sequence[Token], places: dict[str, list[int]], taken: set[int]) -> set[int]:
    """Where most of the phrase's words stand closest together, none of them taken by another phrase."""
    words = _words(phrase, places)
    best: set[int] = set()
    for start in (place for word in words for place in places[word] if place not in taken):
        found = _matched(words, tokens, start, taken)
        if len(found) == len(words) == _extent(found):
            return found
        best = max(best, found, key=lambda places: (len(places), -_extent(places)))
    return best


def _extent(places: set[int]) -> int:
    return max(places) - min(places) + 1 if places else 0


def _words(phrase: str, places: dict[str, list[int]]) -> list[str]:
    """The tokens of a phrase that the text holds; one token may be two words («с ветчиной»)."""
    words, rest = list[str](), phrase.split()
    while rest:
        size = next((size for size in (3, 2, 1) if " ".join(rest[:size]) in places), 0)
        if size:
            words.append(" ".join(rest[:size]))
        rest = rest[size or 1 :]
    return list(dict.fromkeys(words))


def _matched(words: Sequence[str], tokens: Sequence[Token], start: int, taken: set[int]) -> set[int]:
    """The places of the words from `start` on, a border of sentences or rows ending them."""
    left, found = set(words), set[int]()
    for place in range(start, min(start + REACH, len(tokens))):
        token = tokens[place]
        if token.kind == Kind.border and token.role in ("hard", "line"):
            break
        if place not in taken and token.text in left:
            left.discard(token.text)
            found.add(place)
    return found
