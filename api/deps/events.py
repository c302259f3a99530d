"""The append-only record that the figures are counted from."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
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
    """Adds an event: turn, question, order_confirmed, handoff…

    Inline, because asking for the new row's id would need the right to read, which a customer does not have.
    """
    row = {
        "at": clock.now(),
        "kind": kind,
        "customer_id": customer_id,
        "conversation_id": conversation_id,
        "data": data,
    }
    await session.execute(insert(EventRow).inline().values(row))
