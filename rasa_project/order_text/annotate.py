"""The pipeline: text → pieces → tokens → phrases → clauses."""
import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from order_text import context_rules
from order_text.lexicon.calendar import ADDRESS_MARKS
from order_text.lexicon.closed import CONJUNCTIONS, DEPARTMENTS, FILLERS, PREPOSITIONS, PRONOUNS, SPECIFICATIONS
from order_text.lexicon.units import DIMENSIONS
from order_text.model import Annotation, Clause, Kind, Token
from order_text.morph import analyse
from order_text.normalize import clean, fold, letter_variants
from order_text.number_words import read_number
from order_text.operations import PATTERNS, choose
from order_text.tokens import Piece, cut
from order_text.units import half_of_unit, named_measure, unit_of

_CLOSED = PREPOSITIONS | CONJUNCTIONS | PRONOUNS
_MINUS_LINE = re.compile(r"^ *-\d", re.MULTILINE)
GREATEST = Decimal(10) ** 12
_MARKS = {",": "comma", ";": "hard", ":": "colon", "!": "hard", "?": "question", "(": "paren", ")": "paren", "/": "slash",
          "-": "dash", "+": "and", "&": "and", "*": "dash", "=": "dash"}


@lru_cache(maxsize=512)
def annotate(text: str) -> Annotation:
    """What the language of a message says. Never raises; reads at most 10,000 characters."""
    cleaned = clean(text)
    pieces = cut(cleaned)
    tokens = _join_numbers(_tokens(pieces, cleaned))
    tokens = context_rules.apply(tokens)
    tokens = _phrases(tokens)
    return Annotation(cleaned, tuple(tokens), _clauses(tokens))


def _tokens(pieces: list[Piece], text: str) -> list[Token]:
    tokens: list[Token] = []
    for piece in pieces:
        if piece.group in ("word", "slashed", "code"):
            tokens.extend(_word(piece))
        elif piece.group == "mark":
            tokens.extend(_mark(piece, text, tokens))
        else:
            tokens.append(_figure(piece))
    return tokens


def _figure(piece: Piece) -> Token:
    """Numbers, phones, dates, line ends."""
    make = _Maker(piece)
    if piece.group == "newline":
        return make(Kind.border, role="line")
    if piece.group == "url":
        return make(Kind.closed, role="url")
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
    return make(Kind.number, value=_decimal(piece.text))


