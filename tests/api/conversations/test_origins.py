"""Which pages may talk to the chat: every door, every way to look like another origin."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.channels.webchat.origins import GUARDED, normal, read
from api.config import settings

SHOP = "https://shop.example"
DOORS = [
    ("POST", "/webchat/session"),
    ("GET", "/webchat/messages"),
    ("POST", "/webchat/files"),
    ("POST", "/webhooks/webchat"),
    ("GET", "/webhooks/webchat"),
]
ATTACKS = [
    "https://evil.example",
    "http://shop.example",  # another scheme
    "https://shop.example:8443",  # another port
    "https://shop.example:443",  # no browser writes the usual port
    "https://shop.example.",  # a name with a dot at the end is another site
    "https://SHOP.example",
    "https://shop.example/",
    "https://shop.example.evil.example",
    "https://evil.example#https://shop.example",
    "https://shop.example@evil.example",
    "https://sub.shop.example",
    "https://shop.example https://evil.example",
    "https://shop.example,https://evil.example",
    "null",
    "",
    "*",
    "file://",
    "chrome-extension://shop.example",
]


@pytest.fixture
async def listed(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The api of a distributor that has named its sites."""
    monkeypatch.setattr(settings(), "webchat_origins", f"{SHOP}, http://localhost:3000")
    yield web


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_every_door_is_shut_to_strange_pages(listed: httpx.AsyncClient, method: str, path: str) -> None:
    for origin in ATTACKS:
        answer = await listed.request(method, path, headers={"Origin": origin}, json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin"), origin
        assert "access-control-allow-origin" not in answer.headers


async def test_all_that_the_widget_calls_is_guarded() -> None:
    from api.main import app

    assert isinstance(app, FastAPI)
    doors = {path for path in _paths(app) if path.startswith("/webchat/") and "demo" not in path}
    assert doors == {path for path in GUARDED if path != "/webhooks/webchat"}


def _paths(app: FastAPI) -> set[str]:
    from api.conversations import sockets, uploads, webchat

    return {route.path for part in (sockets, uploads, webchat) for route in part.router.routes}  # type: ignore[attr-defined]


@pytest.mark.parametrize("origin", [SHOP, "http://localhost:3000", "http://api"])
async def test_listed_sites_and_our_own_page_talk(listed: httpx.AsyncClient, origin: str) -> None:
    answer = await listed.post("/webchat/session", json={}, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers.get("access-control-allow-origin") == (None if origin == "http://api" else origin)


async def test_our_own_page_by_another_scheme_is_not_our_own(listed: httpx.AsyncClient) -> None:
    for origin in ("https://api", "http://api:8080", "http://API", "http://api."):
        answer = await listed.post("/webchat/session", json={}, headers={"Origin": origin})
        assert answer.status_code == 403, origin


async def test_two_origins_in_one_request_are_none(listed: httpx.AsyncClient) -> None:
    headers = [("Origin", SHOP), ("Origin", "https://evil.example"), ("Content-Type", "application/json")]
    answer = await listed.post("/webchat/session", content=b"{}", headers=headers)
    assert answer.status_code == 403


async def test_programs_name_no_origin_and_are_let_through(listed: httpx.AsyncClient) -> None:
    assert (await listed.post("/webchat/session", json={})).status_code == 200


async def test_preflight_tells_a_strange_page_no(listed: httpx.AsyncClient) -> None:
    def ask(origin: str) -> dict[str, str]:
        return {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }

    good = await listed.options("/webchat/files", headers=ask(SHOP))
    assert (good.status_code, good.headers["access-control-allow-origin"]) == (200, SHOP)
    for origin in ("https://evil.example", "null", "https://shop.example."):
        bad = await listed.options("/webchat/files", headers=ask(origin))
        assert bad.status_code == 400
        assert "access-control-allow-origin" not in bad.headers


async def test_star_lets_everybody_in_a_sandboxed_frame_too(web: httpx.AsyncClient) -> None:
    for origin in ("https://evil.example", "null"):
        answer = await web.post("/webchat/session", json={}, headers={"Origin": origin})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_path_written_otherwise_does_not_slip_by(listed: httpx.AsyncClient) -> None:
    body = {"id": str(uuid4()), "text": "молоко"}
    for path in ("/webhooks/%77ebchat", "/webhooks/webchat/", "/webhooks//webchat", "/webhooks/WEBCHAT"):
        answer = await listed.post(path, json=body, headers={"Origin": "https://evil.example"})
        assert answer.status_code in (403, 404, 307), path
        if answer.status_code == 307:  # where it sends to is guarded
            assert answer.headers["location"].endswith("/webhooks/webchat")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://shop.example/", "https://shop.example"),
        (" https://Shop.Example ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("https://Пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_the_list_is_read_as_people_write_it(written: str, meant: str) -> None:
    assert normal(written) == meant


@pytest.mark.parametrize("wrong", ["shop.example", "https://", "ftp://shop.example", "https://a.example/chat", "null"])
def test_what_is_no_origin_is_told_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        read(wrong)
