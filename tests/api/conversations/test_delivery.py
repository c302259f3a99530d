"""From the outbox to a messenger: in order, at its pace, tried again, edited in place, in the end given up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from api.channels import registry
from api.channels.errors import DeliveryError
from api.channels.memory import MemoryMessenger
from api.config import settings
from api.conversations import delivery, outbox, pace, receipts
from api.db.models import ConversationRow, OutboxRow
from api.db.session import staff_session
from tests.api.conversations.conftest import Assistant, Person, Work, sign_in

CART = {
    "kind": "cart",
    "title": "Ваш заказ",
    "lines": [{"name": "Молоко", "quantity_text": "5 шт.", "sum_text": "500 ₽"}],
    "total_text": "500 ₽",
}
ORDER = [{"title": "Оформить", "payload": "/confirm_order"}]


async def say(conversation: UUID, words: str, **more: Any) -> int:
    async with staff_session() as session:
        await outbox.say(session, conversation, settings().clock.now(), words, **more)
        return (await session.scalars(select(OutboxRow.id).order_by(OutboxRow.id.desc()).limit(1))).one()


async def row(outbox_id: int) -> OutboxRow:
    async with staff_session() as session:
        return await session.get_one(OutboxRow, outbox_id)


async def jobs_waiting() -> list[str]:
    async with staff_session() as session:
        names = text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return list(await session.scalars(names))


async def test_words_are_answered_in_the_messenger(person: Person, assistant: Assistant, work: Work) -> None:
    assistant.answers("Молоко — 8 шт.", buttons=ORDER)
    assert (await person.update(text="молока 8")).status_code == 200
    await work()
    (seen,) = person.sees
    assert seen.text == "Молоко — 8 шт."
    assert [button.title for button in seen.buttons] == ["Оформить"]
    assert person.twin.acknowledged == [{"id": "vera-u1", "user": "vera", "text": "молока 8"}]


async def test_a_press_carries_the_intent_that_was_offered(person: Person, assistant: Assistant, work: Work) -> None:
    assistant.answers("Молоко — 8 шт.", buttons=ORDER)
    await person.update(text="молока 8")
    await work()
    await person.update(press=person.data("Оформить"))
    await work()
    assert [asked["text"] for asked in assistant.asked] == ["молока 8", "/confirm_order"]


async def test_a_forged_press_is_a_dead_button(person: Person, assistant: Assistant, work: Work) -> None:
    for forged in ("77:0", "drop table", "1:99"):
        await person.update(press=forged)
    await work()
    assert assistant.asked == []
    assert {seen.text for seen in person.sees} == {"Эта кнопка из старого сообщения и больше не работает."}


async def test_typed_intents_are_only_words(person: Person, assistant: Assistant, work: Work) -> None:
    await person.update(text='/confirm_order{"version": "1"}')
    await work()
    assert assistant.asked[0]["text"] == 'confirm_order{"version": "1"}'


async def test_a_failing_provider_is_asked_again(twin: MemoryMessenger, customer: str, work: Work) -> None:
    conversation = await sign_in("vera", customer)
    twin.failures.append(DeliveryError("Нет ответа.", permanent=False, evidence="502"))
    first, second = await say(conversation, "раз"), await say(conversation, "два")
    with pytest.raises(delivery.Later):
        await delivery.deliver.func(outbox_id=first)
    assert ((await row(first)).state, (await row(first)).tries) == ("queued", 1)
    await delivery.deliver.func(outbox_id=first)
    await work()
    assert [message.text for message in twin.sent["vera"].values()] == ["раз", "два"]
    assert [(await row(one)).state for one in (first, second)] == ["sent", "sent"]


async def test_a_refused_message_is_not_repeated(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    twin.failures.append(DeliveryError("Бот остановлен.", permanent=True, evidence="403", blocked=True))
    refused = await say(conversation, "раз", fall_back=True)
    await delivery.deliver.func(outbox_id=refused)
    assert ((await row(refused)).state, (await row(refused)).error) == ("failed", "403")
    assert "notifications.fall_back" in await jobs_waiting()
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, conversation)).blocked_at is not None


async def test_a_flood_wait_holds_the_whole_channel(twin: MemoryMessenger, customer: str) -> None:
    conversation, other = await sign_in("vera", customer), await sign_in("oleg", customer)
    flood = DeliveryError("Слишком часто.", permanent=False, evidence="429", retry_after=35, whole_channel=True)
    twin.failures.append(flood)
    first, second = await say(conversation, "раз"), await say(other, "два")
    with pytest.raises(delivery.Later) as held:
        await delivery.deliver.func(outbox_id=first)
    assert held.value.seconds == 35
    with pytest.raises(delivery.Later) as other_held:
        await delivery.deliver.func(outbox_id=second)
    assert 30 < other_held.value.seconds <= 35
    assert twin.sent == {}


async def test_pace_of_a_chat_and_of_the_channel(database: str, twin: MemoryMessenger) -> None:
    limits = twin.capabilities
    waits = [await pace.reserve("memory", "vera", limits) for _ in range(6)]
    assert waits[:4] == [0, 0, 0, 0]
    assert all(0 < wait <= 1 for wait in waits[4:])
    assert await pace.reserve("memory", "oleg", limits) == 0


async def test_a_long_text_goes_on_where_it_stopped(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    long = "\n".join(f"строка {number:03}" for number in range(60))
    letter = await say(conversation, long, buttons=ORDER)
    sent: list[str] = []
    send = twin.send

    async def breaking(to: str, message: Any, *, in_window: bool = True) -> str:
        if len(sent) == 1:
            sent.append("broken")
            raise DeliveryError("Обрыв.", permanent=False, evidence="reset")
        sent.append(message.text)
        return await send(to, message, in_window=in_window)

    twin.send = breaking  # type: ignore[method-assign]
    with pytest.raises(delivery.Later):
        await delivery.deliver.func(outbox_id=letter)
    await delivery.deliver.func(outbox_id=letter)
    seen = list(twin.sent["vera"].values())
    assert "\n".join(message.text for message in seen) == long
    assert [len(message.buttons) for message in seen] == [0] * (len(seen) - 1) + [1]


async def test_the_cart_is_one_living_message(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    cart = await say(conversation, "Ваш заказ: …", buttons=ORDER, card=CART)
    await delivery.deliver.func(outbox_id=cart)
    seq = (await row(cart)).seq
    changed = CART | {"kind": "update", "total_text": "800 ₽"}
    answer = await say(conversation, "Молоко — теперь 8 шт.", buttons=ORDER, card=changed, pressed_seq=seq)
    await delivery.deliver.func(outbox_id=answer)
    (seen,) = twin.sent["vera"].values()
    assert seen.text.startswith("Ваш заказ:\n• Молоко — 5 шт. — 500 ₽\nИтого: 800 ₽\n\nМолоко — теперь 8 шт.")
    assert [button.data for button in seen.buttons] == [f"{(await row(answer)).seq}:0"]


async def test_typed_words_are_answered_below_and_the_old_cart_loses_its_buttons(
    twin: MemoryMessenger, customer: str
) -> None:
    conversation = await sign_in("vera", customer)
    for words in ("Ваш заказ: молоко", "Ваш заказ: молоко и хлеб"):
        await delivery.deliver.func(outbox_id=await say(conversation, words, buttons=ORDER, card=CART))
    old, new = twin.sent["vera"].values()
    assert (old.text, len(old.buttons)) == ("Ваш заказ: молоко", 0)
    assert (new.text, len(new.buttons)) == ("Ваш заказ: молоко и хлеб", 1)


async def test_a_message_that_cannot_be_edited_is_said_anew(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    cart = await say(conversation, "Ваш заказ: …", buttons=ORDER, card=CART)
    await delivery.deliver.func(outbox_id=cart)
    twin.sent["vera"].clear()
    again = await say(conversation, "Ваш заказ: новый", card=CART, pressed_seq=(await row(cart)).seq)
    await delivery.deliver.func(outbox_id=again)
    assert [message.text for message in twin.sent["vera"].values()] == ["Ваш заказ: новый"]


async def test_what_was_said_to_the_former_company_is_not_delivered(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    secret = await say(conversation, "Молоко — 500 ₽")
    await sign_in("vera", "berezka")
    await delivery.deliver.func(outbox_id=secret)
    assert twin.sent == {}
    assert (await row(secret)).state == "failed"


async def test_outside_the_window_only_what_the_provider_allows(twin: MemoryMessenger, customer: str) -> None:
    twin.capabilities = type(twin.capabilities)(
        text=400, buttons=3, button_title=20, payload_bytes=64, window=timedelta(hours=24)
    )
    conversation = await sign_in("vera", customer)
    late = await say(conversation, "Заказ доставлен", fall_back=True)
    await delivery.deliver.func(outbox_id=late)
    assert ((await row(late)).state, (await row(late)).error) == ("failed", "window closed")
    async with staff_session() as session:
        now = settings().clock.now() - timedelta(hours=23)
        await session.execute(update(ConversationRow).values(last_inbound_at=now))
    open_ = await say(conversation, "Заказ доставлен")
    await delivery.deliver.func(outbox_id=open_)
    assert (await row(open_)).state == "sent"


async def test_receipts_only_go_forward(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    letter = await say(conversation, "раз")
    await delivery.deliver.func(outbox_id=letter)
    for state, seen in (("read", "read"), ("delivered", "read"), ("failed", "read")):
        await receipts.receipt.func(channel="memory", message_id="m1", state=state)
        assert (await row(letter)).state == seen
    with pytest.raises(receipts.UnknownMessage):
        await receipts.receipt.func(channel="memory", message_id="other", state="read")


async def test_numbers_press_the_buttons_of_a_numbered_list(person: Person, assistant: Assistant, work: Work) -> None:
    person.twin.capabilities = type(person.twin.capabilities)(text=900, buttons=0, button_title=20, payload_bytes=64)
    assistant.answers("Что дальше?", buttons=[*ORDER, {"title": "Изменить", "payload": "/edit_lines"}])
    await person.update(text="молока 8")
    await work()
    assert person.sees[-1].text == "Что дальше?\nНапишите номер:\n1. Оформить\n2. Изменить"
    await person.update(text="2")
    await person.update(text="7")
    await work()
    assert [asked["text"] for asked in assistant.asked] == ["молока 8", "/edit_lines", "7"]


async def test_news_for_a_channel_that_is_not_set_up_go_elsewhere_in_the_end(
    twin: MemoryMessenger, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.OPENERS, "memory", lambda: None)
    registry.channels.cache_clear()
    conversation = await sign_in("vera", customer)
    fresh, old = await say(conversation, "раз", fall_back=True), await say(conversation, "два", fall_back=True)
    async with staff_session() as session:
        aged = update(OutboxRow).where(OutboxRow.id == old).values(at=OutboxRow.at - timedelta(minutes=11))
        await session.execute(aged)
    with pytest.raises(delivery.Later):
        await delivery.deliver.func(outbox_id=fresh)
    await delivery.deliver.func(outbox_id=old)
    assert ((await row(fresh)).state, (await row(old)).state) == ("queued", "failed")
    assert "notifications.fall_back" in await jobs_waiting()


async def test_news_do_not_wait_hours_for_a_provider_that_asks_for_it(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    flood = DeliveryError("Слишком часто.", permanent=False, evidence="429", retry_after=10_800, whole_channel=True)
    twin.failures.append(flood)
    with pytest.raises(delivery.Later):
        await delivery.deliver.func(outbox_id=await say(conversation, "раз"))
    news = await say(conversation, "Заказ выехал", fall_back=True)
    await delivery.deliver.func(outbox_id=news)
    assert (await row(news)).state == "failed"


async def test_a_mistake_of_ours_is_tried_again_and_given_up(
    twin: MemoryMessenger, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(twin, "send", broken)
    conversation = await sign_in("vera", customer)
    letter = await say(conversation, "раз")
    with pytest.raises(delivery.Later) as later:
        await delivery.deliver.func(outbox_id=letter)
    assert later.value.seconds == 1
    async with staff_session() as session:
        await session.execute(update(OutboxRow).values(at=OutboxRow.at - timedelta(hours=25)))
    await delivery.deliver.func(outbox_id=letter)
    assert (await row(letter)).state == "failed"


async def test_a_cart_of_several_parts_is_not_edited_in_place(twin: MemoryMessenger, customer: str) -> None:
    conversation = await sign_in("vera", customer)
    long = "\n".join(f"• Товар номер {number:02} — 5 шт. — 500 ₽" for number in range(20))
    cart = await say(conversation, long, buttons=ORDER, card=CART)
    await delivery.deliver.func(outbox_id=cart)
    parts = len(twin.sent["vera"])
    assert parts > 1
    again = await say(conversation, "Ваш заказ: короткий", buttons=ORDER, card=CART, pressed_seq=(await row(cart)).seq)
    await delivery.deliver.func(outbox_id=again)
    seen = list(twin.sent["vera"].values())
    assert len(seen) == parts + 1
    assert "\n".join(message.text for message in seen[:parts]) == long
    assert [len(message.buttons) for message in seen] == [0] * parts + [1]


async def test_what_was_said_before_the_history_was_hidden_is_not_delivered(
    twin: MemoryMessenger, customer: str
) -> None:
    conversation = await sign_in("vera", customer)
    price = await say(conversation, "Молоко — 500 ₽")
    async with staff_session() as session:
        await session.execute(update(ConversationRow).values(hidden_until=ConversationRow.last_seq))
    await delivery.deliver.func(outbox_id=price)
    assert twin.sent == {}
