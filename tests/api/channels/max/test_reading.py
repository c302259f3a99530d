"""What MAX's updates mean to us."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from api.channels.errors import ChannelError
from api.channels.max.adapter import SECRET_HEADER, MaxMessenger
from api.channels.port import Attachment, ButtonPress, Inbound, InboundMessage, Presence, Webhook
from tests.api.channels.max.conftest import SECRET
from tests.api.channels.max.updates import (
    BOT,
    CHAT,
    GROUP,
    NOW,
    USER,
    body,
    bot,
    created,
    event,
    in_group,
    mention,
    person,
    pressed,
)


def read(channel: MaxMessenger, update: Mapping[str, Any]) -> tuple[Inbound, ...]:
    return channel.read(Webhook("POST", {SECRET_HEADER: SECRET}, body=json.dumps(update).encode())).events


def message(channel: MaxMessenger, update: Mapping[str, Any]) -> InboundMessage:
    (found,) = read(channel, update)
    assert isinstance(found, InboundMessage)
    return found


def test_words(channel: MaxMessenger) -> None:
    update = created(1, "молоко 5")
    assert message(channel, update) == InboundMessage(
        "mid.00000001",
        str(USER),
        update,
        text="молоко 5",
        sent_at=datetime.fromtimestamp((NOW + 1) / 1000, UTC),
        name="Анна Петрова",
    )


def test_a_person_has_one_address_whatever_comes(channel: MaxMessenger) -> None:
    said = [created(1, "молоко"), pressed(2, "7:0"), pressed(3, "7:0", message=False), event("bot_started")]
    gone = [event("bot_stopped"), event("dialog_removed")]
    assert {message(channel, one).channel_user for one in said} == {str(USER)}
    assert [one for update in gone for one in read(channel, update)] == [Presence(str(USER), False)] * 2


def test_two_presses_of_one_keyboard_are_two(channel: MaxMessenger) -> None:
    """`callback_id` is «the keyboard's identifier» in the schema: it may be the same for both."""
    updates = [pressed(n, "7:0") for n in (1, 2)]
    for update in updates:
        update["callback"]["callback_id"] = "cb.1"
    first, second, again = (message(channel, update) for update in (*updates, updates[1]))
    assert first.button == second.button == ButtonPress(7, 0)
    assert first.provider_id != second.provider_id == again.provider_id
    assert message(channel, pressed(3, None)).button is None


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/start", "start", ""),
        ("/start KOFE-PETRA", "start", "KOFE-PETRA"),
        (" /Repeat ", "repeat", ""),
        ("/cart@id7700000000_bot", "cart", ""),
        ("/start молоко 5", None, ""),
        ("/repeat и ещё молока 8", None, ""),
        ('/sign_in{"code":"X"}', None, ""),
        ("/unknown", None, ""),
        ("старт", None, ""),
    ],
)
def test_typed_commands(channel: MaxMessenger, text: str, command: str | None, argument: str) -> None:
    found = message(channel, created(1, text))
    assert (found.command, found.argument, found.text) == (command, argument, text)


@pytest.mark.parametrize(("payload", "argument"), [(None, ""), ("KOFE-PETRA", "KOFE-PETRA"), ("x" * 600, "x" * 512)])
def test_a_link_starts_with_its_code(channel: MaxMessenger, payload: str | None, argument: str) -> None:
    found = message(channel, event("bot_started", payload=payload))
    assert (found.command, found.argument) == ("start", argument)
    assert found.provider_id == message(channel, event("bot_started", payload=payload)).provider_id
    assert found.provider_id != message(channel, event("bot_started", 2, payload=payload)).provider_id


def test_changed_words_are_news_of_their_own(channel: MaxMessenger) -> None:
    changed = message(channel, created(1, "молоко 50") | {"update_type": "message_edited"})
    assert (changed.edited, changed.text) == (True, "молоко 50")
    assert changed.provider_id != message(channel, created(1, "молоко 5")).provider_id


FILE = {"type": "file", "filename": "заявка.xlsx", "size": 5120, "payload": {"url": "https://fd.oneme.ru/f?id=1"}}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
URL = "https://i.oneme.ru/i?r=1"


@pytest.mark.parametrize(
    ("found", "read_as"),
    [
        (FILE, Attachment("document", "https://fd.oneme.ru/f?id=1", "заявка.xlsx", XLSX, 5120)),
        ({"type": "image", "payload": {"photo_id": 1, "token": "t", "url": URL}}, Attachment("photo", URL)),
        ({"type": "audio", "payload": {"token": "t", "url": URL}, "transcription": None}, Attachment("voice", URL)),
        ({"type": "video", "payload": {"token": "t", "url": URL}, "width": 1}, Attachment("video", URL)),
        ({"type": "sticker", "payload": {"code": "c", "url": URL}}, Attachment("sticker", URL)),
        ({"type": "location", "latitude": 55.75, "longitude": 37.62}, Attachment("location")),
        ({"type": "hologram", "payload": "?"}, Attachment("other")),
        ({"type": ["file"], "payload": []}, Attachment("other")),
        ({"type": "file", "filename": 5, "size": "much", "payload": None}, Attachment("document")),
    ],
)
def test_attachments(channel: MaxMessenger, found: Mapping[str, Any], read_as: Attachment) -> None:
    assert message(channel, created(1, None, found)).attachments == (read_as,)
    assert message(channel, created(1, "вот список", found)).text == "вот список"


