"""Session: greeting, thanks, help, signing in and out."""

from abc import abstractmethod
from collections.abc import Awaitable

from actions import replies, showing
from actions import sign_in_text as texts
from actions.gateway import GatewayError
from actions.sign_in import ask_stranger, follow, greet, refuse, sign_out, tell
from actions.skill import Beside, SkillAction
from actions.turn import Turn
from actions.views import SignInView


class Greet(SkillAction):
    """The greeting by the company's name with the main menu; also what «Главное меню» does."""

    action_name = "action_greet"
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        code = turn.entities.get("code")
        if code is None:
            greet(turn, await turn.gateway.me())
            return
        await follow(turn, code)


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
        await ask_stranger(turn, f"{replies.HELP}\n")


class SignOut(SkillAction):
    """Forgets the company; a known number alone does not bring it back, its button does."""

    action_name = "action_sign_out"

    async def act(self, turn: Turn) -> None:
        await sign_out(turn)


class SignInStep(SkillAction):
    """A button of signing in. The api refuses what was not offered in this conversation."""

    open_to_all = True

    async def act(self, turn: Turn) -> None:
        try:
            tell(turn, await self.step(turn))
        except GatewayError as error:
            refuse(turn, error)

    @abstractmethod
    def step(self, turn: Turn) -> Awaitable[SignInView]:
        """Asks the api to go on."""


class SharePhone(SignInStep):
    """The person's number came, or its button was pressed: the api has gone as far as it allows."""

    action_name = "action_share_phone"

    def step(self, turn: Turn) -> Awaitable[SignInView]:
        return turn.gateway.session()


class ResendCode(SignInStep):
    """Another one-time code."""

    action_name = "action_resend_code"

    def step(self, turn: Turn) -> Awaitable[SignInView]:
        return turn.gateway.resend_code()


class ChooseCompany(SignInStep):
    """The company for which the person speaks from now on."""

    action_name = "action_choose_company"

    def step(self, turn: Turn) -> Awaitable[SignInView]:
        return turn.gateway.choose_company(turn.entities.get("company", ""))


class SwitchCompany(SignInStep):
    """The companies of this person, to choose from."""

    action_name = "action_switch_company"

    def step(self, turn: Turn) -> Awaitable[SignInView]:
        return turn.gateway.switch_company()


class OtherWay(SkillAction):
    """The page for a login and password."""

    action_name = "action_other_way"
    open_to_all = True

    async def act(self, turn: Turn) -> None:
        try:
            url = await turn.gateway.login_link()
        except GatewayError as error:
            refuse(turn, error)
            return
        turn.say(texts.LOGIN_PAGE, [replies.sign_in_page(url), replies.CALL_HUMAN])
        turn.expect("code")
