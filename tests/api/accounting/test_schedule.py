"""When what is read again: slots that are spread, a whole reading each night, a failed run sooner."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounting import schedule
from api.config import settings
from api.db.models import SyncRunRow
from api.erp.port import Data
from tests.api.orders.conftest import NOW

HOUR = timedelta(hours=1)
backends = st.sampled_from(["main", "north", "south"])
kinds = st.sampled_from(sorted(schedule.PACES))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=NOW.tzinfo)
)


def ran(at: datetime, **values: object) -> SyncRunRow:
    """A run that went well, begun then."""
    common = {"backend": "main", "name": "goods", "started_at": at, "succeeded_at": at, "full_at": at, "error": ""}
    return SyncRunRow(**(common | {"finished_at": at} | values))


@given(moments, backends, kinds, st.integers(1, 240))
def test_each_slot_has_one_run(now: datetime, backend: str, data: Data, minutes: int) -> None:
    apart = timedelta(minutes=minutes)
    assert not schedule.is_due(now, ran(now), backend, data, apart)
    assert schedule.is_due(now + apart, ran(now), backend, data, apart)
    due = [
        n for n in range(minutes + 1) if schedule.is_due(now + n * timedelta(minutes=1), ran(now), backend, data, apart)
    ]
    assert due == list(range(due[0], minutes + 1))  # once due it stays so until it runs


@given(moments, backends, kinds)
def test_the_night_of_each_is_between_two_and_five(now: datetime, backend: str, data: Data) -> None:
    moment = schedule.last_night(now, backend, data)
    assert timedelta(0) <= now - moment < timedelta(days=1)
    assert time(2) <= moment.time() < time(5)


def test_backends_and_kinds_do_not_all_come_at_once() -> None:
    nights = {schedule.last_night(NOW, backend, data) for backend in ("main", "north") for data in schedule.PACES}
    assert len(nights) >= 8


def test_what_was_never_read_is_due() -> None:
    assert schedule.is_due(NOW, None, "main", Data.GOODS, HOUR)


def test_a_failed_run_is_repeated_after_a_quarter_of_an_hour() -> None:
    failed = ran(NOW, error="Не отвечает.")
    assert not schedule.is_due(NOW + timedelta(minutes=1), failed, "main", Data.GOODS, timedelta(days=1))
    assert schedule.is_due(NOW + timedelta(minutes=15), failed, "main", Data.GOODS, timedelta(days=1))


@pytest.mark.parametrize(
    ("known", "held", "changes"),
    [
        (None, False, False),
        (ran(NOW - HOUR), False, True),
        (ran(NOW - HOUR, full_at=None), False, False),
        (ran(NOW - HOUR, full_at=NOW - timedelta(days=2)), False, False),
        (ran(NOW - HOUR, full_at=NOW - timedelta(days=2)), True, True),
    ],
    ids=["never read", "read tonight", "new goods came", "not read whole tonight", "a manager is asked"],
)
def test_changes_are_enough_once_everything_was_read_tonight(
    known: SyncRunRow | None, held: bool, changes: bool
) -> None:
    since = schedule.since(NOW, known, "main", Data.GOODS, held=held)
    assert since == (NOW - HOUR - schedule.OVERLAP if changes else None)


def test_every_pace_is_a_setting() -> None:
    assert schedule.every(settings(), Data.STOCK) == timedelta(minutes=settings().stock_sync_minutes)
    assert all(schedule.every(settings(), data) >= timedelta(minutes=1) for data in schedule.PACES)
