"""Readings of accounting systems: one at a time, how each went, and how old the figures are («по данным на 09:40»)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import SyncHoldRow, SyncRunRow
from api.db.session import Role, engine, sync_session
from api.erp.errors import ErpError
from api.erp.port import Data, Source

log = structlog.get_logger()

LISTS, FIGURES, POLLS = "lists", "figures", "polls"
LANES = {Data.STOCK: FIGURES, Data.BALANCES: FIGURES, Data.ORDERS: POLLS}
"""One run of a lane at a time. Figures that age in minutes do not wait behind a price list that takes an hour."""

BUSY = "Эти данные как раз читаются."
BROKEN = "Чтение прервалось из-за ошибки программы; подробности в журнале."


async def _nobody(count: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True)
class Reading:
    """One run over one kind of data of one accounting system. `since`: only what changed then or later; None: all."""

    source: Source
    backend: str
    since: datetime | None = None
    note: Callable[[int], Awaitable[None]] = _nobody
    """Told now and then how many rows were read so far."""


Read = Callable[[Reading], Awaitable[int]]
"""Takes one kind of data into our tables; returns how many rows were read."""


def lane_of(data: Data) -> str:
    """The lane in which this kind of data is read."""
    return LANES.get(data, LISTS)


async def figures_of(session: AsyncSession, backend: str, data: Data) -> datetime | None:
    """When the last reading that went well began, or None when there was none: no figure is older than that."""
    return await session.scalar(select(SyncRunRow.succeeded_at).filter_by(backend=backend, name=data.value))


async def run(
    source: Source, backend: str, data: Data, read: Read, *, since: datetime | None = None, wait: bool = False
) -> int:
    """Reads and notes how it went; returns the rows. Raises ErpError after the note, for the caller to judge.

    `wait`: for a reading that goes on just now; without it that is a transient ErpError.
    """
    started = settings().clock.now()
    reading = Reading(source, backend, since, lambda count: _note(backend, data, so_far=count))
    async with _alone(backend, data, wait=wait):
        await _note(backend, data, started_at=started, so_far=0)
        try:
            rows = await read(reading)
        except ErpError as error:
            log.warning("sync.failed", backend=backend, data=data, message=error.message, evidence=error.evidence)
            await _note(backend, data, finished_at=settings().clock.now(), error=error.message)
            raise
        except Exception:
            await _note(backend, data, finished_at=settings().clock.now(), error=BROKEN)
            raise
        full = {} if since else {"full_at": started}
        finished = settings().clock.now()
        await _note(backend, data, succeeded_at=started, finished_at=finished, rows=rows, error="", **full)
        if since is None:
            await _settle_holds(backend, data)
    return rows


async def _note(backend: str, data: Data, **values: object) -> None:
    row = {"backend": backend, "name": data.value} | values
    statement = insert(SyncRunRow).values(row).on_conflict_do_update(index_elements=["backend", "name"], set_=row)
    async with sync_session() as session:
        await session.execute(statement)


async def _settle_holds(backend: str, data: Data) -> None:
    """What was asked about is in our tables now, or came right by itself."""
    row = SyncHoldRow
    waiting = update(row).filter_by(backend=backend, data=data.value).where(row.state.in_(["open", "approved"]))
    async with sync_session() as session:
        await session.execute(waiting.values(state="done"))


async def forget_full(session: AsyncSession, backend: str, *kinds: Data) -> None:
    """The next reading of these takes everything: a reading of changes would miss what belongs to new goods."""
    names = [data.value for data in kinds]
    await session.execute(
        update(SyncRunRow).where(SyncRunRow.backend == backend, SyncRunRow.name.in_(names)).values(full_at=None)
    )


_KEY = "hashtextextended(:lane, 0)"


@asynccontextmanager
async def _alone(backend: str, data: Data, *, wait: bool) -> AsyncIterator[None]:
    """Holds the lane. The lock is the connection's: whoever dies lets go of it."""
    lane = {"lane": f"{backend}/{lane_of(data)}"}
    async with engine(Role.SYNC).connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if wait:
            await connection.execute(text(f"SELECT pg_advisory_lock({_KEY})"), lane)
        elif not await connection.scalar(text(f"SELECT pg_try_advisory_lock({_KEY})"), lane):
            raise ErpError(BUSY, permanent=False, evidence=lane["lane"])
        try:
            yield
        finally:
            await connection.execute(text(f"SELECT pg_advisory_unlock({_KEY})"), lane)


async def lanes_at_work(session: AsyncSession, backends: tuple[str, ...]) -> set[tuple[str, str]]:
    """Backend and lane of the readings that go on now, in whatever process."""
    names = [(backend, lane) for backend in backends for lane in (LISTS, FIGURES, POLLS)]
    held = text(
        "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
        " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    taken = set((await session.scalars(held)).all())
    keys = {name: await session.scalar(select(func.hashtextextended("/".join(name), 0))) for name in names}
    return {name for name, key in keys.items() if key in taken}
