"""Ordering: the customer's words, the repeat, the cart, yes and no, the confirmation."""

from collections.abc import Awaitable, Callable

from actions import cancelling, person, replies, showing
from actions.amounts import names_day
from actions.confirming import confirm
from actions.delivery_answers import tell_delivery
from actions.gateway import GatewayError
from actions.reading import read_order, says_more
from actions.skill import Beside, SkillAction
from actions.turn import Turn
from actions.views import TurnOutcome


class Order(SkillAction):
    """Goods, changes, «хочу сделать заявку»."""

    action_name = "action_order"

    async def act(self, turn: Turn) -> None:
        if not await read_order(turn):
            await _ask_again_or_goods(turn)


class RepeatOrder(SkillAction):
    """«Как обычно, только молока 8» in words; the button «Повторить последний» comes here too."""

    action_name = "action_repeat_order"

    async def act(self, turn: Turn) -> None:
        if not await read_order(turn):
            _show_repeated(turn, await turn.gateway.repeat())


class RepeatMode(SkillAction):
    """Onto a full cart: replace or add."""

    action_name = "action_repeat_mode"

    async def act(self, turn: Turn) -> None:
        _show_repeated(turn, await turn.gateway.repeat(mode=turn.entities.get("mode")))


class ShowCart(SkillAction):
    """What is in the cart and what it comes to."""

    action_name = "action_show_cart"
    order_beside = Beside.INSTEAD

    async def act(self, turn: Turn) -> None:
        if turn.expects("outlet"):
            # What was named so far waits for the outlet: «корзина пуста» would be untrue.
            await _ask_outlet(turn)
            return
        showing.show_cart(turn, await turn.gateway.cart())


class NewOrder(SkillAction):
    """An order begins; a cart that is not empty is shown first, never thrown away unasked."""

    action_name = "action_new_order"

    async def act(self, turn: Turn) -> None:
        cart = await turn.gateway.cart()
        if not cart["lines"]:
            showing.ask_goods(turn)
            return
        showing.show_card(turn, cart, "Заказ уже начат")
        if not cart["questions"]:
            confirm_it = replies.confirm("Оформить", cart["version"])
            turn.messages[-1].buttons = [confirm_it, replies.ADD_PRODUCTS, replies.START_AFRESH]


class AttachedList(SkillAction):
    """A list in a file becomes a proposed order; one that cannot be read goes to a person, with the reason."""

    action_name = "action_attached_list"

    async def act(self, turn: Turn) -> None:
        try:
            outcome = await turn.gateway.attached_list(turn.entities.get("attachment", ""), turn.entities.get("column"))
        except GatewayError as error:
            if error.code != "unreadable":
                raise
            await person.hand_off(turn, "attachment", error.message)
            return
        showing.show_outcome(turn, outcome)


class ConfirmOrder(SkillAction):
    """The button «Оформить» of the cart in the version that the customer saw."""

    action_name = "action_confirm_order"

    async def act(self, turn: Turn) -> None:
        await confirm(turn, _version(turn.entities.get("version")))


class LeaveOrder(SkillAction):
    """The order is left although 1C is down."""

    action_name = "action_leave_order"

    async def act(self, turn: Turn) -> None:
        await confirm(turn, None, leave=True)


class Affirm(SkillAction):
    """«Да»: to what was asked last, and to nothing else."""

    action_name = "action_affirm"

    async def act(self, turn: Turn) -> None:
        asked = turn.expects("question") or turn.expects("quantity")
        if turn.text and (asked or says_more(turn.text)) and await read_order(turn):
            return
        if turn.expects("confirm") and names_day(turn.text):
            # «Да, и в пятницу привезёте?»: sent now, it might go on another day than is meant.
            await tell_delivery(turn)
            await _show_what_there_is(turn)
            return
        kind = (turn.expecting or "").split(":", 1)[0]
        await _YES.get(kind, _show_what_there_is)(turn)


class Deny(SkillAction):
    """«Нет»: to what was asked last."""

    action_name = "action_deny"

    async def act(self, turn: Turn) -> None:
        if turn.text and (turn.expects("question") or says_more(turn.text)) and await read_order(turn):
            return
        kind = (turn.expecting or "").split(":", 1)[0]
        if kind in ("question", "quantity", "outlet"):
            showing.show_cart(turn, await turn.gateway.cart())
            return
        text, buttons = _NO.get(kind, (replies.WHAT_ELSE, replies.menu_and_person()))
        turn.say(text, buttons)


def _show_repeated(turn: Turn, outcome: TurnOutcome) -> None:
    base = outcome["cart"]["base"]
    repeated = outcome["kind"] == "changed" and base is not None
    title = f"Ваш последний заказ от {base['date_text']}" if repeated and base else ""
    showing.show_outcome(turn, outcome, title)
    questions = outcome["cart"]["questions"]
    if outcome["kind"] == "asked" and not questions:
        turn.say(
            "В корзине уже есть товары. Заменить их прошлым заказом или добавить к ним?",
            [replies.repeat_mode("Заменить", "replace"), replies.repeat_mode("Добавить", "add")],
        )
        turn.expect("repeat_mode")


async def _ask_again_or_goods(turn: Turn) -> None:
    """The words were no order: what was asked stays asked, else an order begins."""
    cart = await turn.gateway.cart()
    if cart["lines"] or cart["questions"]:
        showing.show_cart(turn, cart)
    else:
        showing.ask_goods(turn)


def _version(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


async def _yes_confirm(turn: Turn) -> None:
    await confirm(turn, _version(turn.expected_value))


async def _yes_leave(turn: Turn) -> None:
    await confirm(turn, None, leave=True)


async def _yes_cancel(turn: Turn) -> None:
    await cancelling.cancel(turn, turn.expected_value or "")


async def _yes_human(turn: Turn) -> None:
    await person.hand_off(turn, "asked")


async def _show_what_there_is(turn: Turn) -> None:
    """«Да» to nothing in particular: the cart, if there is one, is shown to be confirmed, never sent unseen."""
    cart = await turn.gateway.cart()
    if cart["lines"] or cart["questions"]:
        showing.show_cart(turn, cart)
    else:
        turn.say(replies.WHAT_ELSE, replies.menu_and_person())


async def _ask_outlet(turn: Turn) -> None:
    showing.ask_outlet(turn, (await turn.gateway.me())["outlets"])


_YES: dict[str, Callable[[Turn], Awaitable[None]]] = {
    "confirm": _yes_confirm,
    "leave_order": _yes_leave,
    "cancel": _yes_cancel,
    "human": _yes_human,
    "outlet": _ask_outlet,
}
_NO = {
    "confirm": (
        replies.NOT_SENDING,
        [replies.CHANGE_QUANTITY, replies.ADD_PRODUCTS, replies.CLEAR_CART, replies.CALL_HUMAN],
    ),
    "cancel": (replies.ORDER_STAYS, replies.menu()),
    "leave_order": (replies.CART_KEPT, [replies.SHOW_CART, replies.CALL_HUMAN]),
}
