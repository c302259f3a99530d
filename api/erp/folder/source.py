"""The tables as streams of our nouns. What names a product or a customer that is not there is left out.

Files come in any order, so references are checked when they are read, not when they are brought.
"""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from api.domain.clock import Clock
from api.domain.customer import Balance, Customer, Invoice
from api.domain.product import Category, Packaging, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpError, ErpUnsupported
from api.erp.folder.layout import Layout
from api.erp.folder.partners import CARD
from api.erp.folder.snapshots import Snapshots
from api.erp.folder.tables import TABLES
from api.erp.folder.threads import Threads
from api.erp.port import Data

_PRICES = """
SELECT p.sku, p.amount, p.list, r.id, p.minimum, p.prepay, p.promo, p.start, p.until
FROM prices.rows p JOIN goods.rows g ON g.sku = p.sku LEFT JOIN customers.refs r ON r.ref = p.customer
WHERE p.amount IS NOT NULL AND (p.customer = '' OR r.id IS NOT NULL) AND p.unit IN ('', fold(g.unit)) {which}
ORDER BY p.sku
"""
_STOCK = """
SELECT s.sku, s.warehouse, s.quantity FROM stock.rows s JOIN goods.rows g ON g.sku = s.sku
WHERE s.unit IN ('', fold(g.unit)) {which} ORDER BY s.sku
"""
_SOME = "AND {table}.sku IN (SELECT value FROM json_each(?))"
_BALANCES = """
SELECT r.id, b.number, b.debt, b.issued, b.due, b.amount, b.rest
FROM balances.rows b JOIN customers.refs r ON r.ref = b.customer AND r.id IS NOT NULL {which}
ORDER BY r.id, b.due, b.number
"""


class Reading:
    """Source of the port, over the tables."""

    def __init__(self, layout: Layout, tables: Snapshots, threads: Threads, clock: Clock) -> None:
        self._layout = layout
        self._tables = tables
        self._threads = threads
        self._clock = clock

    async def categories(self) -> AsyncIterator[Category]:
        async for own, name, parent in self._rows("SELECT * FROM goods.categories ORDER BY id", (), Data.GOODS):
            yield Category(own, name, parent or None)

    async def products(self, product_ids: Sequence[str] | None = None) -> AsyncIterator[Product]:
        which, values = _which("g", product_ids)
        query = f"SELECT * FROM goods.rows g WHERE TRUE {which} ORDER BY sku"
        async for row in self._rows(query, values, Data.GOODS):
            sku, name, unit, category, brand, packs, step, minimum, days, active = row
            packagings = tuple(Packaging(pack, Decimal(factor)) for pack, factor in json.loads(packs))
            amounts = (Decimal(step), Decimal(minimum))
            yield Product(sku, sku, name, unit, category or None, brand, packagings, *amounts, days, bool(active))

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """Those of the prices and those of the customers."""
        query = (
            "SELECT name FROM prices.lists UNION"
            " SELECT json_extract(card, '$.price_list_id') FROM customers.rows ORDER BY 1"
        )
        async for (name,) in self._rows(query, (), Data.PRICES, Data.CUSTOMERS):
            yield PriceList(name, name)

    async def prices(self, product_ids: Sequence[str] | None) -> AsyncIterator[Price]:
        which, values = _which("p", product_ids)
        wanted = (Data.PRICES, Data.GOODS, Data.CUSTOMERS)
        async for row in self._rows(_PRICES.format(which=which), values, *wanted):
            sku, amount, name, customer, minimum, prepay, promo, start, until = row
            yield Price(
                sku,
                Decimal(amount),
                name or None,
                customer,
                Decimal(minimum),
                bool(prepay),
                promo,
                _day(start),
                _day(until),
            )

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """Those of the stock and those of the outlets."""
        query = """
            SELECT name FROM stock.warehouses UNION
            SELECT json_extract(o.value, '$.warehouse_id') AS name
            FROM customers.rows, json_each(card, '$.outlets') o WHERE name IS NOT NULL ORDER BY 1
        """
        async for (name,) in self._rows(query, (), Data.STOCK, Data.CUSTOMERS):
            yield Warehouse(name, name)

    async def stock(self, product_ids: Sequence[str] | None) -> AsyncIterator[Stock]:
        which, values = _which("s", product_ids)
        async for sku, warehouse, quantity in self._rows(_STOCK.format(which=which), values, Data.STOCK, Data.GOODS):
            yield Stock(sku, warehouse, Decimal(quantity))

    async def customers(self) -> AsyncIterator[Customer]:
        async for (card,) in self._rows("SELECT card FROM customers.rows ORDER BY id", (), Data.CUSTOMERS):
            yield CARD.validate_json(card)

    async def customer(self, customer_id: str) -> Customer | None:
        """One of them."""
        query = "SELECT card FROM customers.rows WHERE id = ?"
        found = [row async for row in self._rows(query, (customer_id,), Data.CUSTOMERS)]
        return CARD.validate_json(found[0][0]) if found else None

    async def called(self) -> dict[str, str | None]:
        """Ids of customers by what the files call them, None for several; none before the first file of them."""
        return await self._threads.run(self._tables.customers)

    async def balances(self, customer_id: str | None) -> AsyncIterator[Balance]:
        which, values = ("", ()) if customer_id is None else ("WHERE r.id = ?", (customer_id,))
        owner = customer_id
        rows: list[tuple[Any, ...]] = []
        async for row in self._rows(_BALANCES.format(which=which), values, Data.BALANCES, Data.CUSTOMERS):
            if row[0] != owner and owner is not None:
                yield self._balance(owner, rows)
                rows = []
            owner = row[0]
            rows.append(row[1:])
        if owner is not None:
            yield self._balance(owner, rows)

    def _balance(self, customer: str, rows: Sequence[tuple[Any, ...]]) -> Balance:
        """Without a row of the debt it is what the documents make."""
        invoices = tuple(
            Invoice(number, date.fromisoformat(issued), date.fromisoformat(due), Decimal(amount), Decimal(rest))
            for number, _, issued, due, amount, rest in rows
            if number
        )
        told = next((Decimal(row[1]) for row in rows if not row[0]), None)
        debt = sum((invoice.rest for invoice in invoices), Decimal(0)) if told is None else told
        today = self._clock.now().date()
        overdue = sum((invoice.rest for invoice in invoices if invoice.due < today), Decimal(0))
        return Balance(customer, debt, overdue, invoices)

    async def _rows(self, query: str, values: Sequence[object], needed: Data, *more: Data) -> AsyncIterator[Any]:
        await self._threads.run(self._layout.ready)
        if self._tables.path(needed) is None:
            raise _never(needed)
        async for row in self._threads.rows(lambda: self._tables.reader(needed, *more), query, *values):
            yield row


def _which(table: str, product_ids: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if product_ids is None else (_SOME.format(table=table), (json.dumps(list(product_ids)),))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _never(data: Data) -> ErpError:
    """Without a file of debts the backend has none; without the others it only has none yet."""
    message = f"В папке обмена ещё не было файла «{TABLES[data].name}»."
    if data is Data.BALANCES:
        return ErpUnsupported(message)
    return ErpError(message, permanent=False, evidence=data)
