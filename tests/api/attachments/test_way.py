"""A file's way: from the messenger or the web page to the assistant, or to a person, and never into nothing."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.channels import registry
from api.channels.errors import DeliveryError
from api.channels.memory import MemoryMessenger
from api.channels.port import Attachment, InboundMessage
from api.config import settings
from api.conversations import files, intake
from api.conversations.files import TRIES, NotFetched
from api.conversations.jobs import handle
from api.db.models import AttachmentRow, CartRow, ConversationRow, HandoffRow, InboxRow, OutboxRow, StoredResultRow
from api.db.session import staff_session
from api.spreadsheets.errors import SENTENCES
from tests.api.attachments.files import csv, xlsx
from tests.api.conversations.conftest import Assistant, assistant
from tests.api.orders.conftest import CREAM, MILK, PETRA, World

__all__ = ["assistant"]

LIST = xlsx([("Товар", "Кол-во"), ("Молоко 3,2%", 5), ("Сливки", 2)])
TELEGRAM = "12345"


@dataclass
class Chat:
    """A person in the memory messenger; `customer` is who the conversation belongs to."""

    messenger: MemoryMessenger
    conversation: UUID
    _updates: "Iterator[int]"

    async def sends(self, *attachments: Attachment, text: str = "") -> int:
        """A message with files; the number of its inbox row."""
        message = InboundMessage(f"u{next(self._updates)}", TELEGRAM, {}, text=text, attachments=attachments)
        async with staff_session() as session:
            await intake.take_in(session, settings().clock, "memory", message)
            found = await session.scalar(select(InboxRow.id).order_by(InboxRow.id.desc()).limit(1))
        assert found is not None
        return found

    async def sends_file(self, content: bytes, name: str = "заказ.xlsx", text: str = "") -> int:
        self.messenger.files[name] = content
        return await self.sends(Attachment("document", name, name, size=len(content)), text=text)

    async def said(self) -> list[str]:
        """What the bot said, oldest first."""
        async with staff_session() as session:
            query = select(OutboxRow.text).filter_by(conversation_id=self.conversation).order_by(OutboxRow.seq)
            return list(await session.scalars(query))

    async def signs_in(self, customer: str = PETRA) -> None:
        async with staff_session() as session:
            (await session.get_one(ConversationRow, self.conversation)).customer_id = customer


@pytest.fixture
async def stranger(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chat]:
    """A person who has not signed in."""
    messenger = MemoryMessenger()
    monkeypatch.setitem(registry.OPENERS, "memory", lambda: messenger)
    registry.channels.cache_clear()
    conversation = ConversationRow(id=uuid4(), channel="memory", channel_user=TELEGRAM)
    made = Chat(messenger, conversation.id, count(1))
    await world.add(conversation)
    yield made
    registry.channels.cache_clear()


@pytest.fixture
async def chat(stranger: Chat) -> Chat:
    """The same, signed in for the café."""
    await stranger.signs_in()
    return stranger


async def run(inbox: int, attempts: int = 0) -> None:
    await handle.func(SimpleNamespace(job=SimpleNamespace(attempts=attempts)), inbox_id=inbox)


async def cart() -> dict[str, str]:
    async with staff_session() as session:
        rows = (await session.scalars(select(CartRow))).all()
    return {line["sku"]: line["quantity"] for row in rows for line in row.lines}


async def handoffs() -> list[tuple[str, str]]:
    async with staff_session() as session:
        return [(row.reason, row.note) for row in await session.scalars(select(HandoffRow))]


async def test_a_list_is_fetched_read_ahead_and_brought_to_the_assistant(chat: Chat, assistant: Assistant) -> None:
    await run(inbox := await chat.sends_file(LIST, text="на пятницу"))
    assert [asked["text"] for asked in assistant.asked] == ['/attached_list{"attachment": "1"}']
    assert await cart() == {MILK: "5", CREAM: "2"}
    async with staff_session() as session:
        row = (await session.scalars(select(AttachmentRow))).one()
        stored = (await session.scalars(select(StoredResultRow))).one()
    assert (row.content, row.error, row.customer_id) == (LIST, "", PETRA)
    assert (stored.inbox_id, stored.request) == (inbox, "cart.lists.1.")
    assert await handoffs() == []


async def test_a_repeated_job_reads_it_once(chat: Chat, assistant: Assistant) -> None:
    inbox = await chat.sends_file(LIST)
    assistant.fails()
    with pytest.raises(Exception, match="500"):
        await run(inbox)
    assistant.answers("Прочитал.")
    await run(inbox, 1)
    assert await cart() == {MILK: "5", CREAM: "2"}
    assert (await chat.said())[-1] == "Прочитал."


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.4", "not_table"), (LIST[:2000], "broken"), (b"", "empty"), (bytes(10_000_001), "too_big")],
)
async def test_what_cannot_be_read_goes_to_a_person_with_the_reason(
    chat: Chat, assistant: Assistant, content: bytes, code: str
) -> None:
    await run(await chat.sends_file(content, text="срочно"))
    assert assistant.asked == []
    (told,) = await chat.said()
    assert told.startswith(f"{SENTENCES[code]} Передаю менеджеру: Анна")
    assert await handoffs() == [("attachment", "Файл «заказ.xlsx»\nсрочно")]


class TestFetching:
    async def test_a_provider_that_stumbles_is_asked_again(self, chat: Chat, assistant: Assistant) -> None:
        inbox = await chat.sends_file(LIST)
        chat.messenger.failures.append(DeliveryError("Не отвечает.", permanent=False, evidence="503"))
        with pytest.raises(NotFetched):
            await run(inbox)
        assert await chat.said() == []
        await run(inbox, 1)
        assert await cart() == {MILK: "5", CREAM: "2"}

    @pytest.mark.parametrize(("permanent", "attempts"), [(True, 0), (False, TRIES)])
    async def test_a_file_that_is_gone_goes_to_a_person(
        self, chat: Chat, assistant: Assistant, permanent: bool, attempts: int
    ) -> None:
        inbox = await chat.sends_file(LIST)
        chat.messenger.failures.append(DeliveryError("Нет файла.", permanent=permanent, evidence="404"))
        await run(inbox, attempts)
        assert (await chat.said())[0].startswith(SENTENCES["not_fetched"])
        assert len(await handoffs()) == 1

    async def test_what_is_announced_too_big_is_not_fetched(self, chat: Chat, assistant: Assistant) -> None:
        await run(await chat.sends(Attachment("document", "ref", "x.csv", size=99_000_000)))
        assert (await chat.said())[0].startswith(SENTENCES["too_big"])


async def test_a_mistake_of_ours_does_not_hold_up_the_conversation(
    chat: Chat, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("a mistake")

    inbox = await chat.sends_file(LIST)
    monkeypatch.setattr(files, "read", fails)
    with pytest.raises(RuntimeError):
        await run(inbox)
    await run(inbox, TRIES)
    assert (await chat.said())[0].startswith(SENTENCES["broken"])


class TestBeforeSigningIn:
    async def test_the_file_waits_and_is_read_after_it(self, stranger: Chat, assistant: Assistant) -> None:
        await run(await stranger.sends_file(LIST))
        assert (await stranger.said())[0] == files.REMEMBERED
        assert assistant.asked[-1]["metadata"]["customer"] is None
        assert await cart() == {}
        inbox = await stranger.sends(text="KOFE-PETRA")
        await stranger.signs_in()  # as the assistant's action does within the turn
        await run(inbox)
        async with staff_session() as session:
            brought = (await session.scalars(select(InboxRow).where(InboxRow.seq == 0))).one()
        assert (brought.text, brought.payload) == ("", '/attached_list{"attachment": "1"}')
        await run(brought.id)
        assert assistant.asked[-1]["text"] == '/attached_list{"attachment": "1"}'
        assert await cart() == {MILK: "5", CREAM: "2"}
        await run(await stranger.sends(text="спасибо"))
        async with staff_session() as session:
            assert len((await session.scalars(select(InboxRow).where(InboxRow.seq == 0))).all()) == 1

    async def test_an_old_file_of_a_stranger_is_nobodys(
        self, stranger: Chat, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await run(await stranger.sends_file(LIST))
        monkeypatch.setattr(files, "WAITS_FOR_SIGN_IN", -files.WAITS_FOR_SIGN_IN)
        inbox = await stranger.sends(text="KOFE-PETRA")
        await stranger.signs_in()
        await run(inbox)
        async with staff_session() as session:
            assert (await session.scalars(select(AttachmentRow.customer_id))).one() is None

    async def test_nothing_is_fetched_for_a_stranger(self, stranger: Chat, assistant: Assistant) -> None:
        await run(await stranger.sends_file(LIST))
        async with staff_session() as session:
            assert (await session.scalars(select(AttachmentRow.content))).one() is None


@pytest.mark.parametrize(
    "attachments",
    [
        (Attachment("photo", "p"),),
        (Attachment("voice", "v"),),
        (Attachment("document", "d", "накладная.pdf", "application/pdf"),),
        (Attachment("document", "a", "бар.xlsx"), Attachment("document", "b", "кухня.xlsx")),
    ],
)
async def test_everything_else_goes_to_a_person_as_before(
    chat: Chat, assistant: Assistant, attachments: tuple[Attachment, ...]
) -> None:
    await run(await chat.sends(*attachments))
    assert assistant.asked == []
    assert len(await handoffs()) == 1


async def test_a_long_list_is_announced(chat: Chat, assistant: Assistant) -> None:
    rows = [("Товар", "Кол-во"), *(("Молоко 3,2% 10 л", 1) for _ in range(1_200))]
    await run(await chat.sends_file(csv(rows, "cp1251"), "заказ.csv"))
    assert (await chat.said())[0] == "Читаю список: 1\u00a0201 строка. Это займёт до минуты."


async def test_the_button_of_a_column_is_read_ahead_too(chat: Chat, world: World, assistant: Assistant) -> None:
    book = xlsx([("Товар", "Бар", "Кухня"), ("Молоко 3,2%", 5, 2)])
    await run(await chat.sends_file(book))
    assert await cart() == {}
    async with staff_session() as session:
        pressed = InboxRow(
            channel="memory", provider_id="press", conversation_id=chat.conversation, seq=9, text="Кухня", raw={},
            payload=f"/attached_list{json.dumps({'attachment': '1', 'column': '2'})}", at=settings().clock.now(),
        )  # fmt: skip
        session.add(pressed)
        await session.flush()
    await run(pressed.id)
    assert await cart() == {MILK: "2"}


async def test_a_typed_payload_is_only_words(chat: Chat, assistant: Assistant) -> None:
    await run(await chat.sends(text='/attached_list{"attachment": "1"}'))
    assert assistant.asked[-1]["text"] == 'attached_list{"attachment": "1"}'


async def test_a_file_of_the_web_page_comes_with_its_content(world: World, assistant: Assistant) -> None:
    message = InboundMessage("w1", PETRA, {}, attachments=(Attachment("document", "f", "заказ.xlsx"),))
    async with staff_session() as session:
        await intake.receive(session, settings().clock, "webchat", message, {"f": LIST})
        inbox = await session.scalar(select(InboxRow.id))
    assert inbox is not None
    await run(inbox)
    assert assistant.asked[-1]["text"] == '/attached_list{"attachment": "1"}'
    assert await cart() == {MILK: "5", CREAM: "2"}
