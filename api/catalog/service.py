"""The catalogue for one customer: browsing, searching, prices, substitutes, promotions, what was bought before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import repository
from api.catalog.market import Market
from api.catalog.schemas import Categories, CategoryView, Lookup, ProductPage, Promotions
from api.catalog.snapshot import Catalogue, snapshots
from api.db.models import CustomerRow, OutletRow
from api.deps import freshness
from api.deps.erp import erp
from api.domain import wording
from api.domain.cart import trimmed
from api.domain.pricing import Terms
from api.domain.product import Price, Product, Stock
from api.erp.port import Data
from api.understanding.context import Context, PastOrder
from api.understanding.match import lookup, match

PAGE = 8
HISTORY = timedelta(days=180)
SEARCHED = 40
"""How many of the best matches a search shows."""
RELEVANT = 0.6
"""A match whose score is under this share of the best one's is not shown."""
DEARER = Decimal("1.5")
"""A substitute costs at most this many times the missing product's price."""
SUBSTITUTE_CANDIDATES = 20
LOOKED_UP = 5


@dataclass(frozen=True)
class Shopper:
    """A customer in one conversation, with the terms that decide what it sees."""

    session: AsyncSession
    customer: CustomerRow
    outlets: list[OutletRow]
    outlet: OutletRow | None
    """Where this conversation orders for: the chosen one, or the only one."""
    catalogue: Catalogue
    now: datetime
    shows_prices: bool = True

    @property
    def terms(self) -> Terms:
        return terms(self.customer)

    def at(self, outlet: OutletRow | None) -> "Shopper":
        """The same, ordering for another outlet."""
        return replace(self, outlet=outlet)

    async def market(self, products: Iterable[Product]) -> Market:
        """Prices and stock of these products for this customer, read now."""
        ids = [product.id for product in products]
        warehouse = self.outlet.warehouse_id if self.outlet else None
        return Market(
            catalogue=self.catalogue,
            terms=self.terms,
            day=self.now.date(),
            prices=await repository.prices(self.session, self.customer, ids) if ids else {},
            stock=await repository.stock(self.session, warehouse, ids) if ids else {},
            shows_prices=self.shows_prices,
            tells_stock=Data.STOCK in erp(self.customer.backend).capabilities.reads,
        )


def terms(customer: CustomerRow) -> Terms:
    """What decides the customer's prices."""
    return Terms(customer.id, customer.price_list_id, customer.prepayment)


async def shopper(
    session: AsyncSession, customer_id: str, conversation_id: UUID, now: datetime, *, shows_prices: bool = True
) -> Shopper:
    """Who asks: the customer's terms and outlet, and the newest catalogue that is ready."""
    customer = await repository.customer(session, customer_id)
    outlets = await repository.outlets(session, customer_id)
    chosen = await repository.chosen_outlet_id(session, customer_id, conversation_id)
    outlet = outlets[0] if len(outlets) == 1 else next((row for row in outlets if row.id == chosen), None)
    catalogue = await snapshots.get(session, customer.backend)
    return Shopper(session, customer, outlets, outlet, catalogue, now, shows_prices)


async def up_to_date(who: Shopper) -> Shopper:
    """The same, with the catalogue as the database has it now, however long that takes."""
    return replace(who, catalogue=await snapshots.newest(who.session, who.customer.backend))


async def history(who: Shopper) -> tuple[PastOrder, ...]:
    """Past orders of the outlet, oldest first, in today's SKUs; withdrawn goods are left out."""
    outlet_id = who.outlet.id if who.outlet else None
    orders = await repository.past_orders(who.session, who.customer.id, outlet_id, who.now - HISTORY)
    lines = await repository.lines_of(who.session, [order.id for order in orders])
    past = []
    for order in orders:
        quantities: dict[str, Decimal] = {}
        for line in lines.get(order.id, ()):
            product = who.catalogue.by_id.get(line.product_id)
            if product is not None and product.active:
                quantities[product.sku] = quantities.get(product.sku, Decimal(0)) + trimmed(line.quantity)
        created = order.created_at.astimezone(who.now.tzinfo).date()
        past.append(PastOrder(order_name(order.number, order.id), created, quantities))
    return tuple(past)


def order_name(number: str | None, order_id: int) -> str:
    """How the understanding knows an order: its number as people say it, or «~» and our id before it has one."""
    return wording.document_number(number) if number else f"~{order_id}"


