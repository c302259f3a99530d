"""PostgreSQL's notices: one connection of the process hears them and passes each to who asked for its channel."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.worker import conninfo

log = structlog.get_logger()

RECONNECT_SECONDS = 1.0
CONVERSATION = "conversation"
"""The notices that a conversation has something new; the payload is its id."""


class Hearer(Protocol):
    """Who wants the notices of a channel. None may be relied on: what was said to nobody is lost."""

    channel: str

    def heard(self, payload: str) -> None:
        """A notice came."""

    def may_have_missed(self) -> None:
        """The connection is new: there may have been notices that nobody heard."""


async def notify(session: AsyncSession, channel: str, payload: str) -> None:
    """Tells every process that listens, at commit."""
    await session.execute(select(func.pg_notify(channel, payload)))


async def listen(hearers: Sequence[Hearer]) -> None:
    """Runs until cancelled; a lost connection is opened again."""
    by_channel: dict[str, list[Hearer]] = defaultdict(list)
    for hearer in hearers:
        by_channel[hearer.channel].append(hearer)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                for channel in by_channel:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                for hearer in hearers:
                    hearer.may_have_missed()
                async for notice in connection.notifies():
                    for hearer in by_channel[notice.channel]:
                        hearer.heard(notice.payload)
        except psycopg.OperationalError as error:
            log.warning("notices.lost_connection", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)
