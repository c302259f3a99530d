"""The pilot: flagged customers are served; the others get a note and a person, once, and nothing is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from api.config import settings
from api.conversations import assistant as door
from api.conversations import handoff, outbox, pilot
from api.customers import codes
from api.db.models import ConversationRow, CustomerRow, HandoffRow, InboxRow, OutboxRow
from api.db.session import staff_session
from api.deps.options import set_option
from tests.api.conversations.conftest import CODE, Assistant
from tests.api.conversations.test_turns import Conversation, history, run, send

ANNA = "Анна, +7 900 000-00-02"


@pytest.fixture
async def pilot_lasts(customer: str) -> None:
    async with staff_session() as session:
        await set_option(session, "pilot", True, "admin")


async def flag(yes: bool) -> None:
    async with staff_session() as session:
        (await session.get_one(CustomerRow, "petra")).pilot = yes


async def handoffs() -> list[HandoffRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(HandoffRow).order_by(HandoffRow.id)))


async def said() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(OutboxRow.text).order_by(OutboxRow.seq)))


async def an_hour_passes() -> None:
    async with staff_session() as session:
        await session.execute(update(OutboxRow).values(at=OutboxRow.at - timedelta(minutes=61)))


async def test_a_flagged_customer_is_served(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    await flag(True)
    await run(await send(web, conversation, "молока 8"))
    assert [asked["text"] for asked in assistant.asked] == ["молока 8"]
    assert await handoffs() == []


async def test_the_others_get_a_note_and_a_person_once(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    for text in ("молока 8", "и хлеба 2", "вы тут?"):
        await run(await send(web, conversation, text))
    assert assistant.asked == []
    # Every word is there for the manager; the note is said once, the person asked for once.
    note = pilot.PASSED_ON.format(manager=ANNA)
    assert sorted(await history(web, conversation)) == sorted(
        [("customer", "молока 8"), ("bot", note), ("customer", "и хлеба 2"), ("customer", "вы тут?")]
    )
    (asked,) = await handoffs()
    assert (asked.reason, asked.note) == ("pilot", "молока 8")
    await an_hour_passes()
    await run(await send(web, conversation, "ау"))
    await run(await send(web, conversation, "ау!"))
    assert await said() == [note, pilot.STILL_WAITING.format(manager=ANNA)]
    assert len(await handoffs()) == 1 and assistant.asked == []


async def test_a_repeated_job_says_and_asks_nothing_again(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    inbox = await send(web, conversation, "молока 8")
    await run(inbox)
    await run(inbox)
    assert len(await said()) == 1 and len(await handoffs()) == 1


async def test_opening_the_chat_calls_nobody(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    async with staff_session() as session:
        (opening,) = await session.scalars(select(InboxRow.id))
    await run(opening)
    assert await said() == [pilot.OPENED.format(customer="ООО «Кофейня у Петра»")]
    assert await handoffs() == [] and assistant.asked == []


async def test_a_managers_words_and_news_of_orders_go_through(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    await run(await send(web, conversation, "молока 8"))
    now = settings().clock.now()
    async with staff_session() as session:
        chat = await session.get_one(ConversationRow, conversation[0])
        await handoff.take(session, chat, now, "anna")
        await outbox.say(session, chat.id, now, "Записала, привезём завтра.", sender="manager", author="Анна")
        await outbox.say(session, chat.id, now, "Заказ № 7 отгружен.", dedupe_key="order:7:status:shipped@x")
    await an_hour_passes()
    await run(await send(web, conversation, "спасибо"))
    assert (await said())[1:] == ["Записала, привезём завтра.", "Заказ № 7 отгружен."]
    async with staff_session() as session:
        await handoff.close(session, await session.get_one(ConversationRow, conversation[0]), now)
    # The next words are a new request: somebody has to answer them.
    await run(await send(web, conversation, "и ещё сыра"))
    assert [asked.note for asked in await handoffs()] == ["молока 8", "и ещё сыра"]
    assert assistant.asked == []


async def visitor(web: httpx.AsyncClient) -> Conversation:
    answer = await web.post("/webchat/session", json={})
    return UUID(answer.json()["conversation"]), {"Authorization": f"Bearer {answer.json()['visitor']}"}


async def test_who_signs_in_by_a_message_gets_the_note_instead_of_the_menu(
    web: httpx.AsyncClient, customer: str, assistant: Assistant, pilot_lasts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await visitor(web)
    assistant.answers("Пришлите, пожалуйста, код компании.")
    await run(await send(web, chat, "молока 8"))
    assert len(assistant.asked) == 1, "a visitor whom nobody knows may sign in"
    signing_in = await send(web, chat, CODE)
    assistant.answers("Здравствуйте! Что хотите сделать?")
    ask = door.ask

    async def signs_in(conversation: str, text: str, metadata: dict[str, Any]) -> door.Turn:
        """What the action does through the api in this turn."""
        async with staff_session() as session:
            row = await session.get_one(ConversationRow, chat[0])
            await codes.sign_in(session, row, CODE, settings().clock, inbox_id=signing_in)
        return await ask(conversation, text, metadata)

    monkeypatch.setattr(door, "ask", signs_in)
    await run(signing_in)
    assert (await said())[-1] == pilot.PASSED_ON.format(manager=ANNA)
    assert "Что хотите сделать?" not in await said()
    (asked,) = await handoffs()
    assert asked.note == "молока 8", "words of before the sign-in wait for the manager; the code is not quoted"


async def test_who_waited_because_of_the_pilot_is_told_that_it_is_over(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant, pilot_lasts: None
) -> None:
    await run(await send(web, conversation, "молока 8"))
    await flag(True)
    await run(await send(web, conversation, "есть кто?"))
    await run(await send(web, conversation, "ау"))
    assert (await said())[1:] == [pilot.SERVED_NOW]
    assert assistant.asked == [], "the words stay with the manager until the customer presses the button"
    button = {"id": str(uuid4()), "button": {"message": 4, "index": 0}}
    assert (await web.post("/webhooks/webchat", json=button, headers=conversation[1])).status_code == 200
    async with staff_session() as session:
        pressed = await session.scalar(select(InboxRow.id).order_by(InboxRow.id.desc()).limit(1))
    assert pressed is not None
    await run(pressed)
    assert [asked["text"] for asked in assistant.asked] == ["/start"]


async def test_without_the_pilot_everybody_is_served(
    web: httpx.AsyncClient, conversation: Conversation, assistant: Assistant
) -> None:
    await run(await send(web, conversation, "молока 8"))
    assert len(assistant.asked) == 1 and await handoffs() == []
