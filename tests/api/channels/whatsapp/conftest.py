from collections.abc import AsyncIterator

import pytest
from pytest_httpserver import HTTPServer

from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.whatsapp.fake import KINDS, FakeProvider


@pytest.fixture(params=KINDS)
def provider(request: pytest.FixtureRequest, httpserver: HTTPServer) -> FakeProvider:
    """Meta and 360dialog in turn: the channel is the same behind both."""
    return FakeProvider(httpserver, request.param)


@pytest.fixture
async def channel(provider: FakeProvider) -> AsyncIterator[WhatsApp]:
    channel = provider.channel()
    yield channel
    await channel.close()
