"""From the webhook through the database to the provider: late messages, replays, the window, changed numbers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select, text

from api.channels import registry
from api.channels.whatsapp.adapter import WhatsApp
from api.config import settings
from api.conversations import delivery, jobs, outbox, receipts
from api.db.models import (
    AttachmentRow,
    ContactPhoneRow,
    ContactRow,
    ConversationRow,
    CustomerRow,
    EventRow,
    InboxRow,
    OutboxRow,
)
from api.db.session import staff_session
from tests.api.channels.whatsapp import payloads
from tests.api.channels.whatsapp.fake import FakeProvider
from tests.api.channels.whatsapp.payloads import ANNA, update, value


@pytest.fixture
async def channel(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WhatsApp]:
    channel = provider.channel(template="order_update")
    monkeypatch.setitem(registry.OPENERS, "whatsapp", lambda: channel)
    registry.channels.cache_clear()
    yield channel
    await registry.close_channels()


@pytest.fixture
async def web(database: str, channel: WhatsApp) -> AsyncIterator[httpx.AsyncClient]:
    from api.main import app

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


@pytest.fixture
async def assistant(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the assistant was asked; it answers nothing of interest."""
    asked: list[str] = []

    async def ask(conversation: str, text: str, metadata: dict[str, Any]) -> Any:
        asked.append(text)
        return jobs.Turn([{"text": "Готово."}], "order", 1.0)

    monkeypatch.setattr("api.conversations.assistant.ask", ask)
    return asked


def ago(**time: int) -> int:
    return int((settings().clock.now() - timedelta(**time)).timestamp())


async def bring(web: httpx.AsyncClient, provider: FakeProvider, *messages: payloads.Json, **parts: Any) -> None:
    body = payloads.raw(update(value(messages=list(messages), **parts)))
    answer = await web.post("/webhooks/whatsapp", content=body, headers=provider.proof(body))
    assert answer.status_code == 200, answer.text


async def inbox() -> list[InboxRow]:
    async with staff_session() as session:
        return list((await session.scalars(select(InboxRow).order_by(InboxRow.id))).all())


