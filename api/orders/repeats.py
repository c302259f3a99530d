"""A past order was meant, and which one is not clear: the last ones are offered."""

import re
from collections.abc import Sequence
from datetime import date

from api.domain import wording
from api.orders.schemas import OptionView
from api.understanding.context import PastOrder
from api.understanding.outcome import Notice, Outcome, Question, Reason
from order_text.lexicon.answers import ORDINALS, YES

OFFERED = 3
_LAST = ("последн", "крайн")
"""Beginnings of words that mean the newest order."""


def asks_which(question: Question) -> bool:
    """Whether the question asks for a past order, not for goods."""
    return question.operation == "repeat" and question.reason is Reason.unknown


def repeats(outcome: Outcome) -> bool:
    """Whether a past order is taken, or asked for."""
    return outcome.base_order is not None or any(asks_which(question) for question in outcome.questions)


def without_history(outcome: Outcome) -> tuple[Sequence[Question], Sequence[Notice]]:
    """The outcome's questions and notices for a customer that has never ordered: there is nothing to choose from."""
    asked = [question for question in outcome.questions if not asks_which(question)]
    told = [Notice("nothing_to_repeat", question.phrase) for question in outcome.questions if asks_which(question)]
    return asked, [*outcome.notices, *told]


def offered(history: Sequence[PastOrder]) -> list[PastOrder]:
    """The last orders, the newest first."""
    return list(reversed(history[-OFFERED:]))


def options(history: Sequence[PastOrder], today: date) -> list[OptionView]:
    """«от 15 декабря»; with the number where two are of one day."""
    orders = offered(history)
    days = [wording.day(order.date, today) for order in orders]
    return [
        OptionView(value=order.number, title=f"№{order.number}, {day}" if days.count(day) > 1 else f"от {day}")
        for order, day in zip(orders, days, strict=True)
    ]


def picked(text: str, history: Sequence[PastOrder]) -> PastOrder | None:
    """The offered order that a typed answer means: «да», «последний», «второй», «от 12 декабря», «12801»."""
    words, orders = re.findall(r"\w+", text.casefold().replace("ё", "е")), offered(history)
    if not words or not orders or len(words) > 6:
        return None
    if all(word in YES or word.startswith(_LAST) for word in words):
        return orders[0]
    places = [ORDINALS[word] for word in words if word in ORDINALS]
    if places:
        return orders[places[0]] if places[0] < len(orders) else None
    said = " ".join(words)
    named = [order for order in orders if order.number in words or wording.day(order.date) in said]
    return named[0] if len(named) == 1 else None
