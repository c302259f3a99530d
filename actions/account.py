"""Account: sent orders, cancelling, money; documents, profile and notifications, which a person does for now."""

import re

from actions import account_text, replies
from actions.skill import SkillAction
from actions.turn import Turn
from actions.views import OrderView

_MONTHS = "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
_NAMED_NUMBER = re.compile(
    rf"(?:№|#|заказ\w*|заявк\w*|номер\w*)\s*[№#:]*\s*((?:[A-ZА-Я]{{1,4}}-?)?\d{{1,12}})(?![.\d]|\s*(?:{_MONTHS}|шт|кг|числ))",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?<![\d.,:])(\d{3,12})(?![\d.,:%]|\s*(?:шт|кг|руб|₽|г\b|л\b))", re.IGNORECASE)


def number_in(text: str) -> str | None:
    """The order's number in the words: «что с заявкой 120» → «120»; dates and quantities are none."""
    found = _NAMED_NUMBER.search(text) or _BARE_NUMBER.search(text)
    return found.group(1) if found else None


class OrderStatus(SkillAction):
    """Where the order is: the last, or the one whose number was named."""

    action_name = "action_order_status"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_status(turn)


class CancelOrder(SkillAction):
    """Words that withdraw a sent order: which one, and is it sure?"""

    action_name = "action_cancel_order"

    async def act(self, turn: Turn) -> None:
        number = number_in(turn.text)
        if number:
            order = await turn.gateway.order_by_number(number)
            if order is None:
                await _no_such_order(turn, number)
            else:
                _ask_cancel(turn, order)
            return
        orders = await turn.gateway.orders()
        open_orders = [order for order in orders if order["can_cancel"]]
        if len(open_orders) > 1:
            turn.say(
                "Какой заказ отменить?\n" + "\n".join(f"• {account_text.order_status(order)}" for order in open_orders),
                [replies.cancel_order(f"№{order['number'] or 'без номера'}", order["id"]) for order in open_orders],
            )
        elif open_orders:
            _ask_cancel(turn, open_orders[0])
        else:
            await _nothing_to_cancel(turn, orders)


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
            _ask_cancel(turn, order)


class ConfirmCancel(SkillAction):
    """The order is withdrawn, as far as it still can be."""

    action_name = "action_confirm_cancel"

    async def act(self, turn: Turn) -> None:
        await cancel(turn, turn.entities["order"])


class Balance(SkillAction):
    """What is owed, by when, and what limit is left."""

    action_name = "action_balance"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_balance(turn)


class Documents(SkillAction):
    """Requisites at once; other papers by a person."""

    action_name = "action_documents"
    keeps_question = True

    async def act(self, turn: Turn) -> None:
        await tell_documents(turn)


class Profile(SkillAction):
    """Own data: a person changes them."""

    action_name = "action_profile"

    async def act(self, turn: Turn) -> None:
        await offer_person(turn, "profile")


class Notifications(SkillAction):
    """Messages on or off: a person does it."""

    action_name = "action_notifications"

    async def act(self, turn: Turn) -> None:
        await offer_person(turn, "notifications")


async def tell_status(turn: Turn) -> None:
    """Answers «где мой заказ?» and «что с заявкой 120»."""
    number = number_in(turn.text)
    order = await (turn.gateway.order_by_number(number) if number else turn.gateway.last_order())
    if order is None:
        await _no_such_order(turn, number)
        return
    cancel_it = [replies.cancel_order("Отменить заказ", order["id"])] if order["can_cancel"] else []
    turn.say(account_text.order_status(order), [*cancel_it, replies.REPEAT_LAST, replies.CALL_HUMAN])


async def tell_balance(turn: Turn) -> None:
    """Answers «сколько мы должны»."""
    turn.say(account_text.balance(await turn.gateway.balance()), [replies.NEW_ORDER, replies.CALL_HUMAN])


async def tell_documents(turn: Turn) -> None:
    """The requisites are known here; other papers are a person's work."""
    if "реквизит" in turn.text.lower():
        known = (await turn.gateway.balance())["requisites"]
        if known:
            turn.say(account_text.requisites(known), [replies.BALANCE, replies.CALL_HUMAN])
            return
    await offer_person(turn, "documents")


async def offer_person(turn: Turn, reason: str) -> None:
    """The honest answer where the bot has no skill yet: who can help, and the offer to call them."""
    me = await turn.gateway.me()
    turn.say(replies.honest(reason, me["manager"]), [replies.CALL_HUMAN, replies.MENU])
    turn.expect("human")


async def cancel(turn: Turn, order_id: str) -> None:
    """Withdraws the order and tells what came of it."""
    answer = await turn.gateway.cancel(order_id)
    order = answer["order"]
    name = account_text.order_name(order) if order else "Заказ"
    text = _CANCELLED[answer["state"]].format(name=name)
    turn.say(text, replies.menu() if answer["state"] == "cancelled" else [replies.STATUS, replies.CALL_HUMAN])


_CANCELLED = {
    "cancelled": "{name} отменён.",
    "requested": "Передаю просьбу об отмене. {name} ещё не отменён: напишу, как только это подтвердят.",
    "too_late": "{name} отменить уже нельзя: его собирают или везут. Если нужно, позову менеджера.",
    "not_found": "Такого заказа не нашлось. Если нужно, позову менеджера.",
}


def _ask_cancel(turn: Turn, order: OrderView) -> None:
    if not order["can_cancel"]:
        text = f"{account_text.order_status(order)} Отменить его здесь уже нельзя, но может помочь менеджер."
        turn.say(text, [replies.CALL_HUMAN, replies.MENU])
        turn.expect("human")
        return
    turn.say(account_text.ask_cancel(order), [replies.confirm_cancel(order["id"]), replies.KEEP_ORDER])
    turn.expect(f"cancel:{order['id']}")


async def _nothing_to_cancel(turn: Turn, orders: list[OrderView]) -> None:
    """No sent order can be withdrawn: perhaps the one that is still in the cart is meant."""
    if (await turn.gateway.cart())["lines"]:
        turn.say("Этот заказ ещё не отправлен. Очистить корзину?", [replies.CLEAR_CART, replies.SHOW_CART])
    elif orders:
        _ask_cancel(turn, orders[0])
    else:
        turn.say("Отправленных заказов пока нет, отменять нечего.", replies.menu_and_person())


async def _no_such_order(turn: Turn, number: str | None) -> None:
    known = await turn.gateway.orders() if number else []
    if not known:
        text = f"Заказа №{number} не нашлось." if number else "Отправленных заказов пока нет."
        turn.say(text, replies.menu_and_person())
        return
    lines = [f"• {account_text.order_status(order)}" for order in known]
    text = "\n".join([f"Заказа №{number} не нашлось. Вот последние:", *lines])
    turn.say(text, [replies.REPEAT_LAST, replies.CALL_HUMAN])
