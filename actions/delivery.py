"""Delivery: days, windows, the cut-off, the minimum; changes of them are a person's work."""

from actions.delivery_answers import tell_or_offer
from actions.skill import Beside, SkillAction
from actions.turn import Turn


class Delivery(SkillAction):
    """«До скольки можно заказать», «в субботу возите?», «перенесите на среду»."""

    action_name = "action_delivery"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_or_offer(turn)
