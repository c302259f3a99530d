"""States from the accounting system: each change is told once, in its order, whatever races."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from api.db.models import OrderRow, SyncRunRow
from api.db.session import staff_session
from api.deps import erp as connection
from api.domain.order import OrderStatus, PlacedOrder
from api.erp.errors import ErpError
from api.erp.memory import MemoryErp
from api.erp.port import Capabilities, Data
from api.orders import history, repository, sending
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World
from tests.api.orders.erps import like
from tests.api.orders.test_jobs import run_worker, said
from tests.api.orders.test_sending import base, confirmed, order

__all__ = ["base"]

SINCE = NOW - timedelta(days=1)
ACCEPTED, PICKING, SHIPPED, DELIVERED, CANCELLED = (
    OrderStatus(word) for word in ("accepted", "picking", "shipped", "delivered", "cancelled")
)
TOLD = {
    "Заказ №1 принят! Доставка завтра, 16 декабря, с 9:00 до 12:00. Водитель позвонит за 30 минут.": "accepted",
    "Заказ №1 собирается на складе.": "picking",
    "Заказ №1 выехал к вам. Водитель позвонит за 30 минут.": "shipped",
    "Заказ №1 доставлен. Спасибо!": "delivered",
    "Заказ №1 отменён.": "cancelled",
    "Уточнение по заказу №1: он ещё собирается на складе. Напишем, когда выедет.": "still picking",
    "Уточнение по заказу №1: он снова в работе. Доставка завтра, 16 декабря, с 9:00 до 12:00.": "again accepted",
    "Уточнение по заказу №1: он ещё в пути.": "still shipped",
}


class Counting(MemoryErp):
    """Counts what it is asked; a reading of `stale` orders is answered with them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.found = 0
        self.since: list[datetime] = []
        self.stale: list[PlacedOrder] | None = None

    async def find(self, key: str) -> PlacedOrder | None:
        self.found += 1
        return await super().find(key)

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        self.since.append(since)
        return super().orders(since) if self.stale is None else self._stream(self.stale)


@pytest.fixture
async def erp(world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = like(Counting, base)
    monkeypatch.setitem(connection._open, "main", made)
    return made


async def accepted(world: World, erp: Counting) -> str:
    """The key of an accepted order, told."""
    order_id = await confirmed(world)
    await sending.send(order_id, erp)
    await run_worker()
    erp.found = 0
    return (await order(order_id)).key


async def heard() -> list[str]:
    return [TOLD[words.replace("\u00a0", " ")] for words in await said()]


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ([PICKING, SHIPPED, DELIVERED], ["picking", "shipped", "delivered"]),
        ([PICKING, PICKING, ACCEPTED, PICKING], ["picking", "picking"]),
        ([SHIPPED], ["shipped"]),
        ([DELIVERED, DELIVERED], ["delivered"]),
        ([SHIPPED, PICKING, SHIPPED], ["shipped", "still picking", "shipped"]),
        ([DELIVERED, SHIPPED], ["delivered", "still shipped"]),
        ([CANCELLED, ACCEPTED, CANCELLED], ["cancelled", "again accepted", "cancelled"]),
        # Taken back for a moment to be edited, and posted again.
        ([OrderStatus.FAILED, ACCEPTED], []),
    ],
)
async def test_what_the_customer_hears(world: World, erp: Counting, way: list[OrderStatus], told: list[str]) -> None:
    key = await accepted(world, erp)
    for status in way:
        erp.set_status(key, status)
        await history.read(erp, SINCE)
        await run_worker()
    assert await heard() == ["accepted", *told]
    assert (await order(1)).status == way[-1].value


async def test_readings_at_the_same_moment_tell_it_once(world: World, erp: Counting) -> None:
    key = await accepted(world, erp)
    erp.set_status(key, PICKING)
    await asyncio.gather(*(history.read(erp, SINCE) for _ in range(5)))
    await run_worker()
    assert await heard() == ["accepted", "picking"]


async def test_an_older_reading_that_comes_later_takes_nothing_back(world: World, erp: Counting) -> None:
    key = await accepted(world, erp)
    older = [row async for row in erp.orders(SINCE)]
    erp.set_status(key, SHIPPED)
    await history.read(erp, SINCE)
    erp.stale = older
    await history.read(erp, SINCE)
    assert (await order(1)).status == "shipped"
    erp.stale = None
    await history.read(erp, SINCE)
    await run_worker()
    assert await heard() == ["accepted", "shipped"]


async def test_readings_that_overtake_each_other_at_random(world: World, erp: Counting) -> None:
    """Between two looks at the database another reading may have come by."""
    key = await accepted(world, erp)
    known = [replace(row, status=status) async for row in erp.orders(SINCE) for status in (PICKING, SHIPPED)]
    erp.set_status(key, SHIPPED)

    async def late(placed: PlacedOrder) -> None:
        one = like(Counting, erp)
        one.documents, one.stale = erp.documents, [placed]
        await history.read(one, SINCE)

    await asyncio.gather(*(late(placed) for placed in known * 4))
    await run_worker()
    assert (await order(1)).status == "shipped"
    assert (await heard())[-1] == "shipped"
    assert (await heard()) in (["accepted", "shipped"], ["accepted", "picking", "shipped"])