async def substitutes(who: Shopper, missing: Iterable[Product]) -> dict[str, Product]:
    """By SKU of a missing product, what may take its place.

    The same category and head word, in stock, closest by name, not more than half as dear again.
    """
    candidates = {product.sku: _alike(who.catalogue, product) for product in missing}
    pool = {other.id: other for others in candidates.values() for other in others}
    wanted = {who.catalogue.by_sku[sku].id: who.catalogue.by_sku[sku] for sku in candidates}
    market = await who.market([*pool.values(), *wanted.values()])
    found: dict[str, Product] = {}
    for sku, others in candidates.items():
        price = market.amount(who.catalogue.by_sku[sku], max(who.catalogue.by_sku[sku].step, Decimal(1)))
        chosen = next((other for other in others if _may_replace(market, other, price)), None)
        if chosen is not None:
            found[sku] = chosen
    return found


def _may_replace(market: Market, other: Product, price: Decimal | None) -> bool:
    own = market.amount(other, max(other.step, other.minimum))
    if own is None or market.available(other) < max(other.step, other.minimum):
        return False
    return price is None or own <= price * DEARER


def _head(product: Product) -> str:
    return wording.short_name(product.name, product.brand).split(" ")[0].casefold()


def _alike(catalogue: Catalogue, product: Product) -> list[Product]:
    """Active products of the same kind, the closest name first."""
    same = {
        other.sku: other
        for other in catalogue.own.get(product.category_id, ())
        if other.sku != product.sku and other.base_unit == product.base_unit and _head(other) == _head(product)
    }
    ranked = [sku for sku, _ in match(product.name, catalogue.index, limit=SUBSTITUTE_CANDIDATES) if sku in same]
    return [same[sku] for sku in dict.fromkeys([*ranked, *same])][:SUBSTITUTE_CANDIDATES]


def categories(who: Shopper, parent: str | None) -> Categories:
    """The categories under this one that hold anything."""
    catalogue = who.catalogue
    views = [
        CategoryView(id=child.id, name=child.name, count=len(catalogue.within(child.id)))
        for child in catalogue.children.get(parent, ())
    ]
    return Categories(categories=[view for view in views if view.count])


async def page(who: Shopper, category: str | None, query: str | None, number: int) -> ProductPage:
    """A page of a category, of a search, or of both."""
    title = "Каталог"
    found = who.catalogue.within(category)
    if category is not None and category in who.catalogue.categories:
        title = who.catalogue.categories[category].name
    if query and (named := who.catalogue.by_sku.get(query.strip())):
        title, found = named.name, [named]
    elif query:
        title = query
        allowed = {product.sku: product for product in found}
        ranked = match(query, who.catalogue.index, await history(who), SEARCHED)
        best = ranked[0][1] if ranked else 0
        found = [allowed[sku] for sku, score in ranked if sku in allowed and score >= best * RELEVANT]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    market = await who.market(shown)
    return ProductPage(
        products=[market.ref(product) for product in shown], page=number, pages=pages, total=len(found), title=title
    )


async def meant(session: AsyncSession, text: str, backend: str) -> list[Product]:
    """The product of this number or whole name; else those whose names come closest, the best first."""
    catalogue = await snapshots.get(session, backend)
    known = catalogue.by_sku.get(text.strip())
    if known is not None and known.active:
        return [known]
    found = [product for product, _ in closest(catalogue, text, limit=LOOKED_UP)]
    whole = [product for product in found if product.name.casefold() == text.strip().casefold()]
    return whole or found


def closest(
    catalogue: Catalogue, text: str, past: tuple[PastOrder, ...] = (), limit: int = 10
) -> list[tuple[Product, float]]:
    """The goods whose names come closest to these words, with scores 0–1, the best first."""
    return [(catalogue.by_sku[sku], score) for sku, score in match(text, catalogue.index, past, limit)]


async def look_up(who: Shopper, text: str) -> Lookup:
    """The products that a question about price or stock means, with this customer's prices."""
    context = Context(index=who.catalogue.index, history=await history(who), cart={}, now=who.now)
    phrase, skus = lookup(text, context)
    products = [who.catalogue.by_sku[sku] for sku in skus[:LOOKED_UP] if sku in who.catalogue.by_sku]
    market = await who.market(products)
    return Lookup(
        products=[market.priced(product) for product in products],
        phrase=phrase,
        figures_at_text=await freshness.old_text(who.session, who.customer.backend, who.now),
    )


async def promotions(who: Shopper) -> Promotions:
    """Open promotions that are better than the customer's own price, of goods that can be had."""
    ids = await repository.promoted(who.session, who.now.date())
    products = [who.catalogue.by_id[product_id] for product_id in ids if product_id in who.catalogue.by_id]
    market = await who.market(products)
    views = [market.promo(product) for product in products if market.stock_level(product) != "out"]
    return Promotions(products=[view for view in views if view is not None])


async def store_live(
    session: AsyncSession, product_ids: Collection[str], stock: Iterable[Stock] | None, prices: Iterable[Price] | None
) -> None:
    """Keeps figures of these products that were read live; None: they were not read."""
    if stock is not None:
        await repository.store_stock(session, product_ids, stock)
    if prices is not None:
        await repository.store_prices(session, product_ids, prices)
