"""A candidate in the shadow reads each answered message once, whatever happens to its seat, and holds nobody up."""

import asyncio
import time
from datetime import datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select, update

from api.db.models import AuditRow, DeploymentRow, InboxRow, ModelSlotRow, ShadowReadingRow, ShadowRunRow
from api.db.session import staff_session
from api.errors import ApiError, Conflict, NotFound
from api.training import seat, shadow, shadow_reading
from api.training.shadow_reading import read
from api.worker import cleanup
from tests.api.orders.conftest import NOW, World
from tests.api.training.shadow.conftest import CANDIDATE, LIVE, Seat, Traffic

DAY = timedelta(days=1)


async def started(until: datetime = NOW + DAY, version: str = CANDIDATE, now: datetime = NOW) -> ShadowRunRow:
    async with staff_session() as session:
        return await shadow.start(session, version, until, "anna", now)


async def readings() -> list[ShadowReadingRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(ShadowReadingRow).order_by(ShadowReadingRow.inbox_id)))


async def the_run() -> ShadowRunRow:
    async with staff_session() as session:
        return (await session.scalars(select(ShadowRunRow))).one()


async def slot(name: str = "rasa-2") -> tuple[str, str]:
    async with staff_session() as session:
        row = await session.get_one(ModelSlotRow, name)
        return row.role, row.version


