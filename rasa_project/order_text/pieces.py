"""One piece into tokens: figures, words, units, named measures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

from order_text.lexicon.closed import CONJUNCTIONS, DEPARTMENTS, FILLERS, PREPOSITIONS, PRONOUNS, SPECIFICATIONS
from order_text.lexicon.spoken import SPOKEN
from order_text.lexicon.units import CUT_UNITS, SMALL_VOLUMES
from order_text.model import Kind, Token
from order_text.morph import Analysis, analyse
from order_text.normalize import fold, letter_variants
from order_text.tokens import Piece
from order_text.units import half_of_unit, named_measure, unit_of

GREATEST = Decimal(10) ** 12
_GRAMMEMES = ("NOUN", "ADJF", "ADJS", "VERB", "INFN", "PRTF", "PRTS", "ADVB", "COMP", "INTJ", "PRED")
_PEOPLE_AND_PLACES = ("Name", "Patr", "Surn", "Geox", "past")
_SIZES = frozenset({"S", "M", "L", "XL", "XS"})
_CLOSED = PREPOSITIONS | CONJUNCTIONS | PRONOUNS


@dataclass(frozen=True)
class Place:
    """A piece's text and offsets, which its tokens take over."""

    text: str
    start: int
    end: int

    def token(self, kind: Kind, **fields: Any) -> Token:
        """A token here."""
        return Token(kind, self.text, self.start, self.end, **fields)


def read_figure(piece: Piece) -> Token:
    """Numbers, phones, dates, line ends."""
    make = Place(piece.text, piece.start, piece.end).token
    if piece.group == "newline":
        return make(Kind.border, role="line")
    if piece.group == "url":
        return make(Kind.closed, role="url")
    if piece.group == "mix":
        return make(Kind.code, lemmas=(re.sub(r"\s", "", fold(piece.text)).replace("in", "в").replace("v", "в"),))
    if piece.group == "over":
        return make(Kind.code, lemmas=(piece.text,))  # «минтай 30+»: the calibre
    if piece.group in ("phone", "time", "date"):
        return make(Kind(piece.group))
    if piece.group == "percent":
        return make(Kind.percent, value=_decimal(piece.text.rstrip("% ")), unit="%")
    if piece.group == "thousand":
        return make(Kind.number, value=_decimal(re.sub(r"\s", "", piece.text)))
    if piece.group == "sign":
        return make(Kind.closed, role="sign")
    if piece.group in ("size", "span", "slash_number"):
        return _pair(piece, make)
    if piece.group == "science":
        return make(Kind.number, value=_decimal(piece.text.lower().replace("е", "e")))
    if piece.text.startswith("00"):
        return make(Kind.code, lemmas=(piece.text,))  # «мука 00»
    if piece.text in SMALL_VOLUMES:
        return make(Kind.number, value=Decimal(f"0.{piece.text[1:]}"))  # «тархун 05»
    return make(Kind.number, value=_decimal(piece.text))


def _pair(piece: Piece, make: Callable[..., Token]) -> Token:
    left, right = [_decimal(part) for part in re.findall(r"\d+(?:[.,]\d+)?", piece.text)[:2]]
    if piece.group == "slash_number" and left is not None and right in (2, 3, 4) and left < right:
        return make(Kind.number, value=(left / right).quantize(Decimal("0.01")), role="fraction")
    if piece.group == "slash_number" or piece.group == "size":
        return make(Kind.size, value=left, value2=right, role="times" if piece.group == "size" else "slash")
    return make(Kind.span, value=left, value2=right)


def read_apart(piece: Piece) -> list[Token]:
    """«стакан 250-10»: what falls is no span but a figure and a quantity; empty for a span."""
    left, right = piece.text.replace(" ", "").split("-")
    if (_decimal(left) or 0) <= (_decimal(right) or 0):
        return []
    middle = piece.start + len(left)
    return [
        Place(left, piece.start, middle).token(Kind.number, value=_decimal(left)),
        Place("-", middle, middle + 1).token(Kind.border, role="dash"),
        Place(right, middle + 1, piece.end).token(Kind.number, value=_decimal(right)),
    ]


