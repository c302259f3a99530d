"""Fills an empty base, or a base from the start again."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from api.erp.demo.entities import PRODUCTS, WAREHOUSES
from api.erp.demo.registers import number
from api.erp.demo.seed.goods import Good, add_goods, make_goods
from api.erp.demo.seed.history import LAST_NUMBER, Purchase, add_orders, purchases, stock_of
from api.erp.demo.seed.money import add_debts
from api.erp.demo.seed.people import WAREHOUSE_NAMES, add_customers, add_own, customers
from api.erp.demo.seed.prices import add_discounts, add_prices, contract_prices
from api.erp.demo.seed.rows import Rows, key
from api.erp.demo.store import STOCK, Store

_FORMAT = "5"
"""Raised when stored rows of an older version would not do."""
_STALE_DAYS = 3


def ensure_seeded(store: Store, now: datetime) -> bool:
    """Fill the base when it is new, of another format, or stale and never used; True when it was filled."""
    if store.meta("format") == _FORMAT and not _is_stale(store, now):
        return False
    reseed(store, now)
    return True


def _is_stale(store: Store, now: datetime) -> bool:
    """Made for another week, and nobody has ordered since: «a few days ago» would be a lie."""
    made = datetime.fromisoformat(store.meta("seeded") or now.isoformat())
    return abs((now - made).days) >= _STALE_DAYS and store.meta("order") == str(LAST_NUMBER)


def reseed(store: Store, now: datetime) -> None:
    """Forget everything and make the data anew, relative to today."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _rows_of(today)
    counters = {"version": str(rows.version), "order": str(LAST_NUMBER), "code": "900000"}
    store.replace_all(rows, counters | {"format": _FORMAT, "seeded": now.isoformat()})


@lru_cache(maxsize=1)
def _rows_of(today: datetime) -> Rows:
    """Kept, because tests begin the same day over and over; the store never changes a row in place."""
    return make_rows(today)


def make_rows(today: datetime) -> Rows:
    """All rows of a new base."""
    rows = Rows()
    goods, known = make_goods(), customers()
    contract = contract_prices(goods)
    made = purchases(known, goods, today)
    add_own(rows)
    add_goods(rows, goods)
    add_prices(rows, goods, today)
    add_discounts(rows, goods, today)
    add_customers(rows, known, contract, today)
    sums = add_orders(rows, made, contract)
    add_debts(rows, known, made, sums, today)
    _add_stock(rows, goods, made)
    return rows


def _add_stock(rows: Rows, goods: Iterable[Good], made: Iterable[Purchase]) -> None:
    """On hand: the free goods and what open orders have reserved."""
    reserved: dict[tuple[str, str], Decimal] = {}
    for purchase in made:
        for good, quantity in purchase.lines if purchase.status != "Закрыт" else ():
            place = (good.sku, purchase.customer.warehouse)
            reserved[place] = reserved.get(place, Decimal(0)) + quantity
    for good in goods:
        for warehouse in WAREHOUSE_NAMES:
            quantity = stock_of(good, warehouse) + reserved.get((good.sku, warehouse), Decimal(0))
            if quantity:
                product, place_key = key(PRODUCTS, good.sku), key(WAREHOUSES, warehouse)
                rows.add_record(
                    STOCK,
                    f"{product}/{place_key}",
                    {
                        "Номенклатура_Key": product,
                        "Склад_Key": place_key,
                        "Количество": number(quantity),
                    },
                )
