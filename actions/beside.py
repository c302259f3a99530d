"""An order that stands in words heard as something else («почём гауда? и кефира 5»): what orders is an order."""

import re
from enum import Enum, auto

from actions.also import Answer, answer_beside, takes_over
from actions.amounts import holds_amount, may_order
from actions.gateway import GatewayError
from actions.reading import read_order
from actions.turn import Turn

SURE = 0.8
"""How sure the classifier must be of a question that the reading did not find in the words."""
_MAY_NOT = ("no_right", "no_outlets")
"""Refusals to this person's ordering; a question is answered all the same."""


class Beside(Enum):
    """What an action makes of an order in its words."""

    UNHEARD = auto()
    """It reads orders itself, or none can be there."""
    INSTEAD = auto()
    """The order is all that there is to answer: a greeting before it is part of it."""
    FIRST = auto()
    """The order is told, then the action's own question is answered."""


async def told_order(turn: Turn, beside: Beside, answer: Answer) -> bool:
    """Gives words with an amount or a day to the cart; False: they order nothing, and nothing is said."""
    if beside is Beside.UNHEARD or not may_order(turn.text):
        return False
    try:
        outcome = await read_order(turn)
    except GatewayError as error:
        if error.code not in _MAY_NOT:
            raise
        return False
    if outcome is None:
        return False
    answered = {aside["intent"] for aside in outcome.get("also") or ()}
    if beside is Beside.FIRST and turn.intent not in answered and turn.confidence >= SURE:
        await answer_beside(turn, answer, question_words(turn.text), takes_over(turn, turn.intent))
    return True


def question_words(text: str) -> str:
    """The words without the pieces that hold an amount and do not ask: «кефира 5, а гауда есть?» → «а гауда есть?»."""
    pieces = re.findall(r"[^,.;!?\n]+[,.;!?\n]*", text)
    asking = [piece for piece in pieces if "?" in piece or not holds_amount(piece)]
    return "".join(asking).strip() or text
