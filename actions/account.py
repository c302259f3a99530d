"""Account: sent orders, cancelling, money, the customer's card; documents and notifications by a person."""

from actions import replies
from actions.account_answers import tell_balance, tell_documents, tell_status
from actions.cancelling import ask_cancel, ask_to_cancel, cancel
from actions.channels import channel_in, prefer_channel
from actions.person import offer_person
from actions.profile import change_card
from actions.rating import rate
from actions.skill import Beside, SkillAction
from actions.turn import Turn


class OrderStatus(SkillAction):
    """Where the order is: the last, or the one whose number was named."""

    action_name = "action_order_status"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_status(turn)


class CancelOrder(SkillAction):
    """Words that withdraw a sent order: which one, and is it sure?"""

    action_name = "action_cancel_order"
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await ask_to_cancel(turn)


class Cancel(SkillAction):
    """The button «Отменить» of one order: is it sure?"""

    action_name = "action_cancel"

    async def act(self, turn: Turn) -> None:
        wanted = turn.entities["order"]
        order = next((order for order in await turn.gateway.orders() if order["id"] == wanted), None)
        if order is None:
            turn.say("Отменить этот заказ?", [replies.confirm_cancel(wanted), replies.KEEP_ORDER])
            turn.expect(f"cancel:{wanted}")
        else:
            ask_cancel(turn, order)


class ConfirmCancel(SkillAction):
    """The order is withdrawn, as far as it still can be."""

    action_name = "action_confirm_cancel"

    async def act(self, turn: Turn) -> None:
        await cancel(turn, turn.entities["order"])


class Balance(SkillAction):
    """What is owed, by when, and what limit is left."""

    action_name = "action_balance"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_balance(turn)


class Documents(SkillAction):
    """Requisites at once; other papers by a person."""

    action_name = "action_documents"
    keeps_question = True
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await tell_documents(turn)


class Profile(SkillAction):
    """Own data: what the person may change is changed, the rest a manager gets as a request."""

    action_name = "action_profile"
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        await change_card(turn)


class Notifications(SkillAction):
    """Where the news of orders come; what else is on or off, a person sets."""

    action_name = "action_notifications"
    order_beside = Beside.FIRST

    async def act(self, turn: Turn) -> None:
        channel = channel_in(turn.text)
        if channel is None:
            await offer_person(turn, "notifications")
        else:
            await prefer_channel(turn, channel)


class RateOrder(SkillAction):
    """The tap on 1–5 under «Как вам оформлять заказы с помощником?»."""

    action_name = "action_rate_order"

    async def act(self, turn: Turn) -> None:
        await rate(turn)
