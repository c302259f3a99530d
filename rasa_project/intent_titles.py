"""What a picture calls the intents: as the console does. The console's table is the source; a test holds both equal."""

from typing import Dict

TITLES: Dict[str, str] = {
    "order": "Заказ или правка заказа",
    "repeat_order": "Повторить прошлый заказ",
    "cart": "Что в корзине",
    "affirm": "Согласие",
    "deny": "Отказ",
    "cancel_order": "Отменить отправленный заказ",
    "order_status": "Где заказ",
    "delivery": "Доставка: дни, время, адрес",
    "balance": "Долг, лимит, сроки оплаты",
    "documents": "Документы",
    "price_query": "Цена товара",
    "stock_query": "Есть ли товар",
    "catalog_query": "Что есть такого рода",
    "promo": "Акции и новинки",
    "complaint": "Жалоба или возврат",
    "call_human": "Нужен человек",
    "notifications": "Сообщения включить или выключить",
    "profile": "Данные клиента",
    "help": "Что ты умеешь",
    "greet": "Приветствие",
    "thanks": "Спасибо, до свидания",
    "out_of_scope": "Не к нам",
    "nlu_fallback": "не понято",
}
