"""Waking the open web chats of this process when PostgreSQL says that a conversation has something new."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import structlog

from api.conversations.outbox import NOTIFY_CHANNEL
from api.worker import conninfo

log = structlog.get_logger()

RECONNECT_SECONDS = 1.0


class Hub:
    """Listens on one connection and wakes who waits. A missed notice costs a delay only: waiters also look by time."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def watch(self, conversation_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever the conversation changes."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    def wake(self, conversation_id: UUID) -> None:
        for event in self._waiting.get(conversation_id, ()):
            event.set()

    def wake_all(self) -> None:
        for conversation_id in list(self._waiting):
            self.wake(conversation_id)

    async def listen(self) -> None:
        """Runs until cancelled; a lost connection is opened again, and everybody looks once more."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    self.wake_all()
                    async for notice in connection.notifies():
                        self.wake(UUID(notice.payload))
            except psycopg.OperationalError as error:
                log.warning("hub.lost_connection", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)


hub = Hub()
