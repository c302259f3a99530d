"""Hand-off: a person takes over, and the bot falls silent."""

from actions import replies
from actions.person import hand_off
from actions.skill import Beside, SkillAction
from actions.turn import Turn


class CallHuman(SkillAction):
    """«Позвать человека», at any moment and for anybody."""

    action_name = "action_call_human"
    open_to_all = True

    async def act(self, turn: Turn) -> None:
        await hand_off(turn, "asked")


class Complaint(SkillAction):
    """Shortage, damage, wrong goods: a person answers, and has the words already."""

    action_name = "action_complaint"
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await hand_off(turn, "complaint", replies.COMPLAINT_OPENING)
