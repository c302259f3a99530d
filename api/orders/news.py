"""What became of an order: recorded for the figures, and told to the customer by a job of the same transaction."""

from secrets import token_hex
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import OrderRow
from api.deps.events import record
from api.worker import defer

SILENT = "silent"
"""An event that is recorded and not told."""


async def announce(
    session: AsyncSession,
    order: OrderRow,
    event: str,
    *,
    kind: str = "",
    told: str = "",
    anew: bool = False,
    **data: Any,
) -> None:
    """Records the event (as `kind`, else as order_<event>); `told` is a sentence for the customer beside it.

    The same event with the same state is told once in the life of an order; `anew`: each time that it happens, once.
    The news of one order are told in their order. An order made elsewhere has no conversation to tell it in.
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
    if order.conversation_id is None or event == SILENT:
        return
    more: dict[str, Any] = {"reason": told} if told else {}
    more |= {"change": token_hex(4)} if anew else {}
    await defer(
        session,
        "notifications.order_changed",
        lock=f"news:{order.id}",
        order_id=order.id,
        event=event,
        status=order.status,
        **more,
    )
