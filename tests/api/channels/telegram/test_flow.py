"""A conversation over Telegram through everything of ours but Rasa: webhook, database, jobs, delivery."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.channels import registry
from api.channels.telegram.adapter import SECRET_HEADER, Telegram
from api.conversations import doorman, polling
from api.db.models import AttachmentRow, ConversationRow, HandoffRow, InboxRow, OutboxRow
from api.db.session import staff_session
from tests.api.channels.telegram import updates
from tests.api.channels.telegram.conftest import SECRET
from tests.api.channels.telegram.fake import FakeTelegram, Refused
from tests.api.channels.telegram.updates import Json
from tests.api.channels.working import work
from tests.api.conversations.conftest import Assistant

ANNA = str(updates.CHAT["id"])
CARD = {"kind": "cart", "title": "Ваш заказ", "lines": [], "total_text": "450 ₽"}


class Talk:
    """Telegram on one side, the assistant's answers on the other."""

    def __init__(self, web: httpx.AsyncClient, fake: FakeTelegram, assistant: Assistant) -> None:
        self.web, self.fake, self.assistant = web, fake, assistant

    async def hook(self, update: Json, secret: str = SECRET) -> httpx.Response:
        # As Telegram writes it: other letters than Latin as \uXXXX.
        body = json.dumps(update)
        return await self.web.post("/webhooks/telegram", content=body, headers={SECRET_HEADER: secret})

    async def comes(self, update: Json) -> None:
        """The update arrives and everything that follows from it is done."""
        answer = await self.hook(update)
        assert answer.status_code == 200, answer.text
        await work()

    @property
    def chat(self) -> list[Json]:
        return list(self.fake.chats.get(ANNA, {}).values())

    def data(self, title: str) -> str:
        """What the newest button of this title carries."""
        rows = [row for message in self.chat for row in (message["reply_markup"] or {}).get("inline_keyboard", ())]
        return [button["callback_data"] for row in rows for button in row if button["text"] == title][-1]


@pytest.fixture
def talk(
    web: httpx.AsyncClient,
    fake: FakeTelegram,
    telegram: Telegram,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
) -> Talk:
    monkeypatch.setattr(registry, "channels", lambda: {"telegram": telegram})
    monkeypatch.setattr("api.conversations.router.channels", lambda: {"telegram": telegram})
    return Talk(web, fake, assistant)


def now(update: Json) -> Json:
    """Sent this moment: an old message is asked about."""
    from api.config import settings

    update["message"]["date"] = int(settings().clock.now().timestamp())
    return update


async def rows(model: Any) -> list[Any]:
    async with staff_session() as session:
        return list(await session.scalars(select(model).order_by(model.id)))


async def test_an_order_is_one_living_message(talk: Talk) -> None:
    buttons = [{"title": "Оформить", "payload": "/confirm_order"}, {"title": "Добавить", "payload": "/more"}]
    talk.assistant.answers("Молоко — 5 шт.", buttons=buttons, custom={"card": CARD})
    await talk.comes(now(updates.wrote(1, text="молоко 5")))
    assert [message["text"] for message in talk.chat] == ["Молоко — 5 шт."]

    talk.assistant.answers("Молоко — 6 шт.", buttons=buttons, custom={"card": CARD})
    press = updates.pressed(2, talk.data("Добавить"))
    await talk.comes(press)
    assert [message["text"] for message in talk.chat] == ["Молоко — 6 шт."], "the cart changes in its place"
    assert talk.assistant.asked[-1]["text"] == "/more"
    assert talk.fake.called("answerCallbackQuery") == [{"callback_query_id": press["callback_query"]["id"]}]
    assert [row.state for row in await rows(OutboxRow)] == ["sent", "sent"]


async def test_a_redelivery_is_not_handled_again(talk: Talk) -> None:
    update = now(updates.wrote(1, text="молоко 5"))
    for _ in range(3):
        await talk.comes(update)
    assert len(await rows(InboxRow)) == len(talk.chat) == 1


async def test_a_wrong_secret_stores_nothing(talk: Talk) -> None:
    for secret in ("", "guessed", SECRET[:-1]):
        assert (await talk.hook(updates.wrote(1, text="молоко 5"), secret)).status_code == 401
    assert (await talk.web.post("/webhooks/telegram", json=updates.wrote(1, text="молоко"))).status_code == 401
    assert await rows(InboxRow) == []


async def test_a_start_by_a_link_carries_its_code(talk: Talk) -> None:
    await talk.comes(now(updates.wrote(1, text="/start KOFE-PETRA")))
    assert talk.assistant.asked[-1]["text"] == '/start{"code": "KOFE-PETRA"}'


