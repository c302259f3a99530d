"""A manager opens what a customer sent; nobody else does."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from api.channels import registry
from api.channels.errors import DeliveryError
from api.channels.memory import MemoryMessenger
from api.db.models import AttachmentRow, ConversationRow, InboxRow
from tests.api.console.conftest import log_in
from tests.api.orders.conftest import NOW, World

TALK = UUID(int=7)


@pytest.fixture
async def messenger(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MemoryMessenger]:
    """A file with its content and one that nobody has fetched yet."""
    made = MemoryMessenger(files={"ref": b"voice"})
    monkeypatch.setitem(registry.OPENERS, "memory", lambda: made)
    registry.channels.cache_clear()
    inbox = InboxRow(
        channel="memory", provider_id="1", conversation_id=TALK, seq=1, text="Файл", payload="", raw={}, at=NOW
    )
    await world.add(ConversationRow(id=TALK, channel="memory", channel_user="1"), inbox)
    row = {"inbox_id": inbox.id, "conversation_id": TALK}
    await world.add(
        AttachmentRow(kind="document", name="<b>заказ</b>.html", content=b"<script>", **row),
        AttachmentRow(kind="voice", file_ref="ref", **row),
    )
    yield made
    registry.channels.cache_clear()


async def test_files_are_listed_and_saved_never_shown(browser: httpx.AsyncClient, messenger: MemoryMessenger) -> None:
    await log_in(browser)
    page = await browser.get(f"/console/conversations/{TALK}")
    assert "Скачать «&lt;b&gt;заказ&lt;/b&gt;.html»" in page.text
    answer = await browser.get("/console/conversations/attachments/1")
    assert answer.content == b"<script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


async def test_what_was_not_fetched_is_fetched_once(browser: httpx.AsyncClient, messenger: MemoryMessenger) -> None:
    await log_in(browser)
    messenger.failures.append(DeliveryError("Нет.", permanent=False, evidence="503"))
    assert (await browser.get("/console/conversations/attachments/2")).status_code == 503
    assert (await browser.get("/console/conversations/attachments/2")).content == b"voice"
    messenger.files.clear()
    assert (await browser.get("/console/conversations/attachments/2")).content == b"voice"


async def test_closed_without_a_login(browser: httpx.AsyncClient, messenger: MemoryMessenger) -> None:
    answer = await browser.get("/console/conversations/attachments/1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
