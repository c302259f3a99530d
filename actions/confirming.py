"""Sending the order: what the gateway decided, in words."""

from actions import cart_text, replies, showing
from actions.turn import Turn
from actions.views import Button, Confirmation, RefusalView

SENDING = "Отправляю заказ…"
CREDIT_LIMIT = (
    "К сожалению, ваш кредитный лимит исчерпан. Для продолжения работы, пожалуйста, погасите задолженность "
    "или свяжитесь с менеджером для согласования."
)
OVERDUE = "К сожалению, есть просроченная задолженность, поэтому новый заказ пока не оформить."
ERP_DOWN = (
    "Сейчас мы обновляем систему, заказ можно будет оформить через 30 минут. Или позвоните менеджеру{named}.\n"
    "Можно оставить заказ сейчас: отправлю его сам, как только система заработает, и напишу вам."
)
LEFT = "Заказ сохранён. Отправлю его, как только система заработает, и сразу напишу."
CHANGED = "Пока вы оформляли, кое-что изменилось. Проверьте, пожалуйста, и подтвердите ещё раз"
EDITED_ELSEWHERE = "Заказ успели изменить, возможно, ваш коллега. Проверьте, пожалуйста, и подтвердите ещё раз"

_FIGURES = (("limit_text", "Кредитный лимит"), ("debt_text", "остаток к оплате"), ("over_text", "сверх лимита"))


async def confirm(turn: Turn, version: int | None, leave: bool = False) -> None:
    """Sends the order and tells what became of it. Pressed twice, it makes one order: the api sees to that."""
    confirmation = await turn.gateway.confirm(version, leave)
    if confirmation["state"] == "refused" and confirmation["refusal"]:
        await _refused(turn, confirmation, confirmation["refusal"])
    elif confirmation["state"] == "changed" and confirmation["cart"]:
        showing.show_card(turn, confirmation["cart"], CHANGED, confirmation["warnings"])
    elif confirmation["state"] == "erp_down" and not (leave and confirmation["order"]):
        _erp_down(turn, confirmation)
    elif confirmation["state"] == "already_sent":
        _already_sent(turn, confirmation)
    elif leave:
        turn.say(" ".join([LEFT, *_notes(confirmation)]), [replies.STATUS, replies.CALL_HUMAN])
    else:
        turn.say(" ".join([SENDING, *_notes(confirmation)]))
        turn.keep_question()


def _notes(confirmation: Confirmation) -> list[str]:
    age = confirmation["figures_at_text"]
    return [*confirmation["warnings"], *([age] if age else [])]


def _erp_down(turn: Turn, confirmation: Confirmation) -> None:
    text = ERP_DOWN.format(named=replies.named(confirmation["manager"]))
    turn.say(text, [replies.LEAVE_ORDER, replies.CALL_HUMAN])
    turn.expect("leave_order")


def _already_sent(turn: Turn, confirmation: Confirmation) -> None:
    order = confirmation["order"]
    number = f" №{order['number']}" if order and order["number"] else ""
    text = f"Этот заказ уже отправлен{f', его номер —{number}' if number else ''}. Второй раз не оформляю."
    turn.say(text, [replies.STATUS, replies.NEW_ORDER])
    turn.keep_question()


async def _refused(turn: Turn, confirmation: Confirmation, refusal: RefusalView) -> None:
    code, cart = refusal["code"], confirmation["cart"]
    if code == "no_outlet":
        showing.ask_outlet(turn, (await turn.gateway.me())["outlets"])
    elif code == "version":
        title = EDITED_ELSEWHERE
        showing.show_card(turn, cart or await turn.gateway.cart(), title)
    elif code in ("questions", "stock"):
        cart = cart or await turn.gateway.cart()
        asked = cart["questions"] or cart_text.first_issue(cart)
        showing.show_cart(turn, cart, [] if asked else [refusal["message"]])
    elif code == "delivery_day":
        showing.show_cart(turn, cart or await turn.gateway.cart(), [refusal["message"]])
    elif code == "empty":
        showing.ask_goods(turn, "Корзина пока пуста.")
    else:
        turn.say(_refusal_text(refusal), _WAYS_OUT.get(code, [replies.CALL_HUMAN]))


def _refusal_text(refusal: RefusalView) -> str:
    code = refusal["code"]
    if code == "minimum_sum":
        return _minimum(refusal)
    opening = refusal["message"] or {"credit_limit": CREDIT_LIMIT, "overdue": OVERDUE}.get(code, replies.UNAVAILABLE)
    figures = [f"{name} {refusal.get(key)}" for key, name in _FIGURES if refusal.get(key)]
    told = ", ".join(figures)
    return f"{opening}\n{told[:1].upper()}{told[1:]}." if told else opening


def _minimum(refusal: RefusalView) -> str:
    minimum, missing = refusal.get("minimum_text"), refusal.get("missing_text")
    if not minimum:
        return refusal["message"]
    rest = f", не хватает {missing}" if missing else ""
    return f"Минимальная сумма заказа — {minimum}{rest}. Добавьте, пожалуйста, что-нибудь."


_WAYS_OUT: dict[str, list[Button]] = {
    "credit_limit": [replies.FIT_LIMIT, replies.REQUISITES, replies.CALL_HUMAN],
    "overdue": [replies.REQUISITES, replies.CALL_HUMAN],
    "minimum_sum": [replies.ADD_PRODUCTS, replies.CHANGE_QUANTITY, replies.CALL_HUMAN],
}
