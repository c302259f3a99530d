"""The channel against Prism, which checks every request by an OpenAPI contract (tests/peers/max/README.md)."""

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from api.channels import rendering
from api.channels.errors import DeliveryError
from api.channels.max.adapter import MaxMessenger
from api.channels.port import Outgoing
from api.run.paths import ROOT
from tests.api.channels.max.updates import GROUP, TOKEN, USER, created, pressed
from tests.peers.node_server import installed, serving

PEER = ROOT / "tests" / "peers" / "max"
CONTRACT = os.environ.get("MAX_OPENAPI") or str(PEER / "contract.yaml")


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Prism with the contract, or with the schema that MAX_OPENAPI names."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    entry = installed(PEER, "@stoplight/prism-cli", "Prism") / "dist" / "index.js"
    serve = ["node", str(entry), "mock", "--errors", "-h", "127.0.0.1", "-p", str(port), CONTRACT]
    log = tmp_path_factory.mktemp("prism") / "log"
    yield from serving(serve, PEER, log, b"Prism is listening", f"http://127.0.0.1:{port}")


@pytest.fixture
def at_prism(prism: str, opened: Callable[..., MaxMessenger]) -> Callable[..., MaxMessenger]:
    return lambda **given: opened(api_url=prism, **given)


async def test_every_call_keeps_the_contract(at_prism: Callable[..., MaxMessenger]) -> None:
    channel = at_prism()
    buttons = [{"title": f"Товар {number}, 3,2 %", "payload": "/x"} for number in range(30)]
    buttons[:2] = [{"title": "Мой номер", "request": "contact"}, {"title": "Сайт", "url": "https://shop.example/?a=1"}]
    for text, titles in (("Выберите товар", buttons), ("Молоко — 5 шт.\n" * 400, buttons[2:4]), ("Готово.", [])):
        for part in rendering.fit(10**14, text, titles, channel.capabilities).parts:
            assert await channel.send(str(USER), part)
            await channel.edit(str(USER), "mid.1", part)
    await channel.send(f"chat:{GROUP}", Outgoing("Пишите лично."))
    await channel.acknowledge(str(USER), pressed(1, "7:0"))
    await channel.acknowledge(str(USER), created(1, "молоко"))
    for cursor in (None, "42"):
        await channel.poll(cursor)


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_the_webhook_keeps_the_contract(at_prism: Callable[..., MaxMessenger], mode: str) -> None:
    await at_prism(mode=mode).prepare()


WRONG: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/messages?user_id=1", {"text": 5, "attachments": []}),
    ("POST", "/messages?user_id=1", {"text": "x" * 4001, "attachments": []}),
    ("POST", "/messages?user_id=Anna", {"text": "x", "attachments": []}),
    ("PUT", "/messages", {"text": "x", "attachments": []}),
    ("POST", "/subscriptions", {"url": "https://a.example", "secret": "bad secret"}),
    ("POST", "/answers", {"notification": "x"}),
    ("GET", "/updates?limit=0", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRONG)
async def test_prism_does_refuse(prism: str, method: str, path: str, body: dict[str, Any] | None) -> None:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": TOKEN}) as client:
        response = await client.request(method, f"{prism}{path}", json=body)
    assert response.status_code in (400, 422)


async def test_what_the_contract_forbids_is_seen(at_prism: Callable[..., MaxMessenger]) -> None:
    with pytest.raises(DeliveryError) as failed:
        await at_prism().send(str(USER), Outgoing("x" * 4001))
    assert failed.value.permanent
    assert "POST /messages → 422" in failed.value.evidence
