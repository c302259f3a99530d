"""Neighbouring tokens as one, and what stands before them."""

from collections.abc import Sequence
from decimal import Decimal

from order_text.lexicon.calendar import MONTHS
from order_text.model import Kind, Token

MONTH_ENDING = 2
BEFORE_DATES = frozenset("в во на к ко до с со за от после около по раньше позже позднее дата дату датой".split())


def span(tokens: Sequence[Token], kind: Kind, role: str = "", value: Decimal | None = None) -> Token:
    """One token of several; its value is the first one's unless told otherwise."""
    text = " ".join(token.text for token in tokens)
    stated = tokens[0].value if value is None else value
    return Token(kind, text, tokens[0].start, tokens[-1].end, role=role, value=stated)


def after_preposition(before: Sequence[Token]) -> bool:
    """Whether a word stands before that dates and addresses follow."""
    return bool(before) and before[-1].norm in BEFORE_DATES


def is_month(word: str) -> bool:
    """«декабря», not «майонез»."""
    return any(word.startswith(stem) and len(word) <= len(stem) + MONTH_ENDING for stem in MONTHS)
