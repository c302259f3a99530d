"""Answers about sent orders and money, asked alone or beside an order."""

import re

from actions import account_text, replies
from actions.person import offer_person
from actions.turn import Turn

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


async def tell_status(turn: Turn) -> None:
    """Answers «где мой заказ?» and «что с заявкой 120»."""
    number = number_in(turn.text)
    order = await (turn.gateway.order_by_number(number) if number else turn.gateway.last_order())
    if order is None:
        await no_such_order(turn, number)
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


async def no_such_order(turn: Turn, number: str | None) -> None:
    """The order of this number, or any, is not there."""
    known = await turn.gateway.orders() if number else []
    if not known:
        text = f"Заказа №{number} не нашлось." if number else "Отправленных заказов пока нет."
        turn.say(text, replies.menu_and_person())
        return
    lines = [f"• {account_text.order_status(order)}" for order in known]
    text = "\n".join([f"Заказа №{number} не нашлось. Вот последние:", *lines])
    turn.say(text, [replies.REPEAT_LAST, replies.CALL_HUMAN])
