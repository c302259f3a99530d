"""Attachments: only from MAX's own hosts, and no more than is declared."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.channels.errors import DeliveryError
from api.channels.max import adapter, files
from api.channels.max.adapter import MaxMessenger
from tests.api.channels.max.certificates import Authority
from tests.api.channels.max.fake import FakeMax

MOST = 1000


@pytest.fixture
def host(authority: Authority) -> Iterator[HTTPServer]:
    """A file host of MAX: https://localhost."""
    server = HTTPServer(host="localhost", ssl_context=authority.server("DNS:localhost"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def fetch(
    opened: Callable[..., MaxMessenger], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Any]:
    from dataclasses import replace

    monkeypatch.setattr(MaxMessenger, "capabilities", replace(adapter.CAPABILITIES, attachment_bytes=MOST))
    return opened(ca_file=str(authority.root), file_hosts="oneme.ru, localhost").fetch


async def refusal(fetch: Callable[[str], Any], url: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        await fetch(url)
    return failed.value


async def test_a_file(fetch: Callable[[str], Any], host: HTTPServer) -> None:
    seen: list[Request] = []

    def give(request: Request) -> Response:
        seen.append(request)
        return Response(b"x" * MOST)

    host.expect_request("/file").respond_with_handler(give)
    assert await fetch(host.url_for("/file?sig=s&id=1")) == b"x" * MOST
    assert "Authorization" not in seen[0].headers, "the token is for the API only"
    assert seen[0].args["sig"] == "s"


async def test_too_much_is_not_read(fetch: Callable[[str], Any], host: HTTPServer) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(10_000):
            yield b"x" * 65536

    host.expect_request("/long").respond_with_data(b"x" * (MOST + 1))
    host.expect_request("/endless").respond_with_handler(lambda _: Response(endless()))
    for path in ("/long", "/endless"):
        error = await refusal(fetch, host.url_for(path))
        assert (error.permanent, error.evidence) == (True, f"GET file: more than {MOST} bytes")


@pytest.mark.parametrize(
    "url",
    [
        "http://fd.oneme.ru/file",
        "https://127.0.0.1/file",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/file",
        "https://evil-oneme.ru/file",
        "https://oneme.ru.evil.example/file",
        "https://fd.oneme.ru@evil.example/file",
        "https://user:password@fd.oneme.ru/file",
        "https://evil.example/oneme.ru",
        "https://evil.example#.oneme.ru",
        "https://evil.example\\.oneme.ru/",
        "ftp://fd.oneme.ru/file",
        "file:///etc/passwd",
        "https://",
        "https://[oneme.ru",
        "//fd.oneme.ru/file",
        "",
    ],
)
async def test_other_addresses_are_not_asked(
    fetch: Callable[[str], Any], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httpx.AsyncClient.stream", lambda *_, **__: pytest.fail("asked"))
    assert (await refusal(fetch, url)).permanent


@pytest.mark.parametrize("host_name", ["fd.oneme.ru", "oneme.ru", "I.ONEME.RU", "vd500.okcdn.ru", "files.max.ru"])
def test_hosts_of_max(host_name: str) -> None:
    from api.channels.max.settings import MaxSettings

    assert files.checked(f"https://{host_name}/f?id=1", MaxSettings().hosts).host == host_name.lower()


async def test_redirects_are_checked_like_the_first_address(
    fetch: Callable[[str], Any], host: HTTPServer, max_server: FakeMax
) -> None:
    def to(url: str) -> Response:
        return Response("", 302, {"Location": url})

    host.expect_request("/file").respond_with_data(b"list")
    host.expect_request("/near").respond_with_response(to("/file"))
    host.expect_request("/inside").respond_with_response(to(max_server.url))
    host.expect_request("/round").respond_with_response(to("/round"))
    assert await fetch(host.url_for("/near")) == b"list"
    assert "not a plain https address" in (await refusal(fetch, host.url_for("/inside"))).evidence
    assert max_server.asked == []
    assert "redirects" in (await refusal(fetch, host.url_for("/round"))).evidence


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (403, True), (410, True), (429, False), (503, False)])
async def test_a_host_that_does_not_give_it(
    fetch: Callable[[str], Any], host: HTTPServer, status: int, permanent: bool
) -> None:
    host.expect_request("/file").respond_with_data(b"", status)
    error = await refusal(fetch, host.url_for("/file?sig=secret"))
    assert error.permanent is permanent
    assert not error.blocked
    assert "secret" not in error.evidence
