"""Signs of a misunderstanding become items: each once, with what was thought and what was meant."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.db.models import ConversationRow, EventRow, InboxRow, MisunderstoodRow, ReviewItemRow, SyncRunRow
from api.db.session import staff_session
from api.deps.events import record
from api.domain.clock import FixedClock
from api.orders import service
from api.review import collect as collecting
from api.review.collect import collect
from api.review.signals import COSTS, SIGNALS
from tests.api.orders.conftest import CARAMEL, MILK, NOW, PETRA, VANILLA, World

LATER = NOW + timedelta(minutes=5)


class Talk:
    """One conversation as the intake, the turns and the orders leave it behind."""

    def __init__(self, world: World, customer: str | None = PETRA) -> None:
        self.world, self.customer = world, customer
        self.conversation = world.conversations[PETRA]
        self.now, self.number = NOW, 0

    async def hears(self, text: str, intent: str = "order", confidence: float = 0.9, **more: Any) -> int:
        """A message and what its turn records; returns the message's id."""
        self.number += 1
        self.now += timedelta(seconds=5)
        row = InboxRow(
            id=self.number, channel="webchat", provider_id=f"{self.number}", conversation_id=self.conversation,
            seq=self.number, at=self.now, text=text, payload=more.get("payload", ""), raw={}, handled_at=self.now,
            intent=intent, confidence=confidence,
        )  # fmt: skip
        await self.world.add(row)
        await self.event(
            "turn", inbox=self.number, intent=intent, confidence=confidence, button=bool(row.payload),
            ranking=more.get("ranking", [[intent, confidence]]),
        )  # fmt: skip
        return self.number

    async def orders(self, text: str) -> None:
        number = await self.hears(text)
        async with self.world.turn(inbox=number, now=self.now) as turn:
            await service.perform(turn, "message", text=text)

    async def event(self, kind: str, **data: Any) -> None:
        async with staff_session() as session:
            await record(
                session,
                FixedClock(self.now),
                kind,
                customer_id=self.customer,
                conversation_id=self.conversation,
                **data,
            )

    async def misses(self, text: str, stage: int = 1, **more: Any) -> None:
        number = await self.hears(text, "nlu_fallback", 0.7, **more)
        row = MisunderstoodRow(
            at=self.now, conversation_id=self.conversation, customer_id=self.customer, inbox_id=number, text=text,
            intent="nlu_fallback", confidence=0.7, stage=stage,
        )  # fmt: skip
        await self.world.add(row)


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


async def items() -> list[ReviewItemRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(ReviewItemRow).order_by(ReviewItemRow.id)))


async def test_a_message_that_was_not_understood(talk: Talk) -> None:
    ranking = [["nlu_fallback", 0.7], ["documents", 0.28], ["order", 0.2]]
    await talk.misses("сертификат скиньте на сыр", ranking=ranking)
    assert await collect(LATER) == 1
    (item,) = await items()
    assert (item.kind, item.text, item.inbox_id, item.source) == (
        "fallback", "сертификат скиньте на сыр", 1, "misunderstood:1"
    )  # fmt: skip
    others = [{"intent": "order", "confidence": 0.2}]
    assert item.guess == {"intent": "documents", "confidence": 0.28, "ranking": others}
    assert item.cost == COSTS["fallback"]


async def test_an_unsure_verdict_that_was_acted_upon(talk: Talk) -> None:
    await talk.hears("что там по деньгам", "balance", 0.4)
    await talk.hears("баланс", "balance", 0.95)
    await talk.hears("Баланс", "balance", 0.4, payload="/balance")
    await talk.hears("👍", "thanks", 0.3)
    await collect(LATER)
    assert [(item.kind, item.text, item.guess["intent"]) for item in await items()] == [
        ("low_confidence", "что там по деньгам", "balance")
    ]


async def test_an_order_that_the_classifier_gave_up_on(talk: Talk) -> None:
    number = await talk.hears("млоко 8", "nlu_fallback", 0.7, ranking=[["nlu_fallback", 0.7], ["order", 0.25]])
    async with talk.world.turn(inbox=number, now=talk.now) as turn:
        await service.perform(turn, "message", text="млоко 8")
    await talk.hears("фыв абырвалг", "nlu_fallback", 0.7)
    await collect(LATER)
    assert [(item.kind, item.text, item.guess["intent"]) for item in await items()] == [
        ("low_confidence", "млоко 8", "order")
    ]


async def test_an_answer_to_our_question_may_sound_like_anything(talk: Talk) -> None:
    await talk.orders("сироп 2")
    number = await talk.hears("ванильный", "catalog_query", 0.3)
    async with talk.world.turn(inbox=number, now=talk.now) as turn:
        await service.perform(turn, "message", text="ванильный")
    await collect(LATER)
    assert await items() == []


async def test_an_unknown_product_and_what_was_chosen_then(talk: Talk) -> None:
    await talk.orders("молоко 5, сгущёнка белогорье 5 банок")
    await collect(LATER)
    (item,) = await items()
    assert (item.kind, item.phrase, item.text) == (
        "unknown_product", "сгущёнка белогорье", "молоко 5, сгущёнка белогорье 5 банок"
    )  # fmt: skip
    assert item.meant == {}
    await talk.event(
        "answer", inbox=2, asked_in=1, question="1-1", reason="unknown", phrase="сгущёнка белогорье", operation="set",
        by="answer", guess=None, meant={"sku": MILK, "name": "Молоко", "score": None},
    )  # fmt: skip
    await collect(LATER)
    assert [item.meant for item in await items()] == [{"sku": MILK, "name": "Молоко"}]


