"""A conversation over MAX through everything of ours but Rasa: webhook, database, jobs, delivery."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.channels import registry
from api.channels.max.adapter import SECRET_HEADER, MaxMessenger
from api.conversations import doorman
from api.db.models import AttachmentRow, ConversationRow, HandoffRow, InboxRow, OutboxRow
from api.db.session import staff_session
from tests.api.channels.max import updates
from tests.api.channels.max.conftest import SECRET
from tests.api.channels.max.fake import FakeMax, error
from tests.api.channels.max.updates import GROUP, USER
from tests.api.channels.working import work
from tests.api.conversations.conftest import Assistant

CARD = {"kind": "cart", "title": "Ваш заказ", "lines": [], "total_text": "450 ₽"}


class Talk:
    """MAX on one side, the assistant's answers on the other."""

    def __init__(self, web: httpx.AsyncClient, server: FakeMax, assistant: Assistant) -> None:
        self.web, self.server, self.assistant = web, server, assistant

    async def hook(self, update: dict[str, Any], secret: str = SECRET) -> httpx.Response:
        return await self.web.post("/webhooks/max", content=json.dumps(update), headers={SECRET_HEADER: secret})

    async def comes(self, update: dict[str, Any]) -> None:
        """The update arrives and everything that follows from it is done."""
        answer = await self.hook(update)
        assert answer.status_code == 200, answer.text
        await work()

    def chat(self, to: int = USER) -> list[dict[str, Any]]:
        return [message for message in self.server.messages.values() if message["to"] == to]

    def data(self, title: str) -> str:
        """What the newest button of this title carries."""
        rows = [row for one in self.chat() for held in one["attachments"] for row in held["payload"]["buttons"]]
        return str([button["payload"] for row in rows for button in row if button["text"] == title][-1])


@pytest.fixture
def talk(
    web: httpx.AsyncClient,
    max_server: FakeMax,
    channel: MaxMessenger,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
) -> Talk:
    monkeypatch.setattr(registry, "channels", lambda: {"max": channel})
    monkeypatch.setattr("api.conversations.router.channels", lambda: {"max": channel})
    return Talk(web, max_server, assistant)


def now(update: dict[str, Any]) -> dict[str, Any]:
    """Sent this moment: an old message is asked about."""
    from api.config import settings

    moment = int(settings().clock.now().timestamp() * 1000)
    if update["update_type"] == "message_created":
        update["message"]["timestamp"] = moment
    return update | {"timestamp": moment}


async def rows(model: Any) -> list[Any]:
    async with staff_session() as session:
        return list(await session.scalars(select(model).order_by(model.id)))


async def test_an_order_is_one_living_message(talk: Talk) -> None:
    buttons = [{"title": "Оформить", "payload": "/confirm_order"}, {"title": "Добавить", "payload": "/more"}]
    talk.assistant.answers("Молоко — 5 шт.", buttons=buttons, custom={"card": CARD})
    await talk.comes(now(updates.created(1, "молоко 5")))
    assert [message["text"] for message in talk.chat()] == ["Молоко — 5 шт."]

    talk.assistant.answers("Молоко — 6 шт.", buttons=buttons, custom={"card": CARD})
    await talk.comes(now(updates.pressed(2, talk.data("Добавить"))))
    assert [message["text"] for message in talk.chat()] == ["Молоко — 6 шт."], "the cart changes in its place"
    assert talk.assistant.asked[-1]["text"] == "/more"
    assert [one[2] for one in talk.server.calls("POST", "/answers")] == [{"callback_id": "cb.00000002"}]
    assert [row.state for row in await rows(OutboxRow)] == ["sent", "sent"]


async def test_a_redelivery_is_not_handled_again(talk: Talk) -> None:
    for update in (now(updates.created(1, "молоко 5")), now(updates.event("bot_started"))):
        for _ in range(3):
            await talk.comes(update)
    assert len(await rows(InboxRow)) == len(talk.chat()) == 2


async def test_a_wrong_secret_stores_nothing(talk: Talk) -> None:
    for secret in ("", "guessed", SECRET[:-1]):
        assert (await talk.hook(updates.created(1, "молоко 5"), secret)).status_code == 401
    assert (await talk.web.get("/webhooks/max")).status_code == 401
    assert await rows(InboxRow) == []


async def test_a_start_by_a_link_carries_its_code(talk: Talk) -> None:
    await talk.comes(now(updates.event("bot_started", payload="KOFE-PETRA")))
    assert talk.assistant.asked[-1]["text"] == '/start{"code": "KOFE-PETRA"}'
    assert len(talk.chat()) == 1


async def test_only_an_own_number_is_believed(talk: Talk) -> None:
    forwarded = updates.contact(updates.card("+79000000099"), updates.signature(updates.card("+79000000099")), user=1)
    await talk.comes(now(updates.created(1, None, forwarded)))
    assert [row.phone for row in await rows(ConversationRow)] == [""]
    await talk.comes(now(updates.created(2, None, updates.own_contact("+79000000011"))))
    assert [row.phone for row in await rows(ConversationRow)] == ["+79000000011"]


async def test_a_group_is_asked_to_write_in_private(talk: Talk) -> None:
    await talk.comes(now(updates.in_group(1, "молоко 5")))
    assert await rows(InboxRow) == []
    await talk.comes(now(updates.in_group(2, "цены?", markup=updates.mention())))
    assert [message["text"] for message in talk.chat(GROUP)] == [doorman.GROUP]
    assert talk.assistant.asked == []


async def test_a_voice_that_max_hides_goes_to_a_person(talk: Talk) -> None:
    await talk.comes(now(updates.created(1, body=None)))
    assert [row.kind for row in await rows(AttachmentRow)] == ["voice"]
    assert len(await rows(HandoffRow)) == 1
    assert talk.assistant.asked == []


async def test_who_leaves_is_noticed_and_may_come_back(talk: Talk) -> None:
    await talk.comes(now(updates.created(1, "молоко 5")))
    await talk.comes(updates.event("bot_stopped", 2))
    assert (await rows(ConversationRow))[0].blocked_at is not None
    await talk.comes(now(updates.event("bot_started", 3)))
    assert (await rows(ConversationRow))[0].blocked_at is None


async def test_a_refusal_says_that_the_person_is_gone(talk: Talk) -> None:
    await talk.hook(now(updates.created(1, "молоко 5")))
    gone = [error(403, "chat.denied", "Key: error.dialog.suspended") for _ in range(2)]  # typing, then the answer
    talk.server.failures.extend(gone)
    await work()
    assert (await rows(ConversationRow))[0].blocked_at is not None
    assert [row.state for row in await rows(OutboxRow)] == ["failed"]
