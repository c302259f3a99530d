"""Runs of syncs: when each last ran, and when it last went well («по данным на 09:40»)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime

import structlog
from sqlalchemy import ColumnExpressionArgument, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import SyncRunRow
from api.db.models.base import Base
from api.db.session import sync_session
from api.deps.erp import erp
from api.erp.errors import ErpError
from api.erp.port import Data, Erp

log = structlog.get_logger()

Read = Callable[[Erp, str], Awaitable[int]]
"""Reads one kind of data of the backend with this name; returns how many rows."""

MANY = 20
"""Fewer rows than this may become half as many on an ordinary day."""

losses_accepted: ContextVar[bool] = ContextVar("losses_accepted", default=False)
"""A person asked for this reading (`python -m api.seed --again`) and answers for what it takes away."""


async def guard(
    session: AsyncSession,
    model: type[Base],
    count: int,
    *where: ColumnExpressionArgument[bool],
    may_be_empty: bool = False,
) -> None:
    """Refuses an answer that would take away everything, or most of many rows.

    1C answers 200 with an empty or cut list when a right, a publication or a filter was changed: taken at its word,
    that would withdraw the catalogue or sign every customer out. Raises a transient ErpError; what is known stays.
    """
    known = await session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    lost = known and not count and not may_be_empty
    if not losses_accepted.get() and (lost or (known >= MANY and count * 2 < known)):
        evidence = f"{model.__tablename__}: {count} instead of {known}"
        raise ErpError("Учётная система отдала подозрительно мало строк.", permanent=False, evidence=evidence)


async def figures_of(session: AsyncSession, backend: str, data: Data) -> datetime | None:
    """When these figures of a backend were last read, or None when they never were."""
    row = await session.get(SyncRunRow, (backend, data.value))
    return None if row is None else row.succeeded_at


async def _note(backend: str, data: Data, **values: object) -> None:
    row = {"backend": backend, "name": data.value, "finished_at": settings().clock.now()} | values
    statement = insert(SyncRunRow).values(row).on_conflict_do_update(index_elements=["backend", "name"], set_=row)
    async with sync_session() as session:
        await session.execute(statement)


async def run(backend: str, data: Data, read: Read) -> None:
    """Runs a sync and notes how it went. Raises ErpError after the note, for the caller to judge."""
    try:
        rows = await read(erp(backend), backend)
    except ErpError as error:
        log.warning("sync.failed", backend=backend, data=data, message=error.message, evidence=error.evidence)
        await _note(backend, data, error=error.message)
        raise
    await _note(backend, data, succeeded_at=settings().clock.now(), rows=rows, error="")


async def run_periodically(data: Data, read: Read) -> None:
    """The same of every backend, for a job that comes again soon: a failure is noted and left to the next run."""
    for backend in settings().erp_names:
        with suppress(ErpError):
            await run(backend, data, read)
