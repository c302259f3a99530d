"""Keeps the messengers' side set up (webhooks, menus): at the start of a worker and every few minutes."""

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.errors import DeliveryError
from api.channels.port import Messenger
from api.channels.registry import channels
from api.config import settings
from api.db.models import SyncRunRow
from api.db.session import staff_session
from api.worker import app, defer

log = structlog.get_logger()

PATIENCE_SECONDS = 60
PREFIX = "channel:"
BROKEN = "Подготовить канал не получилось, подробности в журнале."


async def watch_from_the_start() -> None:
    """A worker that starts does not wait for the next five minutes."""
    async with staff_session() as session:
        await defer(session, "channels.watch", queueing_lock="channels.watch")


@app.periodic(cron="*/5 * * * *")
@app.task(name="channels.watch", queueing_lock="channels.watch", lock="channels.watch")
async def watch(timestamp: int = 0) -> None:
    """Prepares every messenger that is set up. One that fails is noted and left to the next time."""
    for kind, channel in channels().items():
        if isinstance(channel, Messenger):
            await _note(kind, await _prepare(kind, channel))


async def _prepare(kind: str, channel: Messenger) -> str:
    """What is wrong, in a sentence; empty when all is well."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await channel.prepare()
    except DeliveryError as error:
        log.warning("channel.not_prepared", channel=kind, message=error.message, evidence=error.evidence)
        return error.message
    except Exception:
        # An adapter that is broken must not keep the others from their turn.
        log.exception("channel.not_prepared", channel=kind)
        return BROKEN
    return ""


async def _note(kind: str, trouble: str) -> None:
    now = settings().clock.now()
    row = {"name": f"{PREFIX}{kind}", "finished_at": now, "error": trouble}
    row |= {} if trouble else {"succeeded_at": now}
    statement = insert(SyncRunRow).values(row).on_conflict_do_update(index_elements=["backend", "name"], set_=row)
    async with staff_session() as session:
        await session.execute(statement)


async def last_outcomes(session: AsyncSession) -> dict[str, str]:
    """By kind of channel: «ok», or what was wrong the last time it was prepared."""
    query = select(SyncRunRow.name, SyncRunRow.error).where(SyncRunRow.name.startswith(PREFIX, autoescape=True))
    return {name.removeprefix(PREFIX): error or "ok" for name, error in await session.execute(query)}