async def test_answered_with_another_than_the_first(talk: Talk) -> None:
    await talk.orders("сироп 2")
    await talk.orders("карамель")
    await collect(LATER)
    (item,) = await items()
    assert (item.kind, item.phrase, item.text, item.inbox_id) == ("answered_otherwise", "сироп", "сироп 2", 1)
    assert (item.guess["sku"], item.meant) == (VANILLA, {"sku": CARAMEL, "name": "Сироп карамель 1 л"})


async def test_answered_with_the_first_is_no_sign(talk: Talk) -> None:
    await talk.orders("сироп 2")
    await talk.orders("ваниль")
    await collect(LATER)
    assert await items() == []


async def test_mended_right_after(talk: Talk) -> None:
    await talk.orders("молоко 5, сливки 3")
    await talk.orders("молоко убери")
    await collect(LATER)
    (item,) = await items()
    assert (item.kind, item.phrase, item.text) == ("corrected", "молоко", "молоко 5, сливки 3")
    assert (item.guess["sku"], item.guess["quantity"], item.meant) == (MILK, "5", {"became": "removed"})
    assert item.cost == 5


async def test_a_person_was_wanted(talk: Talk) -> None:
    await talk.hears("где мои двадцать коробок", "order_status", 0.8)
    await talk.hears("позовите менеджера", "call_human", 0.95)
    await talk.event("handoff", reason="asked")
    await collect(LATER)
    (item,) = await items()
    assert (item.kind, item.text, item.guess["intent"], item.meant) == (
        "handed_off", "где мои двадцать коробок", "order_status", {"reason": "asked"}
    )  # fmt: skip


async def test_the_words_of_another_company_in_the_same_chat_are_not_this_one_s(talk: Talk) -> None:
    message = await talk.hears("молоко как обычно", "order", 0.9)
    async with staff_session() as session:
        (await session.get_one(InboxRow, message)).extra = {"customer": "berezka"}
    await talk.event("handoff", reason="asked")
    await collect(LATER)
    assert await items() == []


@pytest.mark.parametrize("reason", ["attachment", "order_failed", "complaint", "assistant_down", "taken_over"])
async def test_other_reasons_for_a_person_teach_nothing(talk: Talk, reason: str) -> None:
    await talk.hears("вот накладная", "order", 0.9)
    await talk.event("handoff", reason=reason)
    await collect(LATER)
    assert await items() == []


async def test_who_asks_for_a_person_at_once_was_not_misunderstood(talk: Talk) -> None:
    await talk.hears("привет", "greet", 0.95)
    await talk.hears("позовите менеджера", "call_human", 0.95)
    await talk.event("handoff", reason="asked")
    await collect(LATER)
    assert await items() == []


async def test_collected_twice_at_once_it_is_one_item(talk: Talk) -> None:
    await talk.misses("сертификат скиньте")
    await asyncio.gather(*(collect(LATER) for _ in range(4)))
    await collect(LATER + timedelta(minutes=1))
    assert len(await items()) == 1


async def test_what_commits_late_is_found(talk: Talk) -> None:
    await talk.misses("первое слово")
    await collect(LATER)
    await talk.misses("второе слово")
    await collect(LATER + timedelta(minutes=4))
    assert [item.text for item in await items()] == ["первое слово", "второе слово"]


async def test_many_are_collected_in_batches_and_none_is_left(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "BATCH", 2)
    monkeypatch.setattr(collecting, "MOST_BATCHES", 2)
    for number in range(7):
        await talk.misses(f"слово {chr(1072 + number) * 3}")
    assert [await collect(LATER) for _ in range(3)] == [4, 3, 0]
    async with staff_session() as session:
        mark = await session.scalar(select(SyncRunRow.succeeded_at).filter_by(name="review"))
    assert mark == LATER - collecting.SETTLED


async def test_rows_that_make_no_item_are_not_in_the_way(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "BATCH", 2)
    for _ in range(5):
        await talk.misses("👍")
    await talk.misses("слово")
    assert await collect(LATER) == 1


async def test_the_youngest_wait_for_the_rest_of_their_turn(talk: Talk) -> None:
    await talk.misses("слово")
    assert await collect(talk.now + timedelta(seconds=1)) == 0
    assert await collect(talk.now + timedelta(seconds=4)) == 1


async def test_secrets_are_masked(talk: Talk) -> None:
    await talk.misses("мой телефон +7 900 123-45-67, пароль весна2024")
    talk.customer = None
    await talk.misses("вот KOFE-PETRA и 4821")
    await collect(LATER)
    assert [item.text for item in await items()] == [
        "мой телефон +• ••• •••-••-••, пароль •••••••••",
        "вот ••••-••••• и ••••",
    ]
    assert not any("900" in item.key or "4821" in item.key for item in await items())


async def test_events_of_an_earlier_version_are_passed_over(talk: Talk) -> None:
    await talk.event("question", reason="unknown", phrase="сгуха", by="message")
    await talk.event("answer", reason="ambiguous", phrase="сироп", by="message")
    assert await collect(LATER) == 0


async def test_a_year_without_a_sign_and_the_first_time(talk: Talk) -> None:
    assert await collect(LATER) == 0
    assert await collect(LATER + timedelta(days=365)) == 0
    async with staff_session() as session:
        assert (await session.scalars(select(EventRow))).all() == []
        assert (await session.scalars(select(ConversationRow))).all()


def test_every_kind_has_its_cost() -> None:
    assert {signal.kind for signal in SIGNALS} | {"chosen", "differs"} == set(COSTS)
