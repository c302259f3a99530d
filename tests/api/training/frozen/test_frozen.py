"""Changes of the frozen set: refused with a reason, decided by a second person, written once whatever happens."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest
from sqlalchemy import select

from api.db.models import AuditRow, FrozenChangeRow
from api.db.session import staff_session
from api.errors import ApiError, Conflict, Forbidden, NotFound
from api.training import frozen, frozen_files
from api.training.frozen_files import Phrase, folder
from api.training.frozen_rules import Wish
from tests.api.orders.conftest import NOW
from tests.api.training.frozen.conftest import ACCOUNT, MUST

pytestmark = pytest.mark.usefixtures("database")
NEW = Wish("add", "", "когда же приедет", "order_status")


async def propose(wish: Wish = NEW, by: str = "vera", note: str = "") -> int:
    async with staff_session() as session:
        return (await frozen.propose(session, wish, by, NOW, note)).id


async def decide(change: int, approve: bool = True, by: str = "oleg") -> str:
    async with staff_session() as session:
        return (await frozen.decide(session, change, approve, by, NOW)).state


async def withdraw(change: int, by: str = "vera") -> str:
    async with staff_session() as session:
        return (await frozen.withdraw(session, change, by, NOW)).state


async def state(change: int) -> tuple[str, str]:
    async with staff_session() as session:
        row = await session.get_one(FrozenChangeRow, change)
        return row.state, row.decided_by


async def refused(deed: Awaitable[object], kind: type[ApiError] = ApiError) -> str:
    with pytest.raises(kind) as caught:
        await deed
    return caught.value.message


def account(root: Path) -> str:
    return (folder(root) / "account.yml").read_text(encoding="utf-8")


async def test_a_second_person_decides_and_the_file_is_written(root: Path) -> None:
    change = await propose(Wish("add", "anything", "  когда же приедет\n", "order_status"), note=" новое ")
    assert account(root) == ACCOUNT
    assert "другой человек" in await refused(decide(change, by="vera"), Forbidden)
    assert "другой человек" in await refused(decide(change, by="Vera"), Forbidden)
    assert await state(change) == ("proposed", "") and account(root) == ACCOUNT
    assert await decide(change) == "approved" and await state(change) == ("approved", "oleg")
    assert Phrase("account", "order_status", "когда же приедет") in frozen_files.read(root).phrases
    assert "Уже решено до вас: oleg" in await refused(decide(change, by="anna"), Conflict)
    assert "Уже решено" in await refused(withdraw(change), Conflict)
    async with staff_session() as session:
        rows = list(await session.scalars(select(AuditRow).order_by(AuditRow.id)))
    assert [(row.actor, row.action) for row in rows] == [("vera", "frozen_propose"), ("oleg", "frozen_approve")]
    assert rows[1].data["words"] == "когда же приедет"


async def test_rejected_and_withdrawn_ones_leave_the_files(root: Path) -> None:
    first = await propose()
    assert "уже ждёт" in await refused(propose(Wish("add", "", "Когда же приедет?", "cancel_order")), Conflict)
    assert await decide(first, approve=False) == "rejected"
    second = await propose()
    assert "только тот, кто" in await refused(withdraw(second, by="oleg"), Forbidden)
    assert await withdraw(second) == "withdrawn"
    assert account(root) == ACCOUNT
    assert await refused(decide(99), NotFound) == "Такой правки нет."


async def test_moved_to_another_file(root: Path) -> None:
    change = await propose(Wish("move", "", "молоко 3 скисло", "order_status", was="complaint"))
    await decide(change)
    found = [one for one in frozen_files.read(root).phrases if one.text == "молоко 3 скисло"]
    assert found == [Phrase("account", "order_status", "молоко 3 скисло")]


async def test_what_may_never_break(root: Path) -> None:
    new = Wish("add", "must", "машина-то где", "order_status")
    to_must = Wish("move", "must", "где мой заказ 1", "order_status", was="order_status")
    from_must = Wish("move", "", "где машина", "order_status", was="order_status")
    for wish in (new, to_must, from_must, Wish("remove", "must", "8", "order")):
        await decide(await propose(wish))
    stands = {one.text: one.part for one in frozen_files.read(root).phrases}
    assert (stands["машина-то где"], stands["где мой заказ 1"], stands["где машина"]) == ("must", "must", "account")
    assert "8" not in stands
    assert (folder(root) / "must.yml").read_text(encoding="utf-8") == (
        MUST.replace("  - '8'\n", "").replace("где машина", "машина-то где") + "  - где мой заказ 1\n"
    )


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish("add", "", "где моя сметана", "order_status"), "есть в обучающих данных"),
        (Wish("add", "must", "где моя сметана", "order_status"), "есть в обучающих данных"),
        (Wish("add", "", "Что с заявкой 100?", "order_status"), "есть в обучающих данных"),
        (Wish("add", "", "Где мой заказ 5?", "order_status"), "уже есть: «где мой заказ 5»"),
        (Wish("add", "", "тайная фраза!", "order_status"), "в эталоне уже есть"),
        (Wish("add", "must", "Где машина", "order_status"), "уже есть"),
        (Wish("add", "", "где машина", "cancel_order"), "уже есть: «где машина», Где заказ"),
        (Wish("move", "must", "отмените 3", "cancel_order", was="cancel_order"), "останется меньше 10"),
        (Wish("move", "", "отмените 3", "cancel_order", was="cancel_order"), "и так значит"),
        (Wish("remove", "must", "где мой заказ 1", "order_status"), "уже нет"),
        (Wish("add", "", "куда", "no_such"), "Выберите"),
        (Wish("add", "", "хлеба 5", "order"), "нет файла в эталоне"),
        (Wish("add", "", " \n", "order_status"), "Напишите фразу"),
        (Wish("add", "", "ы" * 501, "order_status"), "длиннее 500"),
        (Wish("add", "", "а\x00б", "order_status"), "служебные знаки"),
        (Wish("add", "", "позвоните 8 916 123-45-67", "order_status"), "похоже на личное"),
        (Wish("add", "", "когда приедет заявка № 4512", "order_status"), "так: «когда приедет заявка № 1000»"),
        (Wish("add", "must", "пароль мой qwerty1", "order_status"), "похоже на личное"),
        (Wish("remove", "", "отмените 3", "cancel_order"), "останется меньше 10"),
        (Wish("move", "", "отмените 3", "complaint", was="cancel_order"), "останется меньше 10"),
        (Wish("remove", "", "такой нет", "order_status"), "уже нет"),
        (Wish("remove", "", "Где мой заказ 5", "order_status"), "уже нет"),
        (Wish("move", "", "где мой заказ 5", "order_status", was="order_status"), "и так значит"),
        (Wish("move", "", "где мой заказ 5", "complaint", was="cancel_order"), "уже нет"),
        (Wish("move", "must", "8", "no_such", was="order"), "Выберите"),
    ],
)
async def test_refused_with_a_reason(root: Path, wish: Wish, words: str) -> None:
    assert words in await refused(propose(wish))
    async with staff_session() as session:
        assert (await session.scalars(select(FrozenChangeRow))).all() == []


async def test_the_rules_hold_at_the_decision_too(root: Path) -> None:
    added, removed, other = (
        await propose(),
        await propose(Wish("remove", "", "где мой заказ 1", "order_status")),
        await propose(Wish("remove", "", "где мой заказ 2", "order_status")),
    )
    moved = await propose(Wish("move", "", "молоко 3 скисло", "order_status", was="complaint"))
    with (root / "data" / "nlu" / "account.yml").open("a", encoding="utf-8") as file:
        file.write("      - когда же приедет\n")
    frozen_files.remove(root, Phrase("handoff", "complaint", "молоко 3 скисло"))
    assert "обучающих данных" in await refused(decide(added), Conflict)
    assert await decide(removed) == "approved"
    assert "останется меньше 10" in await refused(decide(other), Conflict)
    assert "уже нет" in await refused(decide(moved), Conflict)
    assert await state(added) == ("proposed", "") and await withdraw(moved) == "withdrawn"


@pytest.mark.parametrize(
    "wish",
    [
        NEW,
        Wish("remove", "", "где мой заказ 1", "order_status"),
        Wish("move", "", "молоко 3 скисло", "order_status", was="complaint"),
    ],
)
async def test_a_crash_after_the_writing_loses_and_doubles_nothing(root: Path, wish: Wish) -> None:
    change = await propose(wish)
    with pytest.raises(RuntimeError):
        async with staff_session() as session:
            await frozen.decide(session, change, True, "oleg", NOW)
            raise RuntimeError
    written = [path.read_bytes() for path in sorted(folder(root).iterdir())]
    assert await state(change) == ("proposed", "")
    # What stands in the files can only be agreed upon: no record says otherwise.
    assert "Осталось согласиться" in await refused(decide(change, approve=False), Conflict)
    assert "Осталось согласиться" in await refused(withdraw(change), Conflict)
    assert await decide(change, by="anna") == "approved"
    assert [path.read_bytes() for path in sorted(folder(root).iterdir())] == written


async def test_a_crash_amid_a_move_is_made_good(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = await propose(Wish("move", "", "молоко 3 скисло", "order_status", was="complaint"))

    def fail(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(frozen_files, "remove", fail)
        with pytest.raises(OSError):
            await decide(change)
    assert len(frozen_files.read(root).of("молоко 3 скисло")) == 2
    assert "Осталось согласиться" in await refused(decide(change, approve=False), Conflict)
    assert await decide(change) == "approved"
    assert [one.intent for one in frozen_files.read(root).of("молоко 3 скисло")] == ["order_status"]


async def test_of_two_who_decide_at_once_one_does(root: Path) -> None:
    change = await propose()
    results = await asyncio.gather(
        decide(change), decide(change, approve=False, by="anna"), decide(change, by="igor"), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in results) == 1
    assert all(isinstance(one, (str, Conflict)) for one in results)
    stands = len(frozen_files.read(root).of(NEW.text))
    assert stands == (1 if (await state(change))[0] == "approved" else 0)