async def test_old_news_are_not_told_after_newer_ones(world: World, erp: Counting) -> None:
    """The worker slept: what it tells is true when it wakes."""
    key = await accepted(world, erp)
    for status in (PICKING, SHIPPED):
        erp.set_status(key, status)
        await history.read(erp, SINCE)
    await run_worker()
    assert await heard() == ["accepted", "shipped"]


async def test_news_of_one_order_keep_their_order(world: World, erp: Counting) -> None:
    order_id = await confirmed(world)
    erp.down = True
    with pytest.raises(Exception, match="не отвечает"):
        await sending.send(order_id, erp)
    erp.down = False
    await sending.send(order_id, erp)
    erp.set_status((await order(order_id)).key, PICKING)
    await history.read(erp, SINCE)
    await run_worker()
    await run_worker()
    # «Ждёт» is no news any more.
    assert await heard() == ["accepted", "picking"]


async def test_what_did_not_change_is_not_looked_at(world: World, erp: Counting) -> None:
    key = await accepted(world, erp)
    erp.set_status(key, PICKING)
    for _ in range(3):
        await history.read(erp, SINCE)
    assert erp.found == 0


@pytest.mark.parametrize(
    ("since", "asked"),
    [(frozenset(), NOW - timedelta(days=3)), (frozenset({Data.ORDERS}), NOW - timedelta(hours=1))],
)
async def test_a_backend_that_tells_changes_is_asked_for_no_more(
    world: World, erp: Counting, since: frozenset[Data], asked: datetime
) -> None:
    await world.past_order("petra", {"p-milk": ("5", "500")}, status="accepted", days=3)
    await world.add(SyncRunRow(name="orders", finished_at=NOW, succeeded_at=NOW))
    erp.capabilities = Capabilities(since=since)
    await history.poll(erp, "main")
    assert erp.since == [asked]


async def test_a_document_that_became_another_customer_s_shows_nothing_of_it(world: World, erp: Counting) -> None:
    key = await accepted(world, erp)
    placed = await erp.find(key)
    assert placed is not None
    line = replace(placed.lines[0], price=Decimal("450"))
    erp.stale = [replace(placed, customer_id=BEREZKA, lines=(line,), status=SHIPPED)]
    await history.read(erp, SINCE)
    row = await order(1)
    assert (row.customer_id, row.status) == (PETRA, "accepted")
    async with staff_session() as session:
        stored = await repository.lines(session, row.id)
    assert [one.price for one in stored] == [one.price for one in placed.lines]


async def shipped_and_back(world: World, erp: Counting) -> tuple[PlacedOrder, PlacedOrder]:
    """An order on its way that a reading calls accepted again, and an order of another customer made elsewhere."""
    key = await accepted(world, erp)
    erp.set_status(key, SHIPPED)
    await history.read(erp, SINCE)
    (ours,) = [placed async for placed in erp.orders(SINCE)]
    other = replace(ours, key="", erp_id="elsewhere", number="77", customer_id=BEREZKA, outlet_id=None)
    return replace(ours, status=ACCEPTED), other


async def test_an_order_that_cannot_be_looked_up_stops_no_news_of_others(
    world: World, erp: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    back, other = await shipped_and_back(world, erp)

    async def broken(key: str) -> PlacedOrder | None:
        raise ErpError("Документ не читается.", permanent=True, evidence=key)

    monkeypatch.setattr(erp, "find", broken)
    erp.stale = [back, other]
    assert await history.read(erp, SINCE) == 2
    async with staff_session() as session:
        known = {row.erp_id: row.status for row in await session.scalars(select(OrderRow))}
    assert known == {back.erp_id: "shipped", "elsewhere": "shipped"}


async def test_an_order_with_impossible_figures_stops_no_news_of_others(world: World, erp: Counting) -> None:
    back, other = await shipped_and_back(world, erp)
    lines = tuple(replace(line, price=Decimal(10) ** 16) for line in other.lines)
    erp.stale = [replace(other, lines=lines), replace(other, erp_id="sound")]
    assert await history.read(erp, SINCE) == 2
    async with staff_session() as session:
        assert set(await session.scalars(select(OrderRow.erp_id))) == {back.erp_id, "sound"}


async def test_an_order_does_not_show_the_outlet_of_another_company(world: World, erp: Counting) -> None:
    _, other = await shipped_and_back(world, erp)
    erp.stale = [replace(other, outlet_id="petra-1")]
    await history.read(erp, SINCE)
    async with staff_session() as session:
        row = (await session.scalars(select(OrderRow).filter_by(erp_id="elsewhere"))).one()
        assert (row.outlet_id, row.address) == (None, "")
