"""Goods as 1C keeps them: folders, products with their packings, price types, warehouses, free stock."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from api.domain.clock import Clock
from api.domain.product import Category, Packaging, PriceList, Product, Stock, Warehouse
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import ALL_AFTER, Where, is_one_of, is_true, portions
from api.erp.onec.names import Table
from api.erp.onec.records import Record
from api.erp.onec.spool import Spool
from api.erp.onec.versions import DATA_VERSION, LIGHT, Versions, versions_of


class Card(NamedTuple):
    """What of a card decides its sku and tells its changes."""

    ref: str
    code: str
    sku: str
    active: bool
    unit: str | None
    version: str


class Sign(NamedTuple):
    """What is known of every product before one is told."""

    sku: str
    unit: str | None
    version: str


def _factor(packing: Record) -> Decimal:
    """Base units in the packing; 0 when the card is not filled in."""
    denominator = packing.number("denominator") or Decimal(1)
    return packing.number("numerator") / denominator


class Goods:
    """Reads goods."""

    def __init__(self, client: ODataClient, clock: Clock) -> None:
        self._client = client
        self._names = client.names
        self._clock = clock
        self._cards, self._packings, self._words = Versions(), Versions(), Versions()

    async def categories(self) -> AsyncIterator[Category]:
        """Folders of the catalogue of goods."""
        table = self._names.products
        if table["folder"]:
            async for record in self._client.rows(table, is_true(table, "folder")):
                yield Category(record.need_ref("id"), record.text("name"), record.ref("parent"))

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """All goods, the withdrawn ones too; with `since` those whose card, packings, unit or brand were written."""
        at = self._clock.now()
        signs = await self._signs()
        ids = None if since is None else await self._changed(signs, at, since)
        if ids is not None and not ids:
            return
        chosen = signs.values() if ids is None else [signs[ref] for ref in ids if ref in signs]
        units = await self._units({sign.unit for sign in chosen if sign.unit})
        packs, brands = await self._packs(ids), await self._by_id(self._names.brands)
        table = self._names.products
        for where in conditions(table, "id", ids):
            async for card in self._client.rows(table, where):
                sign = signs.get(card.need_ref("id"))
                # A card written between the two readings comes with the next sync.
                if sign is not None and self._is_sold(card):
                    yield _product(card, sign.sku, units, brands, packs)

    async def _signs(self) -> dict[str, Sign]:
        """What has to be known of all cards before one is told: whose article is whose."""
        names = self._names.products
        light = names.only("id", "code", "sku", "deleted", "closed", "folder", "type", "service", "unit")
        table = Table(light.entity, {**light.names, "version": DATA_VERSION})
        cards = [
            Card(
                record.need_ref("id"),
                record.text("code"),
                record.text("sku"),
                _is_active(record),
                record.ref("unit"),
                record.text("version"),
            )
            async for record in self._client.rows(table, page=LIGHT)
            if self._is_sold(record)
        ]
        skus = _skus(cards)
        return {card.ref: Sign(skus[card.ref], card.unit, f"{card.version} {skus[card.ref]}") for card in cards}

    async def _changed(self, signs: Mapping[str, Sign], at: datetime, since: datetime) -> list[str] | None:
        """References of the changed products; None: everything is to be told."""
        cards = self._cards.changed({ref: sign.version for ref, sign in signs.items()}, at, since)
        packings = self._packings.changed(await versions_of(self._client, self._names.packings), at, since)
        words: dict[str, str] = {}
        for table in (self._names.units, self._names.brands):
            words |= await versions_of(self._client, table)
        if self._words.changed(words, at, since) or max(len(cards), len(packings)) > ALL_AFTER:
            return None
        owners = dict[str, str | None]()
        for where in conditions(self._names.packings, "id", sorted(packings)):
            async for record in self._client.rows(self._names.packings, where):
                owners[record.need_ref("id")] = record.ref("owner")
        # Nobody knows any more whose a removed packing was, and a unit without an owner is everybody's.
        if any(owners.get(ref) is None for ref in packings):
            return None
        return sorted(cards | {owner for owner in owners.values() if owner is not None})

    async def _units(self, refs: Set[str]) -> dict[str, str]:
        """Names of units: of a catalogue of their own, else of the packings'."""
        if self._names.units:
            return await self._by_id(self._names.units)
        table, found = self._names.packings, dict[str, str]()
        for where in conditions(table, "id", sorted(refs)):
            async for record in self._client.rows(table, where):
                found[record.need_ref("id")] = record.text("name")
        return found

    async def _packs(self, owners: Sequence[str] | None) -> dict[str, list[Packaging]]:
        """Packings by their product. There are many, but few different ones: each is held once."""
        table, packs, same = self._names.packings, defaultdict[str, list[Packaging]](list), dict[Packaging, Packaging]()
        for where in conditions(table, "owner", owners):
            async for packing in self._client.rows(table, where):
                owner, factor = packing.ref("owner"), _factor(packing)
                if owner and factor > 0 and not packing.flag("deleted"):
                    pack = Packaging(packing.text("name"), factor)
                    packs[owner].append(same.setdefault(pack, pack))
        return packs

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """Price types in use."""
        async for record in self._client.rows(self._names.price_types):
            if not (record.flag("deleted") or record.flag("folder")):
                yield PriceList(record.need_ref("id"), record.text("name"))

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """Warehouses in use."""
        async for record in self._client.rows(self._names.warehouses):
            if not (record.flag("deleted") or record.flag("folder")):
                yield Warehouse(record.need_ref("id"), record.text("name"))

    async def stock(self, product_ids: Sequence[str] | None) -> AsyncIterator[Stock]:
        """On hand less reserved, never under zero. Rows of one product and warehouse are added up."""
        with Spool() as spool:
            for table in (self._names.stock, self._names.reserves):
                for where in conditions(table, "product", product_ids):
                    async for record in self._balance(table, where):
                        # A reserve that names no warehouse cannot be taken from one.
                        if (warehouse := record.ref("warehouse")) is not None:
                            free = record.number("on_hand") - record.number("reserved")
                            spool.add(record.need_ref("product"), warehouse, str(free))
            for product, rows in spool.groups():
                sums: dict[str, Decimal] = defaultdict(Decimal)
                for warehouse, free_there in rows:
                    sums[warehouse] += Decimal(free_there)
                for warehouse, quantity in sums.items():
                    yield Stock(product, warehouse, max(quantity, Decimal(0)))

    async def factors(self, packings: Set[str]) -> dict[str, Decimal]:
        """Base units in these packings, by their references."""
        table, found = self._names.packings, dict[str, Decimal]()
        for where in conditions(table, "id", sorted(packings)):
            async for record in self._client.rows(table, where):
                if (factor := _factor(record)) > 0:
                    found[record.need_ref("id")] = factor
        return found

    def _balance(self, table: Table, where: Where | None) -> AsyncIterator[Record]:
        return self._client.virtual(table, "Balance", {"Dimensions": f"'{table['dimensions']}'"}, where)

    def _is_sold(self, record: Record) -> bool:
        types = self._names.words.sold_types
        return not (record.flag("folder") or record.flag("service")) and (not types or record.text("type") in types)

    async def _by_id(self, table: Table) -> dict[str, str]:
        return {record.need_ref("id"): record.text("name") async for record in self._client.rows(table)}


