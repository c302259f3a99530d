"""Receiving: everything is stored once, bad input gets a clear refusal, a button is only what was offered."""

from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select, text

from api.db.models import InboxRow, OutboxRow
from api.db.session import staff_session

Conversation = tuple[UUID, dict[str, str]]


async def post(web: httpx.AsyncClient, conversation: Conversation, **body: object) -> httpx.Response:
    return await web.post("/webhooks/webchat", json={"id": str(uuid4())} | body, headers=conversation[1])


async def jobs() -> int:
    async with staff_session() as session:
        count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conversations.handle'")
        return int((await session.execute(count)).scalar_one())


async def test_message_is_stored_with_its_job(web: httpx.AsyncClient, conversation: Conversation) -> None:
    before = await jobs()
    answer = await post(web, conversation, text="молока 8")
    assert (answer.status_code, answer.json()) == (200, {"seq": 1})
    assert await jobs() == before + 1


async def test_redelivery_gets_the_same_answer(web: httpx.AsyncClient, conversation: Conversation) -> None:
    body = {"id": str(uuid4()), "text": "молока 8"}
    answers = [await web.post("/webhooks/webchat", json=body, headers=conversation[1]) for _ in range(3)]
    assert {answer.json()["seq"] for answer in answers} == {1}
    async with staff_session() as session:
        stored = select(func.count()).select_from(InboxRow).where(InboxRow.text != "")
        assert await session.scalar(stored) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{broken", 422),
        (b"\xff\xfe\x00", 422),
        (b"[]", 422),
        (b'{"id": "not-a-uuid", "text": "x"}', 422),
        (b'{"id": "7f3b2a44-6d0f-4a7e-9a38-0c4b5a0f9f10"}', 422),
        (b'{"id": "7f3b2a44-6d0f-4a7e-9a38-0c4b5a0f9f10", "text": "  "}', 422),
        (b'{"id": "7f3b2a44-6d0f-4a7e-9a38-0c4b5a0f9f10", "text": "\\u0000"}', 422),
        ('{"id": "7f3b2a44-6d0f-4a7e-9a38-0c4b5a0f9f10", "text": "' + "я" * 4001 + '"}', 413),
        (b"x" * 70_000, 413),
    ],
)
async def test_bad_input_is_refused_in_words(
    web: httpx.AsyncClient, conversation: Conversation, body: bytes | str, status: int
) -> None:
    content = body.encode() if isinstance(body, str) else body
    answer = await web.post("/webhooks/webchat", content=content, headers=conversation[1])
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_forged_visitor_is_refused(web: httpx.AsyncClient, conversation: Conversation) -> None:
    forged = {"Authorization": conversation[1]["Authorization"][:-2] + "xx"}
    answer = await web.post("/webhooks/webchat", json={"id": str(uuid4()), "text": "я"}, headers=forged)
    assert answer.status_code == 401
    assert (await web.post("/webhooks/nowhere", json={})).status_code == 404


async def test_only_an_offered_button_carries_an_intent(web: httpx.AsyncClient, conversation: Conversation) -> None:
    async with staff_session() as session:
        from api.conversations import outbox
        from tests.api.conversations.conftest import NOW

        button = {"title": "Оформить", "payload": '/confirm_order{"version": "3"}'}
        await outbox.say(session, conversation[0], NOW, "Ваш заказ", buttons=[button])
    assert (await post(web, conversation, button={"message": 1, "index": 1})).status_code == 422
    assert (await post(web, conversation, button={"message": 9, "index": 0})).status_code == 422
    assert (await post(web, conversation, button={"message": 1, "index": 0})).status_code == 200
    async with staff_session() as session:
        row = (await session.scalars(select(InboxRow).where(InboxRow.text == "Оформить"))).one()
    assert row.payload == '/confirm_order{"version": "3"}'


async def test_line_of_a_card_is_changed_in_place(web: httpx.AsyncClient, conversation: Conversation) -> None:
    async with staff_session() as session:
        from tests.api.conversations.conftest import NOW

        card = {"lines": [{"sku": "20013", "short_name": "Молоко", "unit": "шт"}]}
        session.add(OutboxRow(conversation_id=conversation[0], seq=50, at=NOW, sender="bot", text="", card=card))
    assert (await post(web, conversation, line={"message": 50, "sku": "1", "quantity": "8"})).status_code == 422
    assert (await post(web, conversation, line={"message": 50, "sku": "20013", "quantity": "-1"})).status_code == 422
    assert (await post(web, conversation, line={"message": 50, "sku": "20013", "quantity": "1.5"})).status_code == 200
    assert (await post(web, conversation, line={"message": 50, "sku": "20013", "quantity": "0"})).status_code == 200
    async with staff_session() as session:
        rows = (await session.scalars(select(InboxRow).where(InboxRow.seq > 0).order_by(InboxRow.id))).all()
    assert [(row.text, row.payload) for row in rows] == [
        ("Молоко: 1,5 шт", '/set_line{"sku": "20013", "quantity": "1.5"}'),
        ("Молоко: убрать", '/remove_line{"sku": "20013"}'),
    ]


async def test_flood_is_slowed_down(web: httpx.AsyncClient, conversation: Conversation) -> None:
    answers = [await post(web, conversation, text=f"молока {n}") for n in range(25)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
