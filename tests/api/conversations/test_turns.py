"""A turn: asked once, answered in order, survived when the assistant is down, silent while a person speaks."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from api.conversations import jobs
from api.conversations.assistant import AssistantDown
from api.conversations.jobs import escaped, handle
from api.db.models import ConversationRow, CustomerRow, HandoffRow, InboxRow, OutboxRow
from api.db.session import staff_session
from api.deps import token
from tests.api.conversations.conftest import Assistant

Conversation = tuple[UUID, dict[str, str]]


async def run(inbox_id: int, attempts: int = 0) -> None:
    await handle.func(SimpleNamespace(job=SimpleNamespace(attempts=attempts)), inbox_id=inbox_id)


async def send(web: httpx.AsyncClient, conversation: Conversation, text: str) -> int:
    body = {"id": str(uuid4()), "text": text}
    await web.post("/webhooks/webchat", json=body, headers=conversation[1])
    async with staff_session() as session:
        found = await session.scalar(select(InboxRow.id).order_by(InboxRow.id.desc()).limit(1))
    assert found is not None
    return found


async def history(web: httpx.AsyncClient, conversation: Conversation) -> list[tuple[str, str]]:
    answer = await web.get("/webchat/messages", headers=conversation[1])
    return [(message["from"], message["text"]) for message in answer.json()["messages"]]


async def test_answer_follows_the_question(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "молока 8")
    assistant.answers("Молоко — 8 шт.", buttons=[{"title": "Оформить", "payload": "/confirm_order"}])
    await run(inbox)
    assert await history(web, conversation) == [("customer", "молока 8"), ("bot", "Молоко — 8 шт.")]
    asked = assistant.asked[-1]
    assert asked["text"] == "молока 8"
    assert asked["metadata"]["customer"] == "ООО «Кофейня у Петра»"
    assert token.read(asked["metadata"]["token"]) == token.Claims(conversation[0], inbox, "petra")


async def test_handled_message_is_not_answered_again(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "молока 8")
    await run(inbox)
    await run(inbox)
    assert len(assistant.asked) == 1
    assert len(await history(web, conversation)) == 2


async def test_slash_is_taken_from_typed_words() -> None:
    assert escaped('/confirm_order{"version": "1"}') == 'confirm_order{"version": "1"}'
    assert escaped(" //start") == "start"
    assert escaped("/") == "…"


async def test_assistant_down_is_said_once_and_ends_with_a_person(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "молока 8")
    assistant.fails()
    for attempts in range(len(jobs.WAITS_SECONDS)):
        with pytest.raises(AssistantDown):
            await run(inbox, attempts)
    assert await history(web, conversation) == [("customer", "молока 8"), ("bot", jobs.SLOW)]
    await run(inbox, len(jobs.WAITS_SECONDS))
    assert (await history(web, conversation))[-1] == ("bot", jobs.GIVEN_UP)
    async with staff_session() as session:
        asked = (await session.scalars(select(HandoffRow))).one()
    assert (asked.reason, asked.note) == ("assistant_down", "молока 8")


async def test_empty_answer_is_no_silence(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "молока 8")
    assistant.answers("")
    await run(inbox)
    assert (await history(web, conversation))[-1] == ("bot", jobs.SILENT)


async def test_silent_while_a_person_speaks_and_back_by_the_button(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    async with staff_session() as session:
        (await session.get_one(ConversationRow, conversation[0])).mode = "waiting"
    await run(await send(web, conversation, "вы тут?"))
    assert assistant.asked == []
    async with staff_session() as session:
        start = InboxRow(
            channel="webchat", provider_id="back", conversation_id=conversation[0], seq=7, text="К помощнику",
            payload="/start", raw={}, at=(await session.scalars(select(InboxRow.at))).first(),
        )  # fmt: skip
        session.add(start)
        await session.flush()
    await run(start.id)
    assert [asked["text"] for asked in assistant.asked] == ["/start"]


async def test_numbers_of_messages_have_no_gaps(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    for n in range(5):
        await run(await send(web, conversation, f"молока {n}"))
    answer = await web.get("/webchat/messages", headers=conversation[1])
    assert [message["seq"] for message in answer.json()["messages"]] == list(range(1, 11))
    later = await web.get("/webchat/messages", params={"after": 7}, headers=conversation[1])
    assert [message["seq"] for message in later.json()["messages"]] == [8, 9, 10]
    async with staff_session() as session:
        assert len((await session.scalars(select(OutboxRow))).all()) == 5


async def test_an_answer_that_cannot_be_kept_does_not_block_the_conversation(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "молока 8")
    assistant.answers("Ой", buttons=[{"title": "без действия"}])
    with pytest.raises(KeyError):
        await run(inbox)
    await run(inbox, attempts=len(jobs.WAITS_SECONDS))
    assert (await history(web, conversation))[-1] == ("bot", jobs.GIVEN_UP)
    async with staff_session() as session:
        assert (await session.get_one(InboxRow, inbox)).handled_at is not None


async def test_a_closed_company_is_signed_out(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    inbox = await send(web, conversation, "мой баланс")
    claims = token.Claims(conversation[0], inbox, "petra")
    signed = {"Authorization": f"Bearer {token.issue(claims)}"}
    assert (await web.get("/v1/balance", headers=signed)).status_code == 200
    async with staff_session() as session:
        (await session.get_one(CustomerRow, "petra")).active = False
    assert (await web.get("/v1/balance", headers=signed)).json()["error"]["code"] == "no_customer"
    assert (await web.get("/v1/session", headers=signed)).json()["closed"] == "customer"
    await run(inbox)
    assert assistant.asked[-1]["metadata"]["customer"] is None
    headers = {"Authorization": f"Bearer {assistant.asked[-1]['metadata']['token']}"}
    assert (await web.get("/v1/balance", headers=headers)).status_code == 403
    assert (await web.post("/v1/handoff", json={"reason": "customer"}, headers=headers)).status_code == 200
    answer = await web.post("/v1/session/sign-in", json={"code": "BEREZKA-1"}, headers=headers)
    assert answer.json()["customer"]["name"] == "ИП Берёзкина"
