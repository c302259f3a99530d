"""Every button, and the texts that belong to no view: greetings, refusals, hand-off, not understood.

Texts made of the api's views stand beside it: cart_text.py, account_text.py, catalog_text.py.
"""

import json
from collections.abc import Sequence

from actions.views import Button, ManagerView
from actions.words import shorten

__all__ = ["Button", "button"]


def button(title: str, intent: str, **entities: str) -> Button:
    """A quick reply: what Rasa parses as `/intent{"key": "value"}`."""
    payload = f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"
    return {"title": shorten(title), "payload": payload}


SHARE_PHONE: Button = {"title": "Отправить мой номер", "request": "contact"}
BY_NUMBER = button("Войти по номеру", "share_phone")
BY_LOGIN = button("Войти с паролем", "other_way", way="login")
RESEND_CODE = button("Новый код", "resend_code")
SWITCH_COMPANY = button("Сменить компанию", "switch_company")
NEW_ORDER = button("Новый заказ", "new_order")
REPEAT_LAST = button("Повторить последний", "repeat_last")
STATUS = button("Статус заказа", "status")
BALANCE = button("Баланс", "show_balance")
CALL_HUMAN = button("Позвать человека", "call_human")
CALL_MANAGER = button("Позвать менеджера", "call_human")
BACK_TO_BOT = button("Вернуться к боту", "start")
MENU = button("Главное меню", "start")
SHOW_CART = button("Показать заказ", "show_cart")
CHANGE_QUANTITY = button("Изменить количество", "edit_lines")
CHANGE_MORE = button("Ещё изменить", "edit_lines")
ADD_PRODUCTS = button("Добавить товары", "add_products")
CLEAR_CART = button("Очистить корзину", "clear_cart")
START_AFRESH = button("Начать заново", "clear_cart")
CATALOGUE = button("Каталог", "browse")
SECTIONS = button("К разделам", "browse")
SKIP_QUESTIONS = button("Пропустить все", "skip_questions")
FIT_LIMIT = button("Уложиться в лимит", "fit_limit")
REQUISITES = button("Баланс и реквизиты", "show_balance")
LEAVE_ORDER = button("Оставить заказ", "leave_order")
KEEP_ORDER = button("Нет, оставить", "deny")

_NEEDS = {"/repeat_last": "order", "/new_order": "order", "/show_balance": "balance"}


def menu(rights: Sequence[str] | None = None) -> list[Button]:
    """The main menu; without the buttons that this person's rights (None: unknown) would refuse."""
    buttons = [NEW_ORDER, REPEAT_LAST, STATUS, BALANCE]
    return [item for item in buttons if rights is None or _NEEDS.get(item.get("payload", ""), "") in ("", *rights)]


def menu_and_person() -> list[Button]:
    return [*menu(), CALL_HUMAN]


def confirm(title: str, version: int) -> Button:
    return button(title, "confirm_order", version=str(version))


def edit_line(title: str, sku: str) -> Button:
    return button(title, "edit_line", sku=sku)


def set_line(title: str, sku: str, quantity: str) -> Button:
    return button(title, "set_line", sku=sku, quantity=quantity)


def remove_line(sku: str) -> Button:
    return button("Убрать", "remove_line", sku=sku)


def replace_line(title: str, sku: str, by_sku: str) -> Button:
    return button(title, "replace_line", sku=sku, by_sku=by_sku)


def answer_question(title: str, question: str, value: str) -> Button:
    return button(title, "answer_question", id=question, value=value)


def skip_question(question: str, title: str = "Пропустить") -> Button:
    """No value: the question is dropped."""
    return button(title, "answer_question", id=question)


def quantity_column(title: str, attachment: str, column: str) -> Button:
    return button(title, "attached_list", attachment=attachment, column=column)


def choose_company(title: str, company: str) -> Button:
    return button(title, "choose_company", company=company)


def sign_in_page(url: str) -> Button:
    return {"title": "Открыть страницу", "url": url}


def choose_outlet(title: str, outlet: str) -> Button:
    return button(title, "choose_outlet", outlet=outlet)


def repeat_mode(title: str, mode: str) -> Button:
    return button(title, "repeat_mode", mode=mode)


def browse(title: str, category: str | None = None, page: int = 1) -> Button:
    place = {"category": category} if category else {}
    return button(title, "browse", **place, page=str(page))


def pick_product(title: str, sku: str) -> Button:
    return button(title, "pick_product", sku=sku)


def cancel_order(title: str, order: str) -> Button:
    return button(title, "cancel", order=order)


