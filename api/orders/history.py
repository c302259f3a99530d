"""Hearing from the accounting system: states of our orders, and orders made by phone or by a manager.

Two readings may go on at once, and the later one may have read first. An order that would go back by a list is
therefore looked up once more, by its key, and goes back only when that says so too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CustomerRow, OrderLineRow, OrderRow, OutletRow
from api.db.session import staff_session
from api.deps.sync import figures_of
from api.domain.order import OrderLine, OrderStatus, PlacedOrder
from api.erp.errors import ErpError
from api.erp.port import Data, Erp
from api.orders import repository
from api.orders.news import SILENT, announce

log = structlog.get_logger()

FIRST = timedelta(days=180)
OVERLAP = timedelta(days=1)
SHORT_OVERLAP = timedelta(hours=1)
"""Where the backend tells changes: as long as a reading and a clock that goes wrong may take."""
LONGEST = timedelta(days=30)
"""An order open for longer than this is not asked about any more: every poll would read a month of documents."""
BATCH = 200

OPEN = (OrderStatus.REVIEW, OrderStatus.FAILED, OrderStatus.ACCEPTED, OrderStatus.PICKING, OrderStatus.SHIPPED)
MOVED_ON = (OrderStatus.PICKING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED)
"""What ends a review: somebody in the accounting system went on with the order."""
WAY = (
    OrderStatus.SENDING,
    OrderStatus.REVIEW,
    OrderStatus.FAILED,
    OrderStatus.ACCEPTED,
    OrderStatus.PICKING,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
)
"""An order goes down this list; a manager may send it back up."""
TOLD_TOO_SOON = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED)
"""What was told and is no longer true has to be taken back; that it is «принят» again, after «собирается», has not."""
CHANGES = ("status", "taken_back")
"""What may happen to an order again, and is then told again."""


async def poll(backend: Erp, name: str) -> int:
    """Reads what changed since the last time; the first time the last half a year. Returns how many orders."""
    async with staff_session() as session:
        since = await _since(session, name, Data.ORDERS in backend.capabilities.since)
    return await read(backend, since)


async def read(backend: Erp, since: datetime) -> int:
    """Takes over the orders made or changed since then. Returns how many."""
    placed = [order async for order in backend.orders(since)]
    for start in range(0, len(placed), BATCH):
        await _take_batch(placed[start : start + BATCH], backend)
    return len(placed)


async def _take_batch(placed: Sequence[PlacedOrder], backend: Erp) -> None:
    async with staff_session() as session:
        known = await _known_states(session, placed)
    changed = [order for order in placed if known.get(order.erp_id) != _state_of(order)]
    looked_up = {order.erp_id: await _looked_up(backend, order) for order in changed if _is_back(order, known)}
    async with staff_session() as session:
        for order in changed:
            again = looked_up.get(order.erp_id)
            await _take_alone(session, again or order, looked_up=again is not None)


def _is_back(placed: PlacedOrder, known: Mapping[str, "State"]) -> bool:
    state = known.get(placed.erp_id)
    return bool(placed.key) and state is not None and _goes_back(OrderStatus(state.status), placed.status)


async def _looked_up(backend: Erp, placed: PlacedOrder) -> PlacedOrder | None:
    """The same order as it is this moment; a copy of a document has the key of another order.

    None also when it cannot be read there: the others' news do not wait for it.
    """
    try:
        found = await backend.find(placed.key)
    except ErpError as error:
        if not error.permanent:
            raise
        log.warning("order.not_looked_up", erp_id=placed.erp_id, message=error.message, evidence=error.evidence)
        return None
    return found if found is not None and found.erp_id == placed.erp_id else None


@dataclass(frozen=True)
class State:
    """All that a reading may change of an order."""

    status: str
    number: str
    lines: tuple[tuple[str, Decimal, Decimal], ...]


def _state_of(placed: PlacedOrder) -> State:
    return State(placed.status.value, placed.number, _plain(placed.lines))


def _plain(lines: Sequence[OrderLine]) -> tuple[tuple[str, Decimal, Decimal], ...]:
    return tuple((line.product_id, line.quantity, line.price) for line in lines)


async def _known_states(session: AsyncSession, placed: Sequence[PlacedOrder]) -> dict[str, State]:
    """By their reference: most orders of a reading are as they were, and need no more than this."""
    ids = [order.erp_id for order in placed]
    rows = {row.id: row for row in await session.scalars(select(OrderRow).where(OrderRow.erp_id.in_(ids)))}
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    query = select(OrderLineRow).where(OrderLineRow.order_id.in_(rows))
    for line in await session.scalars(query.order_by(OrderLineRow.order_id, OrderLineRow.position)):
        lines[line.order_id].append(OrderLine(line.product_id, line.quantity, line.price, line.unit))
    return {
        row.erp_id: State(row.status, row.number or "", _plain(lines[row.id])) for row in rows.values() if row.erp_id
    }


def _goes_back(before: OrderStatus, status: OrderStatus) -> bool:
    return WAY.index(status) < WAY.index(before)


async def _since(session: AsyncSession, name: str, tells_changes: bool) -> datetime:
    now = settings().clock.now()
    read_at = await figures_of(session, name, Data.ORDERS)
    if read_at is None:
        return now - FIRST
    if tells_changes:
        return read_at - SHORT_OVERLAP
    unsent = OrderRow.status == OrderStatus.SENDING.value
    oldest = await session.scalar(
        select(func.min(OrderRow.created_at)).where(
            or_(OrderRow.status.in_([status.value for status in OPEN]), OrderRow.handed_over_at.is_not(None) & unsent),
            OrderRow.created_at >= now - LONGEST,
            OrderRow.customer_id.in_(select(CustomerRow.id).where(CustomerRow.backend == name)),
        )
    )
    return min(moment for moment in (read_at - OVERLAP, oldest) if moment is not None)


async def _take_alone(session: AsyncSession, placed: PlacedOrder, *, looked_up: bool) -> None:
    """One order that cannot be taken, such as one that the sending job writes just now, does not stop the others."""
    try:
        async with session.begin_nested():
            await _take(session, placed, looked_up=looked_up)
    except (IntegrityError, DataError) as error:
        log.warning("order.not_taken", erp_id=placed.erp_id, error=str(error.orig))


async def _take(session: AsyncSession, placed: PlacedOrder, *, looked_up: bool = False) -> None:
    order = await _known(session, placed)
    if order is None:
        await _add(session, placed)
        return
    if order.customer_id != placed.customer_id:
        # Somebody gave the document to another company there: its lines and prices are not this one's to see.
        log.warning("order.of_another_customer", order_id=order.id, erp_id=placed.erp_id)
        return
    status, before = placed.status, OrderStatus(order.status)
    if before is OrderStatus.SENDING and (order.handed_over_at is None or status is OrderStatus.SENDING):
        return  # the job that sends it has the word, or nobody fetched it yet
    if before is OrderStatus.REVIEW and status not in MOVED_ON:
        return
    if _goes_back(before, status) and order.conversation_id is not None and not looked_up:
        return  # another reading may have been newer: the next one will tell
    await _take_lines(session, order, placed.lines)
    order.number, order.erp_id = placed.number, placed.erp_id
    if before is status:
        return
    order.status = status.value
    if before in (OrderStatus.SENDING, OrderStatus.FAILED):
        order.evidence, order.reason = "", ""
    await session.flush()
    event = _event(before, status)
    await announce(session, order, event, kind="order_status", anew=event in CHANGES, status=order.status)


def _event(before: OrderStatus, status: OrderStatus) -> str:
    """What the change is to the customer."""
    if status is OrderStatus.FAILED:
        # A document that was posted is taken back for a moment while somebody edits it.
        return "failed" if before is OrderStatus.SENDING else SILENT
    # What failed is accepted after all when a manager posts it; what was handed over, when it is fetched.
    if status is OrderStatus.ACCEPTED and before in (OrderStatus.FAILED, OrderStatus.SENDING):
        return "accepted"
    if _goes_back(before, status):
        return "taken_back" if before in TOLD_TOO_SOON else SILENT
    return "status"


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
    if outlet is not None and outlet.customer_id != placed.customer_id:
        outlet = None  # another company's address is not this one's to see
    copied = bool(await session.scalar(select(exists().where(OrderRow.key == placed.key))))
    row = OrderRow(
        key=f"erp:{placed.erp_id}" if copied or not placed.key else placed.key,
        customer_id=placed.customer_id,
        outlet_id=outlet.id if outlet else None,
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
    if _plain(await repository.lines(session, order.id)) == _plain(lines):
        return
    await repository.replace_lines(session, order.id, lines)
    order.total = _total(lines)
