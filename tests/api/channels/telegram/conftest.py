"""Telegram's API as a server of the tests, and the adapter that talks to it."""

from collections.abc import AsyncIterator

import pytest
from pytest_httpserver import HTTPServer

from api.channels.telegram.adapter import Telegram
from api.channels.telegram.settings import TelegramSettings
from tests.api.channels.telegram.fake import FakeTelegram
from tests.api.channels.telegram.updates import TOKEN

SECRET = "secret-of-the-webhook"


@pytest.fixture
def fake(httpserver: HTTPServer) -> FakeTelegram:
    return FakeTelegram(httpserver)


@pytest.fixture
async def telegram(fake: FakeTelegram) -> AsyncIterator[Telegram]:
    """A bot that polls."""
    settings = TelegramSettings(
        token=TOKEN, bot_name="orders_test_bot", secret=SECRET, api_url=fake.url, mode="polling", proxy=""
    )
    adapter = Telegram(settings)
    yield adapter
    await adapter.close()
