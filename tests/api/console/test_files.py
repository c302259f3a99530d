"""What customers sent is for staff only, and only ever a download."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from api.channels.port import Attachment, InboundMessage
from api.config import settings
from api.console.files import disposition
from api.conversations import intake
from api.db.models import AttachmentRow, AuditRow, ConversationRow
from api.db.session import staff_session
from tests.api.console.conftest import log_in

HOSTILE = b"<html><script>fetch('/console/')</script></html>"
Sent = Callable[..., Awaitable[tuple[UUID, int]]]


@pytest.fixture
def sent(database: str) -> Sent:
    """Makes a conversation with one file in it; gives its id and the file's."""

    async def send(name: str, content: bytes | None, mime: str = "text/html") -> tuple[UUID, int]:
        conversation = uuid4()
        attachment = Attachment("document", "ref", name, mime, len(content or b""))
        message = InboundMessage(
            f"{conversation}:1", str(conversation), {"id": str(uuid4())}, attachments=(attachment,)
        )
        contents = {} if content is None else {"ref": content}
        async with staff_session() as session:
            session.add(ConversationRow(id=conversation, channel="webchat", channel_user=str(conversation)))
            await session.flush()
            await intake.receive(session, settings().clock, "webchat", message, contents)
            file_id = (await session.scalars(select(AttachmentRow.id))).one()
        return conversation, file_id

    return send


async def test_a_hostile_file_is_downloaded_never_shown(browser: httpx.AsyncClient, sent: Sent) -> None:
    conversation, file_id = await sent("заказ.html", HOSTILE)
    await log_in(browser)
    page = (await browser.get(f"/console/conversations/{conversation}")).text
    assert f'href="/console/conversations/attachments/{file_id}"' in page
    assert "Скачать «заказ.html»" in page
    answer = await browser.get(f"/console/conversations/attachments/{file_id}")
    assert (answer.status_code, answer.content) == (200, HOSTILE)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7.html" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "no-store" in answer.headers["cache-control"]
    async with staff_session() as session:
        assert "download" in set(await session.scalars(select(AuditRow.action)))


async def test_strangers_and_customers_get_nothing(browser: httpx.AsyncClient, sent: Sent) -> None:
    _, file_id = await sent("заказ.xlsx", b"PK")
    for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": f"console={uuid4()}"}):
        answer = await browser.get(f"/console/conversations/attachments/{file_id}", headers=headers)
        assert answer.url.path == "/console/login"
        assert b"PK" not in answer.content


async def test_what_is_not_there(browser: httpx.AsyncClient, sent: Sent) -> None:
    conversation, file_id = await sent("голос.ogg", None)
    await log_in(browser)
    for number in (file_id, file_id + 1, 2**63 - 1):
        assert (await browser.get(f"/console/conversations/attachments/{number}")).status_code == 404
    for odd in ("0", "-1", str(2**63), "x"):
        assert (await browser.get(f"/console/conversations/attachments/{odd}")).status_code == 422
    page = (await browser.get(f"/console/conversations/{conversation}")).text
    assert "Файл «голос.ogg» не загружен" in page


async def test_names_do_not_break_out_of_the_page(browser: httpx.AsyncClient, sent: Sent) -> None:
    conversation, _ = await sent('"><script>alert(1)</script>.xlsx', b"PK")
    await log_in(browser)
    assert "<script>alert" not in (await browser.get(f"/console/conversations/{conversation}")).text


@pytest.mark.parametrize("name", ['a"; filename="evil.exe', "a\r\nX-Evil: 1", "заказ.xlsx", "", "a\\b", "%22"])
def test_the_header_holds_one_name(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.count('"') == 2
    assert header.count(";") == 2
    assert "\r" not in header
    assert "\n" not in header
