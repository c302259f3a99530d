"""Asking a messenger for its updates: stored before they are confirmed, one worker at a time, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from api.channels.errors import DeliveryError
from api.channels.port import Inbound, InboundMessage, Poller, Presence
from api.conversations import arrivals, intake, polling
from api.db.models import InboxRow
from api.db.session import staff_session

KIND = "memory"


def message(update: int, text: str = "молоко 5", user: str = "anna") -> InboundMessage:
    return InboundMessage(str(update), user, {"id": update}, text=text)


class Provider:
    """Keeps its updates until a cursor confirms them; failures come first."""

    polls = True

    def __init__(self, *events: InboundMessage) -> None:
        self.events = list(events)
        self.failures: list[Exception] = []
        self.asked: list[str | None] = []
        self.batch = 100
        self.on_ask: Callable[[], None] = lambda: None

    async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
        self.asked.append(cursor)
        self.on_ask()
        await asyncio.sleep(0.01)
        if self.failures:
            raise self.failures.pop(0)
        self.events = [event for event in self.events if int(event.provider_id) >= int(cursor or 0)]
        events = tuple(self.events[: self.batch])
        return events, str(int(events[-1].provider_id) + 1) if events else None


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "WAITS_SECONDS", (0.01,))
    monkeypatch.setattr(polling, "TURN_SECONDS", 0.02)


@asynccontextmanager
async def asking(provider: Provider, workers: int = 1) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(polling.keep_asking(KIND, provider)) for _ in range(workers)]
    yield tasks
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def texts() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(InboxRow.text).order_by(InboxRow.id)))


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (a test looks from outside)
            await asyncio.sleep(0.01)


async def test_updates_are_stored_once_and_in_their_order(database: str) -> None:
    provider = Provider(*(message(n, f"молоко {n}") for n in range(1, 8)))
    provider.batch = 3
    assert isinstance(provider, Poller)
    async with asking(provider):
        await until(lambda: not provider.events)
    assert await texts() == [f"молоко {n}" for n in range(1, 8)]
    assert provider.asked[:4] == [None, "4", "7", "8"]


async def test_what_is_not_stored_is_not_confirmed(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    provider, genuine, failures = Provider(message(1), message(2, "хлеб 1")), intake.take_in, [1]

    async def faint(*args: object) -> None:
        await genuine(*args)  # type: ignore[arg-type]
        if args[3] == message(2, "хлеб 1") and failures and failures.pop():
            raise OperationalError("the connection is lost", None, Exception())

    monkeypatch.setattr(intake, "take_in", faint)
    async with asking(provider):
        await until(lambda: not provider.events)
    assert provider.asked[:2] == [None, None]
    assert await texts() == ["молоко 5", "хлеб 1"]


async def test_an_event_that_cannot_be_kept_does_not_stop_those_behind_it(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, genuine = Provider(message(1, "яд"), message(2)), intake.take_in

    async def picky(*args: object) -> None:
        if args[3] == message(1, "яд"):
            raise ValueError("not this one")
        await genuine(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "take_in", picky)
    with capture_logs() as logs:
        async with asking(provider):
            await until(lambda: not provider.events)
    assert await texts() == ["молоко 5"]
    (entry,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (entry["event"], entry["event_id"]) == ("channel.event_not_kept", "1")
    assert "яд" not in str({key: value for key, value in entry.items() if key != "exc_info"})


async def test_failures_are_asked_again(database: str) -> None:
    provider = Provider(message(1))
    provider.failures = [
        DeliveryError("Telegram не отвечает.", permanent=False, evidence="502"),
        DeliveryError("Подождать.", permanent=False, evidence="429", retry_after=0.02),
        DeliveryError("Не принял.", permanent=True, evidence="400"),
        RuntimeError("a fault of ours"),
    ]
    async with asking(provider):
        await until(lambda: not provider.events)
    assert await texts() == ["молоко 5"]


async def test_one_worker_asks_at_a_time_and_another_takes_over(database: str) -> None:
    running, most = 0, 0

    class Counting(Provider):
        async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return await super().poll(cursor)
            finally:
                running -= 1

    provider = Counting()
    async with asking(provider, workers=3) as tasks:
        await until(lambda: len(provider.asked) > 5)
        for task in tasks[:2]:
            task.cancel()
        provider.events = [message(1)]
        await until(lambda: len(provider.asked) > 10 and not provider.events)
    assert most == 1
    assert await texts() == ["молоко 5"]


async def test_a_lost_lock_is_taken_anew_before_asking(database: str) -> None:
    import psycopg

    provider, kill = Provider(message(1)), [True]

    def drop() -> None:
        if kill and kill.pop():
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND pid <> pg_backend_pid()"
                )

    provider.on_ask = drop
    async with asking(provider):
        await until(lambda: len(provider.asked) > 3 and not provider.events)
    assert await texts() == ["молоко 5"]
    assert provider.asked[:2] == [None, None]


async def test_a_stop_is_at_once_and_frees_the_channel(database: str) -> None:
    class Slow(Provider):
        async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
            self.asked.append(cursor)
            await asyncio.sleep(60)
            return (), None

    slow = Slow()
    async with asking(slow):
        await until(lambda: slow.asked)
    async with asking(provider := Provider(message(1))):
        await until(lambda: not provider.events)


async def test_only_channels_that_want_it_are_asked(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet, loud = Provider(message(1)), Provider(message(2))
    quiet.polls = False
    monkeypatch.setattr(polling, "channels", lambda: {"quiet": quiet, KIND: loud, "webchat": object()})
    task = asyncio.create_task(polling.poll_channels())
    await until(lambda: not loud.events)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert quiet.asked == []
    assert await texts() == ["молоко 5"]


async def test_other_events_are_taken_in_too(database: str) -> None:
    await arrivals.store(KIND, [message(1), Presence("anna", False), Presence("nobody", True)])
    assert await texts() == ["молоко 5"]
