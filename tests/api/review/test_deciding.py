"""One decision serves the group, works at once, is refused the second time, and can be undone."""

import asyncio
from collections.abc import Collection

import pytest
from sqlalchemy import select

from api.aliases import service as vocabulary
from api.db.models import AliasRow, AuditRow, CustomerRow, ProductRow, ReviewDecisionRow, ReviewItemRow
from api.db.session import customer_session, staff_session
from api.errors import ApiError, Conflict, NotFound
from api.orders import service as orders
from api.review import service
from api.review.schemas import Group, Meaning
from tests.api.orders.conftest import BEREZKA, CARAMEL, CREAM, GONE, NOW, PETRA, World
from tests.api.review.conftest import Doubts

KEY = "unknown_product:сгуха"


async def mean(
    ids: list[int], sku: str = CREAM, *, by: str = "anna", key: str = KEY, left_out: Collection[int] = (),
    said: str = "", for_all: bool = False,
) -> int:  # fmt: skip
    async with staff_session() as session:
        group = Group(key, ids[0], frozenset(left_out))
        return (await service.mean(session, group, Meaning(sku, said, for_all), by, NOW)).id


async def undo(decision_id: int) -> str:
    async with staff_session() as session:
        return await service.undo(session, decision_id, "anna", NOW)


async def words() -> list[tuple[str | None, str, str]]:
    async with staff_session() as session:
        rows = await session.scalars(select(AliasRow).where(AliasRow.revoked_at.is_(None)).order_by(AliasRow.id))
        return [(row.customer_id, row.said, row.product_id) for row in rows]


async def undecided() -> set[int]:
    async with staff_session() as session:
        return set(await session.scalars(select(ReviewItemRow.id).where(ReviewItemRow.decision_id.is_(None))))


