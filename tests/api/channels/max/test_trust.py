"""Whose certificates are believed: the ordinary ones and those of the file, by name, and never all."""

import hashlib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import certifi
import pytest
from pytest_httpserver import HTTPServer

from api.channels.errors import DeliveryError
from api.channels.max.adapter import MaxMessenger
from api.channels.max.trust import carried, context
from api.channels.port import Outgoing
from tests.api.channels.max.certificates import Authority
from tests.api.channels.max.fake import FakeMax
from tests.api.channels.max.updates import USER

RUSSIAN_ROOT = "d26d2d0231b7c39f92cc738512ba54103519e4405d68b5bd703e9788ca8ecf31"
"""SHA-256 of «Russian Trusted Root CA», as gosuslugi.ru/crt shows it."""


@pytest.fixture
def serve(authority: Authority) -> Iterator[Callable[..., FakeMax]]:
    """MAX behind TLS with a certificate of the tests' authority for the names."""
    servers: list[HTTPServer] = []

    def start(*names: str) -> FakeMax:
        server = HTTPServer(host="localhost", ssl_context=authority.server(*names))
        server.start()
        servers.append(server)
        return FakeMax(server)

    yield start
    for server in servers:
        server.stop()


async def greet(channel: MaxMessenger) -> None:
    await channel.send(str(USER), Outgoing("Здравствуйте!"))


async def test_an_authority_of_the_file_is_believed_and_only_then(
    opened: Callable[..., MaxMessenger], serve: Callable[..., FakeMax], authority: Authority
) -> None:
    server = serve("DNS:localhost")
    await greet(opened(api_url=server.url, ca_file=str(authority.root)))
    assert len(server.messages) == 1
    with pytest.raises(DeliveryError, match="CERTIFICATE_VERIFY_FAILED") as failed:
        await greet(opened(api_url=server.url))
    assert not failed.value.permanent
    assert len(server.asked) == 1, "the token went to a server that nobody vouches for"


async def test_the_name_is_checked(
    opened: Callable[..., MaxMessenger], serve: Callable[..., FakeMax], authority: Authority
) -> None:
    server = serve("DNS:platform-api2.max.example")
    with pytest.raises(DeliveryError, match="CERTIFICATE_VERIFY_FAILED"):
        await greet(opened(api_url=server.url, ca_file=str(authority.root)))
    assert server.asked == []


def _roots(trusted: ssl.SSLContext) -> set[str]:
    return {hashlib.sha256(one).hexdigest() for one in trusted.get_ca_certs(binary_form=True)}


def test_the_ordinary_roots_stay(authority: Authority) -> None:
    ordinary = _roots(ssl.create_default_context(cafile=certifi.where()))
    assert len(ordinary) > 50
    with_russian, with_own = _roots(context("")), _roots(context(str(authority.root)))
    assert ordinary < with_russian
    assert RUSSIAN_ROOT in with_russian - ordinary
    assert ordinary < with_own
    assert RUSSIAN_ROOT not in with_own
    assert context("").verify_mode is ssl.CERT_REQUIRED
    assert context("").check_hostname


def test_maxapi_still_carries_the_certificates() -> None:
    assert carried().read_text().count("BEGIN CERTIFICATE") == 2


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_certificates_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValueError, match=r"MAX_CA_FILE: .*ca\.pem"):
        context(str(path))


async def test_the_proxy_is_used(opened: Callable[..., MaxMessenger], max_server: FakeMax) -> None:
    await greet(opened(api_url="http://platform-api2.max.invalid", proxy=max_server.url))
    assert len(max_server.messages) == 1
