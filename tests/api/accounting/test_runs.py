"""Runs: deferred when due, one at a time, noted as they go, told to who brought something."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from api.accounting import jobs, service
from api.config import settings
from api.db.models import CatalogVersionRow, PriceRow, SyncRunRow
from api.db.session import staff_session
from api.deps.sync import FIGURES, LISTS, lanes_at_work
from api.erp.errors import ErpError
from api.erp.port import Call, Data, Reply
from tests.api.accounting.conftest import TELLS_CHANGES, ChangingErp, Connect, MovedClock, price, product, stock


async def waiting() -> list[tuple[str, str, bool, int, str]]:
    """Readings that wait: backend, data, whole, priority, lock."""
    query = (
        "SELECT args->>'backend', args->>'data', (args->>'whole')::bool, priority, lock FROM procrastinate_jobs"
        " WHERE task_name = 'accounting.read' AND queue_name = 'readings' ORDER BY priority DESC, id"
    )
    async with staff_session() as session:
        return [(row[0], row[1], row[2], row[3], row[4]) for row in await session.execute(text(query))]


async def of(data: Data, backend: str = "main") -> SyncRunRow:
    async with staff_session() as session:
        return await session.get_one(SyncRunRow, (backend, data.value))


async def test_what_is_due_waits_once_stock_before_prices(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "erp_more", "north")
    connect("main")
    connect("north", ChangingErp(settings().clock, capabilities=replace(TELLS_CHANGES, reads=frozenset({Data.STOCK}))))
    for _ in range(2):
        await jobs.tick()
    found = await waiting()
    assert [(backend, data) for backend, data, *_ in found if backend == "main"] == [
        ("main", "stock"), ("main", "balances"), ("main", "goods"), ("main", "customers"), ("main", "prices"),
    ]  # fmt: skip
    assert [row[:2] for row in found if row[0] == "north"] == [("north", "stock")]
    assert {lock for _, data, _, _, lock in found if data in ("goods", "customers", "prices")} == {
        "accounting:main:lists"
    }


async def test_orders_are_polled_on_a_lock_of_their_own(connect: Connect) -> None:
    connect("main")
    await jobs.poll()
    assert await waiting() == [("main", "orders", False, 60, "accounting:main:polls")]


async def test_what_ran_just_now_is_not_due(connect: Connect, clock: MovedClock) -> None:
    connect("main").product_rows = [product(1)]
    for data in service.READS:
        await service.read("main", data)
    await jobs.tick()
    assert not await waiting()
    clock.move(settings().stock_sync_minutes)
    await jobs.tick()
    assert ("main", "stock") in [row[:2] for row in await waiting()]


async def test_a_run_tells_how_far_it_is_and_how_it_went(
    connect: Connect, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp, seen = connect("main"), []
    began = clock.now()

    async def products(*_: Any) -> Any:
        for number in range(12_000):
            if number == 11_000:
                async with staff_session() as session:
                    seen.append(((await of(Data.GOODS)).so_far, await lanes_at_work(session, ("main", "north"))))
                clock.move(3)
            yield product(number)

    monkeypatch.setattr(erp, "products", products)
    assert await service.read("main", Data.GOODS) == 12_000
    assert seen == [(10_000, {("main", LISTS)})]
    run = await of(Data.GOODS)
    # The figures are as old as the beginning of the reading.
    assert (run.started_at, run.succeeded_at, run.full_at) == (began, began, began)
    assert (run.finished_at, run.rows, run.error) == (began + timedelta(minutes=3), 12_000, "")


async def test_one_at_a_time_but_figures_do_not_wait_for_lists(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp, go_on, reading = connect("main"), asyncio.Event(), asyncio.Event()

    async def products(*_: Any) -> Any:
        reading.set()
        await go_on.wait()
        yield product(1)

    monkeypatch.setattr(erp, "products", products)
    running = asyncio.create_task(service.read("main", Data.GOODS))
    await reading.wait()
    with pytest.raises(ErpError, match="как раз читаются"):
        await service.read("main", Data.PRICES)
    await service.read("main", Data.STOCK)
    patient = asyncio.create_task(service.read("main", Data.PRICES, wait=True))
    await asyncio.sleep(0.1)
    assert not patient.done()
    go_on.set()
    assert (await running, await patient) == (1, 0)


async def test_whoever_dies_holds_nothing(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    erp, reading = connect("main"), asyncio.Event()

    async def stock_(*_: Any, **__: Any) -> Any:
        reading.set()
        await asyncio.sleep(60)
        yield

    monkeypatch.setattr(erp, "stock", stock_)
    dying = asyncio.create_task(service.read("main", Data.STOCK))
    await reading.wait()
    async with staff_session() as session:
        assert await lanes_at_work(session, ("main",)) == {("main", FIGURES)}
    dying.cancel()
    await asyncio.wait([dying])
    async with staff_session() as session:
        assert not await lanes_at_work(session, ("main",))
    monkeypatch.undo()
    connect("main", erp)
    await service.read("main", Data.STOCK)


async def test_changes_are_asked_for_from_the_last_beginning(connect: Connect, clock: MovedClock) -> None:
    erp = connect("main")
    erp.product_rows = [product(1)]
    began = clock.now()
    await service.read("main", Data.GOODS)
    clock.move(30)
    await service.read("main", Data.GOODS)
    assert erp.asked == [(Data.GOODS, None), (Data.GOODS, began - timedelta(minutes=5))]
    run = await of(Data.GOODS)
    assert (run.succeeded_at, run.full_at) == (clock.now(), began)


async def test_new_goods_get_the_prices_that_were_told_before_them(connect: Connect, clock: MovedClock) -> None:
    erp = connect("main")
    erp.product_rows, erp.price_rows = [product(1)], [price(1, "10"), price(2, "20")]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.PRICES)
    clock.move(60)
    erp.product_rows.append(product(2))
    erp.touch(Data.GOODS, "p2")
    await service.read("main", Data.GOODS)
    await service.read("main", Data.PRICES)
    async with staff_session() as session:
        assert await session.scalar(text("SELECT amount FROM prices WHERE product_id = 'p2'")) == 20


async def test_the_catalogue_s_version_grows_only_when_goods_changed(connect: Connect, clock: MovedClock) -> None:
    async def version() -> int:
        async with staff_session() as session:
            return (await session.get_one(CatalogVersionRow, 1)).version

    erp = connect("main")
    erp.product_rows = [product(1, step=2), product(2)]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.GOODS, whole=True)
    assert await version() == 1
    erp.product_rows[0] = product(1, name="Новое имя")
    await service.read("main", Data.GOODS, whole=True)
    assert await version() == 2


async def test_prices_that_stay_are_not_written_again(connect: Connect) -> None:
    async def rows() -> list[Any]:
        query = "SELECT id, xmin, product_id, amount FROM prices ORDER BY product_id, amount"
        async with staff_session() as session:
            return list((await session.execute(text(query))).all())

    erp = connect("main")
    erp.product_rows = [product(number) for number in range(5)]
    erp.price_rows = [price(number, "100") for number in range(5)]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.PRICES)
    before = await rows()
    erp.price_rows[4] = price(4, "101")
    await service.read("main", Data.PRICES, whole=True)
    assert (await rows())[:4] == before[:4] and (await rows())[4].amount == 101


async def test_a_price_read_live_meanwhile_stays(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order's own reading of the product is newer than the list."""
    from api.catalog import sync

    erp = connect("main")
    erp.product_rows, erp.price_rows = [product(1), product(2)], [price(1, "10"), price(2, "20")]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.PRICES)
    check = sync._check_prices

    async def live(*arguments: Any) -> None:
        await check(*arguments)
        async with staff_session() as session:
            await session.execute(text("DELETE FROM prices WHERE product_id = 'p1'"))
            session.add(PriceRow(product_id="p1", amount=12, price_list_id="retail"))

    monkeypatch.setattr(sync, "_check_prices", live)
    erp.price_rows = [price(1, "11"), price(2, "22")]
    await service.read("main", Data.PRICES, whole=True)
    async with staff_session() as session:
        found = await session.execute(text("SELECT product_id, amount FROM prices ORDER BY product_id"))
        assert [tuple(row) for row in found] == [("p1", 12), ("p2", 22)]