def conditions(table: Table, field: str, refs: Sequence[str] | None) -> list[Where | None]:
    """How to ask about these references: in portions, or about everything when there are many."""
    if refs is None:
        return [None]
    if len(set(refs)) <= ALL_AFTER:
        return [is_one_of(table, field, portion) for portion in portions(refs)]
    return [Where("", is_one_of(table, field, refs).holds)]


def _is_active(card: Record) -> bool:
    return not (card.flag("deleted") or card.flag("closed"))


def _skus(cards: Sequence[Card]) -> dict[str, str]:
    """A sku for each card: its article, or its code when the article tells several cards in use apart from nobody.

    A new card often takes the article of a withdrawn one: then the new one has it.
    """
    times = Counter(card.sku for card in cards if card.active)
    skus, taken = dict[str, str](), set[str]()
    for card in sorted(cards, key=lambda card: card.active, reverse=True):
        sku, code = card.sku, card.code
        if not sku or times[sku] > 1 or sku in taken:
            sku = code if code not in taken and code not in times else f"{sku}/{code}"
        taken.add(sku)
        skus[card.ref] = sku
    return skus


def _product(
    card: Record, sku: str, units: dict[str, str], brands: dict[str, str], packs: dict[str, list[Packaging]]
) -> Product:
    ref, days = card.need_ref("id"), int(card.number("on_order_days"))
    return Product(
        id=ref,
        sku=sku,
        name=card.text("full_name") or card.text("name"),
        base_unit=units.get(card.ref("unit") or "", "шт"),
        category_id=card.ref("parent"),
        brand=brands.get(card.ref("brand") or "", ""),
        packagings=tuple(sorted(packs.get(ref, ()), key=lambda pack: (pack.factor, pack.unit))),
        step=card.number("step") or Decimal(1),
        minimum=card.number("minimum"),
        on_order_days=days if days > 0 else None,
        active=_is_active(card),
    )
