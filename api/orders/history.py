"""Hearing from the accounting system: states of our orders, and orders made by phone or by a manager."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import exists, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CustomerRow, OrderRow, OutletRow
from api.db.session import staff_session
from api.deps.sync import figures_of
from api.domain.order import OrderLine, OrderStatus, PlacedOrder
from api.erp.port import Data, Erp
from api.orders import repository
from api.orders.news import announce
from api.worker import defer

log = structlog.get_logger()

FIRST = timedelta(days=180)
OVERLAP = timedelta(days=1)
LONGEST = timedelta(days=30)
"""An order open for longer than this is not asked about any more: every poll would read a month of documents."""
BATCH = 200
LOST_AFTER = timedelta(minutes=2)

OPEN = (OrderStatus.REVIEW, OrderStatus.FAILED, OrderStatus.ACCEPTED, OrderStatus.PICKING, OrderStatus.SHIPPED)
MOVED_ON = (OrderStatus.PICKING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED)
"""What ends a review: somebody in the accounting system went on with the order."""


async def poll(backend: Erp, name: str) -> int:
    """Reads what changed since the last time; the first time the last half a year. Returns how many orders."""
    async with staff_session() as session:
        since = await _since(session, name)
    return await read(backend, since)


async def read(backend: Erp, since: datetime) -> int:
    """Takes over the orders made or changed since then. Returns how many."""
    placed = [order async for order in backend.orders(since)]
    for start in range(0, len(placed), BATCH):
        async with staff_session() as session:
            for order in placed[start : start + BATCH]:
                await _take_alone(session, order)
    return len(placed)


async def _since(session: AsyncSession, name: str) -> datetime:
    now = settings().clock.now()
    read_at = await figures_of(session, name, Data.ORDERS)
    if read_at is None:
        return now - FIRST
    oldest = await session.scalar(
        select(func.min(OrderRow.created_at)).where(
            OrderRow.status.in_([status.value for status in OPEN]),
            OrderRow.created_at >= now - LONGEST,
            OrderRow.customer_id.in_(select(CustomerRow.id).where(CustomerRow.backend == name)),
        )
    )
    return min(moment for moment in (read_at - OVERLAP, oldest) if moment is not None)


async def _take_alone(session: AsyncSession, placed: PlacedOrder) -> None:
    """One order that cannot be taken, such as one that the sending job writes just now, does not stop the others."""
    try:
        async with session.begin_nested():
            await _take(session, placed)
    except IntegrityError as error:
        log.warning("order.not_taken", erp_id=placed.erp_id, error=str(error.orig))


async def _take(session: AsyncSession, placed: PlacedOrder) -> None:
    order = await _known(session, placed)
    if order is None:
        await _add(session, placed)
        return
    if order.status == OrderStatus.SENDING.value:
        return  # the job that sends it has the word
    status, before = placed.status, OrderStatus(order.status)
    if before is OrderStatus.REVIEW and status not in MOVED_ON:
        return
    await _take_lines(session, order, placed.lines)
    order.number, order.erp_id = placed.number, placed.erp_id
    if before is status:
        return
    order.status = status.value
    await session.flush()
    # What failed is accepted after all when a manager posts it.
    mended = before is OrderStatus.FAILED and status is OrderStatus.ACCEPTED
    await announce(session, order, "accepted" if mended else "status", kind="order_status", status=order.status)


async def _known(session: AsyncSession, placed: PlacedOrder) -> OrderRow | None:
    query = select(OrderRow).where(OrderRow.erp_id == placed.erp_id).with_for_update()
    if found := (await session.scalars(query)).one_or_none():
        return found
    if not placed.key:
        return None
    by_key = (await session.scalars(select(OrderRow).where(OrderRow.key == placed.key).with_for_update())).one_or_none()
    # Copying a document in 1C copies our key with it: the copy is another order, not this one.
    return by_key if by_key is None or by_key.erp_id is None else None


async def _add(session: AsyncSession, placed: PlacedOrder) -> None:
    """An order made elsewhere. One of a customer that we do not know waits for the customers' next sync."""
    if not await session.scalar(select(exists().where(CustomerRow.id == placed.customer_id))):
        return
    outlet = await session.get(OutletRow, placed.outlet_id) if placed.outlet_id else None
    copied = bool(await session.scalar(select(exists().where(OrderRow.key == placed.key))))
    row = OrderRow(
        key=f"erp:{placed.erp_id}" if copied or not placed.key else placed.key,
        customer_id=placed.customer_id,
        outlet_id=placed.outlet_id,
        status=placed.status.value,
        number=placed.number,
        erp_id=placed.erp_id,
        created_at=placed.created,
        delivery_date=placed.delivery_date,
        window_start=outlet.window_start if outlet else None,
        window_end=outlet.window_end if outlet else None,
        warehouse_id=outlet.warehouse_id if outlet else None,
        address=outlet.address if outlet else "",
        total=_total(placed.lines),
    )
    await repository.add_order(session, row, placed.lines)


def _total(lines: Sequence[OrderLine]) -> Decimal:
    return sum((line.sum for line in lines), Decimal(0))


async def _take_lines(session: AsyncSession, order: OrderRow, lines: Sequence[OrderLine]) -> None:
    """A manager may have changed the document: what it holds now is what was ordered."""
    known = [(line.product_id, line.quantity, line.price) for line in await repository.lines(session, order.id)]
    if known == [(line.product_id, line.quantity, line.price) for line in lines]:
        return
    await repository.replace_lines(session, order.id, lines)
    order.total = _total(lines)


async def resume_lost() -> None:
    """Gives every order that waits for its sending or withdrawal without a job a job again."""
    lost = text(
        "SELECT id, status = :sending AS unsent FROM orders"
        " WHERE (status = :sending AND created_at < :before OR cancel_requested AND status = ANY(:open))"
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs"
        " WHERE lock = 'order:' || orders.id AND status IN ('todo', 'doing'))"
    )
    values = {
        "sending": OrderStatus.SENDING.value,
        "before": settings().clock.now() - LOST_AFTER,
        "open": [status.value for status in OPEN],
    }
    async with staff_session() as session:
        for row in (await session.execute(lost, values)).all():
            task = "orders.send" if row.unsent else "orders.cancel"
            await defer(session, task, lock=f"order:{row.id}", order_id=row.id)
