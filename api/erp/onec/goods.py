"""Goods as 1C keeps them: folders, products with their packings, price types, warehouses, free stock."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence, Set
from decimal import Decimal

from api.domain.product import Category, Packaging, PriceList, Product, Stock, Warehouse
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import ALL_AFTER, Where, is_one_of, is_true, portions
from api.erp.onec.names import Table
from api.erp.onec.records import Record


def _factor(packing: Record) -> Decimal:
    """Base units in the packing; 0 when the card is not filled in."""
    denominator = packing.number("denominator") or Decimal(1)
    return packing.number("numerator") / denominator


class Goods:
    """Reads goods."""

    def __init__(self, client: ODataClient) -> None:
        self._client = client
        self._names = client.names

    async def categories(self) -> AsyncIterator[Category]:
        """Folders of the catalogue of goods."""
        table = self._names.products
        async for record in self._client.rows(table, is_true(table, "folder")):
            yield Category(record.need_ref("id"), record.text("name"), record.ref("parent"))

    async def products(self) -> AsyncIterator[Product]:
        """All goods, the withdrawn ones too."""
        cards = [record async for record in self._client.rows(self._names.products) if self._is_sold(record)]
        packings = [record async for record in self._client.rows(self._names.packings)]
        brands = await self._by_id(self._names.brands)
        units = {record.need_ref("id"): record.text("name") for record in packings}
        packs: dict[str, list[Packaging]] = defaultdict(list)
        for packing in packings:
            owner, factor = packing.ref("owner"), _factor(packing)
            if owner and factor > 0 and not packing.flag("deleted"):
                packs[owner].append(Packaging(packing.text("name"), factor))
        skus = _skus(cards)
        for card in cards:
            yield _product(card, skus[card.need_ref("id")], units, brands, packs)

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """Price types in use."""
        async for record in self._client.rows(self._names.price_types):
            if not record.flag("deleted"):
                yield PriceList(record.need_ref("id"), record.text("name"))

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """Warehouses in use."""
        async for record in self._client.rows(self._names.warehouses):
            if not record.flag("deleted"):
                yield Warehouse(record.need_ref("id"), record.text("name"))

    async def stock(self, product_ids: Sequence[str] | None) -> AsyncIterator[Stock]:
        """On hand less reserved, never under zero. Rows of one product and warehouse are added up."""
        free: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for where in conditions(self._names.stock, "product", product_ids):
            async for record in self._balance(where):
                place = (record.need_ref("product"), record.need_ref("warehouse"))
                free[place] += record.number("on_hand") - record.number("reserved")
        for (product, warehouse), quantity in free.items():
            yield Stock(product, warehouse, max(quantity, Decimal(0)))

    async def factors(self, packings: Set[str]) -> dict[str, Decimal]:
        """Base units in these packings, by their references."""
        table, found = self._names.packings, dict[str, Decimal]()
        for where in conditions(table, "id", sorted(packings)):
            async for record in self._client.rows(table, where):
                if (factor := _factor(record)) > 0:
                    found[record.need_ref("id")] = factor
        return found

    def _balance(self, where: Where | None) -> AsyncIterator[Record]:
        table = self._names.stock
        return self._client.virtual(table, "Balance", {"Dimensions": f"'{table['dimensions']}'"}, where)

    def _is_sold(self, record: Record) -> bool:
        types = self._names.words.sold_types
        return not record.flag("folder") and (not types or record.text("type") in types)

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


def _skus(cards: Sequence[Record]) -> dict[str, str]:
    """A sku for each card: its article, or its code when the article tells several cards in use apart from nobody.

    A new card often takes the article of a withdrawn one: then the new one has it.
    """
    times = Counter(card.text("sku") for card in cards if _is_active(card))
    skus, taken = dict[str, str](), set[str]()
    for card in sorted(cards, key=_is_active, reverse=True):
        sku, code = card.text("sku"), card.text("code")
        if not sku or times[sku] > 1 or sku in taken:
            sku = code if code not in taken and code not in times else f"{sku}/{code}"
        taken.add(sku)
        skus[card.need_ref("id")] = sku
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
