"""The jobs as the queue runs them: repeated, locked, never lost."""

import procrastinate
import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError as DatabaseAway

from api.db.models import CustomerRow, ErpHealthRow, OutboxRow
from api.db.session import staff_session
from api.deps import erp as connection
from api.erp.errors import ErpError
from api.erp.memory import MemoryErp
from api.orders import health, sending, sent, service
from api.orders.confirmation import confirm
from api.orders.jobs import ATTEMPTS, UntilErpAnswers
from api.worker import app, conninfo
from tests.api.orders.conftest import MILK, PETRA, World
from tests.api.orders.test_sending import base, confirmed, order  # noqa: F401  # base is a fixture


def job(attempts: int) -> procrastinate.jobs.Job:
    return procrastinate.jobs.Job(
        id=1, status="doing", queue="default", lock="order:1", queueing_lock=None, task_name="orders.send",
        attempts=attempts,
    )  # fmt: skip


def wait(error: Exception, attempts: int) -> int | None:
    before = procrastinate.utils.utcnow()
    decision = UntilErpAnswers().get_retry_decision(exception=error, job=job(attempts))
    if decision is None:
        return None
    assert decision.retry_at is not None
    return round((decision.retry_at - before).total_seconds())


def test_an_outage_is_waited_out_for_ever() -> None:
    down = ErpError("down", permanent=False)
    assert [wait(down, attempts) for attempts in (0, 1, 2, 3, 4, 5, 1000)] == [1, 2, 4, 8, 16, 20, 20]


def test_anything_else_is_tried_a_few_times() -> None:
    assert [wait(ValueError(), attempts) is None for attempts in range(ATTEMPTS)] == [False] * (ATTEMPTS - 1) + [True]
    assert wait(ErpError("no", permanent=True), ATTEMPTS) is None


def test_our_own_database_is_waited_for_too() -> None:
    # After an outage of the accounting system a job has many attempts behind it.
    for error in (psycopg.OperationalError("no"), DatabaseAway("SELECT", None, psycopg.OperationalError("no"))):
        assert wait(error, 30) == 20


async def test_a_hiccup_of_our_database_after_an_outage_fails_no_order(
    world: World, connected: MemoryErp, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await confirmed(world)

    async def hiccup(*_: object) -> None:
        raise psycopg.OperationalError("too many clients already")

    with monkeypatch.context() as patch:
        patch.setattr(sending, "send", hiccup)
        async with staff_session() as session:
            await session.execute(text("UPDATE procrastinate_jobs SET attempts = 30 WHERE task_name = 'orders.send'"))
        await run_worker()
    assert (await order(order_id)).status == "sending"


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7), (0.0, 1), (90.0, 90), (100_000.0, 900)])
def test_the_time_that_was_asked_for_is_given(asked: float, waited: int) -> None:
    busy = ErpError("busy", permanent=False, retry_after=asked)
    assert [wait(busy, attempts) for attempts in (0, 30)] == [waited, waited]


async def run_worker() -> None:
    """Runs what can be run now, as the worker does."""
    for _ in range(2):  # the second time for what the first one deferred
        connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=1, max_size=4)
        with app.replace_connector(connector):
            async with app.open_async():
                await app.run_worker_async(
                    wait=False, install_signal_handlers=False, listen_notify=False, concurrency=2
                )


async def said() -> list[str]:
    """What the customer was told, in order."""
    async with staff_session() as session:
        return list(await session.scalars(select(OutboxRow.text).order_by(OutboxRow.id)))


@pytest.fixture
def connected(base: MemoryErp, monkeypatch: pytest.MonkeyPatch) -> MemoryErp:  # noqa: F811
    monkeypatch.setitem(connection._open, "main", base)
    return base


async def test_the_queue_sends_the_order(world: World, connected: MemoryErp) -> None:
    order_id = await confirmed(world)
    await run_worker()
    assert (await order(order_id)).status == "accepted"
    assert len(connected.documents) == 1
    assert (await said())[0].startswith("Заказ №1 принят! Доставка ")


async def test_a_job_that_broke_is_still_there(world: World, connected: MemoryErp) -> None:
    order_id = await confirmed(world)
    connected.down = True
    await run_worker()
    assert ("orders.send", {"order_id": order_id}) in await world.jobs()
    assert (await order(order_id)).status == "sending"


async def test_an_unforeseen_error_ends_visibly(
    world: World, connected: MemoryErp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(sending, "_send", broken)
    monkeypatch.setattr("api.orders.jobs.ATTEMPTS", 1)
    order_id = await confirmed(world)
    await run_worker()
    row = await order(order_id)
    assert row.status == "failed"
    assert "a bug of ours" in row.evidence
    assert (await said())[0].startswith("Заказ не получилось оформить автоматически.")


async def waits() -> bool:
    """Whether a job about an order waits for a later moment."""
    query = "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock LIKE 'order:%' AND scheduled_at > now())"
    async with staff_session() as session:
        return bool(await session.scalar(text(query)))


async def test_what_waited_goes_as_soon_as_the_system_is_back(world: World, connected: MemoryErp) -> None:
    """Not after the twenty seconds that it had come to wait."""
    order_id = await confirmed(world)
    connected.down = True
    await run_worker()
    async with staff_session() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'"))
    connected.down = False
    await health.ping("other", connected)
    assert await waits()
    assert await health.ping("main", connected)
    assert not await waits()
    await run_worker()
    assert (await order(order_id)).status == "accepted"


async def test_an_order_in_trouble_is_no_outage(world: World, connected: MemoryErp) -> None:
    """The system answers: nobody else has to hear that it does not."""
    order_id = await confirmed(world)
    connected.lose_answer_after_create = 1
    with pytest.raises(ErpError):
        await sending.send(order_id, connected)
    async with staff_session() as session:
        assert await session.scalar(select(ErpHealthRow.up)) is True


async def test_an_outage_is_known_with_the_first_order_that_meets_it(world: World, connected: MemoryErp) -> None:
    await confirmed(world)
    connected.down = True
    await run_worker()
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=MILK, quantity="8")
    async with world.turn() as turn:
        assert (await confirm(turn, None, False)).state == "erp_down"
    async with world.turn() as turn:
        left = await confirm(turn, None, True)
    assert left.order
    await run_worker()
    waiting = "Сейчас мы обновляем систему"
    # Who left the order has heard it in the dialogue.
    assert [words.startswith(waiting) for words in await said()] == [True]
    connected.down = False
    await health.ping("main", connected)
    await run_worker()
    # Jobs of the two orders run beside each other.
    assert {words.split("!")[0] for words in (await said())[1:]} == {"Заказ №1 принят", "Заказ №2 принят"}


@pytest.mark.parametrize("task", ["orders.send", "orders.cancel"])
async def test_of_an_accounting_system_that_is_no_more_a_manager_hears_at_once(
    world: World, connected: MemoryErp, task: str
) -> None:
    order_id = await confirmed(world)
    if task == "orders.cancel":
        await run_worker()
        async with world.turn() as turn:
            await sent.cancel(turn, str(order_id))
    await world.change(CustomerRow, {"id": PETRA}, backend="north")
    await run_worker()
    row = await order(order_id)
    assert "«north» нет в ERP_MORE" in row.evidence
    assert (row.status, row.cancel_requested) == ("failed" if task == "orders.send" else "accepted", False)
    assert "менеджер" in (await said())[-1].lower()
