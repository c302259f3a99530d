"""The way of a confirmed order into the accounting system, and of a withdrawn one out of it.

One transaction before the network call and one after it, none during it. Everything may be repeated at any moment:
the order's key finds what an interrupted run had already made. One run of an order goes on at a time.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import select

from api.config import MAIN_ERP, settings
from api.db.models import CustomerRow, OrderRow
from api.db.session import staff_session
from api.domain.order import OUR_KEYS, OrderDraft, OrderStatus, PlacedOrder
from api.erp.errors import ErpError, Reason
from api.erp.port import Erp
from api.orders import attempts, health, recheck, repository
from api.orders.attempts import NotYet
from api.orders.news import announce

log = structlog.get_logger()

NO_MORE = "Учётной системы «{name}» нет в ERP_MORE: верните её в настройки и отправьте заказ ещё раз."

DONE = (OrderStatus.CANCELLED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
EVENTS = {
    OrderStatus.SENDING: "handed_over",
    OrderStatus.REVIEW: "review",
    OrderStatus.FAILED: "failed",
    OrderStatus.CANCELLED: "cancelled",
}
"""What is told of an order that the accounting system has now in this state; of every other: that it is accepted."""


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
    handed_over: bool
    in_flight: bool
    """A write that was begun lately may still arrive."""


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
            is_ours=order.key.startswith(OUR_KEYS),
            handed_over=order.handed_over_at is not None,
            in_flight=order.status == OrderStatus.SENDING.value and await attempts.in_flight(session, order.id),
        )


async def send(order_id: int, backend: Erp) -> None:
    """Sends the order. Raises a transient ErpError for the job to be repeated; everything else is settled here."""
    async with attempts.alone(order_id):
        work = await pick_up(order_id)
        if work is None or work.status is not OrderStatus.SENDING or work.handed_over:
            return
        try:
            await _send(work, backend)
        except NotYet:
            raise
        except ErpError as error:
            await _sending_failed(work, backend, error)
            if not error.permanent:
                raise


async def _send(work: Work, backend: Erp) -> None:
    found, age = await backend.find(work.draft.key), ""
    # What an earlier run has written already, or may have, is not judged again: place() finishes it.
    if found is None and not work.in_flight and not work.cancel_requested:
        verdict = await recheck.settle_changes(work.id, work.draft, backend)
        if not verdict.may_go:
            return
        now, age = await pick_up(work.id), verdict.age
        if now is not None and now.cancel_requested:
            await _withdrawn(work, None)
            return
    if work.cancel_requested and await _withdraw(work, found, backend):
        return
    if found is None:
        await attempts.note(work.id)
    await _placed(work, await backend.place(work.draft), age)


async def _placed(work: Work, placed: PlacedOrder, age: str) -> None:
    """Writes down what the accounting system made of it, and tells the customer."""
    async with staff_session() as session:
        await health.note(session, work.backend, True)
        order = await repository.order(session, work.id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return
        status = OrderStatus.REVIEW if placed.differences else placed.status
        order.status = status.value
        order.differences = [difference.__dict__ for difference in placed.differences]
        if status is OrderStatus.SENDING:
            # It waits to be fetched, and has neither number nor reference of theirs.
            order.handed_over_at = settings().clock.now()
        else:
            order.number, order.erp_id = placed.number, placed.erp_id
        await session.flush()
        await announce(session, order, EVENTS.get(status, "accepted"), told=age, number=placed.number)


async def _sending_failed(work: Work, backend: Erp, error: ErpError) -> None:
    if error.permanent:
        await fail(work.id, evidence_of(error), error.reason)
        return
    # One order may be in trouble while the system is well: it is asked, so that nobody hears of an outage for nothing.
    await health.ping(work.backend, backend)
    async with staff_session() as session:
        order = await repository.order(session, work.id, lock=True)
        if order is not None and order.status == OrderStatus.SENDING.value and not order.told_waiting:
            order.told_waiting = True
            await session.flush()
            await announce(session, order, "waiting", reason=error.message)


def evidence_of(error: ErpError) -> str:
    """For the log and the manager; the customer never sees it."""
    return f"{error.message} {error.evidence}".strip()


async def fail(order_id: int, evidence: str, reason: Reason = Reason.OTHER) -> None:
    """Refused for good: a manager mends it, the customer hears that, never success."""
    log.error("order.failed", order_id=order_id, reason=reason, evidence=evidence)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None or order.status != OrderStatus.SENDING.value:
            return
        order.status, order.reason, order.evidence = OrderStatus.FAILED.value, reason.value, evidence
        await session.flush()
        await announce(session, order, "failed", reason=reason.value)


async def cancel(order_id: int, backend: Erp) -> None:
    """Withdraws the order. Raises a transient ErpError for the job to be repeated."""
    async with attempts.alone(order_id):
        work = await pick_up(order_id)
        if work is None or not work.cancel_requested or work.status in DONE:
            return
        if not work.is_ours:
            await not_withdrawn(order_id, "the order was made elsewhere: it has no key of ours")
            return
        try:
            await _withdraw(work, await backend.find(work.draft.key), backend)
        except NotYet:
            raise
        except ErpError as error:
            if error.permanent:
                await not_withdrawn(order_id, evidence_of(error))
                return
            await health.ping(work.backend, backend)
            raise


async def _withdraw(work: Work, found: PlacedOrder | None, backend: Erp) -> bool:
    """False: it cannot be withdrawn, and the customer was told so."""
    if found is None and work.in_flight:
        raise NotYet(f"order {work.id}: a write begun lately may still arrive", retry_after=attempts.ASK_AGAIN_SECONDS)
    if found is not None and found.status is not OrderStatus.CANCELLED:
        try:
            found = await backend.cancel(work.draft.key)
        except ErpError as error:
            if not error.permanent:
                raise
            await not_withdrawn(work.id, evidence_of(error))
            return False
        if found.status is not OrderStatus.CANCELLED:
            return True  # the withdrawal waits to be fetched, as the order did: `orders` will tell
    await _withdrawn(work, found)
    return True


async def _withdrawn(work: Work, found: PlacedOrder | None) -> None:
    async with staff_session() as session:
        if found is not None:
            await health.note(session, work.backend, True)
        order = await repository.order(session, work.id, lock=True)
        if order is None or order.status == OrderStatus.CANCELLED.value:
            return
        order.status = OrderStatus.CANCELLED.value
        if found is not None and not work.handed_over:
            order.number, order.erp_id = found.number, found.erp_id
        await session.flush()
        await announce(session, order, "cancelled")


async def not_withdrawn(order_id: int, evidence: str) -> None:
    """It could not be withdrawn: the customer hears whom to call. An order on its way goes on."""
    log.error("order.cancel_failed", order_id=order_id, evidence=evidence)
    async with staff_session() as session:
        order = await repository.order(session, order_id, lock=True)
        if order is None or not order.cancel_requested:
            return
        order.cancel_requested, order.evidence = False, evidence
        await session.flush()
        await announce(session, order, "cancel_failed")