def test_the_preview_of_a_link_is_no_attachment(channel: MaxMessenger) -> None:
    share = {"type": "share", "payload": {"url": "https://example.com", "token": None}, "title": "Пример"}
    assert message(channel, created(1, "https://example.com", share)).attachments == ()


def test_a_message_that_max_hides_is_a_voice(channel: MaxMessenger) -> None:
    found = message(channel, created(1, body=None))
    assert found.attachments == (Attachment("voice"),)
    assert found.provider_id == message(channel, created(1, body=None)).provider_id
    assert message(channel, created(1, None)).attachments == (Attachment("other"),)


def test_a_forwarded_message_is_said_by_who_forwards_it(channel: MaxMessenger) -> None:
    link = {"type": "forward", "sender": person(1), "chat_id": 5, "message": body(9, "хлеб 10", [FILE])}
    found = message(channel, created(1, None, link=link))
    assert (found.text, found.channel_user, found.provider_id) == ("хлеб 10", str(USER), "mid.00000001")
    assert [one.kind for one in found.attachments] == ["document"]


def test_the_message_that_is_answered_is_not_said_again(channel: MaxMessenger) -> None:
    link = {"type": "reply", "sender": bot(), "message": body(9, "Молоко — 5 шт.")}
    assert message(channel, created(1, "да", link=link)).text == "да"


def test_groups_are_answered_only_when_they_speak_to_us(channel: MaxMessenger) -> None:
    reply = {"type": "reply", "sender": bot(), "message": body(9, "Заказы — в личных сообщениях.")}
    chatter = [in_group(1, "молоко 5"), in_group(2, "@anna, молоко", markup=mention("@anna"))]
    chatter.append(in_group(3, "да", link={**reply, "sender": person(7)}))
    assert [read(channel, one) for one in chatter] == [()] * 3
    to_us = [in_group(4, "молоко", markup=mention()), in_group(5, "/start"), in_group(6, "цены?", link=reply)]
    to_us.append(event("bot_added", 7, chat_id=GROUP, is_channel=False))
    for update in to_us:
        found = message(channel, update)
        assert (found.group, found.channel_user, found.text, found.contact) == (True, f"chat:{GROUP}", "", None)
    assert read(channel, event("bot_removed", chat_id=GROUP, is_channel=False)) == (Presence(f"chat:{GROUP}", False),)


def test_a_press_in_a_group_is_of_the_group(channel: MaxMessenger) -> None:
    update = pressed(1, "7:0")
    update["message"]["recipient"] = {"chat_id": GROUP, "chat_type": "chat", "user_id": None}
    found = message(channel, update)
    assert (found.group, found.channel_user) == (True, f"chat:{GROUP}")


def test_channels_bots_and_unknown_kinds_say_nothing(channel: MaxMessenger) -> None:
    post = created(1, "Новинки!", recipient={"chat_id": -1, "chat_type": "channel", "user_id": None})
    kinds = ["message_removed", "dialog_cleared", "dialog_muted", "user_added", "chat_title_changed", "of_tomorrow"]
    silent = [post, created(1, "/start", sender=bot()), event("bot_added", is_channel=True)]
    silent += [event(kind, message="?") for kind in kinds]
    assert [read(channel, one) for one in silent] == [()] * len(silent)


@pytest.mark.parametrize(
    "update",
    [
        created(1, "молоко", sender={**person(), "user_id": "Анна"}),
        created(1, "молоко", body={"text": "без номера"}),
        created(1, "молоко", recipient={"chat_id": CHAT}),
        pressed(1, "7:0") | {"callback": None},
        event("bot_started", user=None),
        event("bot_added", chat_id=None),
        created(1, "молоко") | {"timestamp": 10**30},
        created(1, "молоко", timestamp=-1),
    ],
)
def test_a_broken_update_is_refused_for_max_to_bring_again(channel: MaxMessenger, update: Mapping[str, Any]) -> None:
    with pytest.raises(ChannelError) as refused:
        read(channel, update)
    assert (refused.value.status, refused.value.code) == (422, "broken_update")
    assert "молоко" not in str(refused.value.__cause__)


def test_bots_own_id_is_no_address(channel: MaxMessenger) -> None:
    """`recipient.user_id` of a dialogue is the bot."""
    assert message(channel, created(1, "молоко")).channel_user != str(BOT)
