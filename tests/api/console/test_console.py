"""The console: logins, lock-out, forms of this session only, answering and handing back."""

from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from api.config import settings
from api.conversations import handoff
from api.db.models import AuditRow, ConversationRow, HandoffRow, OutboxRow
from api.db.session import staff_session
from tests.api.console.conftest import csrf_of, log_in


@pytest.fixture
async def waiting(database: str) -> UUID:
    """A conversation that asked for a person."""
    conversation = uuid4()
    async with staff_session() as session:
        row = ConversationRow(id=conversation, channel="webchat", channel_user="x")
        session.add(row)
        await session.flush()
        await handoff.request(session, row, settings().clock.now(), reason="asked", note="<script>alert(1)</script>")
    return conversation


async def test_closed_without_a_login(browser: httpx.AsyncClient) -> None:
    for path in ("/console/", f"/console/conversations/{uuid4()}"):
        answer = await browser.get(path)
        assert answer.url.path == "/console/login"


async def test_waiting_conversation_is_answered_and_handed_back(browser: httpx.AsyncClient, waiting: UUID) -> None:
    listing = await log_in(browser)
    assert str(waiting) in listing.text
    assert "просит человека" in listing.text
    page = (await browser.get(f"/console/conversations/{waiting}")).text
    assert "<script>alert" not in page
    csrf = csrf_of(page)
    await browser.post(
        f"/console/conversations/{waiting}/reply", data={"csrf": csrf, "whom": "/", "text": "Здравствуйте!"}
    )
    async with staff_session() as session:
        said = (await session.scalars(select(OutboxRow))).one()
        conversation = await session.get_one(ConversationRow, waiting)
    assert (said.sender, said.author, said.text) == ("manager", "Администратор", "Здравствуйте!")
    assert conversation.mode == "manager"
    await browser.post(f"/console/conversations/{waiting}/hand-back", data={"csrf": csrf})
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, waiting)).mode == "bot"
        assert (await session.scalars(select(HandoffRow))).one().closed_at is not None
        actions = (await session.scalars(select(AuditRow.action).order_by(AuditRow.id))).all()
    assert list(actions) == ["log_in", "reply", "hand_back"]


async def test_form_of_another_session_changes_nothing(browser: httpx.AsyncClient, waiting: UUID) -> None:
    await log_in(browser)
    for action in ("reply", "take", "hand-back"):
        data = {"csrf": "forged", "whom": "/", "text": "взлом"}
        answer = await browser.post(f"/console/conversations/{waiting}/{action}", data=data)
        assert answer.status_code == 403
    async with staff_session() as session:
        assert (await session.scalars(select(OutboxRow))).all() == []


async def test_guessing_is_locked_out(browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        answer = await browser.post("/console/login", data={"login": "admin", "password": "wrong"})
        assert answer.status_code == 403
    assert (await log_in(browser)).status_code == 429


async def test_logging_out_ends_the_session(browser: httpx.AsyncClient) -> None:
    page = await log_in(browser)
    cookie = browser.cookies["console"]
    await browser.post("/console/logout", data={"csrf": csrf_of(page.text)})
    answer = await browser.get("/console/", cookies={"console": cookie})
    assert answer.url.path == "/console/login"


async def test_what_was_written_to_one_company_is_not_said_to_the_next(
    browser: httpx.AsyncClient, waiting: UUID
) -> None:
    await log_in(browser)
    csrf = csrf_of((await browser.get(f"/console/conversations/{waiting}")).text)
    data = {"csrf": csrf, "whom": "petra/olga", "text": "Для вас 450 ₽"}
    answer = await browser.post(f"/console/conversations/{waiting}/reply", data=data)
    assert answer.status_code == 409
    async with staff_session() as session:
        assert (await session.scalars(select(OutboxRow))).all() == []