@dataclass
class BringingErp(ChangingErp):
    """One that comes to us with what it has."""

    brought: set[Data] = field(default_factory=set)
    answers: list[tuple[Data, str]] = field(default_factory=list)

    async def answer(self, call: Call) -> Reply:
        """See Exchange."""
        return Reply(status=404)

    async def arrived(self) -> frozenset[Data]:
        """See Exchange."""
        return frozenset(self.brought)

    async def taken(self, data: Data, error: str = "") -> None:
        """See Exchange."""
        self.brought.discard(data)
        self.answers.append((data, error))


async def test_what_was_brought_is_read_and_answered_for(connect: Connect, clock: MovedClock) -> None:
    erp = BringingErp(clock, capabilities=TELLS_CHANGES, brought={Data.GOODS})
    connect("main", erp)
    erp.product_rows = [product(1)]
    await jobs.arrived()
    assert [row[:3] for row in await waiting()] == [("main", "goods", True)]
    await jobs.read.func("main", "goods", True)
    assert erp.answers == [(Data.GOODS, "")]


async def test_what_was_brought_waits_for_the_manager_too(connect: Connect, clock: MovedClock) -> None:
    erp = BringingErp(clock, capabilities=TELLS_CHANGES)
    connect("main", erp)
    erp.product_rows = [product(1)]
    await service.read("main", Data.GOODS)
    erp.product_rows, erp.brought = [], {Data.GOODS}
    await jobs.read.func("main", "goods", True)
    assert not erp.answers and erp.brought
    await jobs.arrived()
    assert not await waiting()
    async with staff_session() as session:
        (hold,) = await service.open_holds(session)
        await service.refuse(session, hold.id, "anna", clock.now())
    await jobs.arrived()
    assert len(await waiting()) == 1
    await jobs.read.func("main", "goods", True)
    assert [data for data, error in erp.answers if "мало строк" in error] == [Data.GOODS] and not erp.brought


async def test_stock_without_anything_left_takes_no_row(connect: Connect) -> None:
    erp = connect("main")
    erp.product_rows, erp.stock_rows = [product(1), product(2)], [stock(1, "5"), stock(2, "0")]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.STOCK)
    async with staff_session() as session:
        assert [tuple(row) for row in await session.execute(text("SELECT product_id, quantity FROM stock"))] == [
            ("p1", 5)
        ]


async def test_stock_that_came_before_its_goods_is_read_again_at_once(connect: Connect) -> None:
    erp = connect("main")
    erp.stock_rows = [stock(1, 5)]
    await service.read("main", Data.STOCK)
    erp.product_rows = [product(1)]
    await service.read("main", Data.GOODS)
    assert [row[:3] for row in await waiting()] == [("main", "stock", True)]
    await service.read("main", Data.STOCK)
    await service.read("main", Data.GOODS)
    assert [row[:3] for row in await waiting()] == [("main", "stock", True)]
