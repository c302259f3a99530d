"""pywa as an independent reading: of the updates that our tests write, and of the JSON that we post."""

import json
from typing import Any

import httpx
import pytest
from pywa import WhatsApp as Pywa
from pywa import types as peer
from pywa.types.templates import BodyText, TemplateLanguage
from pywa.utils import webhook_updates_validator

from api.channels.port import Button, InboundMessage, Outgoing, OwnerChanged, Receipt
from api.channels.whatsapp import drawing
from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.whatsapp import payloads
from tests.api.channels.whatsapp.fake import APP_SECRET, FakeProvider
from tests.api.channels.whatsapp.payloads import ANNA, ANNAS_PERSON, OUR_PHONE_ID, message, text, update, value


def posted_by_peer(**call: Any) -> dict[str, Any]:
    """What pywa posts for `send_<something>`."""
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        contacts = [{"input": ANNA, "wa_id": ANNA, "user_id": ANNAS_PERSON}]
        return httpx.Response(200, json={"messages": [{"id": "wamid.OUT1"}], "contacts": contacts})

    client = Pywa(OUR_PHONE_ID, "token", session=httpx.Client(transport=httpx.MockTransport(answer)))
    getattr(client, call.pop("method"))(**call)
    (body,) = seen
    return body


def ours(message: Outgoing, to: str = ANNA) -> Any:
    return json.loads(json.dumps(drawing.draw(to, message)))


@pytest.mark.parametrize("to", [ANNA, ANNAS_PERSON])
def test_a_text_is_posted_alike(to: str) -> None:
    assert ours(Outgoing("Заказ принят."), to) == posted_by_peer(method="send_message", to=to, text="Заказ принят.")


def test_buttons_are_posted_alike() -> None:
    titles = ["Оформить", "Изменить"]
    row = tuple(Button(title, f"7:{n}", title) for n, title in enumerate(titles))
    theirs = posted_by_peer(
        method="send_message",
        to=ANNA,
        text="Верно?",
        buttons=[peer.Button(title, f"7:{n}") for n, title in enumerate(titles)],
    )
    assert ours(Outgoing("Верно?", (row,))) == theirs


def test_a_list_is_posted_alike() -> None:
    long = "Молоко пастеризованное 3,2 % 930 мл"
    rows = ((Button("Молоко пастеризованное…", "7:0", long),), (Button("Кефир", "7:1", "Кефир"),))
    section = peer.Section(
        "Варианты", [peer.SectionRow("Молоко пастеризованное…", "7:0", long), peer.SectionRow("Кефир", "7:1")]
    )
    theirs = posted_by_peer(
        method="send_message", to=ANNA, text="Какое?", buttons=peer.SectionList("Выбрать", [section])
    )
    assert ours(Outgoing("Какое?", rows, as_list=True)) == theirs


def test_a_template_is_posted_alike() -> None:
    theirs = posted_by_peer(
        method="send_template",
        to=ANNA,
        name="order_update",
        language=TemplateLanguage.RUSSIAN,
        params=[BodyText.params("Заказ отгружен.")],
    )
    mine = drawing.draw_template(ANNA, "Заказ отгружен.", name="order_update", language="ru")
    theirs["template"]["language"].pop("policy", None)
    assert _lowered(mine) == _lowered(theirs)


def _lowered(body: Any) -> Any:
    """Types of components are written in either case."""
    return json.loads(json.dumps(body).replace('"BODY"', '"body"').replace('"TEXT"', '"text"'))


async def test_reading_and_typing_are_posted_alike(provider: FakeProvider, channel: WhatsApp) -> None:
    await channel.acknowledge(ANNA, {"id": "wamid.IN1"})
    theirs: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        theirs.append(json.loads(request.content))
        return httpx.Response(200, json={"success": True})

    client = Pywa(OUR_PHONE_ID, "token", session=httpx.Client(transport=httpx.MockTransport(answer)))
    client.indicate_typing("wamid.IN1")
    assert provider.read == theirs


def read_by_peer(body: bytes) -> Any:
    """pywa's own object for the update."""
    client = Pywa(OUR_PHONE_ID, "token", server=None)
    update = peer.RawUpdate(body, hmac_header=None, update_hash="x")
    handler = client._get_handler_type(update)
    assert handler is not None
    return client._handlers_to_updates[handler].from_update(client=client, update=update)


