"""What is offered for labelling: doubtful, not labelled yet, quick to show; a label is a decision of the review."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text

from api.db.models import LabelChoiceRow, ReviewItemRow, SyncRunRow
from api.db.session import staff_session
from api.errors import ApiError, Conflict
from api.review import service
from api.review.schemas import Group
from api.training import choosing, shadow, shadow_reading
from api.training.choosing import choose
from tests.api.orders.conftest import BEREZKA, NOW, World
from tests.api.training.shadow.conftest import CANDIDATE, Seat, Traffic

UNSURE = [("order", 0.45), ("documents", 0.4), ("delivery", 0.1)]
SURE = [("order", 0.98), ("balance", 0.01)]


async def offered() -> list[LabelChoiceRow]:
    async with staff_session() as session:
        return list(await choosing.offered(session))


async def texts() -> list[str]:
    return [row.text for row in await offered()]


async def again(now: datetime) -> None:
    """Chooses without waiting for its turn."""
    async with staff_session() as session:
        await session.execute(text("DELETE FROM sync_runs"))
    await choose(now)


async def test_the_doubtful_are_offered_with_how_often_and_by_whom(traffic: Traffic, later: datetime) -> None:
    await traffic.hears("отгрузите без накладной 5 ящиков", ranking=UNSURE)
    await traffic.hears("Отгрузите без накладной 7 ящиков!", ranking=UNSURE)
    last = await traffic.hears("без накладной отгрузите 8 ящиков", ranking=UNSURE, customer=BEREZKA)
    await traffic.hears("молоко 5", ranking=SURE)
    await traffic.hears("Меню", payload="/menu")
    await traffic.hears("12 345", ranking=UNSURE)
    assert await choose(later) == 1
    (row,) = await offered()
    assert (row.times, row.people, row.text) == (3, 2, "без накладной отгрузите 8 ящиков")
    assert row.inbox_ids[0] == last and len(row.inbox_ids) == 2
    assert row.ranking[0] == ["order", 0.45] and row.doubt > 0.7


async def test_what_was_given_up_counts_by_what_was_thought(traffic: Traffic, later: datetime) -> None:
    ranking = [("nlu_fallback", 0.7), ("documents", 0.28), ("order", 0.25)]
    await traffic.hears("сертификат", "nlu_fallback", 0.7, ranking=ranking)
    await choose(later)
    assert (await offered())[0].ranking == [["documents", 0.28], ["order", 0.25]]


async def test_a_sure_message_where_the_candidate_differs_is_offered(
    seated: object, traffic: Traffic, second: Seat, later: datetime
) -> None:
    async with staff_session() as session:
        await shadow.start(session, CANDIDATE, NOW + timedelta(days=1), "anna", NOW)
    second.says = {"накладную на молоко": ("documents", 0.9)}
    await traffic.hears("накладную на молоко", ranking=SURE)
    await shadow_reading.read(later)
    await choose(later)
    (row,) = await offered()
    assert row.differs == "documents"


@pytest.mark.parametrize("deed", ["documents", "not_order", "skipped"])
async def test_a_label_is_a_decision_that_can_be_taken_back(traffic: Traffic, later: datetime, deed: str) -> None:
    await traffic.hears("отгрузите без накладной 5", ranking=UNSURE)
    await traffic.hears("без накладной отгрузите", ranking=UNSURE)
    await choose(later)
    (row,) = await offered()
    async with staff_session() as session:
        decision = await choosing.label_choice(session, row.key, deed, "anna", later)
        taught = await service.examples(session)
    assert (decision.by, decision.items) == ("anna", 2)
    expected = ["без накладной отгрузите", "отгрузите без накладной 5"] if deed == "documents" else []
    assert sorted(one.text for one in taught) == expected
    assert all((one.intent, one.entities, one.by) == (deed, None, "anna") for one in taught)
    assert await texts() == []
    await again(later)
    assert await texts() == []
    async with staff_session() as session:
        with pytest.raises(Conflict):
            await choosing.label_choice(session, row.key, deed, "boris", later)
    async with staff_session() as session:
        await service.undo(session, decision.id, "anna", later)
    await again(later)
    assert await texts() == [row.text]
    async with staff_session() as session:
        kinds = set(await session.scalars(select(ReviewItemRow.kind)))
        await choosing.label_choice(session, row.key, "order", "anna", later)
        assert {one.intent for one in await service.examples(session)} == {"order"}
    assert kinds == {"chosen"}


async def test_a_word_that_is_no_intent_changes_nothing(traffic: Traffic, later: datetime) -> None:
    await traffic.hears("отгрузите без накладной", ranking=UNSURE)
    await choose(later)
    with pytest.raises(ApiError):
        async with staff_session() as session:
            await choosing.label_choice(session, (await offered())[0].key, "nlu_fallback", "anna", later)
    async with staff_session() as session:
        assert (await session.scalars(select(ReviewItemRow))).all() == []


async def test_what_waits_or_is_decided_elsewhere_is_not_offered(
    world: World, traffic: Traffic, later: datetime
) -> None:
    waiting = await traffic.hears("заберите поддоны", ranking=UNSURE)
    await traffic.hears("поддоны заберите", ranking=UNSURE)
    await traffic.hears("нужны образцы", ranking=UNSURE)
    item = ReviewItemRow(
        at=NOW, source="event:1", kind="low_confidence", conversation_id=world.conversations["petra"],
        inbox_id=waiting, text="заберите поддоны", key=choosing._key("заберите поддоны"),
    )  # fmt: skip
    await choose(later)
    assert len(await texts()) == 2
    await world.add(item)
    assert await texts() == ["нужны образцы"]
    await again(later)
    assert await texts() == ["нужны образцы"]
    async with staff_session() as session:
        await service.dismiss(session, Group(item.key, item.id), "skipped", "anna", later)
    await again(later)
    assert await texts() == ["нужны образцы"]


async def test_what_stands_in_reviewed_files_is_not_offered(models: Path, traffic: Traffic, later: datetime) -> None:
    folder = models.parent / "data" / "nlu" / "reviewed"
    folder.mkdir(parents=True)
    lines = 'version: "3.1"\nnlu:\n- intent: documents\n  examples: |\n    - отгрузите без накладной\n'
    (folder / "account.yml").write_text(lines, encoding="utf-8")
    await traffic.hears("Без накладной отгрузите 5", ranking=UNSURE)
    await traffic.hears("заберите поддоны", ranking=UNSURE)
    await choose(later)
    assert await texts() == ["заберите поддоны"]


async def test_a_broken_file_stops_nothing(models: Path, traffic: Traffic, later: datetime) -> None:
    folder = models.parent / "data" / "nlu" / "reviewed"
    folder.mkdir(parents=True)
    (folder / "account.yml").write_text("nlu: [", encoding="utf-8")
    await traffic.hears("заберите поддоны", ranking=UNSURE)
    await choose(later)
    assert await texts() == ["заберите поддоны"]


async def test_strangers_words_are_masked(traffic: Traffic, later: datetime) -> None:
    await traffic.hears("мой код AB12 не подходит", ranking=UNSURE, customer=None)
    await choose(later)
    assert await texts() == ["мой код •••• не подходит"]


async def test_old_messages_are_let_go(traffic: Traffic, later: datetime) -> None:
    await traffic.hears("отгрузите без накладной", ranking=UNSURE, at=NOW - timedelta(days=31))
    await choose(later)
    assert await texts() == []


async def test_it_rests_after_a_long_choice(traffic: Traffic, later: datetime) -> None:
    await choose(later)
    async with staff_session() as session:
        mark = await session.get_one(SyncRunRow, ("main", choosing.MARK))
        mark.finished_at = later + timedelta(seconds=10)
    await traffic.hears("отгрузите без накладной", ranking=UNSURE)
    await choose(later + timedelta(seconds=200))
    assert await texts() == []
    await choose(later + timedelta(seconds=211))
    assert len(await texts()) == 1


MONTH = """
WITH said AS (
    SELECT n, (ARRAY['отгрузите','где','сколько стоит','привезите','заберите','запишите нам'])[1 + n % 6] || ' '
        || (ARRAY['молоко','поддоны','накладную','машину','образцы','отсрочку','сыр','тару'])[1 + n / 6 % 8] || ' '
        || translate((n % 20011)::text, '0123456789', 'абвгдежзик') AS words
    FROM generate_series(1, 100000) n
), message AS (
    INSERT INTO inbox (channel, provider_id, conversation_id, seq, at, text, raw, extra, handled_at, intent, confidence)
    SELECT 'webchat', 'm' || n, :conversation, n, :now - n % 40000 * interval '1 minute', words, '{}',
        '{"customer": "petra"}', now(), 'order', 0.9 FROM said RETURNING id, at
)
INSERT INTO events (at, kind, conversation_id, data)
SELECT at, 'turn', :conversation, jsonb_build_object('inbox', id, 'intent', 'order', 'confidence', 0.9, 'button', false,
    'ranking', jsonb_build_array(jsonb_build_array('order', 0.4 + id % 60 / 100.0),
        jsonb_build_array('promo', 0.01 + id % 30 / 100.0)))
FROM message
"""


async def test_a_hundred_thousand_messages(world: World, later: datetime, database: str) -> None:
    async with staff_session() as session:
        await session.execute(text(MONTH), {"conversation": world.conversations["petra"], "now": NOW})
    with psycopg.connect(database) as connection:
        connection.execute("ANALYZE events, inbox")  # what autovacuum does, which is off in tests
    began = time.perf_counter()
    assert await choose(later) == choosing.KEPT
    took = time.perf_counter() - began
    began = time.perf_counter()
    assert len(await offered()) == choosing.OFFERED
    assert time.perf_counter() - began < 0.5
    assert took < 40
    print(f"chosen in {took:.1f} s")
