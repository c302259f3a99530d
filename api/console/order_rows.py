"""Orders as the pages list them: those that need a person, and all of them by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.channel_words import channel_words
from api.db.models import ConversationRow, CreditBlockRow, CustomerRow, OrderRow
from api.domain.order import OrderStatus
from api.orders import by_staff, repository

PAGE = 50
TROUBLES = 100
NAMED = 50
"""Customers whose name fits the search."""

REASONS = {
    "credit": "долг или кредитный лимит",
    "stock": "не хватает остатка",
    "goods": "товар неизвестен или закрыт",
    "price": "цена",
    "customer": "клиент, соглашение или точка",
    "period": "дата в закрытом периоде",
    "late": "слишком поздно",
    "rights": "права пользователя бота",
    "other": "другое",
}
"""By the word of api/erp/errors.py: Reason."""
STATES = {
    OrderStatus.SENDING: "отправляется",
    OrderStatus.REVIEW: "записан с отличиями",
    OrderStatus.FAILED: "не принят учётной системой",
    OrderStatus.ACCEPTED: "принят",
    OrderStatus.PICKING: "собирается",
    OrderStatus.SHIPPED: "в пути",
    OrderStatus.DELIVERED: "доставлен",
    OrderStatus.CANCELLED: "отменён",
}
HANDED_OVER, UNFETCHED = "ждёт, пока заберут", "никто не забирает"
ELSEWHERE = "сделан в учётной системе"


@dataclass(frozen=True)
class Listed:
    """An order on a page. `evidence` holds the accounting system's own words: for staff only."""

    id: int
    key: str
    number: str
    customer: str
    customer_id: str
    conversation_id: UUID | None
    channel: str
    created_at: datetime
    delivery_date: date | None
    total: Decimal
    state: str
    needs_person: bool
    reason: str
    evidence: str
    differences: list[dict[str, Any]]
    may_go_again: bool
    in_review: bool


@dataclass(frozen=True)
class Filters:
    """What of all orders is wanted; empty: everything. `before`: the last order of the page before."""

    state: str = ""
    customer: str = ""
    day: date | None = None
    q: str = ""
    before: int = 0

    @property
    def any(self) -> bool:
        return self != Filters(before=self.before)


def state_of(order: OrderRow) -> str:
    """In words."""
    if order.status == OrderStatus.SENDING.value and order.handed_over_at is not None:
        return UNFETCHED if order.evidence else HANDED_OVER
    return STATES[OrderStatus(order.status)]


def channel_title(kind: str | None) -> str:
    """What people call the channel; without a conversation the order was made elsewhere."""
    return ELSEWHERE if kind is None else channel_words(kind)


def _unfetched() -> ColumnElement[bool]:
    sending = OrderRow.status == OrderStatus.SENDING.value
    return and_(sending, OrderRow.handed_over_at.is_not(None), OrderRow.evidence != "")


def _needs_person() -> ColumnElement[bool]:
    return or_(OrderRow.status.in_([OrderStatus.FAILED.value, OrderStatus.REVIEW.value]), _unfetched())


async def count(session: AsyncSession) -> int:
    """How many orders wait for a person: on their way, and held back by a credit rule."""
    orders = select(func.count()).select_from(OrderRow).where(_needs_person()).scalar_subquery()
    held = select(func.count()).select_from(CreditBlockRow).where(CreditBlockRow.state == "open").scalar_subquery()
    return int((await session.execute(select(orders + held))).scalar_one())


def _rows() -> Select[OrderRow, str, str]:
    """The newest first."""
    return (
        select(OrderRow, CustomerRow.name, ConversationRow.channel)
        .join(CustomerRow, CustomerRow.id == OrderRow.customer_id)
        .join(ConversationRow, ConversationRow.id == OrderRow.conversation_id, isouter=True)
        .order_by(OrderRow.created_at.desc(), OrderRow.id.desc())
    )


async def troubles(session: AsyncSession) -> list[Listed]:
    """What needs a person, the newest first."""
    rows = await session.execute(_rows().where(_needs_person()).limit(TROUBLES))
    return [_listed(order, name, channel) for order, name, channel in rows.all()]


async def orders(session: AsyncSession, wanted: Filters) -> tuple[list[Listed], int]:
    """A page of all orders, and the key of the next page (0: there is none)."""
    query = await _filtered(session, wanted)
    rows = (await session.execute(query.limit(PAGE + 1))).all()
    if not rows and wanted.q and not wanted.before:
        # «Столовая №7» has a digit and is no number of an order.
        rows = (await session.execute((await _filtered(session, wanted, by_name=True)).limit(PAGE + 1))).all()
    found = [_listed(order, name, channel) for order, name, channel in rows[:PAGE]]
    return found, found[-1].id if len(rows) > PAGE else 0


async def _filtered(session: AsyncSession, wanted: Filters, *, by_name: bool = False) -> Select[OrderRow, str, str]:
    query = _rows()
    if wanted.state:
        query = query.where(OrderRow.status == wanted.state)
    if wanted.customer:
        query = query.where(OrderRow.customer_id == wanted.customer)
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time(), settings().zone)
        query = query.where(OrderRow.created_at >= begins, OrderRow.created_at < begins + timedelta(days=1))
    if wanted.q and (by_name or not any(char.isdigit() for char in wanted.q)):
        query = query.where(OrderRow.customer_id.in_(await _customers_named(session, wanted.q)))
    elif wanted.q:
        query = query.where(repository.named(wanted.q))
    if wanted.before and (edge := await session.get(OrderRow, wanted.before)) is not None:
        query = query.where(tuple_(OrderRow.created_at, OrderRow.id) < tuple_(edge.created_at, edge.id))
    return query


async def _customers_named(session: AsyncSession, words: str) -> Sequence[str]:
    fits = CustomerRow.name.icontains(words, autoescape=True)
    return (await session.scalars(select(CustomerRow.id).where(fits).limit(NAMED))).all()


def _listed(order: OrderRow, customer: str, channel: str | None) -> Listed:
    status = OrderStatus(order.status)
    unfetched = status is OrderStatus.SENDING and order.handed_over_at is not None and order.evidence != ""
    return Listed(
        id=order.id,
        key=order.key,
        number=order.number or "",
        customer=customer,
        customer_id=order.customer_id,
        conversation_id=order.conversation_id,
        channel=channel_title(channel),
        created_at=order.created_at,
        delivery_date=order.delivery_date,
        total=order.total,
        state=state_of(order),
        needs_person=unfetched or status in (OrderStatus.FAILED, OrderStatus.REVIEW),
        reason=REASONS.get(order.reason, order.reason),
        evidence=order.evidence,
        differences=order.differences if status is OrderStatus.REVIEW else [],
        may_go_again=(unfetched or status is OrderStatus.FAILED) and by_staff.may_replay(order),
        in_review=status is OrderStatus.REVIEW,
    )


async def customer_name(session: AsyncSession, customer_id: str) -> str:
    """Of the customer that the list is narrowed to."""
    return await session.scalar(select(CustomerRow.name).filter_by(id=customer_id)) or customer_id
