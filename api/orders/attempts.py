"""Attempts to write an order into the accounting system: one at a time, and none forgotten while it may still arrive.

A write that we gave up waiting for may be done by the other side a while later. Until that is over, «it is not there»
proves nothing: the order is neither judged anew nor called withdrawn.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import EventRow, OrderRow
from api.db.session import staff_session
from api.deps.events import record
from api.erp.errors import ErpError
from api.worker import conninfo

IN_FLIGHT = timedelta(minutes=5)
"""We wait two minutes for an answer (api/erp/http.py); a server that was only slow is done soon after."""
ASK_AGAIN_SECONDS = 20.0
PLACING = "order_placing"
"""The event that is recorded before a write. No column holds it: it is read only while an order is in doubt."""
ORDERS = 716
"""The space of our advisory locks."""


class NotYet(ErpError):
    """Nothing is wrong: the job has to come again a little later."""

    def __init__(self, evidence: str, *, retry_after: float | None = None) -> None:
        super().__init__("Заказ ещё отправляется.", permanent=False, evidence=evidence, retry_after=retry_after)


@asynccontextmanager
async def alone(order_id: int) -> AsyncIterator[None]:
    """Holds the order for this process; raises NotYet while another one has it.

    The queue gives a job to another worker when its own one seems dead; a worker that was only slow would then write
    beside it. The lock is of a connection of its own: it ends with the process, not with a transaction.
    """
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        # A number is enough room for two thousand million orders.
        asked = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (ORDERS, order_id))
        if await asked.fetchone() != (True,):
            raise NotYet(f"order {order_id}: another process sends it")
        yield


async def note(order_id: int) -> None:
    """Remembers, before the network is asked, that the order may be written from now on."""
    async with staff_session() as session:
        order = await session.get_one(OrderRow, order_id)
        await record(
            session,
            settings().clock,
            PLACING,
            customer_id=order.customer_id,
            conversation_id=order.conversation_id,
            order_id=order.id,
        )


async def in_flight(session: AsyncSession, order_id: int) -> bool:
    """Whether an attempt was begun so lately that it may still arrive."""
    row, since = EventRow, settings().clock.now() - IN_FLIGHT
    begun = exists().where(row.kind == PLACING, row.at >= since, row.data["order_id"].as_integer() == order_id)
    return bool(await session.scalar(select(begun)))
