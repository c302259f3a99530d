"""What is read again live before an order is sent: stock, prices, debt, as far as the accounting system tells them."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.service import store_live, terms
from api.config import settings
from api.customers.sync import store_balances
from api.db.models import CustomerRow, OrderRow, ProductRow
from api.db.session import staff_session
from api.domain import pricing, wording
from api.domain.cart import trimmed
from api.domain.customer import Balance
from api.domain.order import OrderDraft, OrderStatus
from api.domain.product import Price, Stock
from api.erp.port import Erp
from api.orders import limits, repository
from api.orders.basket import Basket
from api.orders.news import announce

SENTENCES = {
    "out": "{name} — нет в наличии.",
    "stock": "{name} — в наличии только {now}.",
    "price": "{name} — цена была {before}, теперь {now}.",
    "no_price": "{name} — цену нужно уточнить у менеджера.",
    "credit_limit": "Сумма заказа больше свободного кредитного лимита.",
}


@dataclass(frozen=True)
class Change:
    """One thing that is no longer as it was confirmed."""

    kind: str
    name: str = ""
    before: str = ""
    now: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.kind].format(name=self.name, before=self.before, now=self.now.rstrip("."))


@dataclass(frozen=True)
class Figures:
    """Live figures; None: this backend does not tell them."""

    stock: list[Stock] | None = None
    prices: list[Price] | None = None
    balance: Balance | None = None


async def read(draft: OrderDraft, backend: Erp) -> Figures:
    """Asks the accounting system about the goods and the customer of the order."""
    can, ids = backend.capabilities, [line.product_id for line in draft.lines]
    stock = [row async for row in backend.stock(ids)] if can.live_stock else None
    prices = [row async for row in backend.prices(ids)] if can.live_prices else None
    balance = None
    if can.live_balance:
        found = [row async for row in backend.balances(draft.customer_id)]
        balance = found[0] if found else Balance(draft.customer_id, Decimal(0), Decimal(0))
    return Figures(stock, prices, balance)


async def settle_changes(order_id: int, draft: OrderDraft, backend: Erp) -> bool:
    """True when the order is no longer what was confirmed: its lines are back in the cart, to be confirmed again."""
    figures = await read(draft, backend)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return True
        if order.cancel_requested:
            return False
        await _store(session, draft, figures)
        changes = await _changes(session, order, draft, figures)
        if not changes:
            return False
        await _give_back(session, order, draft, changes)
        return True


async def _store(session: AsyncSession, draft: OrderDraft, figures: Figures) -> None:
    """Keeps what was read, so that the cart shows the very change it came back for."""
    ids = {line.product_id for line in draft.lines}
    await store_live(session, ids, figures.stock, figures.prices)
    if figures.balance is not None:
        await store_balances(session, [figures.balance])


async def _changes(session: AsyncSession, order: OrderRow, draft: OrderDraft, figures: Figures) -> list[Change]:
    products = {row.id: row for line in draft.lines if (row := await session.get(ProductRow, line.product_id))}
    customer = await session.get_one(CustomerRow, order.customer_id)
    found = [
        *_stock_changes(draft, products, figures.stock),
        *_price_changes(draft, products, customer, figures.prices),
    ]
    if figures.balance is not None and settings().credit_limit_policy != "warn":
        free = await limits.free_limit(session, customer, but=order.id)
        if free is not None and draft.total > free:
            found.append(Change("credit_limit"))
    return found


def _stock_changes(draft: OrderDraft, products: dict[str, ProductRow], stock: list[Stock] | None) -> list[Change]:
    if stock is None:
        return []
    free: dict[str, Decimal] = defaultdict(Decimal)
    for row in stock:
        if draft.warehouse_id in (None, row.warehouse_id):
            free[row.product_id] += row.quantity
    found = []
    for line in draft.lines:
        product, left = products[line.product_id], max(free[line.product_id], Decimal(0))
        if left < line.quantity and not product.on_order_days:
            now = wording.quantity(trimmed(left), product.base_unit)
            found.append(Change("stock" if left else "out", product.name, now=now))
    return found


def _price_changes(
    draft: OrderDraft, products: dict[str, ProductRow], customer: CustomerRow, prices: list[Price] | None
) -> list[Change]:
    if prices is None:
        return []
    rows: dict[str, list[Price]] = defaultdict(list)
    for price in prices:
        rows[price.product_id].append(price)
    day, found = settings().clock.now().date(), []
    for line in draft.lines:
        now = pricing.price_for(rows[line.product_id], line.quantity, terms(customer), day)
        if now is None or now.amount != line.price:
            kind, name = "price" if now else "no_price", products[line.product_id].name
            found.append(Change(kind, name, wording.money(line.price), wording.money(now.amount) if now else ""))
    return found


async def _give_back(session: AsyncSession, order: OrderRow, draft: OrderDraft, changes: list[Change]) -> None:
    """The lines go back into the cart, the order is no more; the customer is asked to confirm what it is now."""
    now = settings().clock.now()
    cart = await repository.locked_cart(session, order.customer_id, order.outlet_id or "", now)
    basket = Basket.of(cart)
    if basket.is_empty:
        basket.base_order_id = order.id
    # The day was told to the customer: another one would have to be told as well.
    basket.delivery_date = basket.delivery_date or order.delivery_date
    for line in draft.lines:
        product = await session.get(ProductRow, line.product_id)
        if product is not None:
            present = basket.lines.get(product.sku)
            quantity = line.quantity + (present.quantity if present else Decimal(0))
            basket.put(product.sku, trimmed(quantity), line.unit or None)
    basket.save(now)
    order.status = OrderStatus.CANCELLED.value
    order.differences = [change.__dict__ for change in changes]
    await session.flush()
    told = " ".join(change.sentence for change in changes)
    await announce(session, order, "changed", told=told, changes=order.differences)
