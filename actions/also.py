"""A message may hold an order and a question: the question is answered after the order part."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from actions import account_answers, cancelling, catalog_answers, delivery_answers, person, replies
from actions.turn import Turn
from actions.views import TurnOutcome

Answer = Callable[[Turn], Awaitable[None]]


async def _complained(turn: Turn) -> None:
    """A message that is a complaint goes to a person; a complaint beside an order must not silence the bot."""
    if turn.intent == "complaint":
        await person.hand_off(turn, "complaint", replies.COMPLAINT_OPENING)
    else:
        turn.say(replies.SORRY)


async def _called(turn: Turn) -> None:
    await person.hand_off(turn, "asked")


_ANSWERS: dict[str, Answer] = {
    "order_status": account_answers.tell_status,
    "balance": account_answers.tell_balance,
    "documents": account_answers.tell_documents,
    "delivery": delivery_answers.tell_or_offer,
    "price_query": catalog_answers.tell_prices,
    "stock_query": catalog_answers.tell_stock,
    "catalog_query": catalog_answers.tell_goods,
    "promo": catalog_answers.tell_promotions,
    "complaint": _complained,
    "cancel_order": cancelling.ask_to_cancel,
    "call_human": _called,
}


async def answer_also(turn: Turn, outcome: TurnOutcome) -> None:
    """Answers each question beside the order; what ends with a question of its own, or with a person, comes last."""
    asked = {aside["intent"]: aside["text"] for aside in outcome.get("also") or ()}
    for intent in sorted(_ANSWERS.keys() & asked.keys(), key=lambda intent: (takes_over(turn, intent), intent)):
        await answer_beside(turn, _ANSWERS[intent], asked[intent], takes_over(turn, intent))


def takes_over(turn: Turn, intent: str) -> bool:
    """Whether the answer waits for an answer itself, so that the order has to wait."""
    return intent in ("cancel_order", "call_human", "profile", "notifications") or intent == turn.intent == "complaint"


async def answer_beside(turn: Turn, answer: Answer, words: str, last_word: bool) -> None:
    """The same answer in the making, but to the words of this question only.

    Without the `last_word` the buttons of the order part move to the last message: only the newest ones can be
    pressed, and it is the order that waits for them.
    """
    order_buttons = turn.messages[-1].buttons if turn.messages else []
    answering = replace(turn, text=words)
    await answer(answering)
    if last_word:
        turn.expect(answering.next_expecting)
    elif order_buttons:
        for message in turn.messages:
            message.buttons = []
        turn.messages[-1].buttons = order_buttons
