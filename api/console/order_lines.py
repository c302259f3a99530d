"""The lines of an order's card: the product, the price and where it is from, and the path from the customer's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import repository as catalog
from api.catalog.service import terms
from api.config import settings
from api.db.models import CustomerRow, InboxRow, OrderLineRow, OrderRow, PriceListRow, ProductRow
from api.domain import pricing, wording
from api.domain.product import Price

HOW = {
    "words": "словами",
    "alias": "своим словом",
    "answer": "ответом на вопрос",
    "repeat": "повтором заказа",
    "button": "кнопкой",
    "list": "списком из файла",
    "colleague": "коллегой",
    "fitted": "подгонкой под лимит",
}
"""By the word of api/db/models/orders.py: OrderLineRow.path."""
UNKNOWN = "цена учётной системы на день заказа"


@dataclass(frozen=True)
class Message:
    """Where the words were said."""

    conversation_id: UUID
    seq: int


@dataclass(frozen=True)
class Step:
    """One step of a line's way into the order."""

    at: datetime | None
    how: str
    words: str
    score: str
    quantity: str
    message: Message | None


@dataclass(frozen=True)
class CardLine:
    """`source`: where the price is from, as far as the prices of today tell."""

    position: int
    name: str
    sku: str
    quantity: str
    price: Decimal
    sum: Decimal
    source: str
    path: list[Step]


@dataclass(frozen=True)
class Prices:
    """What the customer may buy at, and the names of price lists."""

    rows: Mapping[str, Sequence[Price]]
    lists: Mapping[str, str]
    terms: pricing.Terms
    day: date

    def source(self, line: OrderLineRow) -> str:
        """The price row of that amount; the row in force first."""
        rows = self.rows.get(line.product_id, ())
        now = pricing.price_for(rows, line.quantity, self.terms, self.day)
        same = next((row for row in (now, *rows) if row is not None and row.amount == line.price), None)
        if same is not None:
            return self._named(same)
        return f"{UNKNOWN}; сейчас {wording.money(now.amount)}" if now else UNKNOWN

    def _named(self, price: Price) -> str:
        if pricing.is_promotion(price):
            name = f"акция «{price.promo}»" if price.promo else "акция"
        elif price.customer_id is not None:
            name = "персональная цена"
        else:
            name = f"прайс-лист «{self.lists.get(price.price_list_id or '', price.price_list_id)}»"
        least = f", от {wording.number(price.min_quantity)}" if price.min_quantity > 1 else ""
        return f"{name}{least}{', по предоплате' if price.prepayment else ''}"


async def lines_of(session: AsyncSession, order: OrderRow, customer: CustomerRow) -> list[CardLine]:
    """In their order."""
    query = select(OrderLineRow).filter_by(order_id=order.id).order_by(OrderLineRow.position)
    rows = (await session.scalars(query)).all()
    ids = {row.product_id for row in rows}
    products = {row.id: row for row in await session.scalars(select(ProductRow).where(ProductRow.id.in_(ids)))}
    prices = await _prices(session, customer, ids)
    messages = await _messages(session, rows)
    return [_line(row, products.get(row.product_id), prices, messages) for row in rows]


async def _prices(session: AsyncSession, customer: CustomerRow, ids: set[str]) -> Prices:
    rows = await catalog.prices(session, customer, ids)
    named = {price.price_list_id for found in rows.values() for price in found if price.price_list_id}
    lists = await session.scalars(select(PriceListRow).where(PriceListRow.id.in_(named)))
    day = settings().clock.now().date()
    return Prices(rows, {row.id: row.name for row in lists}, terms(customer), day)


async def _messages(session: AsyncSession, rows: Iterable[OrderLineRow]) -> dict[int, Message]:
    """The messages that the paths name, where they are known still."""
    ids = {step["inbox"] for row in rows for step in row.path if isinstance(step.get("inbox"), int)}
    query = select(InboxRow.id, InboxRow.conversation_id, InboxRow.seq).where(InboxRow.id.in_(ids))
    return {row.id: Message(row.conversation_id, row.seq) for row in await session.execute(query)}


def _line(row: OrderLineRow, product: ProductRow | None, prices: Prices, messages: Mapping[int, Message]) -> CardLine:
    unit = product.base_unit if product else ""
    return CardLine(
        position=row.position,
        name=product.name if product else row.product_id,
        sku=product.sku if product else "",
        quantity=_quantity(row, product),
        price=row.price,
        sum=(row.quantity * row.price).quantize(Decimal("0.01")),
        source=prices.source(row),
        path=[_step(step, unit, messages) for step in row.path],
    )


def _quantity(row: OrderLineRow, product: ProductRow | None) -> str:
    """In base units, and in the packing that the customer named."""
    unit, factor = (product.base_unit if product else ""), None
    for pack in product.packagings if product else ():
        if wording.unit_key(pack["unit"]) == wording.unit_key(row.unit):
            factor = Decimal(pack["factor"])
    if factor is None:
        return wording.quantity(row.quantity, unit)
    return wording.packs(row.quantity, unit, row.unit, factor)


def _step(step: Mapping[str, Any], unit: str, messages: Mapping[int, Message]) -> Step:
    score, quantity = step.get("score"), step.get("quantity")
    return Step(
        at=datetime.fromisoformat(step["at"]) if step.get("at") else None,
        how=HOW.get(step.get("how", ""), step.get("how", "")),
        words=step.get("words") or "",
        score="" if score is None else f"{Decimal(str(score)) * 100:.0f} %",
        quantity="" if quantity is None else wording.quantity(Decimal(str(quantity)), unit),
        message=messages.get(step.get("inbox") or 0),
    )
