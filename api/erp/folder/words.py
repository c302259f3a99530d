"""Words of files: their names, what stands over columns, and what stands in cells. As `fold` leaves them."""

import re
import unicodedata

from api.domain.order import OrderStatus
from api.erp.port import Data

_SIGNS = re.compile(r"[^\w]+")
_ASIDE = re.compile(r"\(.*?\)|,.*$|\[.*?\]")
"""«Цена, руб.», «Остаток (шт)»."""


def fold(text: str) -> str:
    """Small letters, «ё» as «е», only words."""
    return _SIGNS.sub(" ", unicodedata.normalize("NFC", text).casefold().replace("ё", "е").replace("_", " ")).strip()


def title(text: str) -> str:
    """A title of a column without what is added behind it."""
    return fold(bare(text)) or fold(text)


def bare(text: str) -> str:
    """«Цена Опт» of «Цена Опт, руб.»."""
    return _ASIDE.sub("", text).strip()


FILES: dict[Data, tuple[str, ...]] = {
    Data.GOODS: ("товар", "номенклатур", "каталог", "ассортимент", "goods", "products", "catalog"),
    Data.PRICES: ("цен", "прайс", "price"),
    Data.STOCK: ("остат", "склад", "stock"),
    Data.CUSTOMERS: ("клиент", "контрагент", "покупател", "customer", "client"),
    Data.BALANCES: ("долг", "задолженн", "взаиморасч", "баланс", "debts", "balance"),
    Data.ORDERS: ("статус", "заказ", "status", "order"),
}
"""How the words of a file's name begin, by what it holds."""

CHANGES = ("измен", "changes", "delta")
"""The file holds only what changed."""

YES = frozenset({"да", "1", "+", "yes", "y", "true", "истина", "есть", "v", "х", "x"})
NO = frozenset({"нет", "0", "-", "no", "n", "false", "ложь", "—"})

WEEKDAYS = {
    form: day
    for day, forms in {
        1: "1 пн пон понедельник mon", 2: "2 вт вторник tue", 3: "3 ср среда wed", 4: "4 чт чет четверг thu",
        5: "5 пт пятница fri", 6: "6 сб суббота sat", 7: "7 вс воскресенье sun",
    }.items()
    for form in forms.split()
}  # fmt: skip
EVERY_DAY = {"ежедневно": range(1, 8), "все": range(1, 8), "будни": range(1, 6), "рабочие": range(1, 6)}

STATUSES = {
    form: str(status)
    for status, forms in {
        OrderStatus.ACCEPTED: ("принят", "принято", "принят в работу", "новый", "в работе", "подтвержден", "проведен",
                               "к выполнению", "accepted", "confirmed", "new"),
        OrderStatus.PICKING: ("собирается", "в сборке", "сборка", "комплектуется", "собран", "к обеспечению",
                              "picking"),
        OrderStatus.SHIPPED: ("отгружен", "отгружено", "отправлен", "в пути", "в доставке", "доставляется", "shipped"),
        OrderStatus.DELIVERED: ("доставлен", "доставлено", "выполнен", "выполнено", "закрыт", "завершен", "получен",
                                "delivered", "done", "closed"),
        OrderStatus.CANCELLED: ("отменен", "отменено", "отмена", "отказ", "аннулирован", "cancelled", "canceled"),
        OrderStatus.FAILED: ("отклонен", "ошибка", "не принят", "rejected", "failed"),
    }.items()
    for form in forms
}  # fmt: skip
