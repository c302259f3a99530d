"""What stands beside a customer's people and codes: debt, last orders, conversations, words, places."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.accounting_rows import ago
from api.console.channel_words import channel_words
from api.db.models import BalanceRow, ContactRow, ConversationRow, CreditBlockRow, CustomerRow, OrderRow, OutletRow
from api.deps.sync import figures_of
from api.domain.order import OrderStatus
from api.domain.wording import clock_time, delivery_days, document_number
from api.erp.port import Data

ORDERS = CONVERSATIONS = 10

STATES = {
    OrderStatus.SENDING: "отправляется",
    OrderStatus.REVIEW: "записан с отличиями",
    OrderStatus.FAILED: "не принят",
    OrderStatus.ACCEPTED: "принят",
    OrderStatus.PICKING: "собирается",
    OrderStatus.SHIPPED: "в пути",
    OrderStatus.DELIVERED: "доставлен",
    OrderStatus.CANCELLED: "отменён",
}
"""For staff: what the customer is told is softer (api/orders/sent.py)."""
MODES = {"bot": "помощник", "waiting": "ждёт человека", "manager": "у менеджера"}


@dataclass(frozen=True)
class Money:
    """The debt as the accounting system told it. `age`: «12 минут назад»; empty: debts were never read."""

    debt: Decimal
    overdue: Decimal
    limit: Decimal | None
    delay_days: int
    read_at: datetime | None
    age: str
    held: bool
    """Credit stopped an order, and it waits for a decision."""


@dataclass(frozen=True)
class Ordered:
    id: int
    number: str
    at: datetime
    total: Decimal
    state: str
    trouble: bool


@dataclass(frozen=True)
class Talk:
    """A conversation. `open`: a person is wanted or has it."""

    id: UUID
    channel: str
    person: str
    state: str
    open: bool
    last_at: datetime | None
    last_text: str


@dataclass(frozen=True)
class Place:
    row: OutletRow
    delivery: str
    """«по будням, с 9:00 до 12:00»."""


async def money(session: AsyncSession, customer: CustomerRow) -> Money:
    """Who has no row owes nothing, if debts were read at all."""
    row = await session.get(BalanceRow, customer.id)
    read_at = await figures_of(session, customer.backend, Data.BALANCES) or (row.as_of if row else None)
    held = select(CreditBlockRow.id).filter_by(customer_id=customer.id, state="open").limit(1)
    return Money(
        debt=row.debt if row else Decimal(0),
        overdue=row.overdue if row else Decimal(0),
        limit=customer.credit_limit,
        delay_days=customer.payment_delay_days,
        read_at=read_at,
        age=ago(settings().clock.now() - read_at) if read_at else "",
        held=await session.scalar(held) is not None,
    )


async def orders(session: AsyncSession, customer_id: str) -> list[Ordered]:
    """The newest first."""
    query = select(OrderRow).filter_by(customer_id=customer_id).order_by(OrderRow.created_at.desc()).limit(ORDERS)
    return [_ordered(row) for row in await session.scalars(query)]


def _ordered(row: OrderRow) -> Ordered:
    status = OrderStatus(row.status)
    trouble = status in (OrderStatus.FAILED, OrderStatus.REVIEW)
    return Ordered(row.id, document_number(row.number or row.key), row.created_at, row.total, STATES[status], trouble)


async def conversations(session: AsyncSession, customer_id: str) -> list[Talk]:
    """Those that need or have a person first, then by the last message."""
    row = ConversationRow
    query = (
        select(row, ContactRow.name)
        .join(ContactRow, ContactRow.id == row.contact_id, isouter=True)
        .where(row.customer_id == customer_id)
        .order_by(case((row.mode == "bot", 1), else_=0), row.last_at.desc().nulls_last(), row.id)
        .limit(CONVERSATIONS)
    )
    return [
        Talk(
            id=talk.id,
            channel=channel_words(talk.channel),
            person=name or talk.name or "по коду компании",
            state=MODES.get(talk.mode, talk.mode),
            open=talk.mode != "bot",
            last_at=talk.last_at or talk.last_inbound_at,
            last_text=talk.last_text,
        )
        for talk, name in await session.execute(query)
    ]


async def outlets(session: AsyncSession, customer_id: str) -> list[Place]:
    """Places of delivery, by name."""
    query = select(OutletRow).filter_by(customer_id=customer_id, active=True).order_by(OutletRow.name)
    return [_place(row) for row in await session.scalars(query)]


def _place(row: OutletRow) -> Place:
    hours = f"с {clock_time(row.window_start)} до {clock_time(row.window_end)}"
    return Place(row, f"{delivery_days(row.delivery_days)}, {hours}")
