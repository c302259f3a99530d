"""Jobs about orders that wait in the queue: made, found, and woken."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.worker import defer

_WAKE = text(
    "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND scheduled_at > now() AND lock = :lock"
)
_WAKE_ALL = text(
    "UPDATE procrastinate_jobs AS job SET scheduled_at = NULL FROM orders, customers"
    " WHERE job.status = 'todo' AND job.scheduled_at > now() AND job.task_name IN ('orders.send', 'orders.cancel')"
    " AND orders.id = (job.args->>'order_id')::bigint"
    " AND customers.id = orders.customer_id AND customers.backend = :backend"
)


def lock_of(order_id: int) -> str:
    """Jobs about one order run one at a time, in the order they were made."""
    return f"order:{order_id}"


async def send(session: AsyncSession, order_id: int) -> None:
    """Sends the order by a job of the session's transaction."""
    await defer(session, "orders.send", lock=lock_of(order_id), order_id=order_id)


async def send_now(session: AsyncSession, order_id: int) -> None:
    """The same; what waits before it does not wait any longer."""
    await session.execute(_WAKE, {"lock": lock_of(order_id)})
    await send(session, order_id)


async def cancel(session: AsyncSession, order_id: int) -> None:
    """Withdraws the order by a job of the session's transaction."""
    await defer(session, "orders.cancel", lock=lock_of(order_id), order_id=order_id)


async def wake(session: AsyncSession, backend: str) -> None:
    """Lets every job about an order of this backend try again at once: it answers again."""
    await session.execute(_WAKE_ALL, {"backend": backend})
