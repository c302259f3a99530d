"""The buttons that are offered without the assistant; their intents are the assistant's."""

CALL_HUMAN = {"title": "Позвать человека", "payload": "/call_human"}
STATUS = {"title": "Статус заказа", "payload": "/status"}
NEW_ORDER = {"title": "Новый заказ", "payload": "/new_order"}
REPEAT_LAST = {"title": "Повторить последний", "payload": "/repeat_last"}
SHOW_CART = {"title": "Показать заказ", "payload": "/show_cart"}
MENU = {"title": "Главное меню", "payload": "/start"}
FIT_LIMIT = {"title": "Уложиться в лимит", "payload": "/fit_limit"}
BACK_TO_BOT = {"title": "Вернуться к боту", "payload": "/start"}


def confirm(version: int) -> dict[str, str]:
    """«Оформить» of the cart in this version."""
    return {"title": "Оформить", "payload": f'/confirm_order{{"version": "{version}"}}'}
