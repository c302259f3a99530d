"""The stream behind a real server: who waits is told at once; it ends with the login, and with the process."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import delete

from api.console import live
from api.console.live import Feed, Pulse
from api.db.models import StaffSessionRow
from api.db.session import staff_session
from tests.api.console.conftest import PASSWORD, log_in
from tests.api.console.test_talks import talk


@pytest.fixture
async def server(browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[uvicorn.Server]:
    """The api behind uvicorn, its notices and its pulse running as in the product."""
    from api.main import app

    monkeypatch.setattr(live.pulse, "ending", False)
    monkeypatch.setattr(live.pulse, "_woken", asyncio.Event())
    config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=20)
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110  # uvicorn tells it by a flag only
        await asyncio.sleep(0.01)
    yield running
    running.should_exit = True
    live.pulse.end()
    await serving


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


async def opened(server: uvicorn.Server) -> httpx.AsyncClient:
    port = server.servers[0].sockets[0].getsockname()[1]
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20, follow_redirects=True)
    await client.post("/console/login", data={"login": "admin", "password": PASSWORD})
    return client


async def test_what_changes_is_told_and_an_ended_login_hears_goodbye(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.5)
    client = await opened(server)
    async with client.stream("GET", "/console/conversations/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer)
        assert await anext(told) == ("news", {"changed": [], "waiting": []})
        waiting = await talk("waiting", "Пётр")
        while True:
            name, news = await asyncio.wait_for(anext(told), 10)
            if news["waiting"]:
                break
        assert (name, news["waiting"][0]["id"], news["waiting"][0]["name"]) == ("news", str(waiting), "Пётр")
        async with staff_session() as session:
            await session.execute(delete(StaffSessionRow))
        while name != "bye":
            name, _ = await asyncio.wait_for(anext(told), 10)
        assert [name async for name in told] == []
    await client.aclose()


async def test_a_stop_ends_the_streams(server: uvicorn.Server) -> None:
    client = await opened(server)
    async with client.stream("GET", "/console/conversations/stream") as answer:
        told = events(answer)
        await anext(told)
        began = time.monotonic()
        server.should_exit = True
        live.pulse.end()
        assert [name async for name, _ in told] in ([], ["news"])
        assert time.monotonic() - began < 5
    await client.aclose()


async def test_the_signal_to_stop_is_heard_on_its_way_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.pulse, "ending", False)
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with live.pulse.feed("anna") as feed, live.ended_by_signals():
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(feed.event.wait(), 5)
        assert live.pulse.ending and heard == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert len(heard) == 2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_stranger_has_no_stream(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/console/conversations/stream")
    assert answer.url.path == "/console/login"


async def test_one_login_opens_so_many_streams(browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 1)
    await log_in(browser)
    with live.pulse.feed("admin"):
        assert (await browser.get("/console/conversations/stream")).status_code == 429


async def test_a_burst_is_one_piece_of_news() -> None:
    feed = Feed("anna")
    for number in range(5):
        feed.add({f"c{number}"}, [])
    assert feed.take()["changed"] == ["c0", "c1", "c2", "c3", "c4"]
    feed.add({f"c{number}" for number in range(live.MOST_CHANGED + 1)}, [])
    assert feed.take()["changed"] is None, "of very many the page fetches all"
    feed.add(None, [])
    feed.add({"c1"}, [])
    assert feed.take()["changed"] is None
    assert feed.take()["changed"] == []


async def test_nobody_looks_while_nobody_listens(database: str) -> None:
    pulse = Pulse()
    pulse.heard("c1")
    assert not pulse._woken.is_set()
    with pulse.feed("anna") as feed:
        running = asyncio.create_task(pulse.run())
        pulse.heard("c1")
        pulse.heard("c2")
        await asyncio.wait_for(feed.event.wait(), 5)
        assert feed.take()["changed"] == ["c1", "c2"]
        running.cancel()
