"""What the assistant can do, by what its use is told from, and how to tell customers of what they do not use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """`intents`: what of a turn's intent counts as its use. `advice`: a sentence for the managers' next message."""

    title: str
    intents: frozenset[str]
    advice: str


FUNCTIONS = (
    Function("Заказ словами", frozenset({"order"}),
             "Пишите, как говорите: «молоко 5, сливки 10», помощник соберёт заказ."),
    Function("Повтор заказа", frozenset({"repeat_order", "repeat_last", "repeat_mode"}),
             "Напишите «как обычно» или нажмите «Повторить последний», и прошлый заказ уже в корзине."),
    Function("Заказ файлом", frozenset({"attached_list"}),
             "Пришлите в чат свою таблицу Excel, помощник прочитает её как заказ."),
    Function("Каталог", frozenset({"catalog_query", "browse", "add_products", "pick_product"}),
             "Спросите «какие есть соки?» или откройте «Каталог»: там ваши цены и остатки."),
    Function("Цена", frozenset({"price_query"}), "Спросите «почём сахар?», помощник назовёт вашу цену."),
    Function("Наличие", frozenset({"stock_query"}), "Спросите «есть ли тархун?», и не придётся звонить на склад."),
    Function("Акции", frozenset({"promo"}), "Спросите «что по акции?»: увидите скидки на то, что берёте."),
    Function("Где заказ", frozenset({"order_status", "status"}),
             "Спросите «где мой заказ?», помощник ответит сразу, и ночью тоже."),
    Function("Доставка", frozenset({"delivery"}),
             "Спросите «когда привезёте?» или «до скольки заказать на завтра?»."),
    Function("Отмена заказа", frozenset({"cancel_order", "cancel", "confirm_cancel"}),
             "Передумали до сборки? Напишите «отмените заказ», звонить не нужно."),
    Function("Баланс", frozenset({"balance", "show_balance"}),
             "Спросите «сколько мы должны?»: долг, срок и реквизиты в одном сообщении."),
    Function("Документы", frozenset({"documents"}),
             "Напишите «нужен счёт» или «акт сверки»: передадим менеджеру, не ища телефон."),
    Function("Данные компании", frozenset({"profile"}),
             "Сменился телефон или появился сотрудник? Напишите об этом в чат."),
    Function("Позвать человека", frozenset({"call_human"}),
             "Менеджер всегда рядом: кнопка «Позвать человека» есть в любой момент."),
)  # fmt: skip
RARE = 0.05
"""Less than this share of the customers that write: hardly used."""
