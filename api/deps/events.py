"""The append-only record that the figures are counted from."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import EventRow
from api.domain.clock import Clock


async def record(
    session: AsyncSession,
    clock: Clock,
    kind: str,
    *,
    customer_id: str | None = None,
    conversation_id: UUID | None = None,
    **data: Any,
) -> None:
    """Adds an event: turn, question, order_confirmed, handoff…"""
    row = EventRow(at=clock.now(), kind=kind, customer_id=customer_id, conversation_id=conversation_id, data=data)
    session.add(row)
    await session.flush()
