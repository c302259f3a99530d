"""Waking the open web chats of this process when PostgreSQL says that a conversation has something new."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from api.deps.notices import CONVERSATION


class Hub:
    """Wakes who waits. A missed notice costs a delay only: waiters also look by time."""

    channel = CONVERSATION

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

    def heard(self, payload: str) -> None:
        """The conversation of this id has something new."""
        for event in self._waiting.get(UUID(payload), ()):
            event.set()

    def may_have_missed(self) -> None:
        """Everybody looks once more."""
        for events in list(self._waiting.values()):
            for event in events:
                event.set()


hub = Hub()