def confirm_cancel(order: str) -> Button:
    return button("Да, отменить", "confirm_cancel", order=order)


THANKS = "Пожалуйста! Буду рад помочь снова."
HELP = (
    "Я принимаю заказы и отвечаю на вопросы о них. Можно писать своими словами:\n"
    "• «молоко 5, сливки 10» — соберу заказ;\n"
    "• «как обычно, только молока 8» — повторю прошлый с изменениями;\n"
    "• «сироп убери» — поправлю;\n"
    "• «где мой заказ?», «сколько мы должны?», «почём сахар?» — отвечу.\n"
    "А если нужен человек, позову менеджера."
)
ASK_GOODS = "Что привезти? Напишите товары и количество, например: «молоко 5, хлеб 10», — или выберите в каталоге."
OUT_OF_SCOPE = "Тут я не помощник: принимаю заказы и отвечаю на вопросы о них. Чем могу помочь?"
REPHRASE = (
    "Не совсем понял вас. Попробуйте, пожалуйста, сказать иначе, например: «молоко 5, хлеб 10» или «где мой заказ?»."
)
SUGGEST = "Пока не понимаю. Возможно, вам нужно что-то из этого:"
ASK_OUTLET = "Куда везём?"
ASK_FIRST_OUTLET = "Заказы для разных точек собираем по очереди. С какой начнём?"
ORDER_STAYS = "Хорошо, заказ остаётся в силе."
NOT_SENDING = "Хорошо, пока не отправляю. Что изменить?"
CART_KEPT = "Хорошо, не отправляю. Корзина сохранится, вернуться к ней можно в любой момент."
WHAT_ELSE = "Хорошо. Что хотите сделать?"


def greeting(customer: str, outlets: Sequence[str], outlet: str | None) -> str:
    """The first line of the article; with several outlets it says where the goods would go."""
    where = ""
    if len(outlets) > 1:
        where = f"Точка доставки: {outlet}. " if outlet else f"Ваши точки: {', '.join(outlets)}. "
    return f"Здравствуйте, {customer}! {where}Что хотите сделать?"


def named(manager: ManagerView) -> str:
    """«: Анна, +7 900 000-00-00» to put after «менеджер», as much of it as is known."""
    known = ", ".join(part for part in (manager["name"], manager["phone"]) if part)
    return f": {known}" if known else ""


def handed_off(manager: ManagerView, working_hours: bool, hours_text: str, opening: str = "") -> str:
    """The words before the bot falls silent."""
    call = f"Зову менеджера{named(manager)}. Вам ответят здесь."
    if not working_hours:
        call += f" Сейчас нерабочее время: менеджер отвечает {hours_text}."
    return f"{opening} {call}".strip()


COMPLAINT_OPENING = "Очень жаль, что так вышло. Передаю ваше сообщение."
SORRY = "Очень жаль, что так вышло. Если передать это менеджеру, напишите «менеджер»."
NOT_UNDERSTOOD_OPENING = "Не получается вас понять, поэтому лучше поможет человек."

HONEST = {
    "documents": "Документы готовит менеджер",
    "notifications": "Сообщения настраивает менеджер",
    "delivery": "Дату, время и адрес доставки меняет менеджер",
}
"""What the bot cannot do yet, by the reason of the hand-off."""


def honest(reason: str, manager: ManagerView) -> str:
    """What a person does instead of the bot, with the name and the phone."""
    return f"{HONEST[reason]}{named(manager)}. Передать ему вашу просьбу?"


_TROUBLE = {
    401: "Не получилось обработать сообщение. Повторите его, пожалуйста.",
    403: "На это у вас нет прав. Их даёт менеджер.",
    404: "Этого уже нет: возможно, заказ или каталог успели измениться.",
    409: "Заказ только что изменился, возможно, его правит коллега. Посмотрите на него ещё раз.",
    422: "Не получилось это выполнить. Попробуйте, пожалуйста, иначе.",
    429: "Слишком много сообщений подряд. Подождите, пожалуйста, минуту.",
}
UNAVAILABLE = "Сейчас не получается это сделать. Попробуйте, пожалуйста, через минуту — или позовите человека."


def trouble(code: str, message: str, status: int) -> tuple[str, list[Button]]:
    """What to say when the api refused or fell silent, always with a way to a person."""
    text = message if 400 <= status < 500 and message else _TROUBLE.get(status, UNAVAILABLE)
    retry = [SHOW_CART] if status in (404, 409) else []
    return text, [*retry, CALL_HUMAN]
