"""Goods, warehouses, price types and free stock as the contract shows them."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from api.erp.demo.entities import BRANDS, EMPTY_REF, PRICE_TYPES, PRODUCTS, UNITS, WAREHOUSES
from api.erp.demo.hs.problems import Json
from api.erp.demo.registers import amount, stock_rows
from api.erp.demo.store import Row, Store


def plain(value: object) -> str:
    """A number as the contract writes it, without needless zeros."""
    text = f"{amount(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: object) -> str:
    """Roubles with kopecks."""
    return f"{amount(value).quantize(Decimal('0.01')):f}"


def ref(value: str) -> str | None:
    """None for the empty reference."""
    return None if value in ("", EMPTY_REF) else value


def is_sold(row: Row) -> bool:
    return not (row["IsFolder"] or row["DeletionMark"] or row["Недействителен"])


def products(store: Store) -> list[Row]:
    return [row for row in store.rows(PRODUCTS) if not row["IsFolder"]]


def category(row: Row) -> Json:
    return {"id": row["Ref_Key"], "name": row["Description"], "parent_id": ref(row["Parent_Key"])}


def named(row: Row) -> Json:
    return {"id": row["Ref_Key"], "name": row["Description"]}


def categories(store: Store) -> list[Row]:
    return [row for row in store.rows(PRODUCTS) if row["IsFolder"]]


def price_lists(store: Store) -> list[Row]:
    return [row for row in store.rows(PRICE_TYPES) if not row["DeletionMark"]]


def warehouses(store: Store) -> list[Row]:
    return [row for row in store.rows(WAREHOUSES) if not row["DeletionMark"]]


def packings(store: Store) -> dict[str, list[Json]]:
    """Packings by product."""
    found: dict[str, list[Json]] = defaultdict(list)
    for row in store.rows(UNITS):
        if row["Owner_Key"] != EMPTY_REF and row["Числитель"] and not row["DeletionMark"]:
            factor = amount(row["Числитель"]) / (amount(row["Знаменатель"]) or 1)
            found[row["Owner_Key"]].append({"unit": row["Description"], "factor": plain(factor)})
    return found


def product(store: Store, row: Row, packs: dict[str, list[Json]]) -> Json:
    unit, brand = store.get(UNITS, row["ЕдиницаИзмерения_Key"]), store.get(BRANDS, row["Марка_Key"])
    return {
        "id": row["Ref_Key"],
        "sku": row["Артикул"] or row["Code"],
        "name": row["НаименованиеПолное"] or row["Description"] or row["Code"],
        "base_unit": unit["Description"] if unit else "шт",
        "category_id": ref(row["Parent_Key"]),
        "brand": brand["Description"] if brand else "",
        "packagings": packs.get(row["Ref_Key"], []),
        "step": plain(row["КратностьЗаказа"] or 1),
        "minimum": plain(row["МинимальноеКоличествоЗаказа"]),
        "on_order_days": row["СрокПоставкиДней"] or None,
        "active": is_sold(row),
    }


def free(store: Store) -> dict[str, dict[str, Decimal]]:
    """Free stock: product → warehouse → base units, never under zero."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in stock_rows(store):
        left = amount(row["ВНаличииBalance"]) - amount(row["ВРезервеСоСкладаBalance"])
        found[row["Номенклатура_Key"]][row["Склад_Key"]] = max(left, Decimal(0))
    return found


def stock(store: Store, changed: set[str] | None) -> Iterator[tuple[str, dict[str, Decimal]]]:
    """What is free; of changed goods also that nothing is."""
    found = free(store)
    places = [row["Ref_Key"] for row in warehouses(store)]
    for product_id in found if changed is None else changed:
        here = found.get(product_id, {})
        if changed is not None:
            here = dict.fromkeys(places, Decimal(0)) | here
        shown = {place: quantity for place, quantity in here.items() if changed is not None or quantity}
        if shown:
            yield product_id, shown


def stock_row(row: tuple[str, dict[str, Decimal]]) -> Json:
    rests = [{"warehouse_id": place, "quantity": plain(quantity)} for place, quantity in row[1].items()]
    return {"product_id": row[0], "warehouses": rests}
