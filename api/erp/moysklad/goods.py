"""Goods as МойСклад keeps them: folders, products, their variants, packings, prices by type.

A variant («модификация») is a product of its own; a product that has some is then only their heading, because stock and
orders are kept by variant. Sets and services are not read: they have no stock.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from api.domain.product import Category, Packaging, Price, PriceList, Product, Warehouse
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client, one_of, portions
from api.erp.moysklad.rows import Row, attribute, changed_since, id_of, number, roubles, text
from api.erp.moysklad.settings import MoyskladSettings

log = structlog.get_logger()

BOTH = ("archived=true", "archived=false")
"""Without it a list leaves out what is in the archive."""
PIECE = "шт"
BY_WEIGHT = {"кг": Decimal("0.1")}
"""The step of a unit that is not counted in pieces, where the card names none."""


@dataclass(frozen=True)
class Books:
    """What many cards refer to."""

    units: dict[str, str]
    folders: frozenset[str]


class Goods:
    """Reads goods and their prices."""

    def __init__(self, client: Client, account: Account, settings: MoyskladSettings) -> None:
        self._client = client
        self._account = account
        self._settings = settings

    async def categories(self) -> AsyncIterator[Category]:
        """Folders of goods, those in the archive too: a product may still be in one."""
        async for row in self._client.rows("entity/productfolder", BOTH):
            yield Category(text(row, "id"), text(row, "name"), id_of(row.get("productFolder")) or None)

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """Price types."""
        for row in await self._account.price_types():
            yield PriceList(text(row, "id"), text(row, "name"))

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """Warehouses from which is sold."""
        for row in await self._account.warehouses():
            yield Warehouse(text(row, "id"), text(row, "name"))

    async def products(self, since: datetime | None) -> AsyncIterator[Product]:
        """All goods, those in the archive too; or those changed since then."""
        units = {text(row, "id"): text(row, "name") async for row in self._client.rows("entity/uom")}
        folders = frozenset([text(row, "id") async for row in self._client.rows("entity/productfolder", BOTH)])
        books = Books(units, folders)
        skus = Skus() if since else Skus(await self._articles())
        async for rows in self._changed(since) if since else self._whole():
            if since:
                skus.shared |= await self._shared(rows)
            for row in rows:
                yield self._product(row, skus.of(row), books)

    async def prices(self, product_ids: Sequence[str] | None, since: datetime | None) -> AsyncIterator[Price]:
        """Sale prices by type, in roubles; 0 means that there is none."""
        known = await self._account.roubles()
        types = {text(row, "id") for row in await self._account.price_types()}
        if product_ids is not None:
            chunks = self._named(product_ids)
        else:
            chunks = self._changed(since) if since else self._whole()
        async for rows in chunks:
            for row in rows:
                for price in _prices(row, known, types):
                    yield price

    async def cards(self, ids: Collection[str]) -> dict[str, Row]:
        """The cards of these products and variants by id; what is not there is left out."""
        return {text(row, "id"): row async for rows in self._named(list(ids)) for row in rows}

    async def _whole(self) -> AsyncIterator[list[Row]]:
        async for row in self._client.rows("entity/product", BOTH):
            yield [row]
        # Only an expanded variant tells its product's unit, folder and article.
        async for row in self._client.rows("entity/variant", BOTH, expand="product"):
            yield [row]

    async def _named(self, ids: Sequence[str]) -> AsyncIterator[list[Row]]:
        for portion in portions(ids):
            where = [*BOTH, *one_of("id", portion)]
            yield [row async for row in self._client.rows("entity/product", where)]
            yield [row async for row in self._client.rows("entity/variant", where, expand="product")]

    async def _changed(self, since: datetime) -> AsyncIterator[list[Row]]:
        """What was changed, by portions. The variants of a changed product count as changed: they inherit from it."""
        where = [*BOTH, changed_since("updated", since)]
        changed = [row async for row in self._client.rows("entity/product", where)]
        headings = [text(row, "id") for row in changed if row.get("variantsCount")]
        for start in range(0, len(changed), 100):
            yield changed[start : start + 100]
        told = set[str]()
        for portion in portions(headings):
            of_product = [*BOTH, *one_of("productid", portion)]
            rows = [row async for row in self._client.rows("entity/variant", of_product, expand="product")]
            told |= {text(row, "id") for row in rows}
            yield rows
        variants = [row async for row in self._client.rows("entity/variant", where, expand="product")]
        yield [row for row in variants if text(row, "id") not in told]

    async def _articles(self) -> set[str]:
        """Articles that several cards in use have."""
        times = Counter[str]()
        async for rows in self._whole():
            times.update(text(row, "article") for row in rows if _is_sold(row))
        return {article for article, count in times.items() if count > 1}

    async def _shared(self, rows: Sequence[Row]) -> set[str]:
        """Those of these rows' articles that other cards have, too."""
        articles = sorted({text(row, "article") for row in rows} - {""})
        times = Counter[str]()
        for portion in portions(articles):
            for path in ("entity/product", "entity/variant"):
                found = self._client.rows(path, one_of("article", portion))
                times.update([text(row, "article") async for row in found if _is_sold(row)])
        return {article for article, count in times.items() if count > 1}

    def _product(self, row: Row, sku: str, books: Books) -> Product:
        parent = row.get("product") or row
        unit = books.units.get(id_of(parent.get("uom")), PIECE)
        folder = id_of(parent.get("productFolder"))
        names = self._settings
        days = int(number(attribute(parent, names.on_order_field)))
        return Product(
            id=text(row, "id"),
            sku=sku,
            name=text(row, "name"),
            base_unit=unit,
            category_id=folder if folder in books.folders else None,
            brand=_words(attribute(parent, names.brand_field)),
            packagings=_packings([*(row.get("packs") or ()), *(parent.get("packs") or ())], books.units),
            step=number(attribute(parent, names.step_field)) or BY_WEIGHT.get(unit, Decimal(1)),
            minimum=number(attribute(parent, names.least_field)),
            on_order_days=days if days > 0 else None,
            active=_is_sold(row),
        )


