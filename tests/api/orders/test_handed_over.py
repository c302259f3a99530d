"""Orders that wait to be fetched: by an accounting system that comes to us."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.config import Settings, settings
from api.db.models import ConversationRow, EventRow, HandoffRow, OrderRow
from api.db.session import staff_session
from api.deps import erp as connection
from api.domain.clock import FixedClock
from api.domain.order import OrderStatus
from api.erp.memory import MemoryErp
from api.orders import by_staff, history, sending, sent, waiting
from tests.api.orders.conftest import NOW, PETRA, World
from tests.api.orders.erps import Fetching, like
from tests.api.orders.test_jobs import run_worker, said
from tests.api.orders.test_sending import base, confirmed, order, told

__all__ = ["base"]

SINCE = NOW - timedelta(days=1)


@pytest.fixture
def fetching(base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    made = like(Fetching, base)
    monkeypatch.setitem(connection._open, "main", made)
    return made


async def handed_over(world: World, fetching: Fetching) -> int:
    order_id = await confirmed(world)
    await sending.send(order_id, fetching)
    row = await order(order_id)
    assert (row.status, row.handed_over_at, row.number, row.erp_id) == ("sending", NOW, None, None)
    return order_id


async def test_it_is_said_once_and_accepted_when_it_was_fetched(world: World, fetching: Fetching) -> None:
    order_id = await confirmed(world)
    await run_worker()
    await sending.send(order_id, fetching)
    await history.read(fetching, SINCE)
    await waiting.resume_lost()
    await run_worker()
    assert await said() == ["Заказ передан. Подтвердим, как только учётная система его заберёт, и сразу напишем."]
    assert fetching.placed == 1
    async with world.turn() as turn:
        assert (await sent.last(turn)).status_text == "передан, ждёт подтверждения"
    await fetching.fetch()
    for _ in range(2):
        await history.read(fetching, SINCE)
    await run_worker()
    row = await order(order_id)
    assert (row.status, row.number, len(fetching.documents)) == ("accepted", "000001", 1)
    assert [words[:18] for words in await said()] == ["Заказ передан. Под", "Заказ №1 принят! Д"]


async def test_two_orders_wait_beside_each_other(world: World, fetching: Fetching) -> None:
    for _ in range(2):
        await handed_over(world, fetching)
    await fetching.fetch()
    await history.read(fetching, SINCE)
    async with staff_session() as session:
        numbers = list(await session.scalars(select(OrderRow.number).order_by(OrderRow.id)))
    assert numbers == ["000001", "000002"]


async def test_fetched_and_already_on_its_way(world: World, fetching: Fetching) -> None:
    order_id = await handed_over(world, fetching)
    await fetching.fetch()
    fetching.set_status((await order(order_id)).key, OrderStatus.SHIPPED)
    await history.read(fetching, SINCE)
    assert await told(world) == ["handed_over", "status"]


@pytest.mark.parametrize(("status", "event"), [("failed", "failed"), ("cancelled", "status")])
async def test_not_wanted_there(world: World, fetching: Fetching, status: str, event: str) -> None:
    order_id = await handed_over(world, fetching)
    await fetching.fetch()
    fetching.set_status((await order(order_id)).key, OrderStatus(status))
    await history.read(fetching, SINCE)
    assert (await order(order_id)).status == status
    assert await told(world) == ["handed_over", event]


async def test_withdrawn_before_it_was_fetched(world: World, fetching: Fetching) -> None:
    order_id = await handed_over(world, fetching)
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    await sending.cancel(order_id, fetching)
    assert ((await order(order_id)).status, fetching.kept) == ("cancelled", {})
    assert await told(world) == ["handed_over", "cancelled"]
    await fetching.fetch()
    assert fetching.documents == {}


async def test_withdrawn_after_it_was_fetched(world: World, fetching: Fetching) -> None:
    """It cannot be, and the order lives on."""
    order_id = await handed_over(world, fetching)
    await fetching.fetch()
    async with world.turn() as turn:
        await sent.cancel(turn, str(order_id))
    await sending.cancel(order_id, fetching)
    assert (await order(order_id)).status == "sending"
    await history.read(fetching, SINCE)
    assert (await order(order_id)).status == "accepted"
    assert await told(world) == ["handed_over", "cancel_failed", "accepted"]


async def test_a_lost_withdrawal_gets_a_job_again(world: World, fetching: Fetching) -> None:
    order_id = await handed_over(world, fetching)
    await run_worker()
    await world.change(OrderRow, {"id": order_id}, cancel_requested=True, created_at=NOW - timedelta(hours=1))
    await waiting.resume_lost()
    assert [job for job in await world.jobs() if job[0].startswith("orders.")] == [
        ("orders.cancel", {"order_id": order_id})
    ]


async def test_nobody_comes_for_hours(world: World, fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = await handed_over(world, fetching)
    hours = settings().order_unfetched_hours
    for late in (hours - 0.1, hours + 0.1, hours + 5):
        monkeypatch.setattr(Settings, "clock", FixedClock(NOW + timedelta(hours=late)))
        await waiting.report_unfetched()
    assert await told(world) == ["handed_over", "unfetched"]
    await run_worker()
    assert (await said())[-1] == (
        "Заказ пока не подтверждён: учётная система его ещё не забрала. Менеджер Анна уже проверяет и свяжется с вами. "
        "Телефон: +7 1."
    )
    async with staff_session() as session:
        asked = (await session.scalars(select(HandoffRow))).one()
        kinds = list(await session.scalars(select(EventRow.kind).order_by(EventRow.id)))
        assert (await session.get_one(ConversationRow, world.conversations[PETRA])).mode == "waiting"
    assert asked.reason == "order_unfetched"
    assert "Передан 15.12.2025, 10:00, но учётная система его не забрала." in asked.note
    assert "order_unfetched" in kinds
    await fetching.fetch()
    await history.read(fetching, SINCE)
    row = await order(order_id)
    assert (row.status, row.evidence) == ("accepted", "")


async def test_sent_again_by_a_manager_it_is_kept_once(world: World, fetching: Fetching) -> None:
    order_id = await handed_over(world, fetching)
    async with staff_session() as session:
        await by_staff.replay(session, order_id, "anna")
    await run_worker()
    assert len(fetching.kept) == 1
    assert len(await said()) == 1