async def test_the_very_next_message_is_understood(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха", "сгуха 5", "сгухи 3")
    async with world.turn() as turn:
        before = await orders.perform(turn, "message", text="сгуха 3")
    assert not before.cart.lines
    await mean(ids)
    async with world.turn() as turn:
        after = await orders.perform(turn, "message", text="сгуха 3")
    assert [(line.sku, line.quantity) for line in after.cart.lines] == [(CREAM, "3")]
    assert after.cart.questions == [], "what was asked of these words is answered"
    assert await undecided() == set()


async def test_for_the_customers_of_the_group_or_for_all(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха") + await doubts("сгуха", customer=BEREZKA)
    decision = await mean(ids)
    assert await words() == [(BEREZKA, "сгуха", "p-cream"), (PETRA, "сгуха", "p-cream")]
    assert await undo(decision) == KEY
    assert await words() == [] and await undecided() == set(ids)
    await mean(ids, for_all=True)
    assert await words() == [(None, "сгуха", "p-cream")]


async def test_a_word_for_all_reaches_the_customer_who_contradicted_it(world: World, doubts: Doubts) -> None:
    """Its own evidence goes before what holds for all: without a word of its own it would still be asked."""
    async with customer_session(PETRA) as session:
        await vocabulary.learn(session, PETRA, "сгуха", "p-caramel", known_word=True, by="", now=NOW)
    await mean(await doubts("сгуха"), for_all=True)
    assert await words() == [(None, "сгуха", "p-cream"), (PETRA, "сгуха", "p-cream")]


async def test_undoing_brings_back_what_the_word_meant_before(world: World, doubts: Doubts) -> None:
    async with staff_session() as session:
        await vocabulary.add(session, PETRA, "сгуха", "p-caramel", "boris", NOW)
    decision = await mean(await doubts("сгуха"))
    assert await words() == [(PETRA, "сгуха", "p-cream")]
    await undo(decision)
    assert await words() == [(PETRA, "сгуха", "p-caramel")]
    with pytest.raises(Conflict, match="уже отменено: anna"):
        await undo(decision)
    with pytest.raises(NotFound):
        await undo(decision + 1)


async def test_undoing_leaves_what_the_customer_s_answers_said_since(world: World, doubts: Doubts) -> None:
    decision = await mean(await doubts("сгуха"))
    async with customer_session(PETRA) as session:
        await vocabulary.learn(session, PETRA, "сгуха", "p-caramel", known_word=False, by="", now=NOW)
    await undo(decision)
    assert await words() == [(PETRA, "сгуха", "p-caramel")]


async def test_likenesses_of_several_spellings_get_a_word_each(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха", key=KEY) + await doubts("сгущенка", key=KEY) + await doubts("сгухи", key=KEY)
    await mean(ids)
    assert {said for _, said, _ in await words()} == {"сгуха", "сгущенка"}, "«сгухи» is the same word"


async def test_other_words_than_the_phrase_may_be_mended(world: World, doubts: Doubts) -> None:
    ids = await doubts("", "будьте добры привезите нам завтра утром сгухи три", kind="fallback", key=KEY)
    with pytest.raises(ApiError, match="нет названия товара"):
        await mean(ids)
    await mean(ids, said="сгухи")
    assert await words() == [(PETRA, "сгухи", "p-cream")]


async def test_what_is_left_out_stays(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха", "сгуха 5", "сгуха это не то", "сгуха 7")
    with pytest.raises(ApiError, match="хотя бы одно"):
        await mean(ids, left_out=ids)
    await mean(ids, left_out=ids[:2])
    assert await undecided() == set(ids[:2])


async def test_two_people_at_once_make_one_decision(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха", "сгуха 5", "сгухи 3")
    results = await asyncio.gather(
        mean(ids, by="anna"), mean(ids, CARAMEL, by="boris"), mean(ids, by="vera"), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, Conflict)]
    made = [one for one in results if isinstance(one, int)]
    assert len(made) == 1 and len(refused) == 2
    async with staff_session() as session:
        row = await session.get(ReviewDecisionRow, made[0])
        assert row is not None and row.items == 2
        assert {one.message for one in refused} == {f"Уже решено до вас: {row.by}."}
    assert len(await words()) == 1


async def test_another_accounting_system_s_customers_wait_for_their_own_word(world: World, doubts: Doubts) -> None:
    await world.add(
        CustomerRow(id="north:k", name="Север", backend="north"),
        ProductRow(id="north:1", sku="1", name="Сгущёнка Север", base_unit="шт", backend="north"),
    )
    ours = await doubts("сгуха")
    theirs = await doubts("сгуха")
    await world.change(ReviewItemRow, {"id": theirs[0]}, customer_id="north:k")
    await mean(ours, for_all=True)
    assert await undecided() == set(theirs)
    with pytest.raises(ApiError, match="каталоге этих клиентов нет"):
        await mean(theirs, CREAM)
    await mean(theirs, "1")
    assert (await words())[-1] == ("north:k", "сгуха", "north:1")


async def test_what_cannot_be_is_refused(world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха")
    for sku in ("нет такого", GONE):
        with pytest.raises(ApiError, match="каталоге"):
            await mean(ids, sku)
    nobody = await doubts("нечто", customer=None)
    with pytest.raises(ApiError, match="только для всех"):
        await mean(nobody, key="unknown_product:нечто")
    async with staff_session() as session:
        with pytest.raises(ApiError, match="Такого решения нет"):
            await service.dismiss(session, Group(KEY, ids[0]), "alias", "anna", NOW)
    assert await undecided() == {*ids, *nobody} and await words() == []


async def test_who_and_what_stands_in_the_audit_log(world: World, doubts: Doubts) -> None:
    decision = await mean(await doubts("сгуха"))
    await undo(decision)
    async with staff_session() as session:
        rows = (await session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("anna", "review_decide", str(decision)),
        ("anna", "review_undo", str(decision)),
    ]
    assert rows[0].data == {"kind": "alias", "items": "1", "sku": CREAM}


async def teach(ids: list[int], key: str, intent: str, *entities: dict[str, object]) -> None:
    async with staff_session() as session:
        await service.teach(session, Group(key, ids[0]), intent, entities, "vera", NOW)


async def test_examples_for_training(world: World, doubts: Doubts) -> None:
    vague = await doubts("", "сгухи 5\nна завтра", "сгухи бы нам", kind="fallback", key="f", guess={})
    await teach(
        vague, "f", "order",
        {"start": 6, "end": 7, "entity": "quantity"}, {"start": 0, "end": 5, "entity": "product"},
    )  # fmt: skip
    await mean(await doubts("тягучка", "есть тягучка?", guess={"intent": "stock_query"}), key="unknown_product:тягучка")
    await mean(await doubts("ябеда", "ябеда", kind="low_confidence", key="l"), key="l")
    called = await doubts("", "звоните +7 912 345-67-89", kind="fallback", key="p", guess={})
    await teach(called, "p", "call_human")
    async with staff_session() as session:
        found = await service.examples(session)
    assert [(one.text, one.intent, len(one.entities) if one.entities is not None else None) for one in found] == [
        ("сгухи 5\nна завтра", "order", 2),
        ("сгухи бы нам", "order", None),
        ("есть тягучка?", "stock_query", 1),
        ("звоните +7 912 345-67-89", "call_human", 0),
    ], "a doubtful intent is no example without a trainer's word"
    assert found[0].entities is not None and found[0].entities[0]["value"] == "сгухи"


async def test_the_newest_word_on_an_utterance_counts_and_an_undone_one_does_not(world: World, doubts: Doubts) -> None:
    await teach(await doubts("", "а где", kind="fallback", key="1"), "1", "order")
    await teach(await doubts("", "а где", kind="fallback", key="2"), "2", "order_status")
    async with staff_session() as session:
        assert [one.intent for one in await service.examples(session)] == ["order_status"]
        newest = await session.scalar(select(ReviewDecisionRow.id).order_by(ReviewDecisionRow.id.desc()).limit(1))
    assert newest is not None
    await undo(newest)
    async with staff_session() as session:
        assert [one.intent for one in await service.examples(session)] == ["order"]


@pytest.mark.parametrize(
    "spans",
    [
        [{"start": 0, "end": 99, "entity": "product"}], [{"start": 3, "end": 3, "entity": "product"}],
        [{"start": -1, "end": 2, "entity": "product"}], [{"start": 0, "end": 2, "entity": "dog"}],
        [{"start": 0, "end": 4, "entity": "product"}, {"start": 3, "end": 5, "entity": "unit"}],
        [{"start": "x", "end": 2, "entity": "product"}], [{"end": 2, "entity": "product"}], [{"start": None}],
    ],
)  # fmt: skip
async def test_spans_that_do_not_fit_are_refused(world: World, doubts: Doubts, spans: list[dict[str, object]]) -> None:
    ids = await doubts("сгуха", "сгуха 5")
    with pytest.raises(ApiError, match="Разметка"):
        await teach(ids, KEY, "order", *spans)
    with pytest.raises(ApiError, match="чего хочет"):
        await teach(ids, KEY, "confirm_order")
    assert await undecided() == set(ids)
