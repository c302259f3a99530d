"""The pipeline: text → pieces → tokens → phrases → clauses."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from order_text import context_rules
from order_text.joining import join_numbers
from order_text.lexicon.abbreviations import CLIPPED
from order_text.lexicon.calendar import ADDRESS_MARKS
from order_text.lexicon.telling import WISHED
from order_text.model import Annotation, Clause, Kind, Token
from order_text.morph import analyse
from order_text.normalize import clean
from order_text.operations import PATTERNS, choose
from order_text.pieces import Place, read_apart, read_figure, read_word
from order_text.tokens import Piece, cut

_MINUS_LINE = re.compile(r"^ *-\d", re.MULTILINE)
_PLUS = re.compile(r"(?:^|\s)\+\d")
_MINUS = re.compile(r" -\d")
_TWO_NUMBERS = re.compile(r"\d+(?:[.,]\d+)? +\d")
_MARKS = {
    ",": "comma",
    ";": "hard",
    ":": "colon",
    "!": "hard",
    "?": "question",
    "(": "paren",
    ")": "paren",
    "/": "slash",
    "-": "dash",
    "+": "and",
    "&": "and",
    "*": "dash",
    "=": "dash",
}


@lru_cache(maxsize=512)
def annotate(text: str) -> Annotation:
    """What the language of a message says. Never raises; reads at most 10,000 characters."""
    cleaned = clean(text)
    pieces = cut(cleaned)
    tokens = join_numbers(_tokens(pieces, cleaned))
    tokens = context_rules.apply(tokens)
    tokens = _phrases(tokens)
    return Annotation(cleaned, tuple(tokens), clauses_of(tokens))


def _tokens(pieces: list[Piece], text: str) -> list[Token]:
    tokens: list[Token] = []
    for piece in pieces:
        if piece.group in ("word", "slashed", "code"):
            tokens.extend(read_word(piece, _abbreviates(piece, text)))
        elif piece.group == "mark":
            tokens.extend(_mark(piece, text, tokens))
        elif piece.group == "span" and (apart := read_apart(piece)):
            tokens.extend(apart)
        else:
            tokens.append(read_figure(piece))
    return tokens


def _abbreviates(piece: Piece, text: str) -> bool:
    """Whether a word is part of a row of abbreviations («кор.мол», «лавр.л.»), where «кор» is no box."""
    before, after = text[max(0, piece.start - 2) : piece.start], text[piece.end : piece.end + 2]
    joined = after[:1] == "." and after[1:].isalpha()
    return joined or (before[-1:] == "." and before[:1].isalpha() and not before[:1].isdigit())


def _mark(piece: Piece, text: str, before: list[Token]) -> list[Token]:
    place = Place(piece.text, piece.start, piece.end)
    following = text[piece.end : piece.end + 1]
    glued = following.isalpha() and text[max(0, piece.start - 1) : piece.start] in ("", " ", "\n")
    counted = text[max(0, piece.start - 1) : piece.start].isdigit()  # «акция 5+1»
    if piece.text == "+" and not counted and (following.isdigit() or glued):
        return [place.token(Kind.operation, role="add")]
    if piece.text == "-" and following.isdigit() and text[piece.start - 1 : piece.start] == " ":
        if _PLUS.search(text):
            return [place.token(Kind.operation, role="decrease")]  # «+1,5 лосось, огурцы -2»
        alone = not _TWO_NUMBERS.match(text[piece.end :])  # «омывайка -25 10 штук»
        if alone and before and before[-1].kind == Kind.word and len(_MINUS.findall(text)) == 1:
            return [place.token(Kind.operation, role="minus")]  # «кефир -5»; in a list it is a dash
    if (
        piece.text == "-"
        and following.isdigit()
        and (not before or before[-1].kind == Kind.border)
        and len(_MINUS_LINE.findall(text)) < 2
    ):
        return [place.token(Kind.operation, role="decrease")]
    if piece.text == ";" and _in_table(text, piece.start):
        return [place.token(Kind.border, role="dash")]
    if piece.text == ".":
        role = _period(text, piece, before)
        return [place.token(Kind.border, role=role)] if role else []
    return [place.token(Kind.border, role=_MARKS[piece.text])]


def _in_table(text: str, place: int) -> bool:
    """Whether the semicolon parts the cells of a row: its line has several, and so has another line."""
    rows = _table_rows(text)
    return len(rows) > 1 and text.count("\n", 0, place) in rows


@lru_cache(maxsize=4)
def _table_rows(text: str) -> frozenset[int]:
    """The lines with several semicolons."""
    return frozenset(place for place, line in enumerate(text.split("\n")) if line.count(";") > 1)


def _period(text: str, piece: Piece, before: list[Token]) -> str:
    """hard at the end of a sentence, comma after an abbreviated unit, nothing after an abbreviation."""
    following = text[piece.end :].lstrip(" ")
    glued = text[piece.end : piece.end + 1] not in (" ", "\n", "")
    if not before:
        return ""
    if text[piece.end : piece.end + 1] == "." or text[piece.start - 1 : piece.start] == ".":
        return "comma"  # «персики..12», «10... ой нет»
    last = before[-1]
    if last.norm in ADDRESS_MARKS and last.end == piece.start:
        return ""
    whole = len(last.text) >= 4 and analyse(last.norm).known and "Abbr" not in analyse(last.norm).best
    if last.kind == Kind.unit and not whole and last.end == piece.start:
        if following[:1].isupper() and not text.isupper():
            return "hard"
        packing = following[:1].isdigit() and not (len(before) > 1 and before[-2].kind == Kind.number)
        return "comma" if following and not glued and not packing else ""  # «кор. 48 шт» tells what one holds
    if last.kind == Kind.word and last.end == piece.start and following:
        if last.norm in CLIPPED and "NOUN" not in analyse(last.norm).best:
            return ""  # «печ. Мария»
        cut_off = "known" not in last.tags and last.norm[-1] not in "аеиоуыэюя"
        short = len(last.text) <= 3 or cut_off or last.norm in CLIPPED
        if short and not following[0].isupper():
            return ""
    return "hard"


def _phrases(tokens: list[Token]) -> list[Token]:
    words = [_forms(token) for token in tokens]
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        pattern = choose(PATTERNS.longest(words, position)) if words[position] else None
        if pattern is None:
            out.append(token)
            position += 1
            continue
        taken = tokens[position : position + len(pattern.words)]
        if pattern.role == "order" and len(taken) == 1 and _tells(token):
            out.append(token)
            position += 1
            continue
        if pattern.kind == "reference" and _is_plain_adjective(
            taken, tokens[position + len(taken) : position + len(taken) + 1]
        ):
            out.append(replace(token, kind=Kind.filler))
            position += 1
            continue
        out.append(
            Token(
                Kind(pattern.kind),
                " ".join(t.text for t in taken),
                token.start,
                taken[-1].end,
                lemmas=token.lemmas,
                variants=token.variants,
                role=pattern.role,
                tags=token.tags,
            )
        )
        position += len(taken)
    return out


def _tells(token: Token) -> bool:
    """«положили 36»: what was done is no wish."""
    return {"best:past", "best:VERB"} <= token.tags and not token.norm.startswith(WISHED)


def _is_plain_adjective(taken: list[Token], following: list[Token]) -> bool:
    """«обычный кетчуп» speaks of the product, not of a past order."""
    adjective = len(taken) == 1 and taken[0].norm.startswith("обычн") and taken[0].norm != "обычно"
    ends = not following or following[0].kind == Kind.border
    return adjective and (ends or following[0].kind in (Kind.word, Kind.number))


def _forms(token: Token) -> tuple[str, ...]:
    if token.kind in (Kind.word, Kind.filler, Kind.closed) and token.text[0].isalpha():
        past = "best:past" in token.tags  # «оставил у двери» is no «оставить»
        return tuple(dict.fromkeys((token.norm, *(() if past else token.lemmas[:3]), *token.variants)))
    if token.kind in (Kind.number, Kind.code, Kind.border, Kind.unit):
        return (token.norm,)
    return ()


def clauses_of(tokens: Sequence[Token]) -> tuple[Clause, ...]:
    """Rows of tokens between hard borders; rows of borders only are left out."""
    clauses: list[Clause] = []
    first = 0
    for position, token in enumerate(tokens):
        if token.kind == Kind.border and token.role in ("hard", "question", "line"):
            clauses.append(Clause(first, position + 1))
            first = position + 1
    if first < len(tokens):
        clauses.append(Clause(first, len(tokens)))
    return tuple(c for c in clauses if any(token.kind != Kind.border for token in tokens[c.first : c.last]))
