"""Fallback: what is beyond the bot, and what it did not understand."""

import logging

from actions import person, replies
from actions.amounts import may_order
from actions.gateway import GatewayError
from actions.reading import read_order
from actions.skill import Beside, SkillAction
from actions.turn import Turn

log = logging.getLogger(__name__)

PERSON_AT = 3
"""The misunderstanding in a row that brings a person."""


class OutOfScope(SkillAction):
    """Weather, music, vacancies: a polite line and the menu. An answer to an open question is read as one first."""

    action_name = "action_out_of_scope"
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        asked = any(turn.expects(kind) for kind in ("question", "quantity", "outlet"))
        if asked and not may_order(turn.text) and await read_order(turn):
            return
        turn.say(replies.OUT_OF_SCOPE, replies.menu_and_person())


class NotUnderstood(SkillAction):
    """The classifier gave up. The words may still be an order; else: rephrase, suggestions, a person."""

    action_name = "action_not_understood"

    async def act(self, turn: Turn) -> None:
        if await read_order(turn):
            return
        await not_understood(turn)


class DefaultFallback(NotUnderstood):
    """The same, when it is the policy that gave up."""

    action_name = "action_default_fallback"


async def not_understood(turn: Turn) -> None:
    """Answers by how many times in a row it happened, and records the words for the trainers."""
    turn.understood = False
    turn.fallbacks = min(turn.fallbacks + 1, PERSON_AT)
    try:
        await turn.gateway.misunderstood(turn.text, turn.intent, turn.confidence, turn.fallbacks)
    except GatewayError:
        log.warning("a misunderstood message was not recorded", exc_info=True)
    if turn.fallbacks >= PERSON_AT:
        await person.hand_off(turn, "not_understood", replies.NOT_UNDERSTOOD_OPENING)
        turn.understood = True
    elif turn.fallbacks == 1:
        turn.say(replies.REPHRASE, [replies.MENU, replies.CALL_HUMAN])
        turn.keep_question()
    else:
        turn.say(replies.SUGGEST, replies.menu_and_person())
        turn.keep_question()
