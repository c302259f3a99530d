"""Session: greeting, thanks, help, signing in and out."""

from actions import replies, showing
from actions.sign_in import ensure_signed_in, greet
from actions.skill import Beside, SkillAction
from actions.turn import Turn

__all__ = ["ensure_signed_in"]


class Greet(SkillAction):
    """The greeting by the company's name with the main menu; also what «Главное меню» does."""

    action_name = "action_greet"
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        greet(turn, await turn.gateway.me())


class SignIn(SkillAction):
    """The words of a person who has not signed in. One who has is greeted."""

    action_name = "action_sign_in"

    async def act(self, turn: Turn) -> None:
        greet(turn, await turn.gateway.me())


class Thanks(SkillAction):
    """«Спасибо», «всё, больше ничего»: an order that is not sent yet is recalled, so that it is not forgotten."""

    action_name = "action_thanks"
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        cart = await turn.gateway.cart()
        if cart["lines"]:
            showing.show_cart(turn, cart, ["Заказ ещё не отправлен. Оформляем?"])
        else:
            turn.say(replies.THANKS, replies.menu())


class Help(SkillAction):
    """What the assistant can do."""

    action_name = "action_help"
    open_to_all = True
    keeps_question = True
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        if turn.signed_in:
            turn.say(replies.HELP, replies.menu_and_person())
            return
        turn.say(f"{replies.HELP}\n{replies.NEEDS_CODE}", [replies.CALL_HUMAN])
        turn.expect("code")


class SignOut(SkillAction):
    """Forgets the company: the next words are a code."""

    action_name = "action_sign_out"

    async def act(self, turn: Turn) -> None:
        await turn.gateway.sign_out()
        turn.say(replies.SIGNED_OUT, [replies.CALL_HUMAN])
        turn.expect("code")
