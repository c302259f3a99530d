"""What a customer may want, in words for a trainer. The intents of rasa_project/domain that are typed, not pressed."""

from dataclasses import dataclass

from api.understanding.heard import FALLBACK


@dataclass(frozen=True)
class Intent:
    name: str
    title: str
    example: str


INTENTS: tuple[Intent, ...] = (
    Intent("order", "Заказ или правка заказа", "батон 12 и кефир 6"),
    Intent("repeat_order", "Повторить прошлый заказ", "как обычно"),
    Intent("cart", "Что в корзине", "что я уже набрал"),
    Intent("affirm", "Согласие", "да, оформляйте"),
    Intent("deny", "Отказ", "нет, не то"),
    Intent("cancel_order", "Отменить отправленный заказ", "снимите заявку 120"),
    Intent("order_status", "Где заказ", "заказ собрали?"),
    Intent("delivery", "Доставка: дни, время, адрес", "в субботу возите?"),
    Intent("balance", "Долг, лимит, сроки оплаты", "сколько мы должны"),
    Intent("documents", "Документы", "пришлите накладную"),
    Intent("price_query", "Цена товара", "почём гауда"),
    Intent("stock_query", "Есть ли товар", "осталась мука?"),
    Intent("catalog_query", "Что есть такого рода", "покажите сыры"),
    Intent("promo", "Акции и новинки", "что по акции"),
    Intent("complaint", "Жалоба или возврат", "недовезли две коробки"),
    Intent("call_human", "Нужен человек", "позовите менеджера"),
    Intent("notifications", "Сообщения включить или выключить", "не пишите по вечерам"),
    Intent("profile", "Данные клиента", "у нас новый номер"),
    Intent("help", "Что ты умеешь", "как заказать"),
    Intent("greet", "Приветствие", "добрый день"),
    Intent("thanks", "Спасибо, до свидания", "всё, больше ничего"),
    Intent("out_of_scope", "Не к нам", "какая погода"),
)

NOT_UNDERSTOOD = "не понято"

BY_NAME = {intent.name: intent for intent in INTENTS}

ENTITIES = {
    "product": "товар",
    "quantity": "количество",
    "unit": "единица",
    "date": "дата",
    "operation": "действие",
}
"""What a piece of a message may be marked as, for a trainer."""


def title(name: str) -> str:
    """«Заказ или правка заказа»; what the model made nothing of is «не понято», a button's intent as it is called."""
    if name == FALLBACK:
        return NOT_UNDERSTOOD
    known = BY_NAME.get(name)
    return known.title if known else name
