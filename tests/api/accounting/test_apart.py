"""Several accounting systems: what one of them cannot, or does not end, is nothing to the others."""

import asyncio

import pytest
from sqlalchemy import select

from api.accounting import jobs
from api.config import settings
from api.db.models import ErpHealthRow
from api.db.session import staff_session
from api.deps import erp as connections
from api.erp.port import Data
from api.orders import jobs as order_jobs
from tests.api.accounting.conftest import TELLS_CHANGES, Connect, MovedClock
from tests.api.accounting.test_runs import BringingErp, waiting


@pytest.fixture
def north(connect: Connect, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> BringingErp:
    """One that is well, behind a main one whose settings cannot be right."""
    monkeypatch.setattr(settings(), "erp_more", "north")
    monkeypatch.setattr(settings(), "erp_kind", "nonsense")
    made = BringingErp(clock, capabilities=TELLS_CHANGES, brought={Data.STOCK})
    connect("north", made)
    return made


async def of_whom() -> set[str]:
    return {row[0] for row in await waiting()}


async def test_wrong_settings_of_one_do_not_stop_the_readings_of_another(north: BringingErp) -> None:
    await jobs.tick()
    assert await of_whom() == {"north"}


async def test_wrong_settings_of_one_do_not_stop_the_polls_of_another(north: BringingErp) -> None:
    await jobs.poll()
    assert await of_whom() == {"north"}


async def test_wrong_settings_of_one_do_not_hide_what_another_brought(north: BringingErp) -> None:
    await jobs.arrived()
    assert await of_whom() == {"north"}


async def test_wrong_settings_of_one_do_not_keep_another_from_being_asked(north: BringingErp) -> None:
    async with staff_session() as session:
        session.add(ErpHealthRow(backend="north", up=False, changed_at=settings().clock.now()))
    await order_jobs.ping()
    async with staff_session() as session:
        assert await session.scalar(select(ErpHealthRow.up).filter_by(backend="north"))


async def test_a_folder_that_never_answers_holds_up_nobody(
    connect: Connect, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(BringingErp):
        times = 0

        async def arrived(self) -> frozenset[Data]:
            self.times += 1
            await asyncio.sleep(3600)
            return frozenset()

    monkeypatch.setattr(settings(), "erp_more", "north")
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.2)
    hanging = Hanging(clock, capabilities=TELLS_CHANGES)
    connect("main", hanging)
    connect("north", BringingErp(clock, capabilities=TELLS_CHANGES, brought={Data.STOCK}))
    async with asyncio.timeout(5):
        await jobs.arrived()
        await jobs.arrived()
    assert await of_whom() == {"north"}
    # It is not asked anew while it is still at it.
    assert hanging.times == 1
    for task in connections._busy.values():
        task.cancel()
