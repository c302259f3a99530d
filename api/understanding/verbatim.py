"""Catalogue names pasted whole into a message: each becomes one word that means just that product.

A price list's own line («Креветки королев. 16/20 б/г с/м 1кг уп 5») is full of marks and figures that mean something
else in running speech, so it is recognised before it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.understanding.catalog import CatalogIndex
from api.understanding.names import PIECE, name_pieces, plain_piece
from order_text.model import Annotation, Kind, Token
from order_text.normalize import clean

SHORTEST = 3
"""Words and figures of a name that is recognised; shorter ones are read like any speech."""
LONGEST_CODE = 3
MARK = "="
"""Begins the word that stands for a SKU."""


@dataclass(frozen=True)
class _Said:
    text: str
    start: int
    end: int


def mark_names(annotation: Annotation, index: CatalogIndex) -> list[Token]:
    """The tokens, with those of every whole name replaced by one; longer names first."""
    said = [_Said(plain_piece(found.group()), found.start(), found.end()) for found in PIECE.finditer(annotation.text)]
    spans: list[tuple[int, int, str]] = []
    place = 0
    while place < len(said):
        sku, length = _name_at(said, place, index)
        if length:
            spans.append((said[place].start, said[place + length - 1].end, sku))
        place += length or 1
    return _replaced(annotation, spans) if spans else list(annotation.tokens)


def _name_at(said: Sequence[_Said], place: int, index: CatalogIndex) -> tuple[str, int]:
    """The SKU and the number of words of the name or code that begins here; a code may stand before its name."""
    for length in range(min(LONGEST_CODE, len(said) - place), 0, -1):
        sku = index.by_code.get(tuple(one.text for one in said[place : place + length]))
        if sku is not None:
            named, more = _name_at(said, place + length, index) if place + length < len(said) else ("", 0)
            return sku, length + (more if named == sku else 0)
    best, longest = "", 0
    for entry in index.beginning(said[place].text, said[place + 1].text if place + 1 < len(said) else ""):
        name = name_pieces(clean(entry.item.name))
        if len(name) < SHORTEST or len(name) <= longest:
            continue
        if [one.text for one in said[place : place + len(name)]] == name:
            best, longest = entry.sku, len(name)
    return best, longest


def _replaced(annotation: Annotation, spans: Sequence[tuple[int, int, str]]) -> list[Token]:
    tokens: list[Token] = []
    rest = list(spans)
    for token in annotation.tokens:
        while rest and token.start >= rest[0][1] and not _closes(token, rest[0], annotation.text):
            rest.pop(0)
        if not rest or token.end <= rest[0][0] or token.start >= rest[0][1] + 1:
            tokens.append(token)
            continue
        start, end, sku = rest[0]
        if tokens and tokens[-1].start == start and tokens[-1].lemmas == (MARK + sku,):
            continue
        tokens.append(Token(Kind.word, annotation.text[start:end], start, end, lemmas=(MARK + sku,)))
    return tokens


def _closes(token: Token, span: tuple[int, int, str], text: str) -> bool:
    """The mark that ends a name («(50шт)», «вес.») is part of it."""
    return token.start == span[1] and text[token.start] in ')."'
