"""Where accounting systems call us: the right backend answers, strangers are slowed down, what changed is read."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.accounting import router
from api.config import settings
from api.deps import erp as connection
from api.domain.clock import SystemClock
from api.erp.memory import MemoryErp
from api.erp.named import Named
from api.erp.port import Call, Data, Reply
from tests.api.orders.conftest import World, world

__all__ = ["world"]


class Caller(MemoryErp):
    """A twin that comes to us: answers the right word with what it says, and keeps the last call."""

    word = "right"
    call: Call | None = None
    body = b""

    async def answer(self, call: Call) -> Reply:
        self.call = call
        self.body = b"".join([part async for part in call.body])
        if call.query.get("word") != self.word:
            return Reply(403, b"failure\n")
        return Reply(200, b"success\n", headers={"Set-Cookie": "a=b"}, changed=frozenset({Data.STOCK, Data.ORDERS}))

    async def arrived(self) -> frozenset[Data]:
        return frozenset()

    async def taken(self, data: Data, error: str = "") -> None:
        raise AssertionError(data)


@pytest.fixture
async def caller(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Caller]:
    made = Caller(SystemClock(settings().zone))
    monkeypatch.setattr(settings(), "erp_more", "north")
    monkeypatch.setitem(connection._open, "main", MemoryErp(made.clock))
    monkeypatch.setitem(connection._open, "north", Named("north", made))
    await router._refused.storage.reset()
    yield made


@pytest.fixture
async def web(caller: Caller) -> AsyncIterator[httpx.AsyncClient]:
    from api.main import app

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


async def test_what_they_say_changed_is_read_soon(web: httpx.AsyncClient, caller: Caller, world: World) -> None:
    answer = await web.post("/erp/north/a/b?word=right", content=b"words", headers={"X-Own": "1"})
    assert (answer.status_code, answer.text, answer.headers["set-cookie"]) == (200, "success\n", "a=b")
    assert caller.call is not None
    assert (caller.call.method, caller.call.path, caller.call.headers["x-own"]) == ("POST", "a/b", "1")
    assert caller.body == b"words"
    asked = [args for name, args in await world.jobs() if name == "accounting.read"]
    assert {(args["backend"], args["data"]) for args in asked} == {("north", "stock"), ("north", "orders")}
    await web.post("/erp/north/a/b?word=right")
    assert len([name for name, _ in await world.jobs() if name == "accounting.read"]) == 2


@pytest.mark.parametrize("path", ["/erp/south/x", "/erp/main/x", "/1c_exchange"])
async def test_a_backend_that_does_not_come_to_us_has_no_door(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path)).status_code == 404


async def test_who_guesses_is_slowed_down(web: httpx.AsyncClient, caller: Caller, world: World) -> None:
    statuses = [(await web.get("/erp/north?word=wrong")).status_code for _ in range(32)]
    assert statuses == [403] * 30 + [429] * 2
    assert (await web.get("/erp/north?word=right")).status_code == 429
    assert [name for name, _ in await world.jobs() if name == "accounting.read"] == []


async def test_who_guesses_from_a_whole_network_is_slowed_down(caller: Caller) -> None:
    """A person with IPv6 has 2^64 addresses."""
    from api.main import app

    statuses = []
    for number in range(32):
        transport = httpx.ASGITransport(app, client=(f"2001:db8::{number:x}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            statuses.append((await client.get("/erp/north?word=wrong")).status_code)
    assert statuses == [403] * 30 + [429] * 2
