"""Withdrawing a sent order: which one, is it sure, and what came of it."""

from actions import account_text, replies
from actions.account_answers import no_such_order, number_in
from actions.turn import Turn
from actions.views import OrderView


async def ask_to_cancel(turn: Turn) -> None:
    """Words that withdraw an order: the one that was named, or the one that still can be."""
    number = number_in(turn.text)
    if number:
        order = await turn.gateway.order_by_number(number)
        if order is None:
            await no_such_order(turn, number)
        else:
            ask_cancel(turn, order)
        return
    orders = await turn.gateway.orders()
    open_orders = [order for order in orders if order["can_cancel"]]
    if len(open_orders) > 1:
        turn.say(
            "Какой заказ отменить?\n" + "\n".join(f"• {account_text.order_status(order)}" for order in open_orders),
            [replies.cancel_order(f"№{order['number'] or 'без номера'}", order["id"]) for order in open_orders],
        )
    elif open_orders:
        ask_cancel(turn, open_orders[0])
    else:
        await _nothing_to_cancel(turn, orders)


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


def ask_cancel(turn: Turn, order: OrderView) -> None:
    """Is it sure? Or that it is too late."""
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
        ask_cancel(turn, orders[0])
    else:
        turn.say("Отправленных заказов пока нет, отменять нечего.", replies.menu_and_person())
