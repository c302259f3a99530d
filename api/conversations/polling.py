"""Asking the messengers that cannot reach us for their updates: beside the jobs of a worker, one worker a channel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

from api.channels.errors import DeliveryError
from api.channels.port import Poller
from api.channels.registry import channels
from api.conversations import arrivals
from api.worker import conninfo

log = structlog.get_logger()

WAITS_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""After failures in a row; the last is repeated."""
TURN_SECONDS = 5.0
"""How often a worker looks whether the one that asks is gone."""


async def poll_channels() -> None:
    """Asks every channel that wants to be asked, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for kind, channel in channels().items():
            if isinstance(channel, Poller) and channel.polls:
                group.create_task(keep_asking(kind, channel))


async def keep_asking(kind: str, poller: Poller) -> None:
    """Never ends by itself: what fails is asked again, ever more slowly."""
    failures = 0
    while True:
        try:
            async with _turn(kind) as lock:
                cursor: str | None = None
                while True:
                    # Whoever lost its lock, with its connection, may have been replaced already.
                    await lock.execute("SELECT 1")
                    cursor = await ask_once(kind, poller, cursor)
                    failures = 0
        except DeliveryError as error:
            wait = error.retry_after or WAITS_SECONDS[min(failures, len(WAITS_SECONDS) - 1)]
            log.warning("polling.failed", channel=kind, message=error.message, evidence=error.evidence)
        except (psycopg.OperationalError, OperationalError) as error:
            wait = WAITS_SECONDS[min(failures, len(WAITS_SECONDS) - 1)]
            log.warning("polling.no_database", channel=kind, error=str(error))
        except Exception:
            # Whatever it is: a channel that is never asked again would be dead until the next start.
            wait = WAITS_SECONDS[-1]
            log.exception("polling.broken", channel=kind)
        failures += 1
        await asyncio.sleep(wait)


async def ask_once(kind: str, poller: Poller, cursor: str | None) -> str | None:
    """One question: what came is stored before the next cursor, which would make the provider forget it, is used."""
    events, following = await poller.poll(cursor)
    await arrivals.store(kind, events)
    return following


@asynccontextmanager
async def _turn(kind: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Waits until no other worker asks this channel; the lock lives as long as the connection."""
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        while True:
            row = await (await connection.execute(query, [f"channels.poll:{kind}"])).fetchone()
            if row and row[0]:
                log.info("polling.begins", channel=kind)
                yield connection
                return
            await asyncio.sleep(TURN_SECONDS)
