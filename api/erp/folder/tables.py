"""The six tables that a distributor brings: their columns, what stands in them, and how they may be titled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from api.domain.sheet import Cell
from api.erp.folder import values, words
from api.erp.folder.document import TITLES
from api.erp.port import Data

EXAMPLE = "ПРИМЕР"
"""A row with a cell that begins so came with the sample file and is left out."""


@dataclass(frozen=True)
class Column:
    """A column by our name for it.

    `needed`: the file must have the column, or every row must have something in it. `spread`: «Цена Опт» beside «Цена
    Розница» are columns of it by price type.
    """

    field: str
    title: str
    read: Callable[[Cell], object]
    example: str
    also: str = ""
    """Other titles, separated by «|», folded."""
    needed: Literal["", "column", "cell"] = ""
    spread: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        return (words.title(self.title), *filter(None, self.also.split("|")))


@dataclass(frozen=True)
class Table:
    """A table under the name that its sample file bears."""

    data: Data
    name: str
    columns: tuple[Column, ...]
    passed_over: frozenset[str] = frozenset()
    """Titles of columns that are known and not needed."""


SKU = Column(
    "sku", "Артикул", values.code, f"{EXAMPLE}-1", "sku|код товара|код|арт|номенклатурный номер|article", "cell"
)
UNIT = Column("unit", "Ед.", values.text, "шт", "единица|ед изм|единица измерения|базовая единица|еи|unit")
PRICE_TYPE = Column("list", "Вид цен", values.text, "Опт", "тип цен|вид цены|тип цены|прайс лист|колонка|price type")
CUSTOMER = Column(
    "customer", "Код клиента", values.code, EXAMPLE, "код контрагента|клиент|контрагент|покупатель|customer|client"
)
WAREHOUSE = Column("warehouse", "Склад", values.text, "Основной", "warehouse|место хранения")

GOODS = Table(
    Data.GOODS,
    "Товары",
    (
        SKU,
        Column(
            "name", "Наименование", values.text, "Молоко 3,2 % 1 л", "название|товар|номенклатура|name|product", "cell"
        ),
        Column("unit", "Ед.", values.text, "шт", UNIT.also, "cell"),
        Column("category", "Категория", values.text, "Молочное / Молоко", "группа|группа товаров|раздел|category"),
        Column("brand", "Бренд", values.text, "Луговое", "марка|торговая марка|тм|brand"),
        Column("packs", "Упаковка", values.packs, "кор=12", "упаковки|packs|packing"),
        Column(
            "in_pack", "В коробке", values.factor, "", "в упаковке|штук в коробке|кол во в коробке|кол во в упаковке"
        ),
        Column("step", "Кратность", values.factor, "1", "шаг|кратность заказа|step"),
        Column("minimum", "Минимум", values.number, "0", "мин заказ|минимальный заказ|минимальное количество|minimum"),
        Column("days", "Под заказ дней", values.whole, "", "срок поставки|срок поставки дней|под заказ"),
        Column("active", "Продаётся", values.yes, "да", "активен|в продаже|active"),
    ),
)
PRICES = Table(
    Data.PRICES,
    "Цены",
    (
        SKU,
        Column("amount", "Цена", values.money, "89,90", "цена за ед|цена за единицу|price", "column", spread=True),
        PRICE_TYPE,
        CUSTOMER,
        UNIT,
        Column("minimum", "От количества", values.number, "", "от|количество от|при заказе от|from"),
        Column("prepay", "Предоплата", values.yes, "", "при предоплате|prepayment"),
        Column("promo", "Акция", values.text, "", "promo"),
        Column("start", "Действует с", values.day, "", "с|начало|дата начала"),
        Column("end", "Действует по", values.day, "", "по|до|окончание|дата окончания"),
    ),
)
STOCK = Table(
    Data.STOCK,
    "Остатки",
    (
        SKU,
        Column(
            "quantity",
            "Остаток",
            values.signed,
            "120",
            "свободный остаток|количество|кол во|наличие|в наличии|qty",
            "column",
        ),
        WAREHOUSE,
        UNIT,
    ),
)
CUSTOMERS = Table(
    Data.CUSTOMERS,
    "Клиенты",
    (
        Column("id", "Код клиента", values.code, EXAMPLE, "код|код контрагента|id|code"),
        Column(
            "name", "Клиент", values.text, "ООО «Пример»", "название|наименование|контрагент|покупатель|name", "cell"
        ),
        Column("tax_id", "ИНН", values.code, "", "inn"),
        PRICE_TYPE,
        Column("prepay", "Предоплата", values.yes, "нет", "работает по предоплате"),
        Column("limit", "Кредитный лимит", values.money, "100 000", "лимит|сумма лимита|credit limit"),
        Column("delay", "Отсрочка", values.whole, "14", "отсрочка дней|дней отсрочки"),
        Column("minimum_sum", "Минимальная сумма", values.money, "3000", "мин сумма|минимальный заказ"),
        Column("manager", "Менеджер", values.text, "Ольга Белова", "ответственный"),
        Column("manager_phone", "Телефон менеджера", values.text, "+7 900 000-00-02", "тел менеджера"),
        Column("sign_in", "Код для входа", values.code, "", "код входа"),
        Column("outlet_id", "Код точки", values.code, "", "код торговой точки|код адреса"),
        Column("outlet", "Торговая точка", values.text, "Магазин на Садовой", "точка|магазин|outlet"),
        Column("address", "Адрес", values.text, "ул. Садовая, 12", "адрес доставки|address"),
        WAREHOUSE,
        Column("days", "Дни доставки", values.weekdays, "пн, ср, пт", "дни|график доставки"),
        Column("opens", "Окно с", values.clock, "9:00", "доставка с|с|время с"),
        Column("closes", "Окно по", values.clock, "12:00", "доставка по|по|время по|окно до|до"),
        Column("contact", "Контакт", values.text, "Иван Петров", "контактное лицо|фио|contact"),
        Column("phone", "Телефон", values.text, "+7 900 000-00-01", "тел|телефон контакта|мобильный|phone"),
        Column("email", "Почта", values.text, "", "email|e mail|электронная почта"),
    ),
)
BALANCES = Table(
    Data.BALANCES,
    "Долги",
    (
        Column("customer", "Код клиента", values.code, EXAMPLE, CUSTOMER.also, "cell"),
        Column("debt", "Долг", values.debt, "12 500,00", "задолженность|сумма долга|всего долг|debt"),
        Column("number", "Накладная", values.code, "УТ-000123", "счет|документ|номер|номер документа|invoice"),
        Column("issued", "Дата", values.day, "01.12.2025", "дата документа|дата накладной|дата отгрузки|date"),
        Column("due", "Оплатить до", values.day, "15.12.2025", "срок оплаты|дата оплаты|срок|due"),
        Column("amount", "Сумма", values.money, "20 000,00", "сумма документа|сумма накладной|amount"),
        Column("rest", "Осталось оплатить", values.money, "12 500,00", "остаток|остаток долга|не оплачено|к оплате"),
    ),
)
STATUSES = Table(
    Data.ORDERS,
    "Статусы заказов",
    (
        Column("key", "Ключ", values.code, f"{EXAMPLE}-AI-1", "ключ заказа|номер бота|key"),
        Column("number", "Номер", values.code, "УТ-000456", "номер заказа|номер документа|number"),
        Column(
            "status",
            "Статус",
            values.chosen(words.STATUSES, "статус: принят, собирается, отгружен, доставлен или отменён"),
            "принят",
            "состояние|статус заказа|status",
            "column",
        ),
        Column("customer", "Код клиента", values.code, "", "клиент|контрагент|покупатель|customer"),
        Column("date", "Дата заказа", values.day, "", "дата|date"),
        Column("outlet", "Код точки", values.code, "", "торговая точка|точка|outlet"),
        Column("delivery", "Дата доставки", values.day, "", "доставка"),
        Column("sku", "Артикул", values.code, "", SKU.also),
        Column("quantity", "Количество", values.number, "", "кол во|qty"),
        Column("price", "Цена", values.money, "", "price"),
    ),
    passed_over=frozenset(words.title(title) for title in TITLES),
)
TABLES = {table.data: table for table in (GOODS, PRICES, STOCK, CUSTOMERS, BALANCES, STATUSES)}


def named(name: str) -> Data | None:
    """Which table a file's name speaks of, by its first word that says so: «Остатки товаров» are stock."""
    for word in words.fold(name.rsplit(".", 1)[0]).split():
        for data, stems in words.FILES.items():
            if word.startswith(stems):
                return data
    return None


def is_changes(name: str) -> bool:
    """Whether the file holds only what changed."""
    return any(word.startswith(words.CHANGES) for word in words.fold(name).split())
