"""Calling a person: at once, or as an honest offer where the bot has no skill."""

from actions import replies
from actions.turn import Turn


async def hand_off(turn: Turn, reason: str, opening: str = "") -> None:
    """Calls the manager and says who will answer and when."""
    view = await turn.gateway.handoff(reason, turn.text)
    turn.say(
        replies.handed_off(view["manager"], view["working_hours"], view["hours_text"], opening), [replies.BACK_TO_BOT]
    )
    turn.expect(None)


async def offer_person(turn: Turn, reason: str) -> None:
    """The honest answer where the bot has no skill yet: who can help, and the offer to call them."""
    me = await turn.gateway.me()
    turn.say(replies.honest(reason, me["manager"]), [replies.CALL_HUMAN, replies.MENU])
    turn.expect("human")
