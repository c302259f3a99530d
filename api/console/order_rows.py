"""Orders that a person has to see to, as the page «Заказы на разборе» shows them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CustomerRow, OrderRow
from api.domain.order import OUR_KEYS, OrderStatus

PAGE = 100

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
    OrderStatus.FAILED: "не принят учётной системой",
    OrderStatus.REVIEW: "записан с отличиями",
    OrderStatus.SENDING: "никто не забирает",
}


@dataclass(frozen=True)
class Trouble:
    """An order on the page. `evidence` holds the accounting system's own words: for staff only."""

    id: int
    key: str
    number: str
    customer: str
    customer_id: str
    conversation_id: UUID | None
    created_at: datetime
    total: Decimal
    state: str
    reason: str
    evidence: str
    differences: list[dict[str, Any]]
    may_go_again: bool


def _needs_person() -> ColumnElement[bool]:
    unfetched = and_(
        OrderRow.status == OrderStatus.SENDING.value, OrderRow.handed_over_at.is_not(None), OrderRow.evidence != ""
    )
    return or_(OrderRow.status.in_([OrderStatus.FAILED.value, OrderStatus.REVIEW.value]), unfetched)


async def count(session: AsyncSession) -> int:
    """How many orders wait for a person."""
    return (await session.execute(select(func.count()).select_from(OrderRow).where(_needs_person()))).scalar_one()


async def troubles(session: AsyncSession) -> list[Trouble]:
    """The newest first."""
    query = (
        select(OrderRow, CustomerRow.name)
        .join(CustomerRow, CustomerRow.id == OrderRow.customer_id)
        .where(_needs_person())
        .order_by(OrderRow.created_at.desc(), OrderRow.id.desc())
        .limit(PAGE)
    )
    return [_trouble(order, name) for order, name in (await session.execute(query)).all()]


def _trouble(order: OrderRow, customer: str) -> Trouble:
    status = OrderStatus(order.status)
    return Trouble(
        id=order.id,
        key=order.key,
        number=order.number or "",
        customer=customer,
        customer_id=order.customer_id,
        conversation_id=order.conversation_id,
        created_at=order.created_at,
        total=order.total,
        state=STATES[status],
        reason=REASONS.get(order.reason, order.reason),
        evidence=order.evidence,
        differences=order.differences if status is OrderStatus.REVIEW else [],
        may_go_again=status is not OrderStatus.REVIEW and order.key.startswith(OUR_KEYS),
    )