async def test_only_an_own_number_is_believed(talk: Talk) -> None:
    await talk.comes(now(updates.shared(1, "79000000099", 700000002)))
    assert [row.phone for row in await rows(ConversationRow)] == [""]
    await talk.comes(now(updates.shared(2, "79000000011", updates.ANNA["id"])))
    assert [row.phone for row in await rows(ConversationRow)] == ["+79000000011"]


async def test_changed_words_change_no_order(talk: Talk) -> None:
    await talk.comes(now(updates.wrote(1, text="молоко 8")))
    asked = len(talk.assistant.asked)
    await talk.comes(updates.edited(2, text="молоко 18"))
    assert len(talk.assistant.asked) == asked
    assert talk.chat[-1]["text"] == doorman.EDITED
    assert (await rows(InboxRow))[-1].text == "Исправлено: молоко 18"


async def test_a_group_is_asked_to_write_in_private(talk: Talk) -> None:
    await talk.comes(updates.in_group(1, "молоко 5"))
    assert await rows(InboxRow) == []
    await talk.comes(updates.in_group(2, "/cart@orders_test_bot"))
    (said,) = talk.fake.chats[str(updates.GROUP["id"])].values()
    assert said == {"text": doorman.GROUP, "reply_markup": None}
    assert talk.assistant.asked == []


async def test_a_file_goes_to_a_person(talk: Talk) -> None:
    file = {"file_id": "F1", "file_unique_id": "u", "file_name": "заказ.docx", "file_size": 10}
    await talk.comes(now(updates.wrote(1, document=file)))
    assert "Файл получил" in talk.chat[-1]["text"]
    assert [(row.kind, row.name, row.file_ref) for row in await rows(AttachmentRow)] == [
        ("document", "заказ.docx", "F1")
    ]
    assert len(await rows(HandoffRow)) == 1


async def test_a_button_that_is_not_ours_is_dead(talk: Talk) -> None:
    await talk.comes(updates.pressed(1, '/sign_in{"code": "KOFE-PETRA"}'))
    assert talk.chat[-1]["text"] == doorman.DEAD_BUTTON
    assert talk.assistant.asked == []


async def test_who_blocks_the_bot_is_noticed_and_may_come_back(talk: Talk) -> None:
    await talk.comes(now(updates.wrote(1, text="молоко 5")))
    await talk.comes(updates.member(2, "kicked", "member"))
    assert (await rows(ConversationRow))[0].blocked_at is not None
    await talk.comes(now(updates.wrote(3, text="я вернулась")))
    assert (await rows(ConversationRow))[0].blocked_at is None


async def test_a_refusal_says_that_the_person_is_gone(talk: Talk) -> None:
    await talk.hook(now(updates.wrote(1, text="молоко 5")))
    talk.fake.failures.extend([Refused(403, "Forbidden: bot was blocked by the user")] * 2)
    await work()
    assert (await rows(ConversationRow))[0].blocked_at is not None
    assert [row.state for row in await rows(OutboxRow)] == ["failed"]


async def test_a_hostile_update_is_stored(talk: Talk) -> None:
    update = now(updates.wrote(1, text="молоко\0 5\ud800", something={"new": ["\0", 1e10]}))
    update["message"]["from"]["first_name"] = "Ан\0на"
    await talk.comes(update)
    (row,) = await rows(InboxRow)
    assert row.text == "молоко 5"


async def test_an_update_that_quotes_much_is_taken(talk: Talk) -> None:
    quoted = updates.message(text="я" * 4096, quote="я" * 4096, more=["я" * 4096] * 5)
    await talk.comes(now(updates.wrote(1, text="я" * 4000, reply_to_message=quoted)))
    assert len(await rows(InboxRow)) == 1


async def test_a_machine_without_an_address_asks_for_the_updates(talk: Talk, telegram: Telegram) -> None:
    talk.fake.updates = [now(updates.wrote(n, text=f"молоко {n}")) for n in (5, 6, 7)]
    cursor = await polling.ask_once("telegram", telegram, None)
    assert cursor == "8"
    assert len(talk.fake.updates) == 3, "nothing is confirmed before it is stored"
    cursor = await polling.ask_once("telegram", telegram, cursor)
    assert (cursor, talk.fake.updates) == (None, [])
    assert [row.text for row in await rows(InboxRow)] == ["молоко 5", "молоко 6", "молоко 7"]
    asked = talk.fake.called("getUpdates")
    assert [one.get("offset") for one in asked] == [None, "8"]
    assert asked[0]["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_one_strange_update_does_not_hold_back_the_others(talk: Talk, telegram: Telegram) -> None:
    strange = {"update_id": 5, "message": {"chat": "?"}}
    talk.fake.updates = [strange, now(updates.wrote(6, text="молоко 6"))]
    assert await polling.ask_once("telegram", telegram, None) == "7"
    assert [row.text for row in await rows(InboxRow)] == ["молоко 6"]
