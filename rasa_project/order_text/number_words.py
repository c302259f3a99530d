"""Numbers written as words, over a list of words."""

from collections.abc import Sequence
from decimal import Decimal

from order_text.lexicon.numerals import CARDINALS, MILLIONS, SIMPLE, THOUSANDS

_CARDINAL = {form: value for value, forms in CARDINALS for form in forms.split()}


def read_number(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """The number at the head of `words` (folded) and how many words it takes."""
    if not words:
        return None
    if words[0] in SIMPLE:
        return SIMPLE[words[0]], 1
    value, taken = _whole(words)
    if taken == 0:
        return None
    fraction, more = _fraction(value, words[taken:])
    return value + fraction, taken + more


def _whole(words: Sequence[str]) -> tuple[Decimal, int]:
    total, current, ceiling, taken = 0, 0, 1000, 0
    for word in words:
        if word in THOUSANDS and total < 1000:
            total, current, ceiling, taken = (current or 1) * 1000, 0, 1000, taken + 1
        elif word in MILLIONS and total < 1000:
            total, current, ceiling, taken = (current or 1) * 1_000_000, 0, 1000, taken + 1
        elif word in _CARDINAL and (value := _CARDINAL[word]) < ceiling and not (value == 0 and taken):
            if value == 0:
                return Decimal(0), 1
            current += value
            ceiling = 100 if value >= 100 else 10 if value >= 20 else 0
            taken += 1
        else:
            break
    return Decimal(total + current), taken


def _fraction(value: Decimal, words: Sequence[str]) -> tuple[Decimal, int]:
    """«с половиной», «ноль пять», «целых пять десятых», «запятая два»."""
    if len(words) >= 2 and words[0] in ("с", "и") and words[1] in ("половиной", "половина", "пол"):
        return Decimal("0.5"), 2
    if len(words) >= 2 and words[0] == "с" and words[1] == "четвертью":
        return Decimal("0.25"), 2
    skip = 1 if words and words[0] in ("целых", "целая", "запятая", "точка", "цел") else 0
    if not skip and value != 0:
        return Decimal(0), 0
    tail, taken = _whole(words[skip:])
    if not taken or tail <= 0:
        return Decimal(0), 0
    following = words[skip + taken] if len(words) > skip + taken else ""
    named = {"десятых": 10, "десятая": 10, "десятые": 10, "сотых": 100, "сотая": 100}.get(following)
    scale = named or 10 ** len(str(int(tail)))
    return tail / Decimal(scale), skip + taken + (1 if named else 0)
