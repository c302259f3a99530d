"""The day of delivery that an order names: «на завтра», «к пятнице», «на 20 декабря», «через 3 дня»."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from order_text.lexicon.calendar import MONTHS
from order_text.model import Kind, Token

_RELATIVE = {"сегодня": 0, "сегодняшний": 0, "завтра": 1, "завтрашний": 1, "завтро": 1, "послезавтра": 2}
_PAST = frozenset({"как", "от", "прошлый", "прошлую", "прошлой", "прошлого", "с", "со", "за"})
FURTHEST = timedelta(days=92)
"""«На 10 декабря», said on the 16th, is a slip and no order for next year."""
_NEXT_WEEK = ("следующ", "будущ")


def delivery_day(tokens: Sequence[Token], today: date) -> date | None:
    """The first day named that is not a past order's; days in the past are none."""
    for position, token in enumerate(tokens):
        if token.kind != Kind.date:
            continue
        before = [t.norm for t in tokens[max(0, position - 2) : position]]
        if _PAST & set(" ".join(before).split()) or before[-1:] in (["заказ"], ["заявку"]):
            continue
        day = _day(token, before, today)
        if day is not None and today <= day <= today + FURTHEST:
            return day
    return None


def _day(token: Token, before: Sequence[str], today: date) -> date | None:
    if token.role == "weekday" and token.value is not None:
        ahead = (int(token.value) - today.weekday() - 1) % 7 + 1
        later = any(word.startswith(_NEXT_WEEK) for word in before) and ahead + today.weekday() < 7
        return today + timedelta(days=ahead + 7 * later)
    if token.role == "relative":
        days = _RELATIVE.get(token.norm)
        return None if days is None else today + timedelta(days=days)
    if token.role == "ahead" and token.value is not None:
        return today + timedelta(days=int(token.value))
    return _calendar_day(token.norm, today)


def _calendar_day(text: str, today: date) -> date | None:
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    month = next((number for stem, number in MONTHS.items() if stem in text), None)
    if month is None and len(numbers) > 1:
        month = numbers[1]
    if not numbers:
        return None
    year = numbers[2] + 2000 * (numbers[2] < 100) if len(numbers) > 2 else None
    for candidate in _months(today, month, year):
        try:
            day = date(candidate[0], candidate[1], numbers[0])
        except ValueError:
            continue
        if day >= today or year is not None:
            return day
    return None


def _months(today: date, month: int | None, year: int | None) -> list[tuple[int, int]]:
    """(year, month) to try, the nearest first."""
    if month is not None:
        return [(year, month)] if year is not None else [(today.year, month), (today.year + 1, month)]
    following = (today.year + today.month // 12, today.month % 12 + 1)
    return [(today.year, today.month), following]
