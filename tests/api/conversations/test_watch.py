"""Every messenger is prepared again and again; how it went can be seen, and one that fails stops nobody."""

import httpx
import pytest
from sqlalchemy import text

from api.channels.errors import DeliveryError
from api.channels.memory import MemoryMessenger
from api.conversations import watch
from api.db.session import staff_session


class Broken(MemoryMessenger):
    async def prepare(self) -> None:
        raise RuntimeError("a fault of ours")


@pytest.fixture
def messengers(database: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, MemoryMessenger]:
    found = {"broken": Broken(), "first": MemoryMessenger(), "second": MemoryMessenger()}
    monkeypatch.setattr(watch, "channels", lambda: {"webchat": object()} | found)
    return found


async def outcomes() -> dict[str, str]:
    async with staff_session() as session:
        return await watch.last_outcomes(session)


async def test_each_is_prepared_whatever_happens_to_the_others(messengers: dict[str, MemoryMessenger]) -> None:
    messengers["first"].failures.append(DeliveryError("Не отвечает.", permanent=False, evidence="a secret detail"))
    await watch.watch.func()
    assert messengers["second"].prepared == 1
    assert await outcomes() == {"broken": watch.BROKEN, "first": "Не отвечает.", "second": "ok"}
    await watch.watch.func()
    assert await outcomes() == {"broken": watch.BROKEN, "first": "ok", "second": "ok"}


async def test_the_outcome_stands_on_the_health_page(messengers: dict[str, MemoryMessenger]) -> None:
    from api.main import app

    await watch.watch.func()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        body = (await client.get("/health/ready")).json()
    assert body["channels"]["second"] == "ok"
    assert "first" not in body["waiting_for"], "a messenger that fails keeps nobody from the others"


async def test_a_worker_begins_with_it_once(database: str) -> None:
    await watch.watch_from_the_start()
    await watch.watch_from_the_start()
    async with staff_session() as session:
        jobs = await session.scalars(text("SELECT task_name FROM procrastinate_jobs"))
        assert list(jobs) == ["channels.watch"]
