"""The customer's rating: the tap, and the words after it, which may as well be the next order."""

from actions import replies
from actions.gateway import GatewayError
from actions.reading import read_order
from actions.turn import SURVIVING, Turn

LOW, MIDDLE = 2, 3
THANKS = {
    "low": "Жаль, что со мной пока неудобно. Напишите, пожалуйста, что не так: передам коллегам. Или позову менеджера.",
    "middle": "Спасибо! Напишите, пожалуйста, чего не хватает: передам коллегам.",
    "high": "Спасибо за оценку! Если хотите, напишите пару слов: передам коллегам.",
}
TOO_LATE = "Спасибо, что ответили! Тот вопрос уже закрыт, спрошу ещё раз после одного из следующих заказов."
NOT_ASKED = "Об этом заказе я не спрашивал. Чем могу помочь?"
KEPT = "Спасибо, передал коллегам."

_MAY_BE_WORDS = frozenset({"order", "nlu_fallback", "out_of_scope"})
"""What a comment is heard as, when it is heard as anything but itself."""
_WORDS_IF_LONGER = {"thanks": 20, "greet": 20, "affirm": 4, "deny": 4}
"""Characters: «спасибо большое» is a word of thanks, «спасибо, стало намного удобнее» and «нормально» are comments."""
_ANSWERED_TOO = frozenset({"complaint", "help"})


async def rate(turn: Turn) -> None:
    """Passes the tap on and asks for a few words, unless something of an order is still to be answered."""
    order, score = turn.entities.get("order", ""), turn.entities.get("score", "")
    try:
        view = await turn.gateway.rate_order(order, int(score))
    except GatewayError as error:
        if error.code != "rating_not_found":
            raise
        turn.say(NOT_ASKED, replies.menu())
        turn.keep_question()
        return
    if view["state"] == "late":
        turn.say(TOO_LATE)
        turn.keep_question()
        return
    given = view["score"] or int(score)
    kind = "low" if given <= LOW else "middle" if given == MIDDLE else "high"
    turn.say(THANKS[kind], [replies.CALL_MANAGER] if kind == "low" else [])
    if await _still_asked(turn):
        turn.keep_question()
    else:
        turn.expect(f"rating:{order}")


async def _still_asked(turn: Turn) -> bool:
    """Whether something of an order waits for its answer; «Оформить?» outlives the order that was sent."""
    if not turn.expecting or not turn.expecting.startswith(SURVIVING):
        return False
    return not turn.expects("confirm") or bool((await turn.gateway.cart())["lines"])


async def took_comment(turn: Turn) -> bool:
    """The words after the tap. An order among them stays an order; a complaint is kept, and a person is called too."""
    if not turn.expects("rating") or not turn.text:
        return False
    if turn.intent in _ANSWERED_TOO:
        await _keep(turn)
        return False
    longer = len(turn.text) > _WORDS_IF_LONGER.get(turn.intent, len(turn.text))
    if turn.intent not in _MAY_BE_WORDS and not longer:
        return False
    if await read_order(turn):
        return True
    if not await _keep(turn):
        return False
    turn.say(KEPT)
    return True


async def _keep(turn: Turn) -> bool:
    try:
        view = await turn.gateway.comment_rating(turn.expected_value or "", turn.text)
    except GatewayError as error:
        if error.code != "rating_not_found":
            raise
        return False
    return view["state"] == "commented"
