"""MAX and our channel to it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from pytest_httpserver import HTTPServer

from api.channels.max.adapter import MaxMessenger
from api.channels.max.settings import MaxSettings
from tests.api.channels.max import certificates
from tests.api.channels.max.certificates import Authority
from tests.api.channels.max.fake import FakeMax
from tests.api.channels.max.updates import TOKEN
from tests.api.conversations.conftest import assistant, customer, web  # noqa: F401 (fixtures)

SECRET = "webhook-secret_of-the-tests"
PUBLIC_URL = "https://orders.example"


@pytest.fixture(scope="session")
def max_http() -> Iterator[HTTPServer]:
    """A server of its own: the assistant has the usual one."""
    with HTTPServer() as server:
        yield server


@pytest.fixture
def max_server(max_http: HTTPServer) -> FakeMax:
    max_http.clear()
    return FakeMax(max_http)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom only `ca_file` makes trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates, and is not here")
    return certificates.authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def public_url(monkeypatch: pytest.MonkeyPatch) -> str:
    """The product has a public address."""
    from api.config import settings

    monkeypatch.setattr(settings(), "public_url", PUBLIC_URL)
    return PUBLIC_URL


@pytest.fixture
async def opened(max_server: FakeMax, public_url: str) -> AsyncIterator[Callable[..., MaxMessenger]]:
    """Opens channels with settings, and closes them."""
    channels: list[MaxMessenger] = []

    def open_one(**given: str) -> MaxMessenger:
        known = {"token": TOKEN, "secret": SECRET, "api_url": max_server.url}
        channels.append(MaxMessenger(MaxSettings.model_validate(known | given)))
        return channels[-1]

    yield open_one
    for channel in channels:
        await channel.close()


@pytest.fixture
def channel(opened: Callable[..., MaxMessenger]) -> MaxMessenger:
    return opened()
