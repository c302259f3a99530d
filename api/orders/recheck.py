"""What is read again live before an order is sent: stock, prices, debt, as far as the accounting system tells them.

Either it prices the draft itself (a quote), or we read its figures and judge. A quote is of one customer: its prices
and its stock go into that customer's cart and nowhere else. What it refuses to tell for good is taken as it was last
synchronised; the customer hears of what age that is.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.service import store_live, terms
from api.config import settings
from api.customers.sync import store_balances
from api.db.models import CustomerRow, OrderRow, ProductRow
from api.db.session import staff_session
from api.deps import freshness
from api.domain import pricing, wording
from api.domain.cart import trimmed
from api.domain.customer import Balance
from api.domain.order import OrderDraft, OrderStatus
from api.domain.product import Price, Stock
from api.erp.errors import ErpError
from api.erp.port import Data, Erp, Quote, QuotedLine
from api.orders import credit, limits, paths, progress, repository
from api.orders.basket import Basket, Quoted
from api.orders.news import announce

T = TypeVar("T")

log = structlog.get_logger()

KOPECK = Decimal("0.01")

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
    """Live figures; None: this backend does not tell them. A quote stands for stock and prices."""

    stock: list[Stock] | None = None
    prices: list[Price] | None = None
    balance: Balance | None = None
    credit: bool | None = None
    """The backend's own verdict."""
    quoted: dict[str, QuotedLine] = field(default_factory=dict)
    """By product, each said of the whole quantity of its line."""

    @property
    def untold(self) -> frozenset[Data]:
        """What the sync's figures stand in for."""
        told = {
            Data.PRICES: self.quoted or self.prices is not None,
            Data.STOCK: self.quoted or self.stock is not None,
            Data.BALANCES: self.quoted or self.balance is not None,
        }
        return frozenset(data for data, known in told.items() if not known)


async def read(draft: OrderDraft, backend: Erp) -> Figures:
    """Asks the accounting system about the goods and the customer of the order."""
    can, ids = backend.capabilities, [line.product_id for line in draft.lines]
    if can.quotes:
        quote = await _unless_refused(backend.quote(draft), "quote")
        if quote is not None and (figures := _quoted(draft, quote)) is not None:
            return figures
    stock = await _unless_refused(_all(backend.stock(ids)), "stock") if can.live_stock else None
    prices = await _unless_refused(_all(backend.prices(ids)), "prices") if can.live_prices else None
    rows = await _unless_refused(_all(backend.balances(draft.customer_id)), "balance") if can.live_balance else None
    balance = None if rows is None else _own(draft, rows) or Balance(draft.customer_id, Decimal(0), Decimal(0))
    return Figures(stock, prices, balance)


async def _all(rows: AsyncIterator[T]) -> list[T]:
    return [row async for row in rows]


async def _unless_refused(asked: Awaitable[T], what: str) -> T | None:
    """The answer; None when there will never be one. Whether the order is taken is for `place` to hear."""
    try:
        return await asked
    except ErpError as error:
        if not error.permanent:
            raise
        log.warning("order.figures_refused", what=what, message=error.message, evidence=error.evidence)
        return None


def _own(draft: OrderDraft, balances: list[Balance]) -> Balance | None:
    """The debt of the order's customer, whoever else's was told."""
    return next((row for row in balances if row.customer_id == draft.customer_id), None)


def _quoted(draft: OrderDraft, quote: Quote) -> Figures | None:
    """None: it does not answer line by line, and might be of other goods."""
    asked, told = [line.product_id for line in draft.lines], [line.product_id for line in quote.lines]
    if asked != told:
        log.warning("order.quote_of_other_lines", key=draft.key, asked=asked, told=told)
        return None
    balance = _own(draft, [quote.balance] if quote.balance else [])
    return Figures(balance=balance, credit=quote.credit, quoted={line.product_id: line for line in quote.lines})


@dataclass(frozen=True)
class Verdict:
    """Whether the order may go. `age`: a sentence about the figures that were to be read anew and could not be."""

    may_go: bool
    age: str = ""


async def settle_changes(order_id: int, draft: OrderDraft, backend: Erp) -> Verdict:
    """Lets the order go, or gives its lines back into the cart, when it is no longer what was confirmed."""
    figures = await read(draft, backend)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return Verdict(False)
        if order.cancel_requested:
            return Verdict(True)
        await _store(session, draft, figures)
        customer = await session.get_one(CustomerRow, order.customer_id)
        changes = await _changes(session, order, customer, draft, figures)
        if changes:
            await _give_back(session, order, draft, figures, changes)
            return Verdict(False)
        failed = freshness.told_live(backend.capabilities) & figures.untold
        if customer.credit_limit is None:
            failed -= {Data.BALANCES}
        return Verdict(True, await freshness.age_text(session, customer.backend, failed, settings().clock.now()))


async def _store(session: AsyncSession, draft: OrderDraft, figures: Figures) -> None:
    """Keeps what was read, so that the cart shows the very change it came back for."""
    ids = {line.product_id for line in draft.lines}
    await store_live(session, ids, figures.stock, figures.prices)
    if figures.balance is not None:
        await store_balances(session, [figures.balance])


