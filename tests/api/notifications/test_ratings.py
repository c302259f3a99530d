"""After which orders the customer is asked, and when not."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import select, update

from api.db.models import CartRow, ConversationRow, OptionRow, OrderRow, OutboxRow, RatingRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.notifications import ratings
from tests.api.notifications.conftest import Join
from tests.api.orders.conftest import NOW, PETRA, World

NUMBER = count(1)


async def ordered(world: World, person: str | None = "vera", status: str = "accepted", key: str = "AI-") -> int:
    row = OrderRow(
        key=f"{key}{next(NUMBER)}", customer_id=PETRA, outlet_id=f"{PETRA}-1", contact_id=person, status=status,
        conversation_id=world.conversations[PETRA], created_at=NOW, total=Decimal(1),
    )  # fmt: skip
    await world.add(row)
    return row.id


async def ask(order: int, now: datetime = NOW + timedelta(minutes=10)) -> None:
    async with staff_session() as session:
        await ratings.ask(session, FixedClock(now), order)


async def asked_about() -> list[int]:
    async with staff_session() as session:
        return list(await session.scalars(select(RatingRow.order_id).order_by(RatingRow.order_id)))


@pytest.fixture(autouse=True)
async def every_second(world: World, join: Join) -> None:
    await world.add(OptionRow(key="rate_every", value=2, changed_at=NOW, changed_by="test"))
    await join("vera")
    await join("oleg", minutes=50)


async def test_every_second_order_of_a_person_is_asked_about_once(world: World) -> None:
    orders = [await ordered(world) for _ in range(5)]
    for order in (*orders, *orders):
        await ask(order)
    assert await asked_about() == [orders[1], orders[3]]
    async with staff_session() as session:
        asked = select(OutboxRow).where(OutboxRow.dedupe_key.startswith("rating:")).order_by(OutboxRow.id)
        said = (await session.scalars(asked)).all()
    assert [len(row.buttons) for row in said] == [5, 5]
    assert all(row.numbered for row in said)
    assert said[0].buttons[4]["payload"] == f'/rate_order{{"order": "{orders[1]}", "score": "5"}}'


async def test_orders_of_others_failed_ones_and_those_made_elsewhere_do_not_count(world: World) -> None:
    await ordered(world, "oleg")
    await ordered(world, status="cancelled")
    await ordered(world, key="erp:")
    order = await ordered(world)
    await ask(order)
    assert await asked_about() == []


@pytest.mark.parametrize("why", ["manager", "writes", "orders", "night"])
async def test_it_waits_while_the_person_is_busy(world: World, why: str) -> None:
    await ordered(world)
    order, now = await ordered(world), NOW + timedelta(minutes=10)
    async with staff_session() as session:
        here = update(ConversationRow).where(ConversationRow.id == world.conversations[PETRA])
        if why == "manager":
            await session.execute(here.values(mode="manager"))
        elif why == "writes":
            await session.execute(here.values(last_inbound_at=now - timedelta(minutes=1)))
        elif why == "orders":
            line = {"sku": "20013", "quantity": "1"}
            session.add(CartRow(customer_id=PETRA, outlet_id=f"{PETRA}-1", lines=[line], updated_at=now))
        else:
            now = NOW.replace(hour=23)
    await ask(order, now)
    assert await asked_about() == []
    assert [name for name, _ in await world.jobs()] == ["notifications.ask_rating"]


async def test_nobody_is_asked_a_day_later_or_when_it_is_switched_off(world: World) -> None:
    await ordered(world)
    order = await ordered(world)
    await ask(order, NOW + timedelta(hours=25))
    await world.change(OptionRow, {"key": "rate_every"}, value=0)
    await ask(order)
    assert await asked_about() == []
    assert await world.jobs() == []
