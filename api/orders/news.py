"""What became of an order: recorded for the figures, and told to the customer by a job of the same transaction."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import OrderRow
from api.deps.events import record
from api.worker import defer


async def announce(
    session: AsyncSession, order: OrderRow, event: str, *, kind: str = "", told: str = "", **data: Any
) -> None:
    """Records the event (as `kind`, else as order_<event>); `told` is a sentence for the customer beside it.

    An order made elsewhere has no conversation to tell it in.
    """
    await record(
        session,
        settings().clock,
        kind or f"order_{event}",
        customer_id=order.customer_id,
        conversation_id=order.conversation_id,
        order_id=order.id,
        **data,
    )
    if order.conversation_id is not None:
        reason: dict[str, Any] = {"reason": told} if told else {}
        await defer(session, "notifications.order_changed", order_id=order.id, event=event, **reason)
