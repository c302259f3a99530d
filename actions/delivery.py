"""Delivery: days, windows, the cut-off, the minimum; changes of them are a person's work."""

import re

from actions import account_text, replies, showing
from actions.account import offer_person
from actions.gateway import GatewayError
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
    try:
        view = await turn.gateway.delivery()
    except GatewayError as error:
        if error.code != "no_outlet":
            raise
        await _ask_outlet_once(turn)
        return
    turn.say(account_text.delivery(view), [replies.NEW_ORDER, replies.STATUS, replies.CALL_HUMAN])


async def _ask_outlet_once(turn: Turn) -> None:
    """The facts depend on the outlet: its choice is offered, unless this very turn has offered it already."""
    if not (turn.messages and turn.next_expecting == "outlet"):
        showing.ask_outlet(turn, (await turn.gateway.me())["outlets"])
