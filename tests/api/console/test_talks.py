"""«Разговоры»: who waits and how long, what is unread, replies of several people, the ready answers."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from pwdlib import PasswordHash
from sqlalchemy import select

from api.channels.port import InboundMessage
from api.config import settings
from api.console import conversation_rows, presence
from api.console.conversation_rows import PAGE, Wanted
from api.console.quick_answers import ready
from api.conversations import handoff, intake, outbox, repository
from api.db.models import ConversationRow, HandoffRow, OutboxRow, PresenceRow, QuickAnswerRow, StaffUserRow
from api.db.session import staff_session
from tests.api.console.conftest import PASSWORD, csrf_of, log_in


async def talk(mode: str = "bot", name: str = "", channel: str = "webchat") -> UUID:
    """A conversation; a waiting one has asked for a person."""
    id_ = uuid4()
    now = settings().clock.now()
    async with staff_session() as session:
        row = ConversationRow(id=id_, channel=channel, channel_user=str(id_), name=name)
        session.add(row)
        await session.flush()
        await outbox.say(session, id_, now, "Здравствуйте!")
        if mode != "bot":
            await handoff.request(session, row, now, reason="asked", note="")
    return id_


async def heard(id_: UUID, text: str) -> None:
    """The customer says this."""
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, id_)
        message = InboundMessage(str(uuid4()), row.channel_user, {}, text=text)
        await intake.receive(session, settings().clock, row.channel, message)


async def state(id_: UUID) -> ConversationRow:
    async with staff_session() as session:
        return await session.get_one(ConversationRow, id_)


@pytest.fixture
async def colleague(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A second browser, of the manager Анна."""
    async with staff_session() as session:
        row = StaffUserRow(login="anna", name="Анна", role="manager")
        row.password_hash = PasswordHash.recommended().hash(PASSWORD)
        session.add(row)
    other = httpx.AsyncClient(transport=browser._transport, base_url="http://api", follow_redirects=True)
    await other.post("/console/login", data={"login": "anna", "password": PASSWORD})
    return other


