"""Hand-off: a person takes over, and the bot falls silent."""

from actions import replies
from actions.skill import SkillAction
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

    async def act(self, turn: Turn) -> None:
        await hand_off(turn, "complaint", replies.COMPLAINT_OPENING)


async def hand_off(turn: Turn, reason: str, opening: str = "") -> None:
    """Calls the manager and says who will answer and when."""
    view = await turn.gateway.handoff(reason, turn.text)
    turn.say(
        replies.handed_off(view["manager"], view["working_hours"], view["hours_text"], opening), [replies.BACK_TO_BOT]
    )
    turn.expect(None)