async def test_it_reads_what_came_since_it_began(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    await traffic.hears("было до тени")
    await started()
    assert await slot() == ("shadow", CANDIDATE)
    second.says = {"отгрузите без накладной": ("documents", 0.8124444)}
    number = await traffic.hears("/ отгрузите без накладной", "order", 0.55)
    await traffic.hears("Меню", payload="/menu")
    await traffic.hears("таблица.xlsx", "attached_list", 1.0)
    assert await read(later) == 1
    assert second.asked == [["отгрузите без накладной"]]
    (row,) = await readings()
    assert (row.inbox_id, row.text, row.live_version) == (number, "/ отгрузите без накладной", LIVE)
    assert (row.live_intent, row.live_confidence, row.intent, row.confidence) == ("order", 0.55, "documents", 0.8124)
    assert row.key.startswith("words: ")
    assert await read(later) == 0 and len(second.asked) == 1


async def test_what_is_kept_is_masked_and_what_is_asked_is_not(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    await started()
    await traffic.hears("мой номер +7 921 555-12-34 запишите", "profile")
    await traffic.hears("код AB12 привет", "greet", customer=None)
    await read(later)
    assert [row.text for row in await readings()] == ["мой номер +• ••• •••-••-•• запишите", "код •••• привет"]
    assert second.asked == [["мой номер +7 921 555-12-34 запишите", "код AB12 привет"]]


async def test_many_are_read_in_batches(seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime) -> None:
    await started()
    for n in range(230):
        await traffic.hears(f"молоко {n}")
    assert await read(later) == 230
    assert [len(texts) for texts in second.asked] == [100, 100, 30]
    assert len(await readings()) == 230


async def test_answers_that_come_out_of_order_are_not_passed_over(
    seated: HTTPServer, traffic: Traffic, later: datetime
) -> None:
    await started()
    slow = await traffic.hears("отвечают долго", at=later - timedelta(minutes=3), handled=False)
    quick = await traffic.hears("отвечают сразу", at=later - timedelta(minutes=2))
    assert await read(later) == 1
    async with staff_session() as session:
        answered = update(InboxRow).where(InboxRow.id == slow).values(handled_at=later, intent="order", confidence=0.7)
        await session.execute(answered)
    assert await read(later) == 1
    assert [row.inbox_id for row in await readings()] == [slow, quick]


async def test_a_message_that_is_never_answered_holds_nothing_up(
    seated: HTTPServer, traffic: Traffic, later: datetime
) -> None:
    await started()
    await traffic.hears("не ответили", handled=False)
    last = await traffic.hears("ответили")
    await read(later)
    assert (await the_run()).after_inbox == last


@pytest.mark.parametrize(
    ("trouble", "words"),
    [({"status": 503}, "загружается"), ({"status": 500}, "не отвечает"), ({"model": LIVE}, "другая модель")],
)
async def test_a_seat_in_trouble_is_told_and_nothing_is_lost(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime, trouble: dict[str, object], words: str
) -> None:
    await started()
    await traffic.hears("молоко 5")
    for name, value in trouble.items():
        setattr(second, name, value)
    assert await read(later) == 0
    assert words in (await the_run()).error and await readings() == []
    second.status, second.model = 200, CANDIDATE
    assert await read(later) == 1
    assert (await the_run()).error == ""


async def test_a_seat_that_is_down(seated: HTTPServer, traffic: Traffic, later: datetime) -> None:
    await started()
    await traffic.hears("молоко 5")
    port = seated.port
    seated.stop()
    assert await read(later) == 0
    assert "не отвечает" in (await the_run()).error
    seated.port = port
    seated.start()
    assert await read(later) == 1


async def test_a_slow_seat_holds_nobody_up(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started()
    await traffic.hears("молоко 5")
    monkeypatch.setattr(seat, "PARSE_SECONDS", 0.5)
    second.before = lambda: time.sleep(1.5)
    reading = asyncio.create_task(read(later))
    await asyncio.sleep(0.2)
    # Meanwhile no row of the turn is locked: the next message is stored and answered.
    await asyncio.wait_for(traffic.hears("кефир 2"), 0.25)
    assert await reading == 0
    assert "не успел" in (await the_run()).error
    second.before = lambda: None
    assert await read(later) == 2


async def test_a_worker_that_dies_between_asking_and_keeping(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started()
    await traffic.hears("молоко 5")

    async def killed(*_: object) -> int:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(shadow_reading, "keep", killed)
        with pytest.raises(asyncio.CancelledError):
            await read(later)
    assert await readings() == []
    assert await read(later) == 1 and len(await readings()) == 1
    assert second.asked == [["молоко 5"]] * 2


async def test_two_workers_keep_each_reading_once(seated: HTTPServer, traffic: Traffic, later: datetime) -> None:
    await started()
    for n in range(40):
        await traffic.hears(f"молоко {n}")
    await asyncio.gather(read(later), read(later))
    assert len(await readings()) == 40


async def test_with_nothing_to_read_the_seat_is_asked_how_it_is(seated: HTTPServer, second: Seat) -> None:
    await started()
    second.status = 503
    await read(NOW)
    assert "загружается" in (await the_run()).error
    second.status = 200
    await read(NOW)
    assert (await the_run()).error == "" and second.asked == []


async def test_it_ends_when_its_time_is_over_and_all_is_read(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    await started(until=NOW + timedelta(minutes=1))
    await traffic.hears("успел")
    await traffic.hears("после", at=NOW + timedelta(minutes=2))
    second.status = 503
    await read(later)
    assert (await the_run()).ended_at is None
    second.status = 200
    await read(later)
    await read(later)
    run = await the_run()
    assert (run.ended_at, run.ended_why) == (later, "until")
    assert [row.text for row in await readings()] == ["успел"]
    assert await slot() == ("idle", "")


async def test_a_seat_that_stays_down_does_not_keep_it_for_ever(
    seated: HTTPServer, traffic: Traffic, second: Seat
) -> None:
    await started(until=NOW + timedelta(minutes=1))
    await traffic.hears("молоко")
    second.status = 503
    await read(NOW + timedelta(hours=2))
    assert (await the_run()).ended_why == "until"


@pytest.mark.parametrize(
    ("role", "version", "why"),
    [("starting", CANDIDATE, "published"), ("starting", LIVE, "taken"), ("idle", "", "taken")],
)
async def test_it_ends_when_its_seat_is_taken(
    world: World, seated: HTTPServer, later: datetime, role: str, version: str, why: str
) -> None:
    await started()
    await world.change(ModelSlotRow, {"name": "rasa-2"}, role=role, version=version)
    await world.add(DeploymentRow(at=NOW, by="boss", kind="publish", version=version))
    await read(later)
    assert (await the_run()).ended_why == why
    assert await slot() == (role, version)


async def test_it_is_stopped_by_hand_and_leaves_its_report(
    seated: HTTPServer, traffic: Traffic, later: datetime
) -> None:
    await started()
    await traffic.hears("молоко")
    await read(later)
    async with staff_session() as session:
        await shadow.stop(session, "anna", later)
    run = await the_run()
    assert (run.ended_why, run.error, await slot()) == ("stopped", "", ("idle", ""))
    assert len(await readings()) == 1
    async with staff_session() as session:
        with pytest.raises(Conflict):
            await shadow.stop(session, "anna", later)
        actions = (await session.scalars(select(AuditRow.action).order_by(AuditRow.id))).all()
    assert list(actions) == ["shadow_start", "shadow_stop"]


async def test_one_at_a_time_and_never_while_models_change(world: World, seated: HTTPServer) -> None:
    with pytest.raises(Conflict, match="и так отвечает"):
        await started(version=LIVE)
    with pytest.raises(NotFound):
        await started(version="нет такой")
    with pytest.raises(ApiError, match="14 дней"):
        await started(until=NOW + timedelta(days=15))
    await world.add(DeploymentRow(at=NOW, by="boss", kind="publish", version="3"))
    with pytest.raises(Conflict, match="меняется"):
        await started()
    await world.change(DeploymentRow, {"version": "3"}, ended_at=NOW)
    await world.change(ModelSlotRow, {"name": "rasa-2"}, role="draining")
    with pytest.raises(Conflict, match="вводится"):
        await started()
    await world.change(ModelSlotRow, {"name": "rasa-2"}, role="ready")
    await started()
    with pytest.raises(Conflict, match="уже читает"):
        await started()


async def test_two_that_start_at_once(seated: HTTPServer) -> None:
    outcomes = await asyncio.gather(started(), started(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "ShadowRunRow"]


async def test_old_readings_are_forgotten(seated: HTTPServer, traffic: Traffic, later: datetime) -> None:
    await started()
    await traffic.hears("молоко")
    await read(later)
    await cleanup.forget()
    left = await readings()
    async with staff_session() as session:
        await session.execute(update(ShadowReadingRow).values(at=NOW - timedelta(days=10_000)))
    await cleanup.forget()
    assert await readings() == [] and left is not None