async def said() -> list[OutboxRow]:
    async with staff_session() as session:
        return list((await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all())


async def conversation(user: str = ANNA) -> ConversationRow:
    async with staff_session() as session:
        query = select(ConversationRow).where(ConversationRow.channel_user == user)
        return (await session.scalars(query)).one()


async def answered(row: InboxRow) -> None:
    await jobs.handle.func(SimpleNamespace(job=SimpleNamespace(attempts=0)), inbox_id=row.id)


async def bound() -> bool:
    """Whether the number still proves somebody."""
    async with staff_session() as session:
        return (await session.get_one(ContactPhoneRow, ("anna", f"+{ANNA}"))).revoked_at is None


async def signed_in(customer: str = "petra") -> None:
    async with staff_session() as session:
        if await session.get(CustomerRow, customer) is None:
            session.add(CustomerRow(id=customer, name="ООО «Кофейня у Петра»"))
            await session.flush()
            session.add(ContactRow(id="anna", customer_id=customer, name="Анна"))
            await session.flush()
            added = settings().clock.now()
            session.add(ContactPhoneRow(contact_id="anna", phone=f"+{ANNA}", source="erp", added_at=added))
        row = await session.get_one(ConversationRow, (await conversation()).id)
        row.customer_id = row.served_customer_id = customer


async def test_an_order_of_six_days_ago_is_asked_about_and_not_done(
    web: httpx.AsyncClient, provider: FakeProvider, assistant: list[str]
) -> None:
    await bring(web, provider, payloads.text(1, "молока 8", at=ago(days=6)))
    (row,) = await inbox()
    await answered(row)
    assert assistant == []
    (question,) = await said()
    assert "«молока 8». Выполнить его?" in question.text
    assert question.buttons[0] == {"title": "Да, выполнить", "says": "молока 8"}
    # The window closed five days ago: the question goes as a template, and «1» is «yes».
    await delivery.deliver.func(outbox_id=question.id)
    (body,) = provider.sent
    (parameter,) = body["template"]["components"][0]["parameters"]
    assert parameter["text"].endswith("Выполнить его? Напишите номер: 1. Да, выполнить; 2. Нет, не нужно")
    await bring(web, provider, payloads.text(2, "1", at=ago(seconds=1)))
    await answered((await inbox())[-1])
    assert assistant == ["молока 8"]


async def test_an_order_of_just_now_is_done_and_answered_in_words(
    web: httpx.AsyncClient, provider: FakeProvider, assistant: list[str]
) -> None:
    await bring(web, provider, payloads.text(1, "молока 8", at=ago(seconds=5)))
    await answered((await inbox())[0])
    assert assistant == ["молока 8"]
    assert [read["message_id"] for read in provider.read] == ["wamid.IN1"]
    (answer,) = await said()
    await delivery.deliver.func(outbox_id=answer.id)
    assert provider.sent[0]["text"]["body"] == "Готово."
    assert (await said())[0].provider_ids == ["wamid.OUT1"]


async def test_replays_and_batches_are_stored_once(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    messages = [payloads.text(number, f"молока {number}", at=ago(seconds=1)) for number in range(1, 6)]
    await bring(web, provider, *messages)
    await bring(web, provider, *reversed(messages))
    await bring(web, provider, *messages[2:], payloads.text(6, "молока 6", at=ago(seconds=1)))
    assert [(row.seq, row.text) for row in await inbox()] == [(n, f"молока {n}") for n in range(1, 7)]
    async with staff_session() as session:
        handled = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conversations.handle'")
        assert (await session.execute(handled)).scalar_one() == 6


async def test_the_person_is_known_by_the_number(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    await bring(web, provider, payloads.text(1, "молока", at=ago(seconds=1)))
    known = await conversation()
    assert (known.phone, known.name, known.channel_user) == (f"+{ANNA}", "Анна", ANNA)


async def test_what_json_can_say_and_the_database_cannot(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    await bring(web, provider, payloads.text(1, "молока\0 8 \ud83d", at=ago(seconds=1)) | {"odd": "\0\udc00"})
    assert [row.text for row in await inbox()] == ["молока 8"]


async def test_a_batch_after_an_outage_is_taken_whole(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    at = ago(seconds=1)
    await bring(web, provider, *(payloads.text(n, f"молока {n} " + "я" * 400, at=at) for n in range(1, 101)))
    assert len(await inbox()) == 100


async def test_attachments_wait_to_be_fetched(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    sheet = {"id": "1003383421387256", "mime_type": "text/csv", "filename": "заказ.csv", "sha256": "x"}
    await bring(web, provider, payloads.message(1, "document", sheet, at=ago(seconds=1)))
    async with staff_session() as session:
        (row,) = (await session.scalars(select(AttachmentRow))).all()
    assert (row.kind, row.name, row.file_ref) == ("document", "заказ.csv", "1003383421387256")


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("edit", {"message": {"type": "text", "text": {"body": "молока 6"}}}, "исправили сообщение"),
        ("revoke", {"original_message_id": "wamid.IN0"}, "Сообщение вы удалили"),
    ],
)
async def test_changed_words_are_not_done_again(
    web: httpx.AsyncClient, provider: FakeProvider, assistant: list[str], kind: str, content: payloads.Json, words: str
) -> None:
    await bring(web, provider, payloads.message(1, kind, content, at=ago(seconds=1)))
    await answered((await inbox())[0])
    (answer,) = await said()
    assert words in answer.text
    assert assistant == []


async def test_a_number_that_changed_hands_knows_nothing(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    await bring(web, provider, payloads.text(1, "молока", at=ago(seconds=9)))
    await signed_in()
    async with staff_session() as session:
        button = {"title": "Оформить", "payload": "/confirm_order"}
        await outbox.say(session, (await conversation()).id, settings().clock.now(), "450 ₽", buttons=[button])
    system = {"body": "User changed", "wa_id": "79000000099", "type": "user_changed_number"}
    await bring(web, provider, payloads.message(2, "system", system, at=ago(seconds=8)))
    known = await conversation()
    assert (known.customer_id, known.contact_id, known.phone) == (None, None, "")
    assert known.signed_in_by == "closed:phone"
    assert known.hidden_until == known.last_seq
    assert not await bound()
    # What was still on its way to the former owner stays here, and the new one's press on an old button is dead.
    (price,) = await said()
    await delivery.deliver.func(outbox_id=price.id)
    assert provider.sent == []
    await bring(web, provider, payloads.reply(3, f"{price.seq}:0"))
    assert (await inbox())[-1].payload == "/dead_button"
    async with staff_session() as session:
        query = select(func.count()).where(EventRow.kind == "owner_changed", EventRow.customer_id == "petra")
        assert await session.scalar(query) == 1


async def test_a_repeated_word_of_a_changed_number_does_not_touch_the_next_owner(
    web: httpx.AsyncClient, provider: FakeProvider
) -> None:
    await bring(web, provider, payloads.text(1, "молока", at=ago(seconds=9)))
    await signed_in()
    system = {"body": "User changed", "wa_id": "79000000099", "type": "user_changed_number"}
    await bring(web, provider, payloads.message(2, "system", system, at=ago(seconds=8)))
    async with staff_session() as session:  # a manager binds the number anew
        (await session.get_one(ContactPhoneRow, ("anna", f"+{ANNA}"))).revoked_at = None
    await signed_in()
    await bring(web, provider, payloads.message(2, "system", system, at=ago(seconds=8)))
    assert (await conversation()).customer_id == "petra"
    assert await bound()


async def test_another_person_behind_the_same_number_is_noticed(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    await bring(web, provider, payloads.text(1, "молока", at=ago(seconds=9)))
    await signed_in()
    await bring(web, provider, payloads.text(2, "хлеба", at=ago(seconds=8)))
    assert (await conversation()).customer_id == "petra"
    assert await bound()
    stranger = payloads.text(3, "что у вас есть?", at=ago(seconds=7)) | {"from_user_id": "RU.999"}
    await bring(web, provider, stranger, contacts=[payloads.contact(person="RU.999", name="Борис")])
    known = await conversation()
    assert (known.customer_id, known.name) == (None, "Борис")
    assert known.signed_in_by == "closed:phone"
    assert not await bound()


async def test_a_failure_told_later_is_sent_again_or_given_up(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    await bring(web, provider, payloads.text(1, "молока", at=ago(seconds=1)))
    async with staff_session() as session:
        await outbox.say(session, (await conversation()).id, settings().clock.now(), "Заказ принят.")
    (row,) = await said()
    await delivery.deliver.func(outbox_id=row.id)
    for code, state in ((131000, "queued"), (131026, "failed")):
        (told,) = (await said())[0].provider_ids
        status = payloads.status(told, "failed", payloads.error(code))
        body = payloads.raw(update(value(statuses=[status])))
        assert (await web.post("/webhooks/whatsapp", content=body, headers=provider.proof(body))).status_code == 200
        async with staff_session() as session:
            newest = text(
                "SELECT args FROM procrastinate_jobs WHERE task_name = 'messages.receipt' ORDER BY id DESC LIMIT 1"
            )
            args = (await session.execute(newest)).scalar_one()
        await receipts.receipt.func(**args)
        assert (await said())[0].state == state
        if state == "queued":
            await delivery.deliver.func(outbox_id=row.id)
    assert len(provider.sent) == 2


async def test_forged_updates_change_nothing(web: httpx.AsyncClient, provider: FakeProvider) -> None:
    body = payloads.raw(update(value(messages=[payloads.text(1, "молока")])))
    answer = await web.post("/webhooks/whatsapp", content=body, headers={"X-Hub-Signature-256": "sha256=00"})
    assert answer.status_code == 401
    assert await inbox() == []


async def test_the_handshake_over_http(web: httpx.AsyncClient, provider: FakeProvider, httpserver: HTTPServer) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify-token-of-the-tests", "hub.challenge": "42"}
    answer = await web.get("/webhooks/whatsapp", params=query)
    expected = (200, "42") if provider.kind == "meta" else (405, None)
    assert (answer.status_code, answer.text if answer.status_code == 200 else None) == expected
