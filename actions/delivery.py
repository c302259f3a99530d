"""Delivery: days, windows, the cut-off, the minimum; changes of them are a person's work."""

import re

from actions import account_text, replies
from actions.account import offer_person
from actions.skill import SkillAction
from actions.turn import Turn

_WANTS_A_CHANGE = re.compile(
    r"перенес|перенос|помен|измен|сдвин|отлож|друг\w+ (?:адрес|день|время)|нов\w+ адрес|не успева|привезите|везите",
    re.IGNORECASE,
)


class Delivery(SkillAction):
    """«До скольки можно заказать», «в субботу возите?», «перенесите на среду»."""

    action_name = "action_delivery"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_delivery(turn)
        if _WANTS_A_CHANGE.search(turn.text):
            await offer_person(turn, "delivery")


async def tell_delivery(turn: Turn) -> None:
    """The facts about delivery to this customer."""
    view = await turn.gateway.delivery()
    turn.say(account_text.delivery(view), [replies.NEW_ORDER, replies.STATUS, replies.CALL_HUMAN])
