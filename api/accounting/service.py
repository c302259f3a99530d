"""Runs over the accounting systems: what is due, one run with what belongs to it, and the decisions about held ones."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounting import schedule
from api.catalog import sync as catalog
from api.config import settings
from api.customers import sync as customers
from api.db.models import SyncHoldRow, SyncRunRow
from api.db.session import staff_session
from api.deps.erp import erp, exchange
from api.deps.holds import Held, Loss, Rehearsed, rehearsing
from api.deps.sync import Read, Reading, lane_of, run
from api.erp.errors import ErpError
from api.erp.port import Data
from api.errors import Conflict, NotFound
from api.orders import history
from api.worker import defer

log = structlog.get_logger()

READ = "accounting.read"
POLL_PRIORITY = 60


async def _orders(reading: Reading) -> int:
    return await history.poll(erp(reading.backend), reading.backend)


READS: Mapping[Data, Read] = MappingProxyType(
    {
        Data.GOODS: catalog.goods,
        Data.PRICES: catalog.prices,
        Data.STOCK: catalog.stock,
        Data.CUSTOMERS: customers.customers,
        Data.BALANCES: customers.balances,
        Data.ORDERS: _orders,
    }
)
"""In the order in which an empty database is filled: prices and stock need their goods, debts their customers."""


def reads(backend: str) -> list[Data]:
    """What is read of this backend."""
    return [data for data in READS if data in erp(backend).capabilities.reads]


async def ask(
    session: AsyncSession,
    backend: str,
    kinds: Iterable[Data],
    *,
    whole: bool = False,
    delay: timedelta | None = None,
) -> None:
    """Has these read soon, once the transaction commits: a webhook came, files were brought, a person pressed.

    What waits already is not asked for again, and what this backend does not tell not at all. `whole`: not the
    changes only.
    """
    for data in kinds:
        if data in reads(backend):
            await defer(
                session,
                READ,
                lock=f"accounting:{backend}:{lane_of(data)}",
                queueing_lock=f"accounting:{backend}:{data.value}{':whole' if whole else ''}",
                priority=schedule.PACES[data].priority if data in schedule.PACES else POLL_PRIORITY,
                schedule_in=delay,
                backend=backend,
                data=data.value,
                whole=whole,
            )


async def ask_due(backend: str) -> None:
    """Has everything read that is due, a few seconds apart."""
    config = settings()
    now = config.clock.now()
    async with staff_session() as session:
        known = {row.name: row for row in await session.scalars(select(SyncRunRow).filter_by(backend=backend))}
        for data in reads(backend):
            if data not in schedule.PACES:
                continue
            if schedule.is_due(now, known.get(data.value), backend, data, schedule.every(config, data)):
                wait = timedelta(seconds=random.uniform(0, schedule.JITTER_SECONDS))
                await ask(session, backend, [data], delay=wait)


async def ask_orders(backend: str) -> None:
    """Has the orders read."""
    async with staff_session() as session:
        await ask(session, backend, [Data.ORDERS])


async def ask_arrived(backend: str) -> None:
    """Has read what it has brought; while a manager is asked about it, it waits with the others."""
    place = exchange(backend)
    arrived = await place.arrived() if place else frozenset()
    if arrived:
        async with staff_session() as session:
            held = await _held(session, backend, "open")
            await ask(session, backend, [data for data in arrived if data not in held], whole=True)


async def read(backend: str, data: Data, *, whole: bool = False, wait: bool = False) -> int:
    """One run; returns the rows read. Raises ErpError; what the accounting system brought is answered for.

    `wait`: for a run that goes on just now; without it that is an ErpError.
    """
    source, place = erp(backend), exchange(backend)
    brought = place is not None and data in await place.arrived()
    since = None if whole or brought else await _since(backend, data)
    try:
        rows = await run(source, backend, data, READS[data], since=since, wait=wait)
    except ErpError as error:
        undecided = isinstance(error, Held) and not error.refused
        if place is not None and brought and not undecided:
            await place.taken(data, error.message)
        raise
    if place is not None and brought:
        await place.taken(data)
    if data is Data.GOODS:
        await _ask_forgotten(backend)
    return rows


async def _ask_forgotten(backend: str) -> None:
    """Prices and stock that were read before their goods were known are read again, not at the next turn only."""
    async with staff_session() as session:
        row = SyncRunRow
        forgotten = select(row.name).filter_by(backend=backend, full_at=None).where(row.succeeded_at.is_not(None))
        names = await session.scalars(forgotten.where(row.name.in_([Data.PRICES.value, Data.STOCK.value])))
        await ask(session, backend, [Data(name) for name in names], whole=True)


async def rehearse(backend: str, data: Data) -> Sequence[Loss]:
    """What a whole reading would take away; nothing is written. Orders take nothing away. Raises ErpError."""
    if data is Data.ORDERS:
        return ()
    token = rehearsing.set(True)
    try:
        await READS[data](Reading(erp(backend), backend))
    except Rehearsed as rehearsed:
        return rehearsed.losses
    finally:
        rehearsing.reset(token)
    return ()


async def _since(backend: str, data: Data) -> datetime | None:
    """From when the changes of this are enough; None: all of it is to be read."""
    if data not in erp(backend).capabilities.since or data not in schedule.PACES:
        return None
    now = settings().clock.now()
    async with staff_session() as session:
        known = await session.get(SyncRunRow, (backend, data.value))
        asked = await session.scalar(
            select(SyncHoldRow.id)
            .filter_by(backend=backend, data=data.value)
            .where(SyncHoldRow.state.in_(["open", "refused"]))
            .where(SyncHoldRow.found_at >= schedule.last_night(now, backend, data))
            .limit(1)
        )
    return schedule.since(now, known, backend, data, held=asked is not None)


async def _held(session: AsyncSession, backend: str, state: str) -> set[Data]:
    query = select(SyncHoldRow.data).filter_by(backend=backend, state=state)
    return {Data(name) for name in await session.scalars(query)}


async def open_holds(session: AsyncSession) -> list[SyncHoldRow]:
    """What waits for a manager, the oldest first."""
    query = select(SyncHoldRow).filter_by(state="open").order_by(SyncHoldRow.found_at, SyncHoldRow.id)
    return list(await session.scalars(query))


async def approve(session: AsyncSession, hold_id: int, by: str, now: datetime) -> SyncHoldRow:
    """The reading may be written as it was shown; it is made again at once. Raises NotFound or Conflict."""
    hold = await _decide(session, hold_id, "approved", by, now)
    await ask(session, hold.backend, [Data(hold.data)], whole=True)
    return hold


async def refuse(session: AsyncSession, hold_id: int, by: str, now: datetime) -> SyncHoldRow:
    """What is known stays; it is asked again only about another loss. Raises NotFound or Conflict."""
    return await _decide(session, hold_id, "refused", by, now)


async def _decide(session: AsyncSession, hold_id: int, state: str, by: str, now: datetime) -> SyncHoldRow:
    hold = await session.get(SyncHoldRow, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound("Такого вопроса нет.")
    if hold.state != "open":
        raise Conflict("Об этом уже решено. Откройте страницу заново.")
    hold.state, hold.decided_at, hold.decided_by = state, now, by
    await session.flush()
    return hold
