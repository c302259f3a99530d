"""A message may hold an order and a question: the question is answered after the order part."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from actions import account, catalog, delivery
from actions.turn import Turn
from actions.views import TurnOutcome

_ANSWERS: dict[str, Callable[[Turn], Awaitable[None]]] = {
    "order_status": account.tell_status,
    "balance": account.tell_balance,
    "documents": account.tell_documents,
    "delivery": delivery.tell_delivery,
    "price_query": catalog.tell_prices,
    "stock_query": catalog.tell_stock,
    "promo": catalog.tell_promotions,
}
_QUESTIONS = {
    "order_status": r"где\b[^,.;?!]{0,25}(?:заказ|машин|заявк|водител)|заказ\w*\s(?:уже\s)?(?:собра|выеха|отправ|еде)",
    "balance": r"сколько\b[^,.;?!]{0,15}(?:долж|долг)|как(?:ой|ая)\b[^,.;?!]{0,15}(?:долг|баланс|лимит|задолж)",
    "delivery": r"(?:когда|во сколько|до скольки)\b[^,.;?!]{0,25}(?:прив[её]з|достав|жда|закаж|заказа)",
    "price_query": r"поч[её]м|сколько стоит|какая\b[^,.;?!]{0,15}цена|по какой цене",
    "stock_query": r"есть ли|остал[оа]сь ли|в наличии\s?\?",
    "promo": r"(?:какие|есть)\b[^,.;?!]{0,15}(?:акци|новинк)",
    "documents": r"(?:пришлите|скиньте|нужн\w+)\s(?:[^,.;?!\s]+\s)?(?:накладн|сч[её]т|акт\b|реквизит)",
}
"""How a question beside an order begins, where the api does not name it itself."""


async def answer_also(turn: Turn, outcome: TurnOutcome) -> None:
    """Answers each question beside the order.

    The buttons of the order part move to the last message: only the newest ones can be pressed, and it is the
    order that waits for them.
    """
    also = outcome.get("also")
    asked = questions_in(turn.text) if also is None else [(name, turn.text) for name in also if name in _ANSWERS]
    if not asked:
        return
    order_buttons, expecting = (turn.messages[-1].buttons if turn.messages else []), turn.next_expecting
    for name, words in asked:
        # The same answer in the making, but with the words of this question only.
        await _ANSWERS[name](replace(turn, text=words))
    if order_buttons:
        for message in turn.messages:
            message.buttons = []
        turn.messages[-1].buttons = order_buttons
    turn.expect(expecting)


def questions_in(text: str) -> list[tuple[str, str]]:
    """The questions in a message that is an order otherwise: (intent, the words from there on to the clause's end)."""
    found = []
    for name, pattern in _QUESTIONS.items():
        begun = re.search(rf"(?<!\w)(?:{pattern})", text, re.IGNORECASE)
        if begun:
            end = re.search(r"[.;?!\n]|$", text[begun.end() :])
            found.append((name, text[begun.start() : begun.end() + (end.start() if end else 0)]))
    return found
