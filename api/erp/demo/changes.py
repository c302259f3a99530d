"""What a storekeeper or a price manager does in 1C, for tests and demonstrations."""

from decimal import Decimal

from api.erp.demo.base import Base
from api.erp.demo.entities import AGREEMENTS, PARTNERS, PRICE_TYPES, PRICES, PRODUCTS, WAREHOUSES
from api.erp.demo.registers import amount, number, stock_rows
from api.erp.demo.store import STOCK, Row, Store


class Unknown(Exception):
    """No such product, warehouse, price type or customer; the text says which."""


def set_free_stock(base: Base, sku: str, warehouse: str, quantity: Decimal) -> None:
    """Enter so much that `quantity` is free beside what is reserved."""
    with base.store.writing():
        product = _product(base.store, sku)
        place = _named(base.store, WAREHOUSES, warehouse) if warehouse else base.store.rows(WAREHOUSES)[0]
        name = f"{product['Ref_Key']}/{place['Ref_Key']}"
        old = base.store.get(STOCK, name)
        entered = amount(old["Количество"]) if old else Decimal(0)
        free = sum(
            (
                amount(row["ВНаличииBalance"]) - amount(row["ВРезервеСоСкладаBalance"])
                for row in stock_rows(base.store)
                if (row["Номенклатура_Key"], row["Склад_Key"]) == (product["Ref_Key"], place["Ref_Key"])
            ),
            Decimal(0),
        )
        base.store.put(
            STOCK,
            name,
            {
                "Номенклатура_Key": product["Ref_Key"],
                "Склад_Key": place["Ref_Key"],
                "Количество": number(entered + quantity - free),
            },
        )


def set_price(base: Base, sku: str, price_type: str, price: Decimal) -> None:
    """A record of the register of prices from this moment, in one price type or in all."""
    with base.store.writing():
        product = _product(base.store, sku)
        types = [_named(base.store, PRICE_TYPES, price_type)] if price_type else base.store.rows(PRICE_TYPES)
        moment = base.now().isoformat()
        own = [row for row in base.store.rows(PRICES) if row["Номенклатура_Key"] == product["Ref_Key"]]
        pattern = own[0] if own else {}
        for kind in types:
            base.store.put(
                PRICES,
                f"{sku}/{kind['Ref_Key']}/{moment}",
                {
                    **pattern,
                    "Period": moment,
                    "Active": True,
                    "Номенклатура_Key": product["Ref_Key"],
                    "ВидЦены_Key": kind["Ref_Key"],
                    "Цена": number(price),
                },
            )


def set_contract_price(base: Base, sku: str, customer: str, price: Decimal) -> None:
    """An individual price in the agreement of a customer, named by its code."""
    with base.store.writing():
        product = _product(base.store, sku)
        partner = next((row for row in base.store.rows(PARTNERS) if row["КодДляБота"] == customer), None)
        if partner is None:
            raise Unknown(f"Нет клиента с кодом «{customer}».")
        agreement = next(row for row in base.store.rows(AGREEMENTS) if row["Партнер_Key"] == partner["Ref_Key"])
        lines = [line for line in agreement["Товары"] if line["Номенклатура_Key"] != product["Ref_Key"]]
        lines.append({"Номенклатура_Key": product["Ref_Key"], "Цена": number(price)})
        numbered = [{**line, "LineNumber": str(place)} for place, line in enumerate(lines, start=1)]
        base.store.put(AGREEMENTS, agreement["Ref_Key"], agreement | {"Товары": numbered})


def _product(store: Store, sku: str) -> Row:
    for row in store.rows(PRODUCTS):
        if row["Артикул"] == sku and not row["IsFolder"]:
            return row
    raise Unknown(f"Нет товара с артикулом «{sku}».")


def _named(store: Store, entity: str, name: str) -> Row:
    for row in store.rows(entity):
        if name in {row["Ref_Key"], row["Description"], row["Code"]}:
            return row
    raise Unknown(f"Нет «{name}» в {entity}.")
