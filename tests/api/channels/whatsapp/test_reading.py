"""What the updates say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.channels.port import Attachment, ButtonPress, Inbound, InboundMessage, OwnerChanged, Receipt, SharedContact
from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.whatsapp import payloads
from tests.api.channels.whatsapp.fake import FakeProvider
from tests.api.channels.whatsapp.payloads import ANNA, ANNAS_PERSON, message, text, update, value


@pytest.fixture
def read(provider: FakeProvider, channel: WhatsApp) -> Any:
    def read(*values: payloads.Json, field: str = "messages") -> tuple[Inbound, ...]:
        return channel.read(provider.signed(update(*values, field=field))).events

    return read


def one(read: Any, *messages: payloads.Json, **more: Any) -> InboundMessage:
    (event,) = read(value(messages=list(messages), **more))
    assert isinstance(event, InboundMessage)
    return event


async def test_who_wrote_what_and_when(read: Any) -> None:
    event = one(read, text(1, "молока 8", at=1_765_782_000))
    assert (event.provider_id, event.channel_user, event.text) == ("wamid.IN1", ANNA, "молока 8")
    assert (event.phone, event.name, event.person) == (f"+{ANNA}", "Анна", ANNAS_PERSON)
    assert event.sent_at == datetime(2025, 12, 15, 7, 0, tzinfo=UTC)
    assert event.raw["id"] == "wamid.IN1"


MEDIA = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "x"}
SECTIONS: list[tuple[payloads.Json, str, list[Attachment]]] = [
    (
        message(1, "image", MEDIA | {"caption": "такой сыр"}),
        "такой сыр",
        [Attachment("photo", "1003383421387256", "", "image/jpeg")],
    ),
    (
        message(1, "document", MEDIA | {"filename": "заказ.xlsx"}),
        "",
        [Attachment("document", "1003383421387256", "заказ.xlsx", "image/jpeg")],
    ),
    (message(1, "audio", MEDIA | {"voice": True}), "", [Attachment("voice", MEDIA["id"], "", "image/jpeg")]),
    (message(1, "audio", MEDIA | {"voice": False}), "", [Attachment("document", MEDIA["id"], "", "image/jpeg")]),
    (message(1, "voice", MEDIA), "", [Attachment("voice", MEDIA["id"], "", "image/jpeg")]),
    (message(1, "video", MEDIA), "", [Attachment("video", MEDIA["id"], "", "image/jpeg")]),
    (message(1, "sticker", MEDIA), "", [Attachment("sticker", MEDIA["id"], "", "image/jpeg")]),
    (message(1, "location", {"latitude": 55.7, "longitude": 37.6}), "", [Attachment("location")]),
    (message(1, "location", {"latitude": 1, "name": "Склад"}), "", [Attachment("location", name="Склад")]),
    (message(1, "unsupported", errors=[payloads.error(131051)]), "", [Attachment("other")]),
    (message(1, "order", {"catalog_id": "1", "product_items": []}), "", [Attachment("other")]),
    (message(1, "poll_of_tomorrow", {"x": 1}), "", [Attachment("other")]),
    (message(1, "text"), "", [Attachment("other")]),
    (message(1, "text", {"body": None}), "", [Attachment("other")]),
    (message(1, "image", "a string"), "", [Attachment("other")]),
    (message(1, "contacts", [{"name": {"formatted_name": "Без номера"}}]), "", [Attachment("other")]),
]


@pytest.mark.parametrize(("sent", "words", "attachments"), SECTIONS)
async def test_what_is_no_words_is_kept_for_a_person(
    read: Any, sent: payloads.Json, words: str, attachments: list[Attachment]
) -> None:
    event = one(read, sent)
    assert (event.text, list(event.attachments), event.button) == (words, attachments, None)


async def test_buttons(read: Any) -> None:
    assert one(read, payloads.reply(1, "7:2")).button == ButtonPress(7, 2)
    assert one(read, payloads.row(1, "7:9")).button == ButtonPress(7, 9)
    quick = message(1, "button", {"payload": "7:0", "text": "Да"})
    assert one(read, quick).button == ButtonPress(7, 0)


async def test_a_button_that_is_not_ours_is_its_words(read: Any) -> None:
    for sent in (
        message(1, "button", {"payload": "Подробнее", "text": "Подробнее"}),
        payloads.reply(1, "/confirm_order", "Подробнее"),
    ):
        event = one(read, sent)
        assert (event.text, event.button) == ("Подробнее", None)


async def test_a_card_is_never_the_sender_s_own(read: Any) -> None:
    for phone in ({"phone": "+7 900 000-00-99", "wa_id": "79000000099"}, {"phone": f"+{ANNA}", "wa_id": ANNA}):
        card = {"name": {"formatted_name": "Пётр"}, "phones": [phone], "org": {}}
        assert one(read, message(1, "contacts", [card])).contact == SharedContact(f"+{phone['wa_id']}", own=False)


async def test_changed_and_deleted_words_are_told_apart(read: Any) -> None:
    now = {"type": "text", "text": {"body": "молока 6"}, "context": {"id": "M0"}}
    edited = one(read, message(2, "edit", {"original_message_id": "wamid.IN1", "message": now}))
    assert (edited.text, edited.edited, edited.deleted, edited.provider_id) == ("молока 6", True, False, "wamid.IN2")
    deleted = one(read, message(3, "revoke", {"original_message_id": "wamid.IN1"}))
    assert (deleted.text, deleted.edited, deleted.deleted) == ("", False, True)


async def test_a_like_is_no_answer(read: Any) -> None:
    liked = message(1, "reaction", {"message_id": "wamid.OUT1", "emoji": "👍"})
    assert read(value(messages=[liked, message(2, "reaction", {"message_id": "wamid.OUT1"})])) == ()


async def test_somebody_without_a_number_is_answered_but_proves_no_phone(read: Any) -> None:
    hidden = {key: part for key, part in text(1, "молока 8").items() if key != "from"}
    event = one(read, hidden, contacts=[payloads.contact("")])
    assert (event.channel_user, event.phone, event.name) == (ANNAS_PERSON, "", "Анна")
    (nobody,) = [read(value(messages=[{key: part for key, part in hidden.items() if key != "from_user_id"}]))]
    assert nobody == ()


async def test_the_name_is_of_the_one_who_wrote(read: Any) -> None:
    others = [payloads.contact("79000000099", "RU.2", "Пётр"), payloads.contact()]
    assert one(read, text(1, "молоко"), contacts=others).name == "Анна"
    assert one(read, text(1, "молоко"), contacts=others[:1]).name == ""


async def test_a_group_has_an_address_of_its_own_and_proves_nothing(read: Any) -> None:
    event = one(read, text(1, "молоко", group_id="Y2FwaV9ncm91cDox"))
    assert (event.group, event.channel_user, event.phone, event.person) == (True, "Y2FwaV9ncm91cDox", "", "")


@pytest.mark.parametrize("kind", ["user_changed_number", "customer_changed_number"])
async def test_a_changed_number_frees_both_numbers(read: Any, kind: str) -> None:
    system = {"body": "User A changed from … to …", "wa_id": "79000000099", "type": kind, "user_id": "RU.2"}
    sent = message(1, "system", system)
    del sent["from_user_id"]
    assert read(value(messages=[sent], contacts=[])) == (
        OwnerChanged("wamid.IN1:0", ANNA, f"+{ANNA}"),
        OwnerChanged("wamid.IN1:1", "79000000099"),
    )


async def test_another_telephone_of_the_same_person_frees_nothing(read: Any) -> None:
    assert read(value(messages=[message(1, "system", {"body": "x", "type": "customer_identity_changed"})])) == ()


async def test_statuses(read: Any) -> None:
    states = ["sent", "delivered", "read", "played", "deleted"]
    events = read(value(statuses=[payloads.status(f"wamid.OUT{n}", state) for n, state in enumerate(states)]))
    assert events == (
        Receipt("wamid.OUT0", "sent"),
        Receipt("wamid.OUT1", "delivered"),
        Receipt("wamid.OUT2", "read"),
        Receipt("wamid.OUT3", "read"),
    )


@pytest.mark.parametrize(
    ("code", "permanent"),
    [(131047, True), (131026, True), (130429, False), (131056, False), (131000, False), (132001, True), (999, True)],
)
async def test_failed_statuses_say_whether_it_may_pass(read: Any, code: int, permanent: bool) -> None:
    (event,) = read(value(statuses=[payloads.status("wamid.OUT1", "failed", payloads.error(code, "to 79000000011"))]))
    assert event == Receipt("wamid.OUT1", "failed", f"{code} to …", permanent)


async def test_a_batch_keeps_its_order_and_leaves_out_what_is_not_ours(
    provider: FakeProvider, channel: WhatsApp
) -> None:
    batch = update(
        value(messages=[text(1, "первое"), {"no": "id"}, text(2, "второе")]),
        value(phone_id="999", messages=[text(3, "чужому номеру")]),
        value(statuses=[{"id": None}, payloads.status("wamid.OUT1", "read")], errors=[payloads.error(131000)]),
        value(messages=[{"id": "wamid.IN4", "from": ANNA, "type": "text", "text": 5, "timestamp": []}]),
        {"metadata": "of a new shape"},
    )
    batch["entry"].append(update({"event": "APPROVED"}, field="message_template_status_update")["entry"][0])
    batch["entry"].append(update(value(messages=[text(5, "последнее")]))["entry"][0])
    events = channel.read(provider.signed(batch)).events
    told = [event.provider_id if isinstance(event, InboundMessage) else event for event in events]
    assert told == ["wamid.IN1", "wamid.IN2", Receipt("wamid.OUT1", "read"), "wamid.IN4", "wamid.IN5"]
    assert isinstance(events[3], InboundMessage)
    assert events[3].attachments == (Attachment("other"),), "somebody wrote: a person will look"


async def test_a_redelivery_after_six_days_keeps_its_time(read: Any) -> None:
    first, again = (one(read, text(1, "молока 8", at=1_765_263_600)) for _ in range(2))
    assert first == again
    assert first.sent_at == datetime(2025, 12, 9, 7, 0, tzinfo=UTC)
    assert one(read, text(1, "молока 8") | {"timestamp": "soon"}).sent_at is None
    assert one(read, text(1, "молока 8") | {"timestamp": "9" * 30}).sent_at is None