def field(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


async def form(browser: httpx.AsyncClient, id_: UUID) -> dict[str, str]:
    """The reply's hidden fields as the page gives them."""
    page = (await browser.get(f"/console/conversations/{id_}")).text
    return {name: field(page, name) for name in ("csrf", "whom", "seen", "key")}


async def test_the_newest_words_of_both_sides_stand_in_the_conversation(database: str) -> None:
    id_ = await talk()
    assert ((await state(id_)).last_text, (await state(id_)).last_sender) == ("Здравствуйте!", "bot")
    await heard(id_, "молоко " * 100)
    row = await state(id_)
    assert (len(row.last_text), row.last_sender, row.unanswered_since) == (200, "customer", None)


async def test_who_waits_is_counted_from_the_first_words_and_until_a_persons_answer(database: str) -> None:
    id_ = await talk("waiting")
    since = (await state(id_)).unanswered_since
    assert since is not None
    await heard(id_, "вы тут?")
    assert (await state(id_)).unanswered_since == since
    now = settings().clock.now()
    async with staff_session() as session:
        row = await repository.locked(session, id_)
        assert row is not None
        await handoff.take(session, row, now, "anna")
        await outbox.say(session, id_, now, "Заказ собран", dedupe_key="news")
    assert (await state(id_)).unanswered_since == since, "neither taking nor the assistant's news is an answer"
    async with staff_session() as session:
        await outbox.say(session, id_, now, "Слушаю", sender="manager", author="Анна")
    assert (await state(id_)).unanswered_since is None
    await heard(id_, "а молоко?")
    assert (await state(id_)).unanswered_since is not None
    async with staff_session() as session:
        row = await repository.locked(session, id_)
        assert row is not None
        await handoff.close(session, row, now)
    assert (await state(id_)).unanswered_since is None


async def test_the_longest_waiting_stands_first_and_pages_join_without_gaps(browser: httpx.AsyncClient) -> None:
    ids = [await talk("waiting", name=f"Гость {number}") for number in range(PAGE + 3)]
    async with staff_session() as session:
        for number, id_ in enumerate(ids):
            row = await session.get_one(ConversationRow, id_)
            row.unanswered_since = settings().clock.now() - timedelta(minutes=4, hours=number % 7)
            row.last_at = settings().clock.now() - timedelta(minutes=number // 2)
    for tab in ("", "all"):
        async with staff_session() as session:
            first, key = await conversation_rows.conversations(session, Wanted(tab), "admin")
            second, end = await conversation_rows.conversations(session, Wanted(tab, before=key), "admin")
        assert {row.id for row in (*first, *second)} == set(ids)
        assert (len(first), len(second), end) == (PAGE, 3, "")
        order = [row.unanswered_since if tab == "" else row.last_at for row in (*first, *second)]
        assert order == sorted(order, reverse=tab == "all")  # type: ignore[type-var]  # none is None here
    await log_in(browser)
    page = (await browser.get("/console/conversations")).text
    following = page.split('class="more"><a role="button" class="quiet" href="')[1].split('"')[0]
    assert "ждёт 6 часов" in page
    assert "ждёт 4 минуты" in (await browser.get(following)).text
    assert (await browser.get("/console/conversations?before=nonsense")).status_code == 404


async def test_tabs_search_and_unread(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    waiting, other, mine = await talk("waiting", "Пётр"), await talk("bot", "Ольга", "telegram"), await talk("waiting")
    await heard(waiting, "раз")
    await heard(waiting, "два")
    await browser.post(f"/console/conversations/{mine}/reply", data=await form(browser, mine) | {"text": "Да?"})

    async def shown(query: str) -> set[UUID]:
        page = (await browser.get(f"/console/conversations{query}")).text
        return {id_ for id_ in (waiting, other, mine) if f"/console/conversations/{id_}" in page}

    assert await shown("") == {waiting}
    assert await shown("?tab=mine") == {mine}
    assert await shown("?tab=all") == {waiting, other, mine}
    assert await shown("?tab=all&channel=telegram") == {other}
    assert await shown("?tab=all&name=оль") == {other}
    assert await shown("?name=%25") == set()
    assert '<span class="hidden">непрочитанных: </span>2' in (await browser.get("/console/conversations")).text
    await browser.get(f"/console/conversations/{waiting}")
    assert "непрочитанных" not in (await browser.get("/console/conversations")).text
    part = await browser.get("/console/conversations", headers={"HX-Request": "true"})
    assert part.text.startswith('<div id="list"')


async def test_one_form_is_sent_once(browser: httpx.AsyncClient) -> None:
    id_ = await talk("waiting")
    await log_in(browser)
    data = await form(browser, id_) | {"text": "Слушаю вас"}
    for _ in range(2):
        answer = await browser.post(f"/console/conversations/{id_}/reply", data=data, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.text) == (200, "")
        assert '"said"' in answer.headers["HX-Trigger"]
    async with staff_session() as session:
        said = (await session.scalars(select(OutboxRow.text).filter_by(sender="manager"))).all()
    assert list(said) == ["Слушаю вас"]


@pytest.mark.parametrize("by_script", [True, False])
async def test_an_overlapping_reply_is_held_back_once(
    browser: httpx.AsyncClient, colleague: httpx.AsyncClient, by_script: bool
) -> None:
    id_ = await talk("waiting")
    await log_in(browser)
    data = await form(browser, id_) | {"text": "Мой черновик"}
    hers = await form(colleague, id_) | {"text": "Ответ Анны"}
    await colleague.post(f"/console/conversations/{id_}/reply", data=hers)
    headers = {"HX-Request": "true"} if by_script else {}
    answer = await browser.post(f"/console/conversations/{id_}/reply", data=data, headers=headers)
    assert "появился ответ коллеги: Анна" in answer.text
    if not by_script:
        assert ">Мой черновик</textarea>" in answer.text
        assert field(answer.text, "key") == data["key"]
    seen = (await state(id_)).last_seq
    again = await browser.post(f"/console/conversations/{id_}/reply", data=data | {"seen": seen}, headers=headers)
    assert again.status_code == 200
    async with staff_session() as session:
        said = list(await session.scalars(select(OutboxRow.text).filter_by(sender="manager").order_by(OutboxRow.seq)))
        asked = (await session.scalars(select(HandoffRow))).one()
    assert said == ["Ответ Анны", "Мой черновик"]
    assert asked.taken_by == "anna", "a second voice does not take the conversation over"


async def test_taking_over_is_told_to_both(browser: httpx.AsyncClient, colleague: httpx.AsyncClient) -> None:
    id_ = await talk("waiting")
    await log_in(browser)
    csrf = (await form(colleague, id_))["csrf"]
    await colleague.post(f"/console/conversations/{id_}/take", data={"csrf": csrf})
    page = (await browser.get(f"/console/conversations/{id_}/live")).text
    assert "Отвечает Анна" in page and "Сейчас отвечает Анна. Перехватить разговор?" in page
    csrf = (await form(browser, id_))["csrf"]
    for action in ("take", "hand-back"):  # from a page on which nobody had it
        await browser.post(f"/console/conversations/{id_}/{action}", data={"csrf": csrf, "holder": ""})
        assert "Отвечает Анна" in (await browser.get(f"/console/conversations/{id_}/live")).text
    await browser.post(f"/console/conversations/{id_}/take", data={"csrf": csrf, "holder": "anna"})
    assert "Отвечает Администратор" in (await colleague.get(f"/console/conversations/{id_}/live")).text
    assert "Отвечаете вы" in (await browser.get(f"/console/conversations/{id_}/live")).text


async def test_who_looks_and_who_types(browser: httpx.AsyncClient, colleague: httpx.AsyncClient) -> None:
    id_ = await talk("waiting")
    await log_in(browser)
    live, beat = f"/console/conversations/{id_}/live", f"/console/conversations/{id_}/presence"
    csrf = (await form(colleague, id_))["csrf"]
    assert (await colleague.post(beat, data={"csrf": "forged"})).status_code == 403
    await colleague.post(beat, data={"csrf": csrf})
    assert "Анна смотрит" in (await browser.get(live)).text
    assert "смотрит" not in (await colleague.get(live)).text
    await colleague.post(beat, data={"csrf": csrf, "typing": "true"})
    assert "Анна печатает…" in (await browser.get(live)).text
    async with staff_session() as session:
        row = (await session.scalars(select(PresenceRow))).one()
        row.seen_at -= presence.STALE + timedelta(seconds=1)
    assert "Анна" not in (await browser.get(live)).text
    await colleague.post(beat, data={"csrf": csrf})
    await colleague.post(beat, data={"csrf": csrf, "left": "true"})
    assert "Анна" not in (await browser.get(live)).text


async def test_older_messages_join_on(browser: httpx.AsyncClient) -> None:
    id_ = await talk()
    for number in range(2, 122):
        async with staff_session() as session:
            await outbox.say(session, id_, settings().clock.now(), f"слово-{number}.")
    await log_in(browser)
    page = (await browser.get(f"/console/conversations/{id_}")).text
    assert "слово-72." in page and "слово-71." not in page
    assert f"/console/conversations/{id_}?first=22" in page
    older = (await browser.get(f"/console/conversations/{id_}/live?first=22")).text
    assert all(f"слово-{number}." in older for number in range(22, 122)) and "слово-21." not in older
    before = (await browser.get(f"/console/conversations/{id_}?before=22")).text
    assert "слово-21." in before and "слово-22." not in before


async def test_quick_answers(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    address = "/console/conversations/answers"
    csrf = csrf_of((await browser.get(address)).text)
    for title in ("Первый", "Второй"):
        await browser.post(address, data={"csrf": csrf, "title": title, "text": "Здравствуйте, {имя}! Я {менеджер}."})
    async with staff_session() as session:
        first, second = (await session.scalars(select(QuickAnswerRow.id).order_by(QuickAnswerRow.position))).all()
    await browser.post(f"{address}/{second}/up", data={"csrf": csrf})
    await browser.post(f"{address}/{first}", data={"csrf": csrf, "title": "Третий", "text": "<b>"})
    page = (await browser.get(f"/console/conversations/{await talk(name='Пётр')}")).text
    assert page.index("Здравствуйте, Пётр! Я Администратор.") < page.index("&lt;b&gt;")
    await browser.post(f"{address}/{first}/delete", data={"csrf": csrf})
    assert "Третий" not in (await browser.get(address)).text
    assert (await browser.post(address, data={"csrf": "no", "title": "x", "text": "y"})).status_code == 403


def test_a_name_that_nobody_knows_takes_its_comma_along() -> None:
    assert ready("Здравствуйте, {имя}! Это {менеджер}.", "", "Анна") == "Здравствуйте! Это Анна."
    assert ready("{имя}, добрый день", "Пётр", "Анна") == "Пётр, добрый день"
