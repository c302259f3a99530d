"""Answers about delivery, asked alone or beside an order."""

import re

from actions import account_text, replies, showing
from actions.gateway import GatewayError
from actions.person import offer_person
from actions.turn import Turn

_WANTS_A_CHANGE = re.compile(
    r"перенес|перенос|помен|измен|сдвин|отлож|друг\w+ (?:адрес|день|время)|нов\w+ адрес|не успева|привезите|везите",
    re.IGNORECASE,
)


async def tell_or_offer(turn: Turn) -> None:
    """The facts; a change of them is a person's work."""
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