def _decimal(text: str) -> Decimal | None:
    try:
        return min(Decimal(text.strip().replace(",", ".")), GREATEST)
    except InvalidOperation:
        return None


def read_word(piece: Piece, clipped: bool = False) -> list[Token]:
    """A word token, a unit, a named measure or two tokens («полкоробки»); `clipped`: it can be no unit."""
    text = piece.reading or piece.text
    text = SPOKEN.get(fold(text), text)
    norm = fold(text)
    place = Place(text, piece.start, piece.end)
    if piece.group == "code":
        variants = tuple(dict.fromkeys(fold(v + re.sub(r"\D", "", text)) for v in letter_variants(norm[0])))
        return [place.token(Kind.code, lemmas=(norm.replace("-", ""),), variants=variants)]
    if piece.group == "slashed":
        parts = [letter_variants(part) or (part,) for part in norm.split("/")]
        variants = tuple("/".join(pair) for pair in product(*parts)) if len(parts) == 2 else ()
        return [place.token(Kind.word, lemmas=(norm,), variants=variants, tags=frozenset({"slashed"}))]
    half = half_of_unit(norm)
    if half:
        return [
            place.token(Kind.number, value=Decimal("0.5")),
            place.token(Kind.unit, unit=half, role="count"),
        ]
    unit = unit_of(norm)
    analysis = analyse(norm)
    if unit and not clipped:
        one = (
            frozenset({"one"})
            if norm not in CUT_UNITS and _is_singular(analysis.best, norm) and unit[0] == "count"
            else frozenset()
        )
        return [
            place.token(Kind.unit, lemmas=(norm, *analysis.lemmas), unit=unit[1], role=unit[0], value=unit[2], tags=one)
        ]
    measure = named_measure(norm)
    if measure:
        named = {"volume": "л", "weight": "кг", "percent": "%"}[measure[0]]
        return [place.token(Kind(measure[0]), lemmas=analysis.lemmas, value=measure[1], unit=named, role="named")]
    return [_plain_word(norm, place)]


def _is_singular(grammemes: frozenset[str], norm: str) -> bool:
    """«коробку», «ящик»: a form that only «один» counts."""
    return (
        len(norm) > 3
        and "Abbr" not in grammemes
        and "plur" not in grammemes
        and "gent" not in grammemes
        and bool(grammemes & {"nomn", "accs"})
    )


def _plain_word(norm: str, place: Place) -> Token:
    analysis = analyse(norm)
    variants = letter_variants(norm)
    readings = (norm, *variants)
    lemmas = tuple(dict.fromkeys((norm, *analysis.lemmas)))
    kind, role = Kind.word, ""
    variants = tuple(dict.fromkeys(SPOKEN.get(variant, variant) for variant in variants))
    if norm == "и" or (place.text not in _SIZES and len(norm) == 1 and "и" in variants):
        kind, role = Kind.border, "and"
    elif place.text not in _SIZES and any(reading in _CLOSED for reading in readings):
        kind = Kind.closed
    elif any(reading in FILLERS for reading in readings):
        kind = Kind.filler
    elif norm in DEPARTMENTS:
        role = "department"
    elif any(norm.startswith(stem) for stem in SPECIFICATIONS):
        role = "specification"
    return place.token(kind, lemmas=lemmas, variants=variants, role=role, tags=_tags(analysis))


def _tags(analysis: Analysis) -> frozenset[str]:
    """Grammemes that later steps look at; «best:…» ones hold for the likeliest analysis."""
    tags = {tag for tag in _GRAMMEMES if tag in analysis.grammemes}
    tags |= {f"best:{tag}" for tag in (*_GRAMMEMES, *_PEOPLE_AND_PLACES) if tag in analysis.best}
    return frozenset(tags | {"known"}) if analysis.known else frozenset(tags)
