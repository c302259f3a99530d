"""The card of an order: its lines with the path of each, what the accounting system did with it, what happened when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.order_lines import CardLine, lines_of
from api.console.order_rows import REASONS, STATES, channel_title, state_of
from api.db.models import (
    ContactRow,
    ConversationRow,
    CreditReleaseRow,
    CustomerRow,
    EventRow,
    OrderRow,
    OutletRow,
)
from api.domain import delivery
from api.domain.order import OrderStatus
from api.orders import by_staff
from api.orders.attempts import PLACING
from api.orders.recheck import Change

SHOWN_EVENTS = 200

EVENTS = {
    "order_confirmed": "Клиент подтвердил заказ",
    PLACING: "Отправляем в учётную систему",
    "order_accepted": "Принят учётной системой",
    "order_review": "Записан с отличиями",
    "order_failed": "Учётная система не приняла",
    "order_waiting": "Учётная система недоступна: заказ ждёт",
    "order_handed_over": "Передан: ждёт, пока учётная система его заберёт",
    "order_unfetched": "Учётная система так и не забрала",
    "order_changed": "Вернулся в корзину: что-то изменилось, пока он отправлялся",
    "order_cancelled": "Отменён",
    "order_cancel_failed": "Отменить не получилось",
    "cancel_requested": "Клиент просит отменить",
    "order_replay": "Отправлен ещё раз",
    "order_withdraw": "Отменён менеджером",
    "order_reviewed": "Отличия разобраны",
    "undelivered": "Сообщить клиенту не получилось",
}
"""By the kind of the event; one that is not here is not shown."""


@dataclass(frozen=True)
class Happened:
    """A moment in the life of the order."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True)
class Beside:
    """What was sent and what is there, side by side."""

    field: str
    sent: str
    stored: str


@dataclass(frozen=True)
class Card:
    """All that the page shows. `evidence` of the order is the accounting system's own words: for staff only."""

    order: OrderRow
    customer: str
    outlet: str
    contact: str
    channel: str
    state: str
    delivery: str
    reason: str
    lines: list[CardLine]
    history: list[Happened]
    attempts: int
    beside: list[Beside]
    changes: list[str]
    """Why it went back into the cart, a sentence each."""
    release: CreditReleaseRow | None
    may_replay: bool
    may_withdraw: bool

    @property
    def failed(self) -> bool:
        return self.order.status == OrderStatus.FAILED.value

    @property
    def in_review(self) -> bool:
        return self.order.status == OrderStatus.REVIEW.value

    @property
    def of_credit(self) -> bool:
        """The accounting system itself refused it for the debt or the limit."""
        return self.failed and self.order.reason == "credit"

    @property
    def sum_of_lines(self) -> Decimal:
        return sum((line.sum for line in self.lines), Decimal(0))


async def card(session: AsyncSession, order_id: int) -> Card | None:
    """None: there is no such order."""
    order = await session.get(OrderRow, order_id)
    if order is None:
        return None
    now = settings().clock.now()
    customer = await session.get_one(CustomerRow, order.customer_id)
    outlet = await session.get(OutletRow, order.outlet_id) if order.outlet_id else None
    contact = await session.get(ContactRow, order.contact_id) if order.contact_id else None
    conversation = await session.get(ConversationRow, order.conversation_id) if order.conversation_id else None
    events = await _events(session, order)
    return Card(
        order=order,
        customer=customer.name,
        outlet=outlet.name if outlet else "",
        contact=contact.name if contact else "",
        channel=channel_title(conversation.channel if conversation else None),
        state=state_of(order),
        delivery=delivery.delivery_text(order.delivery_date, order.window_start, order.window_end, now.date()),
        reason=REASONS.get(order.reason, order.reason),
        lines=await lines_of(session, order, customer),
        history=_history(order, events),
        attempts=sum(event.kind == PLACING for event in events),
        beside=[Beside(one["field"], one["sent"], one["stored"]) for one in order.differences if "field" in one],
        changes=[Change(**one).sentence for one in order.differences if "kind" in one],
        release=await session.get(CreditReleaseRow, order.release_id) if order.release_id else None,
        may_replay=by_staff.may_replay(order) and (order.status == OrderStatus.FAILED.value or order.evidence != ""),
        may_withdraw=by_staff.may_withdraw(order, now),
    )


async def _events(session: AsyncSession, order: OrderRow) -> Sequence[EventRow]:
    row = EventRow
    mine = row.data["order_id"].as_string() == str(order.id)
    query = select(row).where(mine, row.customer_id == order.customer_id).order_by(row.at, row.id).limit(SHOWN_EVENTS)
    return (await session.scalars(query)).all()


def _history(order: OrderRow, events: Sequence[EventRow]) -> list[Happened]:
    told = [Happened(event.at, words, _by(event)) for event in events if (words := _words(event))]
    if not any(event.kind == "order_confirmed" for event in events):
        told.insert(0, Happened(order.created_at, "Заказ создан", ""))
    return told


def _by(event: EventRow) -> str:
    """The person of the console; `by` of a confirmed order is what its cart was begun with."""
    return "" if event.kind == "order_confirmed" else str(event.data.get("by", ""))


def _words(event: EventRow) -> str:
    if event.kind == "order_status":
        status: Mapping[str, str] = {str(key): words for key, words in STATES.items()}
        return f"Учётная система: {status.get(event.data.get('status', ''), event.data.get('status', ''))}"
    return EVENTS.get(event.kind, "")
