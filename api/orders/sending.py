"""The way of a confirmed order into the accounting system, and of a withdrawn one out of it.

One transaction before the network call and one after it, none during it. Everything may be repeated at any moment:
the order's key finds what an interrupted run had already made.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import select

from api.config import MAIN_ERP, settings
from api.db.models import CustomerRow, OrderRow
from api.db.session import staff_session
from api.domain.order import OrderDraft, OrderStatus, PlacedOrder
from api.erp.errors import ErpError
from api.erp.port import Erp
from api.orders import health, recheck, repository
from api.orders.news import announce

log = structlog.get_logger()

DONE = (OrderStatus.CANCELLED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class Work:
    """An order as a job picked it up."""

    id: int
    backend: str
    status: OrderStatus
    cancel_requested: bool
    draft: OrderDraft
    is_ours: bool
    """Made here: it has our key in the accounting system."""


async def backend_of(order_id: int) -> str:
    """The accounting system of the order's customer."""
    async with staff_session() as session:
        query = select(CustomerRow.backend).join(OrderRow, OrderRow.customer_id == CustomerRow.id)
        return await session.scalar(query.where(OrderRow.id == order_id)) or MAIN_ERP


async def pick_up(order_id: int) -> Work | None:
    """Reads the order; None when there is none."""
    async with staff_session() as session:
        order = await repository.order(session, order_id)
        if order is None:
            return None
        lines = await repository.lines(session, order_id)
        today = settings().clock.now().date()
        config = settings()
        draft = OrderDraft(
            key=order.key,
            customer_id=order.customer_id,
            outlet_id=order.outlet_id,
            warehouse_id=order.warehouse_id,
            delivery_date=order.delivery_date or today,
            window_start=order.window_start or config.office_opens,
            window_end=order.window_end or config.office_closes,
            lines=tuple(lines),
            address=order.address,
            comment=order.comment,
        )
        customer = await session.get_one(CustomerRow, order.customer_id)
        return Work(
            id=order.id,
            backend=customer.backend,
            status=OrderStatus(order.status),
            cancel_requested=order.cancel_requested,
            draft=draft,
            is_ours=order.key.startswith("AI-"),
        )


async def send(order_id: int, backend: Erp) -> None:
    """Sends the order. Raises a transient ErpError for the job to be repeated; everything else is settled here."""
    work = await pick_up(order_id)
    if work is None or work.status is not OrderStatus.SENDING:
        return
    try:
        await _send(work, backend)
    except ErpError as error:
        await _sending_failed(work, error)
        if not error.permanent:
            raise


async def _send(work: Work, backend: Erp) -> None:
    found = await backend.find(work.draft.key)
    # What an earlier run has written already is not judged again: place() finishes it.
    if found is None and not work.cancel_requested:
        if await recheck.settle_changes(work.id, work.draft, backend):
            return
        work = await pick_up(work.id) or work
    if work.cancel_requested:
        await _withdraw(work, found, backend)
    else:
        await _placed(work, await backend.place(work.draft))


async def _placed(work: Work, placed: PlacedOrder) -> None:
    """Writes down what the accounting system made of it, and tells the customer."""
    async with staff_session() as session:
        await health.note(session, work.backend, True)
        order = await repository.order(session, work.id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return
        differs = bool(placed.differences)
        status = OrderStatus.REVIEW if differs else placed.status
        order.status, order.number, order.erp_id = status.value, placed.number, placed.erp_id
        order.differences = [difference.__dict__ for difference in placed.differences]
        await session.flush()
        await announce(session, order, "review" if differs else "accepted", number=placed.number)


async def _sending_failed(work: Work, error: ErpError) -> None:
    if error.permanent:
        await fail(work.id, f"{error.message} {error.evidence}".strip())
        return
    async with staff_session() as session:
        await health.note(session, work.backend, False, error.message)
        order = await repository.order(session, work.id, lock=True)
        if order is not None and order.status == OrderStatus.SENDING.value and not order.told_waiting:
            order.told_waiting = True
            await session.flush()
            await announce(session, order, "waiting", reason=error.message)


async def fail(order_id: int, evidence: str) -> None:
    """Refused for good: a manager mends it, the customer hears that, never success."""
    log.error("order.failed", order_id=order_id, evidence=evidence)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return
        order.status, order.evidence = OrderStatus.FAILED.value, evidence
        await session.flush()
        await announce(session, order, "failed")


async def cancel(order_id: int, backend: Erp) -> None:
    """Withdraws the order. Raises a transient ErpError for the job to be repeated."""
    work = await pick_up(order_id)
    if work is None or not work.cancel_requested or work.status in DONE:
        return
    if not work.is_ours:
        await not_withdrawn(order_id, "the order was made elsewhere: it has no key of ours")
        return
    try:
        await _withdraw(work, await backend.find(work.draft.key), backend)
    except ErpError as error:
        if not error.permanent:
            async with staff_session() as session:
                await health.note(session, work.backend, False, error.message)
            raise
        await not_withdrawn(order_id, f"{error.message} {error.evidence}".strip())


async def _withdraw(work: Work, placed: PlacedOrder | None, backend: Erp) -> None:
    if placed is not None and placed.status is not OrderStatus.CANCELLED:
        placed = await backend.cancel(work.draft.key)
    async with staff_session() as session:
        await health.note(session, work.backend, True)
        order = await repository.order(session, work.id, lock=True)
        if order is None or order.status == OrderStatus.CANCELLED.value:
            return
        order.status = OrderStatus.CANCELLED.value
        if placed is not None:
            order.number, order.erp_id = placed.number, placed.erp_id
        await session.flush()
        await announce(session, order, "cancelled")


async def not_withdrawn(order_id: int, evidence: str) -> None:
    """It could not be withdrawn: the customer hears whom to call."""
    log.error("order.cancel_failed", order_id=order_id, evidence=evidence)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None:
            return
        order.cancel_requested, order.evidence = False, evidence
        if order.status == OrderStatus.SENDING.value:
            order.status = OrderStatus.FAILED.value
        await session.flush()
        await announce(session, order, "cancel_failed")
