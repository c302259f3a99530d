"""What 1C has told so far, merged from its files, and read from there as our nouns.

A file of its own: a merge is one transaction and may last a minute, and orders must not wait for it.
"""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from api.domain.customer import Customer
from api.domain.product import Category, Packaging, Price, PriceList, Product, Stock, Warehouse
from api.erp.commerceml.goods import Named
from api.erp.commerceml.partners import customer
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS unit (code TEXT PRIMARY KEY, word TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS category (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT NOT NULL, withdrawn INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS good (
    id TEXT PRIMARY KEY, catalog TEXT NOT NULL, article TEXT NOT NULL, body TEXT NOT NULL,
    withdrawn INTEGER NOT NULL, seen INTEGER NOT NULL, changed REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS offer (
    id TEXT PRIMARY KEY, good TEXT NOT NULL, catalog TEXT NOT NULL, article TEXT NOT NULL, body TEXT NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0, unpriced INTEGER NOT NULL DEFAULT 0, changed REAL NOT NULL,
    seen INTEGER NOT NULL, priced INTEGER NOT NULL DEFAULT 0, stocked INTEGER NOT NULL DEFAULT 0,
    priced_at REAL NOT NULL DEFAULT 0, stocked_at REAL NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS offer_good ON offer (good);
CREATE TABLE IF NOT EXISTS price_type (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, currency TEXT NOT NULL, roubles INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS price (
    offer TEXT NOT NULL, type TEXT NOT NULL, least TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (offer, type, least)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS warehouse (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stock (
    offer TEXT NOT NULL, warehouse TEXT NOT NULL, quantity TEXT NOT NULL, PRIMARY KEY (offer, warehouse)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS company (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, withdrawn INTEGER NOT NULL, from_order INTEGER NOT NULL
);
"""

ITEMS = """
WITH item AS (
    SELECT g.id, g.body, o.body AS offered, CASE WHEN o.article <> '' THEN o.article ELSE g.article END AS article,
        MAX(g.changed, COALESCE(o.changed, 0)) AS changed,
        NOT g.withdrawn AND NOT COALESCE(o.withdrawn OR o.unpriced, 0) AND (o.id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM offer v WHERE v.good = g.id AND v.id <> g.id AND NOT v.withdrawn)) AS active
    FROM good g LEFT JOIN offer o ON o.id = g.id
    UNION ALL
    SELECT o.id, g.body, o.body, CASE WHEN o.article <> '' THEN o.article ELSE g.article END,
        MAX(g.changed, o.changed), NOT (g.withdrawn OR o.withdrawn OR o.unpriced)
    FROM offer o JOIN good g ON g.id = o.good
    WHERE o.id <> o.good AND NOT EXISTS (SELECT 1 FROM good b WHERE b.id = o.id)
), told AS (
    SELECT item.*, substr(id, instr(id, '#') + 1, 8) AS mark,
        COUNT(*) OVER (PARTITION BY article) AS times, SUM(active) OVER (PARTITION BY article) AS live,
        COUNT(*) OVER (PARTITION BY article, substr(id, instr(id, '#') + 1, 8)) AS marked
    FROM item
)
SELECT told.id, told.body, offered, active, category.id AS category, CASE
    WHEN article = '' AND marked = 1 THEN mark
    WHEN article = '' THEN told.id
    WHEN times = 1 OR (active AND live = 1) THEN article
    WHEN marked = 1 THEN article || '/' || mark
    ELSE article || '/' || told.id END AS sku
FROM told LEFT JOIN category ON category.id = json_extract(told.body, '$.category') AND NOT category.withdrawn
WHERE changed >= ?
"""
"""Goods, and their characteristics in their place. One article on several cards tells nobody apart: then a mark of
the id stands behind it, unless only one of them is sold."""

KNOWN = "EXISTS (SELECT 1 FROM good g WHERE g.id IN (w.id, w.good))"
"""An offer `w` whose good has come."""
OVERLAP = timedelta(minutes=10)
"""A merge bears the time of its beginning and is seen at its end."""
IDS_AT_ONCE = 500


def since_stamp(since: datetime | None) -> float:
    """From which stamp on rows are told; None: all."""
    return -1.0 if since is None else (since - OVERLAP).timestamp()


class State:
    """The merged state of a backend."""

    def __init__(self, folder: Path, settings: CommercemlSettings) -> None:
        self.store = Store(folder / "state.sqlite", SCHEMA)
        self._settings = settings

    async def categories(self) -> AsyncIterator[Category]:
        """Groups; one whose own group is unknown or withdrawn stands on top."""
        query = (
            "SELECT c.id, c.name, p.id AS parent FROM category c"
            " LEFT JOIN category p ON p.id = c.parent AND NOT p.withdrawn WHERE NOT c.withdrawn ORDER BY c.id"
        )
        async for row in self.store.stream(query):
            yield Category(row["id"], row["name"], row["parent"])

    async def products(self, since: datetime | None) -> AsyncIterator[Product]:
        """Goods with their characteristics as products of their own."""
        async for row in self.store.stream(ITEMS, (since_stamp(since),)):
            offered = json.loads(row["offered"]) if row["offered"] else {}
            yield _product(row["id"], row["sku"], json.loads(row["body"]), offered, row["category"], row["active"])

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """Price types in roubles."""
        async for row in self.store.stream("SELECT id, name FROM price_type WHERE roubles ORDER BY id"):
            yield PriceList(row["id"], row["name"])

    async def prices(self, product_ids: Sequence[str] | None, since: datetime | None) -> AsyncIterator[Price]:
        """Prices by type, product by product."""
        query = (
            "SELECT p.offer, p.type, p.least, p.amount FROM price p JOIN price_type t ON t.id = p.type AND t.roubles"
            f" JOIN offer w ON w.id = p.offer AND w.priced_at >= ? WHERE {KNOWN}"
        )
        for where, values in _portions("p.offer", product_ids):
            async for row in self.store.stream(f"{query}{where} ORDER BY p.offer", (since_stamp(since), *values)):
                yield Price(row["offer"], Decimal(row["amount"]), row["type"], min_quantity=Decimal(row["least"]))

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """Warehouses that were named anywhere."""
        async for row in self.store.stream("SELECT id, name FROM warehouse ORDER BY id"):
            yield Warehouse(row["id"], row["name"])

    async def stock(self, product_ids: Sequence[str] | None, since: datetime | None) -> AsyncIterator[Stock]:
        """Stock by warehouse; what is gone stands with a zero."""
        query = (
            "SELECT s.offer, s.warehouse, s.quantity FROM stock s"
            f" JOIN offer w ON w.id = s.offer AND w.stocked_at >= ? WHERE {KNOWN}"
        )
        for where, values in _portions("s.offer", product_ids):
            async for row in self.store.stream(f"{query}{where} ORDER BY s.offer", (since_stamp(since), *values)):
                yield Stock(row["offer"], row["warehouse"], Decimal(row["quantity"]))

    async def customers(self) -> AsyncIterator[Customer]:
        """Companies in use. A code that two of them bear is nobody's."""
        types = await self.price_types()
        seen = await self._codes()
        async for row in self.store.stream("SELECT body FROM company WHERE NOT withdrawn ORDER BY id"):
            body = json.loads(row["body"])
            if any(name == self._settings.code_field and seen[value] > 1 for name, value in body["facts"] if value):
                body["facts"] = [fact for fact in body["facts"] if fact[0] != self._settings.code_field]
            yield customer(body, self._settings, types)

    async def price_types(self) -> dict[str, str]:
        """Ids of price types by lower-case id and by lower-case name."""
        found = [row async for row in self.price_lists()]
        return {row.name.lower(): row.id for row in found} | {row.id.lower(): row.id for row in found}

    async def _codes(self) -> dict[str, int]:
        query = (
            "SELECT json_extract(value, '$[1]') AS code, COUNT(DISTINCT company.id) AS times"
            " FROM company, json_each(company.body, '$.facts') WHERE NOT withdrawn"
            " AND json_extract(value, '$[0]') = ? GROUP BY 1"
        )
        return {row["code"]: row["times"] async for row in self.store.stream(query, (self._settings.code_field,))}


def _portions(column: str, ids: Sequence[str] | None) -> Iterable[tuple[str, tuple[Any, ...]]]:
    if ids is None:
        yield "", ()
        return
    listed = sorted(set(ids))
    for start in range(0, len(listed), IDS_AT_ONCE):
        portion = listed[start : start + IDS_AT_ONCE]
        yield f" AND {column} IN ({', '.join('?' * len(portion))})", tuple(portion)


def company_of(db: sqlite3.Connection, ref: str) -> dict[str, Any] | None:
    """The card of a company, or None."""
    row = db.execute("SELECT body FROM company WHERE id = ?", (ref,)).fetchone()
    return json.loads(row["body"]) if row else None


def is_sold(db: sqlite3.Connection, ref: str) -> bool:
    """Whether there is such a product and it is not withdrawn."""
    query = (
        "SELECT 1 FROM good g LEFT JOIN offer o ON o.id = ?1"
        " WHERE g.id IN (?1, o.good) AND NOT g.withdrawn AND NOT COALESCE(o.withdrawn, 0)"
    )
    return db.execute(query, (ref,)).fetchone() is not None


def named(db: sqlite3.Connection, ref: str) -> Named:
    """How the product is called; one that is not known any more by its id."""
    query = "SELECT g.body, o.body AS offered FROM good g LEFT JOIN offer o ON o.id = ?1 WHERE g.id IN (?1, o.good)"
    row = db.execute(query, (ref,)).fetchone()
    if row is None:
        return Named(ref, "шт")
    body, offered = json.loads(row["body"]), json.loads(row["offered"] or "{}")
    unit = body["unit"] or offered.get("unit") or "шт"
    return Named(_name(ref, body, offered), unit, offered.get("article") or body["article"])


def _name(ref: str, body: dict[str, Any], offered: dict[str, Any]) -> str:
    """A characteristic is named by its offer, and by its values where the name does not tell them."""
    name = body["full_name"] or body["name"]
    if "#" in ref:
        name = offered.get("name") or name
        features = offered.get("features") or body["features"]
        if features and not all(feature in name for feature in features.split(", ")):
            name = f"{name} ({features})"
    return name or offered.get("name") or ref


def _product(
    ref: str, sku: str, body: dict[str, Any], offered: dict[str, Any], category: str | None, active: int
) -> Product:
    packs = body["packs"] | offered.get("packs", {})
    unit = body["unit"] or offered.get("unit") or "шт"
    return Product(
        id=ref,
        sku=sku,
        name=_name(ref, body, offered),
        base_unit=unit,
        category_id=category,
        brand=body["brand"],
        packagings=tuple(
            Packaging(word, Decimal(factor))
            for word, factor in sorted(packs.items(), key=lambda pack: (Decimal(pack[1]), pack[0]))
            if word != unit
        ),
        step=Decimal(body["step"]),
        minimum=Decimal(body["minimum"]),
        active=bool(active),
    )