async def _changes(
    session: AsyncSession, order: OrderRow, customer: CustomerRow, draft: OrderDraft, figures: Figures
) -> list[Change]:
    products = {row.id: row for line in draft.lines if (row := await session.get(ProductRow, line.product_id))}
    found = [
        *_stock_changes(draft, products, _free(draft, figures)),
        *_price_changes(draft, products, _amounts(draft, customer, figures)),
    ]
    if (
        settings().credit_limit_policy != "warn"
        and await _over_limit(session, order, customer, draft, figures)
        and not await credit.covered(session, order, settings().clock.now())
    ):
        found.append(Change("credit_limit"))
    return found


async def _over_limit(
    session: AsyncSession, order: OrderRow, customer: CustomerRow, draft: OrderDraft, figures: Figures
) -> bool:
    """By the backend's own verdict; by our reckoning where it has none but tells the debt.

    A manager's release stands above both: whether the backend takes the order then is for `place` to hear.
    """
    if figures.credit is not None:
        return not figures.credit
    if figures.balance is None:
        return False
    free = await limits.free_limit(session, customer, but=order.id)
    return free is not None and draft.total > free


def _free(draft: OrderDraft, figures: Figures) -> dict[str, Decimal]:
    """Base units by product; what is not named is not known."""
    if figures.quoted:
        return {line.product_id: line.available for line in figures.quoted.values() if line.available is not None}
    if figures.stock is None:
        return {}
    free = {line.product_id: Decimal(0) for line in draft.lines}
    for row in figures.stock:
        if draft.warehouse_id in (None, row.warehouse_id) and row.product_id in free:
            free[row.product_id] += row.quantity
    return free


def _stock_changes(draft: OrderDraft, products: dict[str, ProductRow], free: dict[str, Decimal]) -> list[Change]:
    found = []
    for line in draft.lines:
        if line.product_id not in free:
            continue
        product, left = products[line.product_id], max(free[line.product_id], Decimal(0))
        if left < line.quantity and not product.on_order_days:
            now = wording.quantity(trimmed(left), product.base_unit)
            found.append(Change("stock" if left else "out", product.name, now=now))
    return found


def _amounts(draft: OrderDraft, customer: CustomerRow, figures: Figures) -> dict[str, Decimal | None]:
    """Roubles a base unit by product; None: it has no price; what is not named is not known."""
    if figures.quoted:
        return {product: _kopecks(line.price) for product, line in figures.quoted.items()}
    if figures.prices is None:
        return {}
    rows: dict[str, list[Price]] = defaultdict(list)
    for price in figures.prices:
        rows[price.product_id].append(price)
    day, amounts = settings().clock.now().date(), dict[str, Decimal | None]()
    for line in draft.lines:
        now = pricing.price_for(rows[line.product_id], line.quantity, terms(customer), day)
        amounts[line.product_id] = now.amount if now else None
    return amounts


def _kopecks(price: Decimal | None) -> Decimal | None:
    """A price that an accounting system divides out of a sum has more digits than a price has kopecks."""
    return None if price is None else price.quantize(KOPECK)


def _price_changes(
    draft: OrderDraft, products: dict[str, ProductRow], amounts: dict[str, Decimal | None]
) -> list[Change]:
    found = []
    for line in draft.lines:
        now = amounts.get(line.product_id, line.price)
        if now != line.price:
            kind, name = "no_price" if now is None else "price", products[line.product_id].name
            told = "" if now is None else wording.money(now)
            found.append(Change(kind, name, wording.money(line.price), told))
    return found


async def _give_back(
    session: AsyncSession, order: OrderRow, draft: OrderDraft, figures: Figures, changes: list[Change]
) -> None:
    """The lines go back into the cart, the order is no more; the customer is asked to confirm what it is now."""
    now = settings().clock.now()
    cart = await repository.locked_cart(session, order.customer_id, order.outlet_id or "", now)
    basket = Basket.of(cart)
    if basket.is_empty:
        basket.base_order_id = order.id
    # The day was told to the customer: another one would have to be told as well.
    basket.delivery_date = basket.delivery_date or order.delivery_date
    products = [(line, await session.get(ProductRow, line.product_id)) for line in draft.lines]
    trodden = await repository.line_paths(session, order.id)
    notes = _notes(draft.comment, [product.name for _, product in products if product is not None])
    for line, product in products:
        if product is not None:
            present = basket.lines.get(product.sku)
            quantity = line.quantity + (present.quantity if present else Decimal(0))
            note = notes.get(product.name) if present is None or not present.note else None
            basket.put(product.sku, trimmed(quantity), line.unit or None, note)
            if present is None:
                basket.retrace(product.sku, paths.from_json(trodden.get(product.id, ())))
            quoted = figures.quoted.get(line.product_id)
            if quoted is not None and quantity == line.quantity:
                basket.quote(product.sku, Quoted(now.date(), _kopecks(quoted.price), quoted.available))
    basket.save(now)
    await progress.given_back(session, settings().clock, cart, order)
    order.status = OrderStatus.CANCELLED.value
    order.differences = [change.__dict__ for change in changes]
    await session.flush()
    sentences = " ".join(change.sentence for change in changes)
    await announce(session, order, "changed", told=sentences, changes=order.differences)


def _notes(comment: str, names: Iterable[str]) -> dict[str, str]:
    """What was noted at the lines, by the name of the product: the comment that `confirm` made of it, taken apart."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pieces = re.split(f"(?:^|; )({known}): ", comment)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))