@pytest.fixture
def both(provider: FakeProvider, channel: WhatsApp) -> Any:
    """Our event and pywa's object of the same update."""

    def both(**parts: Any) -> tuple[Any, Any]:
        body = payloads.raw(update(value(**parts)))
        (event,) = channel.read(provider.signed(body)).events
        return event, read_by_peer(body)

    return both


MEDIA = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "x"}
ATTACHED = [
    ("image", MEDIA | {"caption": "такой сыр"}),
    ("document", MEDIA | {"filename": "заказ.xlsx"}),
    ("audio", MEDIA | {"voice": True}),
    ("video", MEDIA),
    ("sticker", MEDIA | {"animated": False}),
]


async def test_words_are_read_alike(both: Any) -> None:
    mine, theirs = both(messages=[text(1, "как обычно, только молока 8 🥛")])
    assert isinstance(mine, InboundMessage)
    assert (mine.provider_id, mine.text, mine.name) == (theirs.id, theirs.text, theirs.from_user.name)
    assert (mine.channel_user, mine.person) == (theirs.from_user.wa_id, theirs.from_user.bsuid)
    assert mine.sent_at == theirs.timestamp


@pytest.mark.parametrize(("kind", "content"), ATTACHED)
async def test_files_are_read_alike(both: Any, kind: str, content: payloads.Json) -> None:
    mine, theirs = both(messages=[message(1, kind, content)])
    (attachment,) = mine.attachments
    media = getattr(theirs, kind)
    assert (attachment.file_ref, attachment.mime) == (media.id, media.mime_type)
    assert attachment.name == (getattr(media, "filename", None) or "")
    assert mine.text == (theirs.caption or "")


async def test_presses_are_read_alike(both: Any) -> None:
    for sent in (
        payloads.reply(1, "7:2"),
        payloads.row(1, "7:2"),
        message(1, "button", {"payload": "7:2", "text": "Да"}),
    ):
        mine, theirs = both(messages=[sent])
        assert f"{mine.button.message}:{mine.button.index}" == theirs.data
        assert mine.channel_user == theirs.from_user.wa_id


async def test_statuses_are_read_alike(both: Any) -> None:
    for state in ("sent", "delivered", "read", "failed"):
        error = payloads.error(131047, "More than 24 hours") if state == "failed" else None
        mine, theirs = both(statuses=[payloads.status("wamid.OUT1", state, error)])
        assert isinstance(mine, Receipt)
        assert (mine.message_id, mine.state) == (theirs.id, theirs.status)
        if error:
            assert mine.error == f"{theirs.error.code} {theirs.error.details}"


async def test_changed_and_deleted_messages_are_read_alike(both: Any) -> None:
    now = {"type": "text", "text": {"body": "молока 6"}, "context": {"id": "M0"}}
    mine, theirs = both(messages=[message(2, "edit", {"original_message_id": "wamid.IN1", "message": now})])
    assert (mine.edited, mine.text) == (True, theirs.message.text)
    mine, theirs = both(messages=[message(3, "revoke", {"original_message_id": "wamid.IN1"})])
    assert mine.deleted
    assert type(theirs).__name__ == "DeletedMessage"


async def test_a_changed_number_is_read_alike(provider: FakeProvider, channel: WhatsApp) -> None:
    system = {"body": "User A changed", "wa_id": "79000000099", "type": "user_changed_number"}
    body = payloads.raw(update(value(messages=[message(1, "system", system)], contacts=[])))
    events = channel.read(provider.signed(body)).events
    freed = {event.channel_user for event in events if isinstance(event, OwnerChanged)}
    theirs = read_by_peer(body)
    assert {theirs.old_wa_id, theirs.new_wa_id} <= freed


async def test_signatures_are_checked_alike(provider: FakeProvider, channel: WhatsApp) -> None:
    if provider.kind != "meta":
        pytest.skip("Meta's way")
    body = payloads.raw(update(value(messages=[text(1, "молоко")])))
    signature = provider.proof(body)["x-hub-signature-256"]
    assert webhook_updates_validator(APP_SECRET, body, signature)
    assert channel.read(provider.signed(body)).events
