"""Orders that wait: for a job that was lost, or for an accounting system that does not fetch them."""

from datetime import timedelta

import structlog
from sqlalchemy import select, text

from api.config import settings
from api.db.models import OrderRow
from api.db.session import staff_session
from api.domain.order import OrderStatus
from api.domain.wording import clock_time, short_date
from api.orders import queue
from api.orders.history import OPEN
from api.orders.news import announce

log = structlog.get_logger()

LOST_AFTER = timedelta(minutes=2)
_LOST = text(
    "SELECT id, status = :sending AND handed_over_at IS NULL AS unsent FROM orders"
    " WHERE (status = :sending AND handed_over_at IS NULL AND created_at < :before"
    " OR cancel_requested AND (status = ANY(:open) OR handed_over_at IS NOT NULL AND status = :sending))"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs"
    " WHERE lock = 'order:' || orders.id AND status IN ('todo', 'doing'))"
)


async def resume_lost() -> None:
    """Gives every order that waits for its sending or withdrawal without a job a job again.

    What was handed over waits for the other side: nothing is to be sent.
    """
    values = {
        "sending": OrderStatus.SENDING.value,
        "before": settings().clock.now() - LOST_AFTER,
        "open": [status.value for status in OPEN],
    }
    async with staff_session() as session:
        for row in (await session.execute(_LOST, values)).all():
            await (queue.send if row.unsent else queue.cancel)(session, row.id)


async def report_unfetched() -> None:
    """Calls a manager, once, for each order that the accounting system has not fetched for too long."""
    longest = timedelta(hours=settings().order_unfetched_hours)
    late = select(OrderRow).where(
        OrderRow.status == OrderStatus.SENDING.value,
        OrderRow.handed_over_at < settings().clock.now() - longest,
        OrderRow.evidence == "",
    )
    async with staff_session() as session:
        for order in await session.scalars(late.with_for_update(skip_locked=True)):
            assert order.handed_over_at is not None
            since = order.handed_over_at.astimezone(settings().zone)
            when = f"{short_date(since.date())}, {clock_time(since.time())}"
            order.evidence = f"Передан {when}, но учётная система его не забрала."
            log.error("order.unfetched", order_id=order.id, evidence=order.evidence)
            await session.flush()
            await announce(session, order, "unfetched")
