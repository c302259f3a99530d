"""Whatever happens at whatever step: one document, or none of what was withdrawn, and each word is said once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.config import Settings
from api.config import settings as config
from api.db.models import CartRow, ConversationRow, OrderRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.domain.order import OrderDraft, PlacedOrder
from api.erp.errors import ErpError
from api.erp.memory import MemoryErp
from api.orders import by_staff, history, sending, sent, service
from api.orders.attempts import IN_FLIGHT, NotYet
from api.orders.confirmation import confirm
from tests.api.orders.conftest import MILK, NOW, PETRA, VANILLA, World
from tests.api.orders.erps import like
from tests.api.orders.steps import INSIDE, Death, Happening, Stepping, Steps, raising, until_done
from tests.api.orders.test_sending import base, cart_quantities, confirmed, order

__all__ = ["base"]

FAILURES: dict[str, type[BaseException] | BaseException] = {
    "the answer is lost": ErpError("Учётная система не отвечает.", permanent=False),
    "the worker is stopped": asyncio.CancelledError,
    "the worker dies": Death,
    "a bug of ours": ZeroDivisionError,
}
MOST = 60


class Way:
    """An order's way, once more each time."""

    def __init__(self, world: World, erp: Stepping, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.erp, self.steps = world, erp, erp.steps
        self._monkeypatch = monkeypatch
        self.now = NOW

    async def begin(self) -> int:
        """A confirmed order in an empty world; its id."""
        async with await psycopg.AsyncConnection.connect(config().database_url, autocommit=True) as owner:
            await owner.execute("TRUNCATE procrastinate_jobs, order_lines, orders, events, carts, erp_health CASCADE")
        self.erp.documents.clear()
        self.now = NOW
        self._monkeypatch.setattr(Settings, "clock", FixedClock(NOW))
        self.steps.anew({})
        return await confirmed(self.world)

    async def later(self) -> None:
        """As much time as a lost write may take."""
        self.now += IN_FLIGHT + timedelta(seconds=1)
        self._monkeypatch.setattr(Settings, "clock", FixedClock(self.now))

    async def send(self, order_id: int) -> None:
        await until_done(lambda: sending.send(order_id, self.erp))

    async def withdraw(self, order_id: int) -> None:
        async with self.world.turn(now=NOW) as turn:
            assert (await sent.cancel(turn, str(order_id))).state in ("requested", "cancelled")

    async def told(self, order_id: int) -> list[str]:
        return [
            str(args["event"])
            for task, args in await self.world.jobs()
            if task == "notifications.order_changed" and args["order_id"] == order_id
        ]


@pytest.fixture
def way(world: World, base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> Way:
    erp = like(Stepping, base)
    erp.steps = Steps()
    erp.steps.patch(monkeypatch)
    return Way(world, erp, monkeypatch)


async def each_step(way: Way, run: Callable[[int], Awaitable[None]]) -> list[str]:
    """Runs with something at step 1, 2, 3 … until nothing happens any more; returns the steps of a quiet way."""
    for number in range(1, MOST):
        await run(number)
        if way.steps.plan:
            return way.steps.passed
    raise AssertionError("the way does not end")


@pytest.mark.parametrize("what", FAILURES)
async def test_a_failure_at_every_step(way: Way, what: str) -> None:
    async def run(number: int) -> None:
        order_id = await way.begin()
        way.steps.anew({number: raising(FAILURES[what])})
        await way.send(order_id)
        row = await order(order_id)
        assert (row.status, way.erp.alive()) == ("accepted", [row.key]), (number, way.steps.passed)
        told = await way.told(order_id)
        assert told.count("accepted") == 1 and set(told) <= {"waiting", "accepted"} and len(told) <= 2, number

    steps = await each_step(way, run)
    assert steps[-6:] == ["place", "created", "posted", "begin", INSIDE, "committed"]
    assert "found" in steps and "quoted" in steps and len(steps) > 15


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_two_failures_at_every_two_steps(way: Way) -> None:
    for first in range(1, MOST):
        for second in range(first + 1, MOST):
            order_id = await way.begin()
            way.steps.anew({first: raising(Death), second: raising(FAILURES["the answer is lost"])})
            await way.send(order_id)
            row = await order(order_id)
            assert (row.status, way.erp.alive()) == ("accepted", [row.key]), (first, second)
            assert (await way.told(order_id)).count("accepted") == 1
            if way.steps.plan:
                break
        if first in way.steps.plan:
            return
    raise AssertionError("the way does not end")


async def test_a_withdrawal_at_every_step(way: Way) -> None:
    """None of it is left there, whenever the word came; who was told «принят» is told «отменён» after it."""

    async def run(number: int) -> None:
        order_id = await way.begin()

        async def withdraw() -> None:
            if way.steps.passed[-1] != INSIDE:
                await way.withdraw(order_id)

        way.steps.anew({number: withdraw})
        await way.send(order_id)
        if way.steps.plan:
            return
        if (await order(order_id)).cancel_requested:
            await until_done(lambda: sending.cancel(order_id, way.erp), pause=way.later)
            assert ((await order(order_id)).status, way.erp.alive()) == ("cancelled", []), number
            assert await way.told(order_id) in (["cancelled"], ["accepted", "cancelled"]), number

    await each_step(way, run)


@pytest.mark.parametrize("what", ["the answer is lost", "the worker dies"])
async def test_a_failure_at_every_step_of_a_withdrawal(way: Way, what: str) -> None:
    async def run(number: int) -> None:
        order_id = await way.begin()
        await way.send(order_id)
        await way.withdraw(order_id)
        way.steps.anew({number: raising(FAILURES[what])})
        await until_done(lambda: sending.cancel(order_id, way.erp), pause=way.later)
        assert ((await order(order_id)).status, way.erp.alive()) == ("cancelled", []), number
        assert await way.told(order_id) == ["accepted", "cancelled"], number

    await each_step(way, run)


@pytest.mark.parametrize("what", ["the answer is lost", "the worker dies"])
async def test_a_withdrawal_after_a_failure_at_every_step(way: Way, what: str) -> None:
    async def run(number: int) -> None:
        order_id = await way.begin()
        way.steps.anew({number: raising(FAILURES[what])})
        with pytest.raises((ErpError, Death)):
            await sending.send(order_id, way.erp)
            raise Death  # nothing happened: the way is at its end
        await way.withdraw(order_id)
        await until_done(lambda: sending.send(order_id, way.erp), pause=way.later)
        await until_done(lambda: sending.cancel(order_id, way.erp), pause=way.later)
        assert ((await order(order_id)).status, way.erp.alive()) == ("cancelled", []), number
        told = [event for event in await way.told(order_id) if event != "waiting"]
        assert told in (["cancelled"], ["accepted", "cancelled"]), number

    await each_step(way, run)


async def test_a_failure_at_every_step_of_giving_back(way: Way) -> None:
    """The lines come back into the cart once, however often it was tried."""
    way.erp.price_rows = [replace(row, amount=row.amount + 20) for row in way.erp.price_rows]

    async def run(number: int) -> None:
        order_id = await way.begin()
        way.steps.anew({number: raising(Death)})
        await way.send(order_id)
        assert ((await order(order_id)).status, way.erp.documents) == ("cancelled", {}), number
        assert await cart_quantities() == {MILK: "8", VANILLA: "2"}, number
        assert await way.told(order_id) == ["changed"], number

    await each_step(way, run)


async def test_two_workers_with_one_job(way: Way) -> None:
    """The queue took the first one for dead. A step of one lets the other one on."""

    async def run(number: int) -> None:
        order_id = await way.begin()
        twin: list[asyncio.Task[None]] = []

        async def second_worker() -> None:
            twin.append(asyncio.create_task(way.send(order_id)))
            await asyncio.sleep(0.02)

        way.steps.anew({number: second_worker})
        await way.send(order_id)
        await asyncio.gather(*twin, return_exceptions=True)
        assert way.erp.alive() == [(await order(order_id)).key], number
        assert await way.told(order_id) == ["accepted"], number

    # Each step of the first worker is met once; the second one's steps come between.
    for number in range(1, 22):
        await run(number)


async def test_a_worker_that_was_only_slow_holds_its_order(way: Way) -> None:
    order_id = await way.begin()

    async def second_worker() -> None:
        with pytest.raises(NotYet):
            await sending.send(order_id, way.erp)

    way.steps.anew({4: second_worker})
    await way.send(order_id)
    assert way.steps.plan == {}
    assert len(way.erp.documents) == 1


class Late(MemoryErp):
    """Our patience ends before its work does: the document is there only when it `arrives`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.on_its_way: list[OrderDraft] = []
        self.late = 1

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        if self.late:
            self.late -= 1
            self.on_its_way.append(draft)
            raise ErpError("Учётная система не отвечает.", permanent=False)
        return await super().place(draft)

    async def arrive(self) -> None:
        for draft in self.on_its_way:
            await super().place(draft)


async def test_a_write_that_arrives_late_is_not_judged_meanwhile(world: World, base: MemoryErp) -> None:
    """Given back into the cart and confirmed again, it would be there twice."""
    late = like(Late, base)
    order_id = await confirmed(world)
    with pytest.raises(ErpError):
        await sending.send(order_id, late)
    late.price_rows = [replace(row, amount=row.amount + 20) for row in late.price_rows]
    await sending.send(order_id, late)
    await late.arrive()
    assert (len(late.documents), (await order(order_id)).status) == (1, "accepted")


async def test_a_write_that_arrives_late_is_withdrawn_too(way: Way, world: World, base: MemoryErp) -> None:
    late = like(Late, base)
    order_id = await confirmed(world)
    with pytest.raises(ErpError):
        await sending.send(order_id, late)
    await way.withdraw(order_id)
    with pytest.raises(NotYet):
        await sending.send(order_id, late)
    await late.arrive()
    await sending.send(order_id, late)
    (document,) = late.documents.values()
    assert ((await order(order_id)).status, document.status.value) == ("cancelled", "cancelled")


async def test_a_write_that_never_arrived_is_judged_anew_after_a_while(way: Way, world: World, base: MemoryErp) -> None:
    late = like(Late, base)
    order_id = await confirmed(world)
    with pytest.raises(ErpError):
        await sending.send(order_id, late)
    late.price_rows = [replace(row, amount=row.amount + 20) for row in late.price_rows]
    await way.later()
    await sending.send(order_id, late)
    assert ((await order(order_id)).status, late.documents) == ("cancelled", {})


# The confirm button.


async def test_two_conversations_of_one_outlet_confirm_at_once(world: World, base: MemoryErp) -> None:
    colleague = uuid4()
    await world.add(ConversationRow(id=colleague, channel="webchat", channel_user="colleague", customer_id=PETRA))
    async with world.turn() as turn:
        version = (await service.perform(turn, "set_line", sku=MILK, quantity="8")).cart.version

    async def press(conversation: object) -> str:
        async with world.turn(conversation=conversation) as turn:  # type: ignore[arg-type]
            return (await confirm(turn, version, False)).state

    both = (world.conversations[PETRA], colleague)
    states = await asyncio.gather(*(press(conversation) for conversation in both * 3))
    assert states.count("sending") == 1
    async with staff_session() as session:
        ids = list(await session.scalars(select(OrderRow.id)))
    for order_id in ids * 2:
        await sending.send(order_id, base)
    assert len(base.documents) == 1


async def test_a_confirmation_that_dies_before_its_commit_never_was(world: World) -> None:
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="8")
    with pytest.raises(Death):
        async with world.turn() as turn:
            assert (await confirm(turn, None, False)).state == "sending"
            raise Death
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).select_from(OrderRow)) == 0
        assert (await session.scalars(select(CartRow))).one().lines
    assert await world.jobs() == []


# Anything in any order.

HAPPENINGS = st.sampled_from(
    ["send", "die", "lose", "down", "up", "withdraw", "poll", "cancel job", "reprice", "later", "replay", "refuse"]
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(HAPPENINGS, st.integers(1, 20)), max_size=10))
async def test_whatever_happens_in_whatever_order(way: Way, happenings: list[tuple[str, int]]) -> None:
    erp, order_id = way.erp, await way.begin()
    erp.down, erp.refuse, erp.lose_answer_after_create = False, 0, 0
    prices = erp.price_rows
    for what, number in happenings:
        await _happens(way, order_id, what, number)
    erp.down, erp.refuse, erp.lose_answer_after_create, erp.price_rows = False, 0, 0, prices
    way.steps.anew({})
    await until_done(lambda: sending.send(order_id, erp), pause=way.later)
    await until_done(lambda: sending.cancel(order_id, erp), pause=way.later)
    await history.read(erp, NOW - timedelta(days=1))
    row, told = await order(order_id), await way.told(order_id)
    alive = {"accepted": 1, "failed": len(erp.alive()), "cancelled": 0}
    assert len(erp.alive()) == alive[row.status], (row.status, told)
    assert all(told.count(event) <= 1 for event in ("waiting", "accepted", "changed")), told
    if row.status != "failed":
        last = [event for event in told if event not in ("waiting", "cancel_failed")][-1]
        assert last in {"accepted": ("accepted",), "cancelled": ("cancelled", "changed", "status")}[row.status], told
    again = 8 if "changed" in told else 0
    cart = await cart_quantities() if again else {}
    assert Decimal(cart.get(MILK, "0")) == again


async def _happens(way: Way, order_id: int, what: str, number: int) -> None:
    erp = way.erp
    if what in ("send", "die", "cancel job"):
        way.steps.anew({number: raising(Death)} if what == "die" else {})
        job: Happening = lambda: (sending.cancel if what == "cancel job" else sending.send)(order_id, erp)  # noqa: E731
        with suppress(ErpError, Death):
            await job()
        way.steps.anew({})
    elif what == "lose":
        erp.lose_answer_after_create = 1
    elif what in ("down", "up"):
        erp.down = what == "down"
    elif what == "withdraw":
        await way.withdraw(order_id)
    elif what == "poll" and not erp.down:
        await history.read(erp, NOW - timedelta(days=1))
    elif what == "reprice":
        erp.price_rows = [replace(row, amount=row.amount + 20) for row in erp.price_rows]
    elif what == "later":
        await way.later()
    elif what == "refuse":
        erp.refuse = 1
    elif what == "replay" and (await order(order_id)).status == "failed":
        async with staff_session() as session:
            await by_staff.replay(session, order_id, "anna")
