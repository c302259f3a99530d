"""What only the neighbours tell: dates, times, addresses, order numbers, money, heads counted."""

from dataclasses import replace
from decimal import Decimal

from order_text.lexicon.calendar import (
    ADDRESS_MARKS,
    DAY_PARTS,
    NUMBERED_PLACES,
    ORDINAL_DAYS,
    PERIODS,
    RELATIVE_DAYS,
    STREET_WORDS,
    WEEKDAYS,
)
from order_text.lexicon.streets import STREETS
from order_text.lexicon.units import PRICE_WORDS
from order_text.model import Kind, Token
from order_text.number_rules import number
from order_text.spans import after_preposition, is_month, span

_ADJECTIVE = ("ая", "ой", "ую", "ий")
"""Endings of street names that name goods as well: «плюшка московская 12»."""
_FULL_DAYS = frozenset(day for day in WEEKDAYS if len(day) > 2)
_NUMBERS = (Kind.number, Kind.code, Kind.size)
_ARTICLES = frozenset({"арт", "артикул", "штрихкод"})


def apply(tokens: list[Token]) -> list[Token]:
    """Tokens with dates, times, addresses, order numbers and money marked."""
    out: list[Token] = []
    position = 0
    while position < len(tokens):
        taken, token = _special(tokens, position, out)
        out.append(token)
        position += taken
    return out


def _special(tokens: list[Token], position: int, before: list[Token]) -> tuple[int, Token]:
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if token.kind == Kind.number:
        return number(tokens, position, before)
    if token.kind == Kind.span and following is not None and following.norm in DAY_PARTS:
        return 2, span(tokens[position : position + 2], Kind.time)  # «в 7-8 утра»
    if token.norm in _FULL_DAYS or (
        token.norm in WEEKDAYS and (after_preposition(before) or _alone(tokens, position, before))
    ):
        return 1, replace(token, kind=Kind.date, role="weekday", value=Decimal(WEEKDAYS[token.norm]))
    if token.norm in ORDINAL_DAYS and following is not None and _names_day(following):
        day = span(tokens[position : position + 2], Kind.date, role="day")
        return 2, replace(day, text=f"{ORDINAL_DAYS[token.norm]} {following.text}")
    ahead = _days_ahead(tokens, position)
    if ahead is not None:
        return ahead
    if token.norm in RELATIVE_DAYS:
        return 1, replace(token, kind=Kind.date, role="relative")
    if token.norm in PRICE_WORDS and (taken := _numbered_place(tokens, position)):
        return taken, span(tokens[position : position + taken], Kind.money)
    if token.norm in _ARTICLES and (taken := _numbered_place(tokens, position)):
        return taken, span(tokens[position : position + taken], Kind.closed, role="article")
    if token.norm in NUMBERED_PLACES and token.kind != Kind.unit and (taken := _numbered_place(tokens, position)):
        return taken, span(tokens[position : position + taken], Kind.address)
    placed = (
        (
            not token.norm.endswith(_ADJECTIVE)
            and not (token.norm.endswith("ого") and before and before[-1].kind in (Kind.unit, Kind.number, Kind.word))
        )
        or after_preposition(before)
        or (bool(before) and before[-1].norm in ADDRESS_MARKS)
    )
    if token.norm in STREETS and placed and following is not None and _house(tokens, position + 1):
        taken = _house(tokens, position + 1)
        return 1 + taken, span(tokens[position : position + 1 + taken], Kind.address)
    if token.norm in STREET_WORDS and (len(token.norm) > 3 or following is None or following.text[0].isupper()):
        return _street(tokens, position)
    return 1, token


def _names_day(token: Token) -> bool:
    return token.norm in ("числа", "число") or is_month(token.norm)


def _alone(tokens: list[Token], position: int, before: list[Token]) -> bool:
    """«19.12 пт», or «Пт» as a line of its own."""
    ends = position + 1 == len(tokens) or tokens[position + 1].role == "line"
    return ends and (not before or before[-1].role == "line" or before[-1].kind in (Kind.date, Kind.number))


def _days_ahead(tokens: list[Token], position: int) -> tuple[int, Token] | None:
    """«через 3 дня», «через день», «через неделю»: a date so many days ahead."""
    if tokens[position].norm != "через":
        return None
    rest = tokens[position + 1 : position + 3]
    counted = bool(rest) and rest[0].kind == Kind.number
    word = rest[1].norm if counted and len(rest) > 1 else rest[0].norm if rest else ""
    length = next((days for stem, days in PERIODS.items() if word.startswith(stem)), None)
    if length is None:
        return None
    taken = 3 if counted else 2
    times = rest[0].value if counted and rest[0].value is not None else Decimal(1)
    return taken, span(tokens[position : position + taken], Kind.date, "ahead", times * length)


def _numbered_place(tokens: list[Token], position: int) -> int:
    """How many tokens name a numbered place: «корп 2», «д. 14», «км 1042»; 0 when no number follows."""
    taken = 1
    while position + taken < len(tokens) and tokens[position + taken].text in (".", "№", ":", "-", "=") and taken < 3:
        taken += 1
    following = tokens[position + taken] if position + taken < len(tokens) else None
    return taken + 1 if following is not None and following.kind in _NUMBERS else 0


def _house(tokens: list[Token], position: int) -> int:
    """How many tokens from `position` name a house: «12», «д 12», «12 к 3»."""
    taken = 0
    for token in tokens[position : position + 4]:
        if token.norm in (",", "д", "дом", "д.") and taken < 2:
            taken += 1
        elif token.kind in (Kind.number, Kind.size):
            return taken + 1
        else:
            break
    return 0


def _street(tokens: list[Token], position: int) -> tuple[int, Token]:
    taken = 1
    for token in tokens[position + 1 : position + 5]:
        named = token.kind in (Kind.word, Kind.code, Kind.border) and token.role not in ("line", "hard")
        if named or token.norm in ADDRESS_MARKS:
            taken += 1
        elif token.kind == Kind.number:
            taken += 1
            break
        else:
            break
    return taken, span(tokens[position : position + taken], Kind.address)
