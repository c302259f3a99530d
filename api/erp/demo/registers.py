"""Virtual tables: what the registers show is worked out from stock, invoices and posted orders."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from api.erp.demo.address import condition_variants
from api.erp.demo.entities import (
    AGREEMENTS,
    CONTRACTS,
    DIMENSIONS,
    EMPTY_REF,
    FREE_STOCK,
    ORDERS,
    PRICES,
    SETTLEMENTS,
    SETTLEMENTS_BY_TERM,
)
from api.erp.demo.errors import bad_option, bad_url, no_property
from api.erp.demo.filter_eval import Matcher, compile_filter
from api.erp.demo.filter_parse import FilterSyntax, parse
from api.erp.demo.schema import Entity
from api.erp.demo.store import DEBTS, STOCK, Row, Store

HISTORY = "_history"
"""Marks an order older than the demo: its goods left the stock and its debt is in DEBTS already."""
CLOSED_AT = "_closed_at"


def number(value: Decimal) -> int | float:
    """A JSON number without a needless «.0»."""
    return int(value) if value == value.to_integral_value() else float(value)


def amount(value: Any) -> Decimal:
    return Decimal(str(value))


def read_table(store: Store, entity: Entity, table: str, arguments: dict[str, str]) -> tuple[Entity, list[Row]]:
    """Rows of a virtual table and the shape they have."""
    if table == "SliceLast" and entity.name == PRICES:
        return entity, _slice_last(store, entity, arguments)
    if table == "Balance" and entity.name in DIMENSIONS:
        return _balance(store, entity, arguments)
    raise bad_url(f"{entity.name}/{table}")


def _condition(store: Store, entity: Entity, arguments: dict[str, str]) -> Callable[[Row], bool]:
    text = arguments.get("Condition", "")
    if not text.strip():
        return lambda row: True
    for variant in condition_variants(text):
        try:
            parse(variant)
        except FilterSyntax:
            continue
        return Matcher(compile_filter(variant, entity, "Condition"), entity, store.get)
    raise bad_option("Condition", f"синтаксическая ошибка: {text}")


def _slice_last(store: Store, entity: Entity, arguments: dict[str, str]) -> list[Row]:
    matches = _condition(store, entity, arguments)
    until = arguments.get("Period", "9999-12-31T23:59:59")
    last: dict[tuple[str, str], Row] = {}
    for row in store.rows(PRICES):
        if row["Period"] > until or not row["Active"] or not matches(row):
            continue
        key = (row["Номенклатура_Key"], row["ВидЦены_Key"])
        if key not in last or last[key]["Period"] <= row["Period"]:
            last[key] = row
    return list(last.values())


def _balance(store: Store, entity: Entity, arguments: dict[str, str]) -> tuple[Entity, list[Row]]:
    sources: dict[str, Callable[[Store], list[Row]]] = {
        FREE_STOCK: stock_rows,
        SETTLEMENTS: settlement_rows,
        SETTLEMENTS_BY_TERM: invoice_rows,
    }
    matches = _condition(store, entity, arguments)
    rows = [row for row in sources[entity.name](store) if matches(row)]
    shape = _narrow(entity, arguments.get("Dimensions"))
    return shape, _group(rows, shape)


def _narrow(entity: Entity, dimensions: str | None) -> Entity:
    """The entity with the named dimensions only, and its resources."""
    all_dimensions = DIMENSIONS[entity.name]
    named = all_dimensions if not dimensions else tuple(name.strip() for name in dimensions.split(","))
    for name in named:
        if name not in all_dimensions:
            raise no_property(name)
    if set(named) == set(all_dimensions):
        return entity
    kept = tuple(
        prop for prop in entity.properties if prop.name.endswith("Balance") or prop.name.removesuffix("_Key") in named
    )
    return Entity(entity.name, entity.kind, kept)


def _group(rows: Iterable[Row], shape: Entity) -> list[Row]:
    """Sum the resources over the dimensions left out; rows that are all zero are not shown."""
    keys = [prop.name for prop in shape.properties if not prop.name.endswith("Balance")]
    resources = [prop.name for prop in shape.properties if prop.name.endswith("Balance")]
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = {}
    for row in rows:
        into = sums.setdefault(tuple(row[key] for key in keys), dict.fromkeys(resources, Decimal(0)))
        for name in resources:
            into[name] += amount(row[name])
    return [
        dict(zip(keys, key, strict=True)) | {name: number(value) for name, value in into.items()}
        for key, into in sums.items()
        if any(into.values())
    ]


def open_orders(store: Store) -> list[Row]:
    """Orders whose goods are reserved."""
    return [row for row in store.rows(ORDERS) if is_live(row) and row["Статус"] != "Закрыт"]


def is_live(order: Row) -> bool:
    return bool(order["Posted"] and not order["Отменен"] and not order["DeletionMark"])


def _moved(orders: Iterable[Row]) -> dict[tuple[str, str], Decimal]:
    """Goods of these orders by product and warehouse."""
    moved: dict[tuple[str, str], Decimal] = {}
    for order in orders:
        for line in order["Товары"]:
            key = (line["Номенклатура_Key"], order["Склад_Key"])
            moved[key] = moved.get(key, Decimal(0)) + amount(line["Количество"])
    return moved


def delivered(store: Store) -> list[Row]:
    """Orders that were closed in the demo itself."""
    return [row for row in store.rows(ORDERS) if is_live(row) and row["Статус"] == "Закрыт" and not row.get(HISTORY)]


def stock_rows(store: Store) -> list[Row]:
    """On hand (entered less delivered) and reserved by open orders."""
    reserved, gone = _moved(open_orders(store)), _moved(delivered(store))
    entered = {(row["Номенклатура_Key"], row["Склад_Key"]): amount(row["Количество"]) for row in store.rows(STOCK)}
    rows = []
    for key in entered.keys() | reserved.keys() | gone.keys():
        on_hand = entered.get(key, Decimal(0)) - gone.get(key, Decimal(0))
        rows.append(
            {
                "Номенклатура_Key": key[0],
                "Склад_Key": key[1],
                "ВНаличииBalance": number(on_hand),
                "ВРезервеСоСкладаBalance": number(reserved.get(key, Decimal(0))),
            }
        )
    return sorted(rows, key=lambda row: (row["Склад_Key"], row["Номенклатура_Key"]))


def invoice_rows(store: Store) -> list[Row]:
    """Documents not wholly paid; an advance is a row with a negative debt."""
    rows = [dict(row) for row in store.rows(DEBTS)]
    agreements = {row["Ref_Key"]: row for row in store.rows(AGREEMENTS)}
    for order in delivered(store):
        agreement = agreements.get(order["Соглашение_Key"])
        if agreement is not None and agreement["ФормаОплаты"] == "Отсрочка":
            rows.append(_invoice(store, order, agreement))
    return rows


def _invoice(store: Store, order: Row, agreement: Row) -> Row:
    contract = store.get(CONTRACTS, agreement["Договор_Key"]) or {}
    closed = datetime.fromisoformat(order.get(CLOSED_AT) or order["Date"])
    due = closed + timedelta(days=int(contract.get("ДопустимоеЧислоДнейЗадолженности", 0)))
    return {
        "Партнер_Key": order["Партнер_Key"],
        "ДокументРегистратор": order["Ref_Key"],
        "ДокументРегистратор_Type": f"StandardODATA.{ORDERS}",
        "НомерДокумента": order["Number"],
        "ДатаДокумента": closed.isoformat(timespec="seconds"),
        "ДатаПлановогоПогашения": due.replace(hour=0, minute=0, second=0).isoformat(timespec="seconds"),
        "СуммаДокумента": order["СуммаДокумента"],
        "ДолгBalance": order["СуммаДокумента"],
    }


def settlement_rows(store: Store) -> list[Row]:
    debts: dict[str, Decimal] = {}
    for row in invoice_rows(store):
        debts[row["Партнер_Key"]] = debts.get(row["Партнер_Key"], Decimal(0)) + amount(row["ДолгBalance"])
    return [{"Партнер_Key": key, "СуммаBalance": number(value)} for key, value in debts.items()]


def over_limit(store: Store, order: Row) -> Decimal | None:
    """By how much this order takes its customer over the credit limit; None: it does not."""
    agreement = store.get(AGREEMENTS, order["Соглашение_Key"]) or {}
    contract = store.get(CONTRACTS, agreement.get("Договор_Key", EMPTY_REF)) or {}
    if not contract.get("КонтролироватьСуммуЗадолженности"):
        return None
    debt = sum(
        (amount(row["СуммаBalance"]) for row in settlement_rows(store) if row["Партнер_Key"] == order["Партнер_Key"]),
        Decimal(0),
    )
    over = debt + amount(order["СуммаДокумента"]) - amount(contract["ДопустимаяСуммаЗадолженности"])
    return over if over > 0 else None
