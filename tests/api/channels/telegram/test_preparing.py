"""Making Telegram know us: the webhook, the menu, the settings they follow from."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from api.channels.errors import DeliveryError
from api.channels.menu import BY_NAME, MENU
from api.channels.telegram.adapter import Telegram
from api.channels.telegram.settings import TelegramSettings
from api.config import settings
from tests.api.channels.telegram.fake import FakeTelegram
from tests.api.channels.telegram.updates import TOKEN

PUBLIC = "https://orders.example"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """The api has an address in the world."""
    monkeypatch.setattr(settings(), "public_url", PUBLIC)


@pytest.fixture
async def hooked(fake: FakeTelegram, public: None) -> Telegram:
    """A bot that waits for Telegram to call."""
    return Telegram(TelegramSettings(token=TOKEN, api_url=fake.url))


def changes(fake: FakeTelegram) -> list[str]:
    return [method for method, _ in fake.calls if not method.startswith("get")]


async def test_the_webhook_is_set_once(hooked: Telegram, fake: FakeTelegram) -> None:
    await hooked.prepare()
    await hooked.prepare()
    assert changes(fake) == ["setWebhook", "setMyCommands"]
    (hook,) = fake.called("setWebhook")
    assert hook["url"].startswith(f"{PUBLIC}/webhooks/telegram")
    assert hook["secret_token"] == hooked.settings.webhook_secret
    assert hook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert hook["secret_token"] not in hook["url"]
    await hooked.close()


async def test_whatever_somebody_changed_is_put_right(hooked: Telegram, fake: FakeTelegram) -> None:
    await hooked.prepare()
    for change in ({"url": "https://elsewhere.example"}, {"url": ""}, {"allowed_updates": ["message"]}):
        fake.calls.clear()
        fake.hook |= change
        await hooked.prepare()
        assert changes(fake) == ["setWebhook"]
    fake.calls.clear()
    fake.commands = [{"command": "start", "description": "Start"}]
    await hooked.prepare()
    assert changes(fake) == ["setMyCommands"]
    await hooked.close()


async def test_another_secret_is_told_to_telegram(hooked: Telegram, fake: FakeTelegram, public: None) -> None:
    await hooked.prepare()
    fake.calls.clear()
    other = Telegram(TelegramSettings(token=TOKEN, api_url=fake.url, secret="another-one"))
    await other.prepare()
    (hook,) = fake.called("setWebhook")
    assert hook["secret_token"] == "another-one"
    await hooked.close()
    await other.close()


async def test_a_bot_that_polls_takes_the_webhook_away(telegram: Telegram, fake: FakeTelegram) -> None:
    fake.hook |= {"url": "https://elsewhere.example"}
    await telegram.prepare()
    await telegram.prepare()
    assert changes(fake) == ["deleteWebhook", "setMyCommands"]


async def test_a_webhook_without_a_public_address_is_refused_in_words(fake: FakeTelegram) -> None:
    adapter = Telegram(TelegramSettings(token=TOKEN, api_url=fake.url, mode="webhook"))
    with pytest.raises(DeliveryError) as failed:
        await adapter.prepare()
    assert failed.value.permanent
    assert "PUBLIC_URL" in failed.value.evidence
    await adapter.close()


async def test_telegrams_own_complaint_is_passed_on_while_updates_wait(hooked: Telegram, fake: FakeTelegram) -> None:
    await hooked.prepare()
    failed_at = int(datetime.now(UTC).timestamp())
    words = "SSL error {certificate verify failed}"
    fake.hook |= {"pending_update_count": 3, "last_error_date": failed_at, "last_error_message": words}
    with pytest.raises(DeliveryError) as failed:
        await hooked.prepare()
    assert (failed.value.permanent, failed.value.evidence) == (False, words)
    fake.hook |= {"last_error_date": failed_at - int(timedelta(hours=1).total_seconds())}
    await hooked.prepare()
    await hooked.close()


async def test_the_menu_holds_every_command_that_is_read(telegram: Telegram, fake: FakeTelegram) -> None:
    await telegram.prepare()
    assert {one["command"] for one in fake.commands} == set(BY_NAME) == set(MENU)
    assert all(3 <= len(one["description"]) <= 256 for one in fake.commands)
    (call,) = fake.called("setMyCommands")
    assert call["scope"] == {"type": "all_private_chats"}


def test_polling_is_for_machines_without_a_public_address(public: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not TelegramSettings(token=TOKEN).polls
    assert TelegramSettings(token=TOKEN, mode="polling").polls
    monkeypatch.setattr(settings(), "public_url", "")
    assert TelegramSettings(token=TOKEN).polls
    assert not TelegramSettings(token=TOKEN, mode="webhook").polls


def test_the_secret_follows_from_the_key_and_is_one_that_telegram_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    derived = TelegramSettings(token=TOKEN).webhook_secret
    assert derived == TelegramSettings(token=TOKEN).webhook_secret
    assert 32 <= len(derived) <= 256
    assert derived.isalnum()
    assert derived.isascii()
    assert settings().secret_key not in derived
    monkeypatch.setattr(settings(), "secret_key", "another-key-of-the-tests")
    assert TelegramSettings(token=TOKEN).webhook_secret != derived
    assert TelegramSettings(token=TOKEN, secret="own").webhook_secret == "own"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "no-token"},
        {"token": "42: spaces"},
        {"token": TOKEN, "secret": "с секретом"},
        {"token": TOKEN, "mode": "push"},
        {"token": TOKEN, "proxy": "socks5://127.0.0.1:1080"},
        {"token": TOKEN, "bot_name": "Бот"},
    ],
)
def test_settings_that_cannot_be_right_are_refused_without_being_quoted(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        TelegramSettings(**wrong)  # type: ignore[arg-type]
    for value in wrong.values():
        assert value not in str(refused.value).replace("'webhook' or 'polling'", "")


def test_without_a_token_there_is_no_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.channels.telegram.adapter import open_telegram

    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    assert open_telegram() is None
    with capture_logs() as logs:
        monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
        opened = open_telegram()
    assert opened is not None
    assert opened.kind == "telegram"
    assert TOKEN not in str(logs)
