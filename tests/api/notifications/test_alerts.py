"""Managers hear in their own chats who waits for a person: tied by a word, told once, reminded, left alone at night."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.channels.errors import DeliveryError
from api.channels.port import InboundMessage, OwnerChanged
from api.config import settings
from api.console import people
from api.console.conversation_rows import REASONS
from api.conversations import handoff, intake, outbox, repository, staff_chats
from api.customers import codes, identity, phones
from api.db.models import AuditRow, ContactRow, ConversationRow, HandoffRow, InboxRow, OutboxRow, StaffUserRow
from api.db.session import staff_session
from api.deps.options import set_option
from api.errors import Forbidden
from api.notifications import alert_texts, alerts
from tests.api.conversations import conftest as chats
from tests.api.conversations.conftest import Assistant, Person, Work

customer, web, assistant, twin, person, work = (
    chats.customer, chats.web, chats.assistant, chats.twin, chats.person, chats.work,
)  # fmt: skip

MORNING = datetime(2025, 12, 15, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))
"""A Monday."""
NIGHT = MORNING.replace(hour=23)
MINUTE = timedelta(minutes=1)


async def hire(login: str, role: str = "manager", **more: object) -> int:
    async with staff_session() as session:
        row = StaffUserRow(login=login, name=login.title(), password_hash="x", role=role, **more)
        session.add(row)
        await session.flush()
        return row.id


async def word_of(login: str, now: datetime | None = None) -> str:
    async with staff_session() as session:
        return await staff_chats.new_word(session, login, now or settings().clock.now())


async def tied(login: str) -> UUID | None:
    async with staff_session() as session:
        return await session.scalar(select(StaffUserRow.alert_conversation_id).filter_by(login=login))


Tie = Callable[..., Awaitable[UUID]]


@pytest.fixture
def tie(customer: str) -> Tie:
    """A manager whose chat in the twin is tied: `tie("anna", role="admin", alert_hours="always")`."""

    async def made(login: str, role: str = "manager", **more: object) -> UUID:
        chat = uuid4()
        async with staff_session() as session:
            session.add(ConversationRow(id=chat, channel="memory", channel_user=login))
        await hire(login, role, alert_conversation_id=chat, **more)
        return chat

    return made


async def ask(now: datetime, reason: str = "asked", words: str = "позовите человека") -> int:
    """A customer who needs a person; returns the hand-off."""
    chat = uuid4()
    async with staff_session() as session:
        conversation = ConversationRow(
            id=chat, channel="webchat", channel_user=str(chat), customer_id="petra", last_seq=1
        )
        session.add(conversation)
        await session.flush()
        session.add(
            InboxRow(channel="webchat", provider_id=str(chat), conversation_id=chat, seq=1, at=now, text=words, raw={})
        )
        await handoff.request(session, conversation, now, reason=reason, note="долг 12 000 ₽")
        asked = await repository.open_handoff(session, chat)
        assert asked is not None
        return asked.id


async def send(now: datetime) -> None:
    async with staff_session() as session:
        await alerts.send(session, now)


async def told(chat: UUID) -> list[str]:
    async with staff_session() as session:
        return list(
            await session.scalars(select(OutboxRow.text).filter_by(conversation_id=chat).order_by(OutboxRow.seq))
        )


async def change(row: type[HandoffRow] | type[ConversationRow] | type[StaffUserRow], **values: object) -> None:
    async with staff_session() as session:
        await session.execute(update(row).values(**values))


# Tying a chat


async def test_a_word_from_the_console_ties_the_chat(person: Person, assistant: Assistant, work: Work) -> None:
    await hire("anna")
    await person.update(text=staff_chats.typed(await word_of("anna")).lower())
    await work()
    assert "Готово, Anna: сюда будут приходить уведомления" in person.sees[-1].text
    assert await tied("anna") is not None
    await person.update(text="молока 8")
    await work()
    assert "помощник здесь заказы не принимает" in person.sees[-1].text
    await person.update(text="«Стоп!»")
    await work()
    assert "Уведомления отключены" in person.sees[-1].text
    assert await tied("anna") is None
    assert assistant.asked == []
    async with staff_session() as session:
        assert [row.action for row in await session.scalars(select(AuditRow).order_by(AuditRow.id))] == [
            "alerts_on",
            "alerts_off",
        ]
    await person.update(text="молока 8")
    await work()
    assert [asked["text"] for asked in assistant.asked] == ["молока 8"]


async def test_a_link_starts_the_bot_with_the_word(person: Person, assistant: Assistant, work: Work) -> None:
    await hire("anna")
    word = await word_of("anna")
    async with staff_session() as session:
        start = InboundMessage(
            "u1", "vera", {}, text=f"/start staff-{word}", command="start", argument=f"staff-{word}", name="Вера"
        )
        await intake.take_in(session, settings().clock, "memory", start)
    await work()
    assert await tied("anna") is not None and assistant.asked == []


@pytest.mark.parametrize("spoilt", ["used", "late", "renewed", "dismissed", "trainer", "invented"])
async def test_a_word_that_is_not_good_ties_nothing(
    person: Person, assistant: Assistant, work: Work, spoilt: str
) -> None:
    await hire("anna", "trainer" if spoilt == "trainer" else "manager")
    now = settings().clock.now()
    word = await word_of("anna", now - staff_chats.GOOD_FOR - MINUTE if spoilt == "late" else now)
    if spoilt == "renewed":
        await word_of("anna")
    if spoilt == "dismissed":
        await change(StaffUserRow, active=False)
    if spoilt == "used":
        await change(StaffUserRow, link_digest="", link_expires_at=None)
    await person.update(text=staff_chats.typed(codes.invented() if spoilt == "invented" else word))
    await work()
    assert "уже не действует" in person.sees[-1].text
    assert await tied("anna") is None and assistant.asked == []


async def test_words_about_notifications_are_a_customers(person: Person, assistant: Assistant, work: Work) -> None:
    for words in ("уведомления", "уведомления отключите", "стоп"):
        await person.update(text=words)
    await work()
    assert [asked["text"] for asked in assistant.asked] == ["уведомления", "уведомления отключите", "стоп"]


async def test_a_customers_chat_is_asked_first(person: Person, assistant: Assistant, customer: str, work: Work) -> None:
    chat = await chats.sign_in("vera", customer)
    await hire("anna")
    await person.update(text=staff_chats.typed(await word_of("anna")))
    await work()
    assert "В этом чате вы заказываете для «ООО «Кофейня у Петра»»" in person.sees[-1].text
    assert await tied("anna") is None
    await person.update(press=person.data("Да, присылать сюда"))
    await work()
    assert await tied("anna") == chat and assistant.asked == []
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, chat)
        assert conversation.customer_id is None
        with pytest.raises(Forbidden):
            await identity.sign_in(session, conversation, customer, None, "code:1", settings().clock)


async def test_typed_words_press_no_button(person: Person, assistant: Assistant, work: Work) -> None:
    await hire("anna")
    digest = codes.digest(await word_of("anna"))
    await person.update(text=f'/staff_chat{{"word": "{digest}"}}')
    await work()
    assert await tied("anna") is None


async def test_one_chat_is_one_managers(person: Person, assistant: Assistant, work: Work) -> None:
    await hire("anna")
    await hire("boris")
    for login in ("anna", "boris"):
        await person.update(text=staff_chats.typed(await word_of(login)))
        await work()
    assert "Сюда уже приходят уведомления: Anna" in person.sees[-1].text
    assert await tied("boris") is None
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).filter_by(login="anna").values(active=False))
    await person.update(text=staff_chats.typed(await word_of("boris")))
    await work()
    assert await tied("boris") is not None and await tied("anna") is None


async def test_a_vouched_number_does_not_sign_in_a_staff_chat(
    person: Person, assistant: Assistant, work: Work, tie: Tie
) -> None:
    await tie("vera")
    async with staff_session() as session:
        session.add(ContactRow(id="c", customer_id="petra", name="Вера", rights=["order", "prices"]))
        await session.flush()
        await phones.add(session, "c", "+79005550101", "manager", settings().clock.now())
    await person.update(contact={"phone": "+79005550101", "own": True})
    await work()
    async with staff_session() as session:
        assert (await session.scalars(select(ConversationRow).filter_by(channel_user="vera"))).one().customer_id is None
    assert "помощник здесь заказы не принимает" in person.sees[-1].text


async def test_the_next_owner_of_the_number_hears_no_alerts(tie: Tie) -> None:
    chat = await tie("anna")
    async with staff_session() as session:
        (await session.get_one(ConversationRow, chat)).last_seq = 7
    async with staff_session() as session:
        await intake.take_in(session, settings().clock, "memory", OwnerChanged("ev1", "anna", "+79005550199"))
    assert await tied("anna") is None
    await ask(MORNING)
    await send(MORNING)
    assert await told(chat) == []
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, chat)).hidden_until == 7


async def test_who_leaves_and_comes_back_ties_a_chat_anew(tie: Tie) -> None:
    chat = await tie("anna")
    await hire("boss", "admin")
    async with staff_session() as session:
        (await session.get_one(ConversationRow, chat)).last_seq = 7
        anna = await session.scalar(select(StaffUserRow.id).filter_by(login="anna"))
    assert anna is not None
    async with staff_session() as session:
        await people.deactivate(session, "boss", anna)
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, chat)
        assert conversation.hidden_until == 7
        await identity.sign_in(session, conversation, "petra", None, "code:1", settings().clock)
    async with staff_session() as session:
        await people.activate(session, "boss", anna)
    await ask(MORNING)
    await send(MORNING)
    assert await told(chat) == []


async def test_a_former_chat_shows_nothing_of_what_it_was_told(tie: Tie, person: Person, work: Work) -> None:
    former = await tie("anna")
    async with staff_session() as session:
        (await session.get_one(ConversationRow, former)).last_seq = 7
    await person.update(text=staff_chats.typed(await word_of("anna")))
    await work()
    assert await tied("anna") not in (None, former)
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, former)).hidden_until == 7


async def test_the_button_is_of_the_word_that_it_was_offered_for(
    person: Person, assistant: Assistant, customer: str, work: Work
) -> None:
    await chats.sign_in("vera", customer)
    await hire("anna")
    await person.update(text=staff_chats.typed(await word_of("anna")))
    await work()
    # The link had reached a customer by mistake; for her own chat the manager takes a new one.
    await word_of("anna")
    await person.update(press=person.data("Да, присылать сюда"))
    await work()
    assert await tied("anna") is None and "уже не действует" in person.sees[-1].text


# Who is told, and when


async def test_everyone_who_answers_is_told_once(tie: Tie, work: Work, person: Person) -> None:
    anna, boris = await tie("anna"), await tie("boris", "admin")
    trainer, gone = await tie("trainer", "trainer"), await tie("gone", active=False)
    await hire("untied")
    await ask(MORNING, words="где мой заказ?")
    for _ in range(3):
        await send(MORNING + MINUTE)
    (text,) = await told(anna)
    assert text.startswith("ООО «Кофейня у Петра»: просит человека.\n«где мой заказ?»\nОтветить: http")
    assert "/console/conversations/" in text and "₽" not in text
    assert await told(boris) == [text]
    assert await told(trainer) == await told(gone) == []


async def test_a_request_wakes_the_job_at_once(tie: Tie, work: Work, person: Person) -> None:
    await tie("vera", alert_hours="always")
    await ask(settings().clock.now(), reason="order_failed")
    await work()
    assert "заказ не ушёл в учётную систему" in person.sees[-1].text


async def test_two_workers_tell_once(tie: Tie) -> None:
    anna = await tie("anna")
    await ask(MORNING)
    results = await asyncio.gather(*(send(MORNING) for _ in range(4)), return_exceptions=True)
    assert any(result is None for result in results)
    await send(MORNING)
    assert len(await told(anna)) == 1


async def test_a_takeover_is_no_alarm(tie: Tie) -> None:
    anna, chat = await tie("anna"), uuid4()
    async with staff_session() as session:
        conversation = ConversationRow(id=chat, channel="webchat", channel_user=str(chat), customer_id="petra")
        session.add(conversation)
        await session.flush()
        await handoff.take(session, conversation, MORNING, "boris")
    await send(MORNING)
    await send(MORNING + 30 * MINUTE)
    assert await told(anna) == []
    async with staff_session() as session:
        assert (await session.scalars(select(HandoffRow.alerted_at))).one() == MORNING


async def test_nobody_answers_one_reminder_then_the_admins(tie: Tie) -> None:
    anna, boss = await tie("anna"), await tie("boss", "admin")
    await ask(MORNING)
    for minute in range(60):
        await send(MORNING + minute * MINUTE)
    assert ["ждёт ответа 5 минут" in text for text in await told(anna)] == [False, True]
    last = (await told(boss))[2:]
    assert len(last) == 1 and "ждёт ответа уже 15 минут, никто не ответил" in last[0]


async def test_an_answer_in_time_is_not_reminded_of(tie: Tie) -> None:
    anna = await tie("anna")
    await ask(MORNING)
    await send(MORNING)
    async with staff_session() as session:
        chat = await session.scalar(select(HandoffRow.conversation_id))
        assert chat is not None
        await handoff.take(session, await session.get_one(ConversationRow, chat), MORNING + MINUTE, "anna")
        await outbox.say(session, chat, MORNING + MINUTE, "Слушаю вас.", sender="manager", author="Anna")
    await send(MORNING + 20 * MINUTE)
    assert len(await told(anna)) == 1


async def test_new_words_to_a_manager_begin_anew_for_who_has_the_chat(tie: Tie) -> None:
    anna, boris, boss = await tie("anna"), await tie("boris"), await tie("boss", "admin")
    asked = await ask(MORNING)
    await send(MORNING)
    await send(MORNING + 6 * MINUTE)
    await change(HandoffRow, taken_at=MORNING + 7 * MINUTE, taken_by="anna")
    async with staff_session() as session:
        chat = (await session.get_one(HandoffRow, asked)).conversation_id
        (await session.get_one(ConversationRow, chat)).unanswered_since = MORNING + 60 * MINUTE
    before = [len(await told(one)) for one in (anna, boris, boss)]
    for minute in (61, 66, 67, 76, 77):
        await send(MORNING + minute * MINUTE)
    assert [len(await told(one)) for one in (anna, boris, boss)] == [before[0] + 1, before[1], before[2] + 1]


async def test_zero_minutes_mean_no_reminders(tie: Tie) -> None:
    anna = await tie("anna")
    async with staff_session() as session:
        await set_option(session, "answer_within_minutes", 0, "admin")
    await ask(MORNING)
    await send(MORNING)
    await send(MORNING + 60 * MINUTE)
    assert len(await told(anna)) == 1


async def test_the_night_is_for_those_who_chose_it(tie: Tie) -> None:
    owl, lark = await tie("owl", alert_hours="always"), await tie("lark")
    await ask(NIGHT)
    for minute in (0, 1, 30):
        await send(NIGHT + minute * MINUTE)
    assert (len(await told(owl)), await told(lark)) == (1, [])
    nine = (NIGHT + timedelta(days=1)).replace(hour=9)
    await send(nine)
    await send(nine + 4 * MINUTE)
    assert (len(await told(owl)), len(await told(lark))) == (1, 1)
    await send(nine + 5 * MINUTE)
    assert "ждёт ответа 10 часов" in (await told(lark))[1]


async def test_the_evening_before_does_not_count_in_the_morning(tie: Tie) -> None:
    anna, boss = await tie("anna"), await tie("boss", "admin")
    evening = MORNING.replace(hour=17, minute=58)
    await ask(evening)
    await send(evening)
    nine = (evening + timedelta(days=1)).replace(hour=9, minute=0)
    await send(nine)
    assert len(await told(anna)) == 1
    await send(nine + 5 * MINUTE)
    assert len(await told(anna)) == len(await told(boss)) == 2


async def test_what_was_answered_in_the_night_is_no_news(tie: Tie) -> None:
    lark = await tie("lark")
    await ask(NIGHT)
    await change(HandoffRow, closed_at=NIGHT + MINUTE)
    await send((NIGHT + timedelta(days=1)).replace(hour=9))
    assert await told(lark) == []


async def test_a_crowd_is_one_message(tie: Tie) -> None:
    anna, boss = await tie("anna"), await tie("boss", "admin")
    for _ in range(7):
        await ask(NIGHT)
    for minute in range(30):
        await send((NIGHT + timedelta(days=1)).replace(hour=9, minute=minute))
    first, reminder = await told(anna)
    assert first.startswith("Человека ждут сразу 7 клиентов: ООО «Кофейня у Петра», ") and "и ещё 4" in first
    assert reminder.startswith("До сих пор без ответа 7 клиентов: ")
    assert len(await told(boss)) == 3


async def test_a_stopped_bot_gets_nothing_more(tie: Tie, work: Work, person: Person) -> None:
    chat = await tie("vera", alert_hours="always")
    person.twin.failures.append(DeliveryError("Бот остановлен.", permanent=True, evidence="403", blocked=True))
    await ask(settings().clock.now())
    await work()
    await ask(settings().clock.now())
    await work()
    assert len(await told(chat)) == 1 and person.sees == []
    await person.update(reachable=True)
    await ask(settings().clock.now(), words="вы тут?")
    await work()
    assert "вы тут?" in person.sees[-1].text


async def test_every_reason_has_words() -> None:
    assert set(REASONS) - {"taken_over"} == set(alert_texts.WHY)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1)), st.integers(0, 23), st.integers(0, 24))
def test_a_working_day_has_begun_while_it_lasts(moment: datetime, opens: int, closes: int) -> None:
    now, day = moment.replace(tzinfo=ZoneInfo("Europe/Moscow")), alerts.Day(opens, closes)
    if day.working(now):
        assert timedelta(0) <= now - day.began(now) < timedelta(days=1)
    else:
        assert opens < closes


@pytest.fixture(autouse=True)
async def silent_periodic_jobs(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A worker of a test does not look by itself, at the machine's hour."""
    from api.worker import app

    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    yield
