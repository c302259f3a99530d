"""People's decisions into the files: masked, once, and out again when they are undone."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.db.models import ReviewDecisionRow
from api.db.session import staff_session
from api.review import service
from api.review.schemas import Group
from api.training.dataset import files
from api.training.dataset.collecting import Collected, bring_in, collect
from api.training.dataset.errors import Unreadable
from api.training.schemas import Reviewed
from tests.api.orders.conftest import NOW, World, world
from tests.api.review.conftest import Doubts, doubts

__all__ = ["doubts", "world"]


async def taught(doubts: Doubts, intent: str, *texts: str, entities: Any = ()) -> int:
    key = f"words: {texts[0]}"
    ids = await doubts("", *texts, kind="fallback", key=key, guess={})
    async with staff_session() as session:
        return (await service.teach(session, Group(key, ids[0]), intent, entities, "vera", NOW)).id


async def gathered(root: Path) -> Collected:
    async with staff_session() as session:
        return await collect(session, root, NOW)


async def undone(decision: int) -> None:
    async with staff_session() as session:
        await service.undo(session, decision, "vera", NOW)


def there(root: Path) -> list[tuple[str, str]]:
    return [(one.intent, one.text) for one in files.read(root)]


async def written_at(decision: int) -> object:
    async with staff_session() as session:
        return await session.scalar(select(ReviewDecisionRow.written_at).where(ReviewDecisionRow.id == decision))


async def test_a_decision_comes_into_the_files_once(root: Path, world: World, doubts: Doubts) -> None:
    product = {"start": 10, "end": 16, "entity": "product"}
    decision = await taught(doubts, "order", "отгрузите\nкефиру", "мoлочка бы 89123456789", entities=[product])
    assert await gathered(root) == Collected(2, 0, ())
    source = f"review:{decision}"
    assert files.read(root) == [
        Reviewed("молочка бы 8 900 000-00-00", "order", None, source, "vera"),
        Reviewed("отгрузите кефиру", "order", (product | {"value": "кефиру"},), source, "vera"),
    ]
    assert await written_at(decision) == NOW
    assert await gathered(root) == Collected(0, 0, ())
    files.write(root, files.read(root)[:1])  # git revert
    assert await gathered(root) == Collected(0, 0, ())
    assert there(root) == [("order", "молочка бы 8 900 000-00-00")]
    await undone(decision)
    assert await gathered(root) == Collected(0, 1, ())
    assert there(root) == []


async def test_what_the_checks_refuse_waits(root: Path, world: World, doubts: Doubts) -> None:
    decision = await taught(doubts, "order", "без бумаг везите", "пришлите накладную")
    first = await gathered(root)
    assert (first.added, [one.check for one in first.refused]) == (1, ["conflict"])
    assert await written_at(decision) is None
    files.write(root, [])  # git takes the one that was written out
    assert (await gathered(root)).added == 0
    path = root / "data/nlu/account.yml"
    path.write_text(path.read_text("utf-8").replace("пришлите накладную", "накладную бы"), "utf-8")
    assert await gathered(root) == Collected(1, 0, ())
    assert there(root) == [("order", "пришлите накладную")]
    assert await written_at(decision) == NOW


async def test_what_is_written_by_hand_already_is_no_news(root: Path, world: World, doubts: Doubts) -> None:
    decision = await taught(doubts, "order_status", "Где заказ")
    assert await gathered(root) == Collected(0, 0, ())
    assert await written_at(decision) == NOW


async def test_the_newest_word_counts_and_the_older_one_comes_back(root: Path, world: World, doubts: Doubts) -> None:
    await taught(doubts, "order", "а где всё")
    await gathered(root)
    newer = await taught(doubts, "order_status", "а где всё")
    assert await gathered(root) == Collected(1, 1, ())
    assert there(root) == [("order_status", "а где всё")]
    await undone(newer)
    assert await gathered(root) == Collected(1, 1, ())
    assert there(root) == [("order", "а где всё")]


async def test_a_broken_file_stops_it_and_nothing_counts_as_written(root: Path, world: World, doubts: Doubts) -> None:
    decision = await taught(doubts, "order", "без бумаг везите")
    (root / "data/nlu/reviewed").mkdir()
    (root / "data/nlu/reviewed/account.yml").write_text("<<<<<<< HEAD\n", "utf-8")
    with pytest.raises(Unreadable, match=r"reviewed/account\.yml"):
        await gathered(root)
    assert await written_at(decision) is None


def example(text: str, intent: str = "order", **more: Any) -> Reviewed:
    return Reviewed(text, intent, more.get("entities"), "import:a.csv", "anna")


def test_an_import_is_all_or_nothing(root: Path) -> None:
    beyond = ({"start": 8, "end": 9, "entity": "product"},)
    bad = [example("станцуйте", "dance"), example("хлеба бы нам"), example("сгуха", entities=beyond)]
    told = bring_in(root, [example("сгуха 5 банок"), *bad])
    assert (told.added, sorted(one.check for one in told.refused)) == (0, ["entity", "leak", "unknown_intent"])
    assert there(root) == []
    assert bring_in(root, [example("сгуха 5 банок"), *bad], partly=True).added == 1
    assert there(root) == [("order", "сгуха 5 банок")]


def test_an_import_is_masked_and_repetitions_are_left_out(root: Path) -> None:
    told = bring_in(root, [example("звоните Анне Петровне"), example("звоните Анне"), example("добавьте кефир")])
    assert told == Collected(1, 0, ())
    assert there(root) == [("order", "звоните Анне")]


def test_an_import_that_contradicts_itself(root: Path) -> None:
    told = bring_in(root, [example("без бумаг"), example("Без бумаг", "documents")], partly=True)
    assert told.added == 0 and {one.check for one in told.refused} == {"conflict"}


def test_many_at_once_lose_nothing(root: Path) -> None:
    words = "сгуха тягучка ряженка айран варенец чечил сулугуни брынза".split()
    examples = {word: [example(f"{word} {n}") for n in (3, 7)] for word in words}
    threads = [threading.Thread(target=bring_in, args=(root, examples[word])) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(there(root)) == 2 * len(words)


async def test_a_refused_word_takes_no_older_ones_place(root: Path, world: World, doubts: Doubts) -> None:
    await taught(doubts, "order", "без бумаг везите")
    await gathered(root)
    path = root / "data/nlu/account.yml"
    path.write_text(path.read_text("utf-8").replace("где заказ", "без бумаг везитее"), "utf-8")
    await taught(doubts, "documents", "без бумаг везите")
    told = await gathered(root)
    assert (told.added, told.withdrawn, [one.check for one in told.refused]) == (0, 0, ["near"])
    assert there(root) == [("order", "без бумаг везите")]
