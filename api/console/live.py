"""What changes in the conversations, pushed to every open console: one stream a browser, one look a second a process.

The stream carries no words of customers but the names of who waits; the pages fetch their own parts anew.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from types import FrameType
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.exc import SQLAlchemyError

from api.config import settings
from api.console import accounts
from api.console.access import Member
from api.console.accounts import Staff
from api.console.conversation_rows import Waits, who_waits
from api.db.session import staff_session
from api.deps.notices import CONVERSATION
from api.errors import TooMany

log = structlog.get_logger()

LOOK_SECONDS = 10.0
"""How long a stream in silence goes without asking whether its person still works here."""
REST_SECONDS = 1.0
RETRY_MS = 3_000
MOST_CHANGED = 200
"""Of more changes at once nobody is told which: everything is fetched anew."""
MOST_STREAMS = 20
"""Of one login: a browser needs one, whatever the number of its tabs."""


async def _who_waits() -> list[Waits]:
    async with staff_session() as session:
        return await who_waits(session)


class Feed:
    """What one stream has not been told yet. `changed`: conversations, or None for «anything»."""

    def __init__(self, login: str) -> None:
        self.login = login
        self.event = asyncio.Event()
        self.changed: set[str] | None = set()
        self.waiting: list[Waits] = []

    def add(self, changed: set[str] | None, waiting: list[Waits]) -> None:
        both = None if changed is None or self.changed is None else self.changed | changed
        self.changed = None if both is not None and len(both) > MOST_CHANGED else both
        self.waiting = waiting
        self.event.set()

    def take(self) -> dict[str, Any]:
        """The news since the last time, for this person: who waits for anybody, and for them."""
        changed, self.changed = self.changed, set()
        self.event.clear()
        mine = [one for one in self.waiting if one.by in ("", self.login)]
        waiting = [{"id": str(one.id), "name": one.customer, "since": one.since.isoformat()} for one in mine]
        return {"changed": None if changed is None else sorted(changed), "waiting": waiting}


class Pulse:
    """Gathers the notices and tells the streams of this process, at most once a second."""

    channel = CONVERSATION

    def __init__(self) -> None:
        self._feeds: set[Feed] = set()
        self._changed: set[str] | None = set()
        self._woken = asyncio.Event()
        self.ending = False

    def is_full(self, login: str) -> bool:
        """Whether this login has as many streams as it may."""
        return sum(feed.login == login for feed in self._feeds) >= MOST_STREAMS

    @contextlib.contextmanager
    def feed(self, login: str) -> Iterator[Feed]:
        """A stream's own news, as long as it is open."""
        feed = Feed(login)
        self._feeds.add(feed)
        try:
            yield feed
        finally:
            self._feeds.discard(feed)

    def heard(self, payload: str) -> None:
        if self._feeds:
            if self._changed is not None:
                self._changed.add(payload)
            self._woken.set()

    def may_have_missed(self) -> None:
        self._changed = None
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            changed, self._changed = self._changed, set()
            try:
                await self._tell(changed)
            except SQLAlchemyError as error:
                log.warning("console.not_told", error=str(error))
                self._changed = None
                self._woken.set()
            await asyncio.sleep(REST_SECONDS)

    async def _tell(self, changed: set[str] | None) -> None:
        if not self._feeds:
            return
        waiting = await _who_waits()
        for feed in list(self._feeds):
            feed.add(changed, waiting)

    def end(self) -> None:
        """The process stops: the streams end, and the browsers connect to another one."""
        self.ending = True
        for feed in list(self._feeds):
            feed.event.set()


pulse = Pulse()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Ends the streams when the process is told to stop.

    uvicorn closes sockets by itself, but for an answer that still streams it waits, and the application hears of the
    stop only after that: so the signal is heard here, too, on its way to uvicorn.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(pulse.end)
        if callable(handler := before[number]):
            handler(number, frame)

    number: int
    with contextlib.suppress(ValueError):  # not the main thread: whoever runs us there hears no signals
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.getsignal(number)
            signal.signal(number, heard)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            for number, handler in before.items():
                signal.signal(number, handler)


async def _still_here(staff: Staff) -> bool:
    """Whether the session lasts, the person works here and has the same role."""
    async with staff_session() as session:
        now = await accounts.logged_in(session, staff.session_id, settings().clock.now())
    return now is not None and now.role == staff.role


async def with_room(staff: Member) -> Staff:
    """Before the answer begins, for a stream cannot refuse; raises TooMany, and the page polls."""
    if pulse.is_full(staff.login):
        raise TooMany("Слишком много открытых окон консоли.", retry_after=LOOK_SECONDS)
    return staff


router = APIRouter(prefix="/console/conversations", include_in_schema=False)


@router.get("/stream", response_class=EventSourceResponse)
async def stream(staff: Annotated[Staff, Depends(with_room)]) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `news` whenever something changed, `bye` when the login has ended."""
    with pulse.feed(staff.login) as feed:
        feed.add(set(), await _who_waits())
        while not pulse.ending:
            if feed.event.is_set():
                yield ServerSentEvent(event="news", data=feed.take(), retry=RETRY_MS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(feed.event.wait(), LOOK_SECONDS)
            if not await _still_here(staff):
                yield ServerSentEvent(event="bye", data="")
                return
