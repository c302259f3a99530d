"""A message may hold an order and a question: the question is answered after the order part."""

from actions import account, catalog, delivery
from actions.turn import Turn
from actions.views import TurnOutcome

_ANSWERS = {
    "order_status": account.tell_status,
    "balance": account.tell_balance,
    "documents": account.tell_documents,
    "delivery": delivery.tell_delivery,
    "price_query": catalog.tell_prices,
    "stock_query": catalog.tell_stock,
    "promo": catalog.tell_promotions,
}


async def answer_also(turn: Turn, outcome: TurnOutcome) -> None:
    """Answers each question the api found beside the order.

    The buttons of the order part move to the last message: only the newest ones can be pressed, and it is the
    order that waits for them.
    """
    questions = [_ANSWERS[name] for name in outcome.get("also") or () if name in _ANSWERS]
    if not questions:
        return
    order_buttons, expecting = (turn.messages[-1].buttons if turn.messages else []), turn.next_expecting
    for answer in questions:
        await answer(turn)
    if order_buttons:
        for message in turn.messages:
            message.buttons = []
        turn.messages[-1].buttons = order_buttons
        turn.expect(expecting)