class Skus:
    """A sku for each card: its article, or its code when several cards in use share the article."""

    def __init__(self, shared: Iterable[str] = ()) -> None:
        self.shared = set(shared)
        self._taken = set[str]()

    def of(self, row: Row) -> str:
        """The sku; the same card may get another one when its article is given to a second card."""
        article, code, ref = text(row, "article"), text(row, "code"), text(row, "id")
        # A card in the archive leaves its article to the one that is sold under it now.
        fit = article and article not in self.shared and (_is_sold(row) or not code)
        sku = article if fit else code or article or ref
        if sku in self._taken:
            sku = f"{sku}/{ref[:8]}"
        self._taken.add(sku)
        return sku


def _is_sold(row: Row) -> bool:
    return not row.get("archived") and not row.get("variantsCount")


def _packings(packs: Iterable[Row], units: dict[str, str]) -> tuple[Packaging, ...]:
    found = {units.get(id_of(pack.get("uom")), ""): number(pack.get("quantity")) for pack in packs}
    known = [Packaging(unit, factor) for unit, factor in found.items() if unit and factor > 0]
    return tuple(sorted(known, key=lambda pack: (pack.factor, pack.unit)))


def _prices(row: Row, currencies: frozenset[str], types: Collection[str]) -> Iterable[Price]:
    for price in row.get("salePrices") or ():
        kind, amount = id_of(price.get("priceType")), roubles(price.get("value"))
        if amount <= 0 or kind not in types:
            continue
        if id_of(price.get("currency")) not in currencies:
            log.warning("moysklad.foreign_price", product=text(row, "id"), price_type=kind)
            continue
        yield Price(text(row, "id"), amount, price_list_id=kind)


def _words(value: object) -> str:
    """A field of text, or of a directory, whose value is an object with a name."""
    return str(value.get("name", "")) if isinstance(value, dict) else str(value or "").strip()
