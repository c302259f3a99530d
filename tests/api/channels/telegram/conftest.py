"""Telegram's API as a server of the tests, and the adapter that talks to it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_httpserver import HTTPServer

from api.channels.telegram.adapter import Telegram
from api.channels.telegram.settings import TelegramSettings
from tests.api.channels.telegram.fake import FakeTelegram
from tests.api.channels.telegram.updates import TOKEN
from tests.api.conversations.conftest import assistant, customer, web  # noqa: F401 (fixtures)

SECRET = "secret-of-the-webhook"


@pytest.fixture(scope="session")
def telegram_server() -> Iterator[HTTPServer]:
    """A server of its own: the assistant has the usual one."""
    with HTTPServer() as server:
        yield server


@pytest.fixture
def fake(telegram_server: HTTPServer) -> FakeTelegram:
    telegram_server.clear()
    return FakeTelegram(telegram_server)


@pytest.fixture
async def telegram(fake: FakeTelegram) -> AsyncIterator[Telegram]:
    """A bot that polls."""
    settings = TelegramSettings(
        token=TOKEN, bot_name="orders_test_bot", secret=SECRET, api_url=fake.url, mode="polling", proxy=""
    )
    adapter = Telegram(settings)
    yield adapter
    await adapter.close()
