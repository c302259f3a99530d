"""Neighbouring tokens into one: number words, a number and its measure, kilos and grams."""

from dataclasses import replace
from decimal import Decimal

from order_text.lexicon.numerals import LEAST_ORDINAL, ORDINAL_LEMMAS, SEVERAL
from order_text.lexicon.units import DIMENSIONS
from order_text.model import Kind, Token
from order_text.number_words import read_number

_TO_A_DAY = frozenset({"на", "к", "до", "с", "за", "от", "после", "по"})


def join_numbers(tokens: list[Token]) -> list[Token]:
    """Number words become numbers; a number and its measure one token."""
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        token = _vague(tokens[position]) or tokens[position]
        if token.kind in (Kind.word, Kind.filler, Kind.closed, Kind.border) and token.text[0].isalpha():
            run = _spoken(tokens, position)
            if ordinal := _ordinal(tokens, position):
                out.append(ordinal[0])
                position += ordinal[1]
                continue
            if run:
                value, taken = run
                last = tokens[position + taken - 1]
                joined = Token(
                    Kind.number,
                    " ".join(t.text for t in tokens[position : position + taken]),
                    token.start,
                    last.end,
                    value=value,
                    role="spoken",
                )
                out.append(joined)
                position += taken
                continue
        out.append(token)
        position += 1
    return _join_measures(out)


def _vague(token: Token) -> Token | None:
    """«две-три»: an amount that nobody can put into a cart."""
    if token.norm in SEVERAL:
        return replace(token, kind=Kind.span, value=Decimal(2), value2=Decimal(9), role="spoken")
    if token.kind != Kind.word or "-" not in token.norm:
        return None
    values = [read_number([part]) for part in token.norm.split("-")]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return replace(token, kind=Kind.span, value=values[0][0], value2=values[1][0], role="spoken")


def _spoken(tokens: list[Token], position: int) -> tuple[Decimal, int] | None:
    words: list[str] = []
    for token in tokens[position : position + 9]:
        if not token.text[0].isalpha() or token.kind not in (Kind.word, Kind.filler, Kind.closed, Kind.border):
            break
        words.append(_numeral(token))
    ends = len(words) == len(tokens[position:]) or tokens[position + 1].kind == Kind.border
    if (words and words[0] in ("и", "с", "раз")) or (words[:1] == ["одно"] and not ends):
        return None
    return read_number(words)


def _ordinal(tokens: list[Token], position: int) -> tuple[Token, int] | None:
    """«Двадцатой», «тридцать третьих»: a figure of the product's name; «двадцатого» after a preposition is a day."""
    first, following = tokens[position], tokens[position + 1] if position + 1 < len(tokens) else None
    before = tokens[position - 1] if position else None
    value = _ordinal_value(first)
    if value >= LEAST_ORDINAL:
        dated = before is not None and before.norm in _TO_A_DAY
        dated = dated or (following is not None and following.norm in ("числа", "число"))
        told = any(token is not None and "best:past" in token.tags for token in (before, following))
        dated = dated or told  # «то, что брали девятого»
        if dated and first.norm.endswith(("ое", "го")) and value <= 31:
            day = Token(Kind.date, f"{value} числа", first.start, first.end, value=Decimal(value), role="day")
            return day, 1  # «на двадцатое»
        return None if dated else (_figure(tokens, position, 1, value), 1)
    tens = read_number([first.norm])
    more = _ordinal_value(following) if following is not None else 0
    if tens is None or tens[0] % 10 or not 20 <= tens[0] <= 90 or not 0 < more < 10:
        return None
    return _figure(tokens, position, 2, int(tens[0]) + more), 2


def _ordinal_value(token: Token) -> int:
    return next((ORDINAL_LEMMAS[lemma] for lemma in token.lemmas if lemma in ORDINAL_LEMMAS), 0)


def _figure(tokens: list[Token], position: int, taken: int, value: int) -> Token:
    text = " ".join(token.text for token in tokens[position : position + taken])
    first, last = tokens[position], tokens[position + taken - 1]
    return Token(Kind.number, text, first.start, last.end, value=Decimal(value), role="ordinal")


def _numeral(token: Token) -> str:
    """The word as Cyrillic reads it: «dva» is «два»."""
    return next((variant for variant in token.variants if read_number([variant])), token.norm)


def _join_measures(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        hyphen = len(out) > 1 and last is not None and last.text == "-" and last.end == token.start
        if hyphen and token.norm.startswith("процентн") and out[-2].kind == Kind.number:
            number = out[-2]  # «12-процентный»
            text = f"{number.text}-{token.text}"
            out[-2:] = [replace(number, kind=Kind.percent, text=text, end=token.end, unit="%")]
            continue
        if hyphen and token.role == "named" and out[-2].kind == Kind.number and out[-2].value is not None:
            number = out[-2]  # «10-литровое»
            text, value = f"{number.text}-{token.text}", (number.value or Decimal(0)) * (token.value or Decimal(1))
            out[-2:] = [replace(token, text=text, start=number.start, value=value)]
            continue
        joined = (
            _kilos_and_grams(last, token)
            or _measure(last, token)
            or _dimension(last, token)
            or _grams_after_kilo(last, token)
        )
        if joined is None:
            out.append(token)
        else:
            out[-1] = joined
            whole = _kilos_and_grams(out[-2], joined) if len(out) > 1 else None
            out[-2:] = [whole] if whole is not None else out[-2:]
    return out


def _measure(last: Token | None, token: Token) -> Token | None:
    """«25 кг», «3,2 процента», «0,8-1,3 кг»; weights in kilograms, volumes in litres."""
    if token.kind != Kind.unit or token.role not in ("weight", "volume", "percent"):
        return None
    if last is None or last.kind not in (Kind.number, Kind.span) or last.value is None:
        return None
    factor = token.value or Decimal(1)
    kind, role = (Kind.span, token.role) if last.kind == Kind.span else (Kind(token.role), last.role)
    second = None if last.value2 is None else last.value2 * factor
    text, value = f"{last.text} {token.text}", last.value * factor
    return Token(kind, text, last.start, token.end, value=value, value2=second, unit=token.unit, role=role)


def _dimension(last: Token | None, token: Token) -> Token | None:
    """«80 мм»."""
    if token.kind != Kind.word or token.norm not in DIMENSIONS:
        return None
    if last is None or last.kind not in (Kind.number, Kind.size):
        return None
    text = f"{last.text} {token.text}"
    return replace(last, kind=Kind.size, text=text, end=token.end, role=last.role or "dimension")


def _kilos_and_grams(last: Token | None, token: Token) -> Token | None:
    """«5 кг 200 гр»."""
    before = last.value if last is not None and last.kind == Kind.weight and last.unit == "кг" else None
    grams = token.value if token.kind == Kind.weight and token.unit == "г" else None
    if last is None or before is None or grams is None or before % 1 or grams >= 1:
        return None
    return replace(last, text=f"{last.text} {token.text}", end=token.end, value=before + grams)


def _grams_after_kilo(last: Token | None, token: Token) -> Token | None:
    """«кило двести», «два кило триста»."""
    if last is None or token.kind != Kind.number or token.role != "spoken" or token.value is None:
        return None
    kilos = last.value if last.unit == "кг" and last.kind in (Kind.weight, Kind.unit) else None
    if kilos is None or kilos % 1 or not 50 <= token.value <= 950 or token.value % 50:
        return None
    return Token(
        Kind.weight,
        f"{last.text} {token.text}",
        last.start,
        token.end,
        value=kilos + token.value / 1000,
        unit="кг",
        role="spoken",
    )
