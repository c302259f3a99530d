"""What each kind of update becomes."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.channels import press
from api.channels.port import Attachment, ButtonPress, Inbound, InboundMessage, Presence, SharedContact
from api.channels.telegram.reading import Me, read_update
from tests.api.channels.conformance import JSON
from tests.api.channels.telegram import updates
from tests.api.channels.telegram.test_fakes import UPDATES
from tests.api.channels.telegram.updates import ANNA, BOT, CHANNEL, CHAT, GROUP, Json, edited, in_group, member, wrote

ME = Me(BOT["id"], "orders_test_bot")
ANNAS_CHAT = str(CHAT["id"])


def events(update: Json, me: Me = ME) -> tuple[Inbound, ...]:
    return read_update(update, me)


def read(update: Json, me: Me = ME) -> InboundMessage:
    (event,) = events(update, me)
    assert isinstance(event, InboundMessage)
    return event


def test_a_message() -> None:
    message = read(wrote(9, text="молоко 5"))
    assert (message.text, message.name, message.channel_user) == ("молоко 5", "Анна Ким", ANNAS_CHAT)
    assert message.provider_id == f"{BOT['id']}:9"
    assert message.sent_at is not None
    assert message.sent_at.timestamp() == updates.DATE


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/start", "start", ""),
        ("/start KOFE-PETRA_1", "start", "KOFE-PETRA_1"),
        ("/start@orders_test_bot\nKOFE", "start", "KOFE"),
        ("/START", "start", ""),
        ("/cart", "cart", ""),
        ("/repeat", "repeat", ""),
        ("/exit", "exit", ""),
        ("/human", "human", ""),
        ("/cart молоко 5", None, ""),
        ("/sign_in", None, ""),
        ('/sign_in{"code": "X"}', None, ""),
        ("/", None, ""),
        ("молоко /cart", None, ""),
        ("/start " + "A" * 500, "start", "A" * 64),
    ],
)
def test_commands(text: str, command: str | None, argument: str) -> None:
    message = read(wrote(1, text=text))
    assert (message.command, message.argument, message.text) == (command, argument, text)


FILE = {"file_id": "F1", "file_unique_id": "u1", "file_size": 2048}
PHOTO = [FILE | {"file_id": f"P{side}", "width": side, "height": side} for side in (90, 1280, 320)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"document": FILE | {"file_name": "заказ\u0000.xlsx", "mime_type": "application/vnd.ms-excel"}},
            Attachment("document", "F1", "заказ.xlsx", "application/vnd.ms-excel", 2048),
        ),
        ({"photo": PHOTO}, Attachment("photo", "P1280", size=2048)),
        ({"voice": FILE | {"duration": 3, "mime_type": "audio/ogg"}}, Attachment("voice", "F1", "", "audio/ogg", 2048)),
        ({"video": FILE | {"duration": 3, "width": 1, "height": 1}}, Attachment("video", "F1", size=2048)),
        ({"video_note": FILE | {"duration": 3, "length": 240}}, Attachment("video", "F1", size=2048)),
        (
            {"animation": FILE | {"duration": 1, "width": 1, "height": 1}, "document": FILE},
            Attachment("video", "F1", size=2048),
        ),
        (
            {
                "sticker": FILE
                | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False, "emoji": "👍"}
            },
            Attachment("sticker", "F1", size=2048),
        ),
        ({"location": {"latitude": 55.7, "longitude": 37.6}}, Attachment("location")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Attachment("sticker")),
        ({"something_of_next_year": {"x": 1}}, Attachment("other")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_attachments(content: Json, expected: Attachment) -> None:
    assert read(wrote(1, **content)).attachments == (expected,)


def test_a_caption_is_text_beside_the_attachment() -> None:
    message = read(wrote(1, photo=PHOTO, caption="как на фото, 5 штук"))
    assert message.text == "как на фото, 5 штук"
    assert [one.kind for one in message.attachments] == ["photo"]


@pytest.mark.parametrize("content", [{"pinned_message": updates.message(text="x")}, {"new_chat_title": "Чат"}])
def test_notes_of_telegram_are_no_words(content: Json) -> None:
    assert events(wrote(1, **content)) == ()


FORWARDED = {"type": "user", "date": updates.DATE, "sender_user": ANNA}


@pytest.mark.parametrize(
    ("update", "contact"),
    [
        (updates.shared(1, "79000000011", ANNA["id"]), SharedContact("+79000000011", True)),
        (updates.shared(1, "+7 900 000-00-11", ANNA["id"]), SharedContact("+79000000011", True)),
        (updates.shared(1, "79000000011", 700000002), SharedContact("+79000000011", False)),
        (updates.shared(1, "79000000011", None), SharedContact("+79000000011", False)),
        (updates.shared(1, "79000000011", ANNA["id"], forward_origin=FORWARDED), SharedContact("+79000000011", False)),
        (updates.shared(1, "звоните", ANNA["id"]), SharedContact("", False)),
        (updates.shared(1, "٧٩٠٠٠٠٠٠٠١١", ANNA["id"]), SharedContact("", False)),
        (updates.shared(1, "7" * 60, ANNA["id"]), SharedContact("", False)),
    ],
    ids=["own", "own, written out", "another's", "of no user", "forwarded", "no number", "other digits", "too long"],
)
def test_only_a_contact_of_the_sender_is_their_own(update: Json, contact: SharedContact) -> None:
    assert read(update).contact == contact


def test_a_contact_without_a_sender_is_nobodys() -> None:
    update = updates.shared(1, "79000000011", None)
    del update["message"]["from"]
    assert read(update).contact == SharedContact("+79000000011", False)


def test_a_press() -> None:
    message = read(updates.pressed(1, "7:2"))
    assert (message.button, message.channel_user, message.sent_at) == (ButtonPress(7, 2), ANNAS_CHAT, None)
    old = updates.pressed(1, "7:2")
    old["callback_query"]["message"] = {"chat": CHAT, "message_id": 50, "date": 0}  # too old for Telegram to show
    assert read(old).button == ButtonPress(7, 2)
    assert read(updates.pressed(1, "/sign_in")).button == press.NOWHERE
    assert read(updates.pressed(1, "7:2", chat=GROUP)).group


def test_changed_words_are_not_an_order() -> None:
    message = read(edited(1, text="молоко 18"))
    assert (message.edited, message.text, message.command) == (True, "молоко 18", None)
    assert read(edited(1, photo=PHOTO, caption="и хлеб")).edited
    # A location that moves is «edited» every few seconds.
    assert events(edited(1, location={"latitude": 55.7, "longitude": 37.6})) == ()
    assert (
        events({"update_id": 1, "edited_message": updates.message(chat=GROUP, text="x", edit_date=updates.DATE)}) == ()
    )


def test_blocked_and_back() -> None:
    assert events(member(1, "kicked", "member")) == (Presence(ANNAS_CHAT, False),)
    assert events(member(1, "member", "kicked")) == (Presence(ANNAS_CHAT, True),)


def test_a_new_group_is_told_once_that_orders_are_private() -> None:
    added = read(member(1, "member", "left", chat=GROUP))
    assert (added.group, added.text, added.channel_user) == (True, "", str(GROUP["id"]))
    assert events(member(1, "administrator", "member", chat=GROUP)) == (Presence(str(GROUP["id"]), True),)
    assert events(member(1, "left", "member", chat=GROUP)) == (Presence(str(GROUP["id"]), False),)
    assert events(member(1, "administrator", "left", chat=CHANNEL)) == ()


def test_an_administrators_rights_may_be_newer_or_older_than_aiogram() -> None:
    added = member(1, "administrator", "left", chat=GROUP)
    del added["my_chat_member"]["new_chat_member"]["can_send_welcome_messages"]
    assert read(added).group
    assert events(member(1, "banned_of_next_year", "member")) == (Presence(ANNAS_CHAT, True),)
    stopped = member(1, "kicked", "member")
    del stopped["my_chat_member"]["new_chat_member"]["until_date"]
    assert events(stopped) == (Presence(ANNAS_CHAT, False),)


REPLY = {"reply_to_message": updates.message(chat=GROUP, sender=BOT, text="…")}
MENTIONED = {"entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": BOT}]}


@pytest.mark.parametrize(
    ("update", "addressed"),
    [
        (in_group(1, "молоко 5"), False),
        (in_group(1, "@orders_test_bot молоко 5"), True),
        (in_group(1, "@orders_test_bot2 молоко 5"), False),
        (in_group(1, "молоко 5", **REPLY), True),
        (in_group(1, "молоко 5", reply_to_message=updates.message(chat=GROUP, text="…")), False),
        (in_group(1, "Бот, молоко", **MENTIONED), True),
        (in_group(1, "/cart"), True),
        (in_group(1, "/cart@Orders_Test_Bot"), True),
        (in_group(1, "/cart@other_bot"), False),
        (in_group(1, "/weather"), False),
        (in_group(1, "@orders_test_bot", chat=CHANNEL), False),
    ],
)
def test_in_a_group_only_who_addresses_the_bot_is_answered(update: Json, addressed: bool) -> None:
    found = events(update)
    assert bool(found) is addressed
    for event in found:
        assert isinstance(event, InboundMessage)
        assert (event.group, event.text, event.contact, event.attachments) == (True, "", None, ())


def test_a_nameless_bot_takes_commands_with_any_name_for_its_own() -> None:
    nameless = Me(BOT["id"])
    assert read(in_group(1, "/cart@orders_test_bot"), nameless).group
    assert events(in_group(1, "@orders_test_bot привет"), nameless) == ()


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "message_reaction": {"chat": CHAT, "message_id": 5, "date": updates.DATE}},
        {"update_id": 1, "inline_query": {"id": "1", "from": ANNA, "query": "молоко", "offset": ""}},
        {"update_id": 1, "something_of_next_year": {"x": 1}},
        {"update_id": 1},
    ],
)
def test_other_updates_do_not_concern_us(update: Json) -> None:
    assert events(update) == ()


def broken(update: Json, path: str, value: Any) -> Json:
    changed = copy.deepcopy(update)
    *way, last = path.split(".")
    part = changed
    for key in way:
        part = part.setdefault(key, {})
    part[last] = value
    return changed


def test_what_aiogram_does_not_know_yet_does_not_hide_the_words() -> None:
    with capture_logs() as logs:
        message = read(broken(wrote(1, text="молоко 5"), "message.forward_origin", {"type": "of_next_year"}))
        pressed = read(broken(updates.pressed(2, "7:2"), "callback_query.message.chat.photo", "small"))
    assert (message.text, message.name, message.attachments) == ("молоко 5", "Анна Ким", ())
    assert pressed.button == ButtonPress(7, 2)
    assert [entry["event"] for entry in logs] == ["telegram.update_not_understood"] * 2
    assert "молоко" not in str(logs)
    assert "Анна" not in str(logs)


def test_what_cannot_be_read_at_all_goes_to_a_person() -> None:
    message = read(broken(wrote(1, text="молоко 5"), "message.date", "вчера"))
    assert (message.channel_user, message.text, message.attachments) == (ANNAS_CHAT, "", (Attachment("other"),))
    assert read(broken(wrote(1), "message.document", {"file": 1})).attachments == (Attachment("other"),)
    assert events(broken(wrote(1, text="молоко 5"), "message.chat.id", "я")) == ()
    assert events(broken(in_group(1, "молоко"), "message.date", "вчера")) == ()


PATHS = sorted(
    {f"{kind}.{key}" for update in UPDATES for kind in update if kind != "update_id" for key in update[kind]}
    | {"message.chat.id", "message.from.id", "message.contact.phone_number", "update_id", "message.entities"}
)


@settings(max_examples=300, deadline=None)
@given(update=st.sampled_from(UPDATES), path=st.sampled_from(PATHS), value=JSON)
def test_no_update_is_refused_whatever_is_wrong_with_it(update: Json, path: str, value: Any) -> None:
    for event in events(broken(update, path, value)):
        if isinstance(event, InboundMessage):
            assert event.provider_id
            assert event.channel_user.lstrip("-").isdigit()
            assert not (event.group and event.text)
            assert event.contact is None or not event.contact.own or event.contact.phone.startswith("+")
