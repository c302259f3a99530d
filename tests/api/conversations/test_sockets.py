"""The socket behind a real server: who may open one, how many, what it pushes; and whom the server believes."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
import websockets
from sqlalchemy import select

from api.config import settings
from api.conversations import outbox, sockets
from api.conversations.hub import hub
from api.conversations.rates import rates
from api.db.models import ConversationRow
from api.db.session import staff_session
from api.run.processes import BEHIND_A_PROXY

Conversation = tuple[UUID, dict[str, str]]
NOTHING_HIDDEN = {"type": "reset", "from": 0}


@pytest.fixture
async def server(web: httpx.AsyncClient) -> AsyncIterator[str]:
    """The api behind uvicorn with the options of `./run up`: host and port."""
    from api.main import app

    options = dict(zip(BEHIND_A_PROXY[1::2], BEHIND_A_PROXY[2::2], strict=True))
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        ws_max_size=int(options["--ws-max-size"]),
    )
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110  # uvicorn tells it by a flag only
        await asyncio.sleep(0.01)
    yield f"127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await serving


def hello(conversation: Conversation, after: Any = 0) -> str:
    return json.dumps({"visitor": conversation[1]["Authorization"].removeprefix("Bearer "), "after": after})


def opened(server: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return websockets.connect(f"ws://{server}/webchat/socket", additional_headers=named, proxy=None)


async def frame(socket: Any) -> dict[str, Any]:
    """The next frame with news: not the typing indicator, not that nothing is hidden."""
    received: dict[str, Any] = {"type": "typing"}
    while received["type"] == "typing" or received == NOTHING_HIDDEN:
        received = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return received


async def say(conversation: Conversation, text: str) -> None:
    async with staff_session() as session:
        await outbox.say(session, conversation[0], settings().clock.now(), text)
    hub.heard(str(conversation[0]))


async def hide_all(conversation: Conversation) -> int:
    """What a cut-off does to the conversation."""
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, conversation[0])
        row.customer_id, row.hidden_until = None, row.last_seq
        hidden = row.last_seq
    hub.heard(str(conversation[0]))
    return hidden


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://shop.example", "https://shop.example:8443", "https://shop.example.", ""],
)
async def test_a_strange_page_gets_no_socket(server: str, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setattr(settings(), "webchat_origins", "https://shop.example")
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with opened(server, Origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_listed_and_own_pages_and_programs_get_one(
    server: str, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "webchat_origins", "https://shop.example")
    await say(conversation, "Здравствуйте!")
    for headers in ({"Origin": "https://shop.example"}, {"Origin": f"http://{server}"}, {}):
        async with opened(server, **headers) as socket:
            await socket.send(hello(conversation))
            assert (await frame(socket))["message"]["text"] == "Здравствуйте!"


async def test_our_own_page_behind_a_proxy_with_tls(
    server: str, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "webchat_origins", "https://shop.example")
    async with opened(server, Origin=f"https://{server}", X_Forwarded_Proto="https"):
        pass
    with pytest.raises(websockets.InvalidStatus):
        async with opened(server, Origin=f"http://{server}", X_Forwarded_Proto="https"):
            pass


@pytest.mark.parametrize(
    "first",
    [
        "no json",
        "[]",
        "7",
        "{}",
        '{"visitor": "forged"}',
        '{"visitor": null}',
        "[" * 5_000,
        '{"visitor": {}, "after": 1}',
    ],
)
async def test_a_first_frame_that_names_nobody(server: str, first: str) -> None:
    async with opened(server) as socket:
        await socket.send(first)
        with pytest.raises(websockets.ConnectionClosed):
            await frame(socket)
        assert socket.close_code == sockets.BAD_VISITOR


async def test_numbers_that_are_none(server: str, conversation: Conversation) -> None:
    for after in ("Infinity", "NaN", '"x"', "{}"):
        async with opened(server) as socket:
            await socket.send(hello(conversation, "AFTER").replace('"AFTER"', after))
            with pytest.raises(websockets.ConnectionClosed):
                await frame(socket)
            assert socket.close_code == sockets.BAD_VISITOR, after


async def test_a_frame_too_large_ends_the_socket(server: str) -> None:
    async with opened(server) as socket:
        await socket.send("x" * 70_000)
        with pytest.raises(websockets.ConnectionClosed):
            await frame(socket)
        assert socket.close_code == 1009


async def test_the_first_frame_says_from_where_one_may_look(server: str, conversation: Conversation) -> None:
    async with opened(server) as socket:
        await socket.send(hello(conversation))
        assert json.loads(await asyncio.wait_for(socket.recv(), 10)) == NOTHING_HIDDEN


async def test_what_must_not_be_shown_is_taken_back_at_once(server: str, conversation: Conversation) -> None:
    await say(conversation, "Молоко — 450 ₽")
    async with opened(server) as socket:
        await socket.send(hello(conversation))
        assert (await frame(socket))["message"]["text"] == "Молоко — 450 ₽"
        hidden = await hide_all(conversation)
        await say(conversation, "Вы вышли.")
        assert await frame(socket) == {"type": "reset", "from": hidden}
        assert (await frame(socket))["message"]["text"] == "Вы вышли."
    async with opened(server) as socket:  # a browser that slept through it
        await socket.send(hello(conversation, after=0))
        assert await frame(socket) == {"type": "reset", "from": hidden}
        assert (await frame(socket))["message"]["text"] == "Вы вышли."


async def test_long_polling_hears_of_it_too(web: httpx.AsyncClient, conversation: Conversation) -> None:
    await say(conversation, "Молоко — 450 ₽")
    known = (await web.get("/webchat/messages", headers=conversation[1])).json()
    assert known["hidden_until"] == 0
    query = {"after": 1, "wait": 20, "hidden": 0}
    waiting = asyncio.create_task(web.get("/webchat/messages", params=query, headers=conversation[1]))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    hidden = await hide_all(conversation)
    answer = (await asyncio.wait_for(waiting, 4)).json()
    assert (answer["hidden_until"], answer["messages"]) == (hidden, [])
    late = await asyncio.wait_for(web.get("/webchat/messages", params=query, headers=conversation[1]), 2)
    assert late.json()["hidden_until"] == hidden, "who asks only afterwards does not wait for it"
    again = {"after": 0, "wait": 0.3, "hidden": hidden}
    assert (await web.get("/webchat/messages", params=again, headers=conversation[1])).json()["messages"] == []


async def test_sockets_of_one_conversation_are_bounded(server: str, conversation: Conversation) -> None:
    async with contextlib.AsyncExitStack() as stack:
        await say(conversation, "Здравствуйте!")
        for _ in range(10):
            socket = await stack.enter_async_context(opened(server))
            await socket.send(hello(conversation))
            await frame(socket)
        async with opened(server) as one_more:
            await one_more.send(hello(conversation))
            with pytest.raises(websockets.ConnectionClosed):
                await frame(one_more)
            assert one_more.close_code == sockets.TOO_MANY
    async with opened(server) as socket:
        await asyncio.sleep(0.2)
        await socket.send(hello(conversation))
        assert (await frame(socket))["message"]["text"] == "Здравствуйте!"


async def test_sockets_of_one_address_are_bounded(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "OPEN_SOCKETS_OF_ADDRESS", 3)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(opened(server, X_Forwarded_For="203.0.113.7"))
        with pytest.raises(websockets.InvalidStatus) as refused:
            await stack.enter_async_context(opened(server, X_Forwarded_For="203.0.113.7"))
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"] == "60"
        await stack.enter_async_context(opened(server, X_Forwarded_For="203.0.113.8"))


async def test_the_address_is_the_one_that_the_proxy_saw(server: str) -> None:
    """What a customer writes into the header itself stands left of what the proxy adds."""
    rates.forget()
    for number in range(3):
        spoofed = f"198.51.100.{number}, 127.0.0.1, 203.0.113.9"
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"http://{server}/webchat/session", json={}, headers={"X-Forwarded-For": spoofed})
    async with staff_session() as session:
        assert set(await session.scalars(select(ConversationRow.address))) == {"203.0.113.9"}


async def test_a_stranger_s_header_is_not_believed(customer: str) -> None:
    """The same options, another peer: uvicorn's own middleware decides, so it is asked."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from api.main import app

    transport = httpx.ASGITransport(ProxyHeadersMiddleware(app, "127.0.0.1"), client=("203.0.113.50", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        await client.post("/webchat/session", json={}, headers={"X-Forwarded-For": "127.0.0.1"})
    async with staff_session() as session:
        assert list(await session.scalars(select(ConversationRow.address))) == ["203.0.113.50"]
