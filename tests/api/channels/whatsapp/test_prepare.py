"""The webhook is set where we know our address, and only when it differs."""

import pytest

from api.channels.errors import DeliveryError
from api.channels.whatsapp.adapter import WhatsApp
from api.config import settings
from tests.api.channels.whatsapp.fake import VERIFY_TOKEN, FakeProvider, failure

HOOK = "https://bot.example/webhooks/whatsapp"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "public_url", "https://bot.example/")


async def test_without_an_address_the_key_is_tried(provider: FakeProvider, channel: WhatsApp) -> None:
    await channel.prepare()
    assert provider.webhook == {}
    assert all(asked.startswith("GET ") for asked in provider.asked)


async def test_the_webhook_is_set_once(provider: FakeProvider, channel: WhatsApp, public: None) -> None:
    for _ in range(3):
        await channel.prepare()
    expected = {
        "meta": {"webhook_configuration": {"override_callback_uri": HOOK, "verify_token": VERIFY_TOKEN}},
        "360dialog": {"url": HOOK, "headers": {"Authorization": f"Bearer {VERIFY_TOKEN}"}},
    }
    assert provider.webhook == expected[provider.kind]
    assert len([asked for asked in provider.asked if asked.startswith("POST ")]) == 1


async def test_a_webhook_of_somebody_else_is_set_anew(provider: FakeProvider, channel: WhatsApp, public: None) -> None:
    provider.webhook = {
        "url": "https://other.example",
        "webhook_configuration": {"override_callback_uri": "https://other.example"},
    }
    await channel.prepare()
    assert HOOK in str(provider.webhook)


async def test_a_bad_key_is_told(provider: FakeProvider) -> None:
    channel = provider.channel(token="expired")
    with pytest.raises(DeliveryError) as failed:
        await channel.prepare()
    await channel.close()
    assert not failed.value.permanent
    provider.next.append(failure(190, 401))
