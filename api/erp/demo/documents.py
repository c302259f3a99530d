"""Orders as a person looks at them: for the page and the control API."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from api.erp.demo.entities import (
    EMPTY_DATE,
    EMPTY_REF,
    ORDERS,
    OUTLETS,
    PARTNERS,
    PRODUCTS,
    STATUSES,
    UNITS,
    WAREHOUSES,
)
from api.erp.demo.store import Row, Store


@dataclass(frozen=True)
class LineView:
    place: str
    sku: str
    name: str
    pack: str
    packs: str
    quantity: str
    unit: str
    price: str
    sum: str


@dataclass(frozen=True)
class OrderView:
    ref: str
    number: str
    date: str
    status: str
    status_text: str
    customer: str
    outlet: str
    address: str
    warehouse: str
    delivery: str
    comment: str
    key: str
    total: str
    posted: bool
    cancelled: bool
    marked: bool
    lines: tuple[LineView, ...]


def order_views(store: Store) -> list[Row]:
    """The order documents as stored, newest first."""
    return sorted(store.rows(ORDERS), key=lambda row: (row["Date"], row["Number"]), reverse=True)


def view(store: Store, row: Row) -> OrderView:
    """One document, in words."""
    return OrderView(
        ref=row["Ref_Key"],
        number=row["Number"],
        date=_date(row["Date"], "%d.%m.%Y %H:%M"),
        status=row["Статус"],
        status_text=STATUSES.get(row["Статус"], "Без статуса"),
        customer=_name(store, PARTNERS, row["Партнер_Key"]),
        outlet=_name(store, OUTLETS, row["ТорговаяТочка_Key"]),
        address=row["АдресДоставки"],
        warehouse=_name(store, WAREHOUSES, row["Склад_Key"]),
        delivery=_date(row["ЖелаемаяДатаОтгрузки"], "%d.%m.%Y"),
        comment=row["Комментарий"],
        key=row["НомерПоДаннымКлиента"],
        total=money(row["СуммаДокумента"]),
        posted=row["Posted"],
        cancelled=row["Отменен"],
        marked=row["DeletionMark"],
        lines=tuple(_line(store, line) for line in row["Товары"]),
    )


def _line(store: Store, line: Row) -> LineView:
    product = store.get(PRODUCTS, line["Номенклатура_Key"])
    unit = _name(store, UNITS, product["ЕдиницаИзмерения_Key"]) if product else ""
    pack = _name(store, UNITS, line["Упаковка_Key"]) or unit
    return LineView(
        place=line["LineNumber"],
        sku=product["Артикул"] if product else "",
        name=product["Description"] if product else f"<Объект не найден> ({line['Номенклатура_Key']})",
        pack=pack,
        packs=plain(line["КоличествоУпаковок"]),
        quantity=plain(line["Количество"]),
        unit=unit,
        price=money(line["Цена"]),
        sum=money(line["Сумма"]),
    )


def _name(store: Store, entity: str, ref: str) -> str:
    if ref == EMPTY_REF:
        return ""
    found = store.get(entity, ref)
    return str(found["Description"]) if found else "<Объект не найден>"


def _date(text: str, pattern: str) -> str:
    return "" if text == EMPTY_DATE else datetime.fromisoformat(text).strftime(pattern)


def plain(value: object) -> str:
    """A quantity with a comma: «1,5»."""
    return f"{Decimal(str(value)):f}".replace(".", ",")


def money(value: object) -> str:
    """«12 500,00 ₽»."""
    return f"{Decimal(str(value)):,.2f} ₽".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
