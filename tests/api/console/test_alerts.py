"""«Мои уведомления»: what a manager sees before, while and after a chat is tied."""

import re
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from api.channels import registry
from api.channels.memory import MemoryMessenger
from api.config import settings
from api.customers import codes
from api.db.models import AuditRow, ConversationRow, OutboxRow, StaffUserRow
from api.db.session import staff_session
from tests.api.console.conftest import csrf_of, log_in

PAGE = "/console/conversations/alerts"


async def tie(**more: object) -> None:
    chat = uuid4()
    async with staff_session() as session:
        session.add(ConversationRow(id=chat, channel="memory", channel_user="u", name="Анна М.", **more))
        await session.flush()
        await session.execute(update(StaffUserRow).values(alert_conversation_id=chat))


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> object:
    messenger = MemoryMessenger()
    monkeypatch.setitem(registry.OPENERS, messenger.kind, lambda: messenger)
    registry.channels.cache_clear()
    yield messenger
    registry.channels.cache_clear()


async def post(browser: httpx.AsyncClient, what: str, **data: str) -> httpx.Response:
    csrf = csrf_of((await browser.get(PAGE)).text)
    return await browser.post(f"{PAGE}/{what}", data={"csrf": csrf} | data)


async def test_without_a_bots_name_the_page_says_what_is_missing(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    page = (await browser.get(PAGE)).text
    assert "Чат пока не подключён" in page and "INVITE_TELEGRAM" in page
    assert "Мои уведомления" in (await browser.get("/console/conversations")).text


async def test_a_link_with_a_word_that_is_kept_as_a_digest(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "invite_telegram", "orders_bot")
    monkeypatch.setattr(settings(), "invite_whatsapp", "79000000001")
    await log_in(browser)
    page = (await post(browser, "word")).text
    link = re.search(r"https://t\.me/orders_bot\?start=staff-([A-Z0-9-]+)", page)
    assert link is not None and page.count("<svg") == 2
    assert f"Уведомления {link[1]}" in page
    async with staff_session() as session:
        user = (await session.scalars(select(StaffUserRow))).one()
    assert user.link_digest == codes.digest(link[1])
    assert link[1] not in (await browser.get(PAGE)).text


async def test_a_tied_chat_is_shown_tried_and_untied(browser: httpx.AsyncClient, twin: MemoryMessenger) -> None:
    await log_in(browser)
    assert (await post(browser, "try")).status_code == 409
    await tie()
    assert "Подключено: Memory, Анна М." in (await browser.get(PAGE)).text
    await post(browser, "try")
    page = (await post(browser, "hours", hours="always")).text
    assert 'value="always" checked' in page
    async with staff_session() as session:
        assert "пробное" in (await session.scalars(select(OutboxRow.text))).one()
    assert "Чат пока не подключён" in (await post(browser, "untie")).text
    async with staff_session() as session:
        assert "alerts_off" in (await session.scalars(select(AuditRow.action))).all()


async def test_a_stopped_bot_is_told_of(browser: httpx.AsyncClient, twin: MemoryMessenger) -> None:
    await log_in(browser)
    await tie(blocked_at=settings().clock.now())
    assert "Вы остановили бота" in (await browser.get(PAGE)).text


async def test_forms_of_others_are_refused(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    for what in ("word", "try", "untie", "hours"):
        answer = await browser.post(f"{PAGE}/{what}", data={"csrf": "forged", "hours": "work"})
        assert answer.status_code == 403


async def test_trainers_answer_nobody(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="trainer"))
    assert (await browser.get(PAGE)).status_code == 403