class _Maker:
    """Tokens that take their place from a piece."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece

    def __call__(self, kind: Kind, value: Decimal | None = None, unit: str | None = None, role: str = "",
                 value2: Decimal | None = None) -> Token:
        piece = self._piece
        return Token(kind, piece.text, piece.start, piece.end, value=value, unit=unit, role=role, value2=value2)


def _pair(piece: Piece, make: _Maker) -> Token:
    left, right = [_decimal(part) for part in re.findall(r"\d+(?:[.,]\d+)?", piece.text)[:2]]
    if piece.group == "slash_number" and left is not None and right in (2, 3, 4) and left < right:
        return make(Kind.number, value=(left / right).quantize(Decimal("0.01")), role="fraction")
    if piece.group == "slash_number" or piece.group == "size":
        return make(Kind.size, value=left, value2=right, role="times" if piece.group == "size" else "slash")
    return make(Kind.span, value=left, value2=right)


def _decimal(text: str) -> Decimal | None:
    try:
        return min(Decimal(text.strip().replace(",", ".")), GREATEST)
    except InvalidOperation:
        return None


def _word(piece: Piece) -> list[Token]:
    """A word token, a unit, a named measure or two tokens («полкоробки»)."""
    text = piece.reading or piece.text
    norm = fold(text)
    place = {"text": text, "start": piece.start, "end": piece.end}
    if piece.group == "code":
        variants = tuple(dict.fromkeys(fold(v + re.sub(r"\D", "", text)) for v in letter_variants(norm[0])))
        return [Token(Kind.code, lemmas=(norm.replace("-", ""),), variants=variants, **place)]  # type: ignore[arg-type]
    if piece.group == "slashed":
        return [Token(Kind.word, lemmas=(norm,), tags=frozenset({"slashed"}), **place)]  # type: ignore[arg-type]
    half = half_of_unit(norm)
    if half:
        return [
            Token(Kind.number, value=Decimal("0.5"), **place),  # type: ignore[arg-type]
            Token(Kind.unit, unit=half, role="count", **place),  # type: ignore[arg-type]
        ]
    unit = unit_of(norm)
    analysis = analyse(norm)
    if unit:
        one = frozenset({"one"}) if _is_singular(analysis.best, norm) and unit[0] == "count" else frozenset()
        return [Token(Kind.unit, lemmas=(norm, *analysis.lemmas), unit=unit[1], role=unit[0], value=unit[2], tags=one,
                      **place)]  # type: ignore[arg-type]
    measure = named_measure(norm)
    if measure:
        named = {"volume": "л", "weight": "кг", "percent": "%"}[measure[0]]
        return [Token(Kind(measure[0]), lemmas=analysis.lemmas, value=measure[1], unit=named, role="named",
                      **place)]  # type: ignore[arg-type]
    return [_plain_word(norm, place)]


def _is_singular(grammemes: frozenset[str], norm: str) -> bool:
    """«коробку», «ящик»: a form that only «один» counts."""
    return len(norm) > 3 and "Abbr" not in grammemes and "plur" not in grammemes and "gent" not in grammemes and bool(
        grammemes & {"nomn", "accs"})


def _plain_word(norm: str, place: dict[str, object]) -> Token:
    analysis = analyse(norm)
    variants = letter_variants(norm)
    readings = (norm, *variants)
    lemmas = tuple(dict.fromkeys((norm, *analysis.lemmas)))
    tags = {tag for tag in ("NOUN", "ADJF", "VERB", "INFN", "PRTF", "ADVB", "COMP", "Surn", "Name", "Geox", "gent", "ADJS",
                            "PRTS", "impr", "NPRO", "INTJ", "PRED") if tag in analysis.grammemes}
    tags |= {"best:" + tag for tag in ("NOUN", "ADJF", "VERB", "INFN", "ADVB", "PRTF") if tag in analysis.best}
    tags |= {"known"} if analysis.known else set()
    kind, role = Kind.word, ""
    if norm in ("и", "плюс") and norm == "и":
        kind, role = Kind.border, "and"
    elif any(reading in _CLOSED for reading in readings):
        kind = Kind.closed
    elif any(reading in FILLERS for reading in readings):
        kind = Kind.filler
    elif norm in DEPARTMENTS:
        role = "department"
    elif any(norm.startswith(stem) for stem in SPECIFICATIONS):
        role = "specification"
    return Token(kind, lemmas=lemmas, variants=variants, role=role, tags=frozenset(tags), **place)  # type: ignore[arg-type]


def _mark(piece: Piece, text: str, before: list[Token]) -> list[Token]:
    place = {"text": piece.text, "start": piece.start, "end": piece.end}
    following = text[piece.end:piece.end + 1]
    if piece.text == "+" and following.isdigit():
        return [Token(Kind.operation, role="add", **place)]  # type: ignore[arg-type]
    if piece.text == "-" and following.isdigit() and (not before or before[-1].kind == Kind.border) and len(_MINUS_LINE.findall(text)) < 2:
        return [Token(Kind.operation, role="decrease", **place)]  # type: ignore[arg-type]
    if piece.text == ".":
        role = _period(text, piece, before)
        return [Token(Kind.border, role=role, **place)] if role else []  # type: ignore[arg-type]
    return [Token(Kind.border, role=_MARKS[piece.text], **place)]  # type: ignore[arg-type]


def _period(text: str, piece: Piece, before: list[Token]) -> str:
    """hard at the end of a sentence, comma after an abbreviated unit, nothing inside a word or after an abbreviation."""
    following = text[piece.end:].lstrip(" ")
    glued = text[piece.end:piece.end + 1] not in (" ", "\n", "")
    if not before:
        return ""
    last = before[-1]
    if last.norm in ADDRESS_MARKS and last.end == piece.start:
        return ""
    whole = len(last.text) >= 4 and analyse(last.norm).known and "Abbr" not in analyse(last.norm).best
    if last.kind == Kind.unit and not whole and last.end == piece.start:
        return "comma" if following and not glued else ""
    if last.kind == Kind.word and last.end == piece.start and following:
        short = len(last.text) <= 3 or "known" not in last.tags
        if short and not following[0].isupper():
            return ""
    return "hard"


def _join_numbers(tokens: list[Token]) -> list[Token]:
    """Number words become numbers; a number and its measure one token."""
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind in (Kind.word, Kind.filler, Kind.closed, Kind.border) and token.text[0].isalpha():
            run = _spoken(tokens, position)
            if run:
                value, taken = run
                last = tokens[position + taken - 1]
                joined = Token(Kind.number, " ".join(t.text for t in tokens[position:position + taken]), token.start, last.end,
                               value=value, role="spoken")
                out.append(joined)
                position += taken
                continue
        out.append(token)
        position += 1
    return _join_measures(out)


def _spoken(tokens: list[Token], position: int) -> tuple[Decimal, int] | None:
    words: list[str] = []
    for token in tokens[position:position + 9]:
        if not token.text[0].isalpha() or token.kind not in (Kind.word, Kind.filler, Kind.closed, Kind.border):
            break
        words.append(token.norm)
    if words and words[0] in ("и", "с", "одно", "раз"):
        return None
    return read_number(words)


def _join_measures(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if (
            last is not None and token.kind == Kind.unit and token.role in ("weight", "volume", "percent")
            and last.kind in (Kind.number, Kind.span) and last.value is not None and last.role != "fraction_of"
        ):
            factor = token.value or Decimal(1)
            second = None if last.value2 is None else last.value2 * factor
            text = f"{last.text} {token.text}"
            if last.kind == Kind.span:
                out[-1] = replace(last, text=text, end=token.end, value=last.value * factor, value2=second,
                                  unit=token.unit, role=token.role)
            else:
                out[-1] = Token(Kind(token.role), text, last.start, token.end, value=last.value * factor, unit=token.unit,
                                role=last.role)
            continue
        if token.kind == Kind.word and token.norm in DIMENSIONS and last is not None and last.kind in (Kind.number, Kind.size):
            out[-1] = replace(last, kind=Kind.size, text=f"{last.text} {token.text}", end=token.end, role=last.role or "dimension")
            continue
        grams = _grams_after_kilo(last, token)
        if grams is not None:
            out[-1] = grams
            continue
        out.append(token)
    return out


def _grams_after_kilo(last: Token | None, token: Token) -> Token | None:
    """«кило двести», «два кило триста»."""
    if last is None or token.kind != Kind.number or token.role != "spoken" or token.value is None:
        return None
    kilos = last.value if last.unit == "кг" and last.kind in (Kind.weight, Kind.unit) else None
    if kilos is None or kilos % 1 or not 50 <= token.value <= 950 or token.value % 50:
        return None
    return Token(Kind.weight, f"{last.text} {token.text}", last.start, token.end, value=kilos + token.value / 1000, unit="кг", role="spoken")


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
        taken = tokens[position:position + len(pattern.words)]
        if pattern.kind == "reference" and _is_plain_adjective(taken, tokens[position + len(taken):position + len(taken) + 1]):
            out.append(replace(token, kind=Kind.filler))
            position += 1
            continue
        out.append(Token(Kind(pattern.kind), " ".join(t.text for t in taken), token.start, taken[-1].end, lemmas=token.lemmas,
                         variants=token.variants, role=pattern.role, tags=token.tags))
        position += len(taken)
    return out


def _is_plain_adjective(taken: list[Token], following: list[Token]) -> bool:
    """«обычный кетчуп» speaks of the product, not of a past order."""
    adjective = len(taken) == 1 and taken[0].norm.startswith("обычн") and taken[0].norm != "обычно"
    return adjective and bool(following) and following[0].kind == Kind.word


def _forms(token: Token) -> tuple[str, ...]:
    if token.kind in (Kind.word, Kind.filler, Kind.closed) and token.text[0].isalpha():
        return tuple(dict.fromkeys((token.norm, *token.lemmas[:3], *token.variants)))
    if token.kind in (Kind.number, Kind.code, Kind.border):
        return (token.norm,)
    return ()


def _clauses(tokens: list[Token]) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    first = 0
    for position, token in enumerate(tokens):
        if token.kind == Kind.border and token.role in ("hard", "question", "line"):
            clauses.append(Clause(first, position + 1))
            first = position + 1
    if first < len(tokens):
        clauses.append(Clause(first, len(tokens)))
    return tuple(c for c in clauses if any(token.kind != Kind.border for token in tokens[c.first:c.last]))
