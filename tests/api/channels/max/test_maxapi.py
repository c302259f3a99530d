"""maxapi, another library for the same API: it reads the updates of these tests as we do, and asks MAX as we do."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from maxapi import Bot
from maxapi.client.default import DefaultConnectionProperties
from maxapi.enums.update import UpdateType
from maxapi.types import CallbackButton, LinkButton, RequestContactButton
from maxapi.types.attachments.attachment import ButtonsPayload
from maxapi.types.attachments.buttons.attachment_button import AttachmentButton
from maxapi.types.command import BotCommand
from maxapi.types.updates import UpdateUnionAdapter

from api.channels.max.adapter import ONE_MOMENT, POLL_LIMIT, POLL_SECONDS, MaxMessenger
from api.channels.max.contact import phone_of
from api.channels.max.reading import KINDS
from api.channels.menu import MENU
from api.channels.port import Button, InboundMessage, Outgoing
from tests.api.channels.max.conftest import PUBLIC_URL, SECRET
from tests.api.channels.max.fake import Asked, FakeMax
from tests.api.channels.max.test_reading import FILE, message, read
from tests.api.channels.max.updates import (
    CHAT,
    GROUP,
    TOKEN,
    USER,
    body,
    created,
    event,
    in_group,
    mention,
    own_contact,
    person,
    pressed,
)

FORWARD = {"type": "forward", "sender": person(1), "chat_id": 5, "message": body(9, "хлеб 10", [FILE])}
KNOWN = [
    created(1, "молоко 5"),
    created(2, None, own_contact("+79000000011")),
    created(3, "список", FILE),
    created(4, None, link=FORWARD),
    in_group(5, "@id7700000000_bot цены?", markup=mention()),
    pressed(6, "7:0"),
    pressed(7, "7:0", message=False),
    event("bot_started", payload="KOFE-PETRA"),
    event("bot_stopped"),
    event("dialog_removed"),
    event("bot_added", chat_id=GROUP, is_channel=False),
    event("bot_removed", chat_id=GROUP, is_channel=False),
    created(8, "молоко 8") | {"update_type": "message_edited"},
]


@pytest.mark.parametrize("update", KNOWN, ids=lambda update: str(update["update_type"]))
def test_the_updates_of_these_tests_are_max_ones(update: Mapping[str, Any]) -> None:
    parsed = UpdateUnionAdapter.validate_python(update)
    assert parsed.update_type.value == update["update_type"]
    assert parsed.update_type.value in KINDS


def test_every_kind_that_we_read_is_known() -> None:
    assert set(KINDS) <= {kind.value for kind in UpdateType}
    assert {update["update_type"] for update in KNOWN} == set(KINDS)


@pytest.mark.parametrize("update", [one for one in KNOWN if one["update_type"] == "message_created"][:4])
def test_messages_read_the_same(channel: MaxMessenger, update: Mapping[str, Any]) -> None:
    ours, theirs = message(channel, update), UpdateUnionAdapter.validate_python(update).message
    assert ours.provider_id == theirs.body.mid
    assert ours.channel_user == str(theirs.sender.user_id)
    assert ours.name == theirs.sender.full_name
    linked = theirs.link.message if theirs.link else None
    assert ours.text == (theirs.body.text or (linked.text if linked else "") or "")
    assert ours.sent_at is not None
    assert int(ours.sent_at.timestamp() * 1000) == theirs.timestamp


def test_presses_and_contacts_read_the_same(channel: MaxMessenger) -> None:
    theirs = UpdateUnionAdapter.validate_python(pressed(6, "7:0")).callback
    (ours,) = read(channel, pressed(6, "7:0"))
    assert isinstance(ours, InboundMessage)
    assert ours.provider_id == f"{theirs.callback_id}:{theirs.timestamp}"
    assert ours.channel_user == str(theirs.user.user_id)
    payload = (
        UpdateUnionAdapter.validate_python(created(2, None, own_contact("+79000000011")))
        .message.body.attachments[0]
        .payload
    )
    assert f"+{payload.vcf.phone}" == phone_of(payload.vcf_info)


@pytest.fixture
async def theirs(max_server: FakeMax) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, default_connection=DefaultConnectionProperties(max_retries=0))
    bot.set_api_url(max_server.url)
    yield bot
    await bot.close_session()


def spoken(asked: Asked) -> Asked:
    """A request without what means the same when it is left out."""
    method, path, query, sent = asked
    kept = {key: value for key, value in (sent or {}).items() if value is not None}
    return method, path, query, _without_nulls(kept)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None and key != "intent"}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


async def test_both_ask_max_in_the_same_words(
    channel: MaxMessenger, theirs: Bot, max_server: FakeMax, opened: Callable[..., MaxMessenger]
) -> None:
    rows = ((Button("Да", "7:0"), Button("Сайт", url="https://shop.example")), (Button("Номер", asks_contact=True),))
    their_rows: list[list[Any]] = [
        [CallbackButton(text="Да", payload="7:0"), LinkButton(text="Сайт", url="https://shop.example")],
        [RequestContactButton(text="Номер")],
    ]
    markup = {"type": "inline_keyboard", "payload": ButtonsPayload(buttons=their_rows)}
    keyboard: list[Any] = [AttachmentButton.model_validate(markup)]
    commands = [BotCommand(name=name, description=words) for name, words in MENU.items()]

    await channel.prepare()
    message_id = await channel.send(str(USER), Outgoing("Заказ", rows))
    await channel.send(f"chat:{GROUP}", Outgoing("Пишите лично."))
    await channel.edit(str(USER), message_id, Outgoing("Заказ отправлен."))
    await channel.acknowledge(str(USER), pressed(1, "7:0"))
    await channel.acknowledge(str(USER), created(2, "молоко"))
    await channel.poll("7")
    ours, max_server.asked = max_server.asked, []

    await theirs.get_subscriptions()
    await theirs.subscribe_webhook(f"{PUBLIC_URL}/webhooks/max", sorted(map(UpdateType, KINDS)), SECRET)
    await theirs.get_me()
    await theirs.set_commands(*commands)
    await theirs.send_message(user_id=USER, text="Заказ", attachments=keyboard)
    await theirs.send_message(chat_id=GROUP, text="Пишите лично.")
    await theirs.edit_message(message_id, "Заказ отправлен.", attachments=[])
    await theirs.send_callback("cb.00000001", notification=ONE_MOMENT)
    await theirs.send_action(CHAT)
    await theirs.get_updates(POLL_LIMIT, POLL_SECONDS, 7, [UpdateType(kind) for kind in KINDS])
    assert [spoken(one) for one in ours] == [spoken(one) for one in max_server.asked]
