"""Which days are meant, what they are compared with, and what may be said of small numbers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.analytics import periods
from api.analytics.chance import Middle, Share, counts_differ, middles_differ, shares_differ, wilson

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2025, 12, 15, 14, 20, tzinfo=MOSCOW)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=MOSCOW))


def days(period: periods.Period) -> tuple[str, str]:
    return f"{period.start:%Y-%m-%d %H:%M}", f"{period.end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("kind", "against", "chosen", "before"),
    [
        ("yesterday", "before", ("2025-12-14 00:00", "2025-12-15 00:00"), ("2025-12-13 00:00", "2025-12-14 00:00")),
        ("yesterday", "weekdays", ("2025-12-14 00:00", "2025-12-15 00:00"), ("2025-12-07 00:00", "2025-12-08 00:00")),
        ("today", "before", ("2025-12-15 00:00", "2025-12-15 14:20"), ("2025-12-14 00:00", "2025-12-14 14:20")),
        ("week", "before", ("2025-12-08 00:00", "2025-12-15 00:00"), ("2025-12-01 00:00", "2025-12-08 00:00")),
        ("days30", "weekdays", ("2025-11-15 00:00", "2025-12-15 00:00"), ("2025-10-11 00:00", "2025-11-10 00:00")),
        ("month", "before", ("2025-12-01 00:00", "2025-12-15 14:20"), ("2025-11-01 00:00", "2025-11-15 14:20")),
        ("last_month", "before", ("2025-11-01 00:00", "2025-12-01 00:00"), ("2025-10-01 00:00", "2025-11-01 00:00")),
    ],
)
def test_periods(kind: str, against: str, chosen: tuple[str, str], before: tuple[str, str]) -> None:
    period = periods.chosen(kind, NOW)
    assert days(period) == chosen
    assert days(periods.before(period, kind, against)) == before


@given(MOMENTS, st.sampled_from(list(periods.KINDS)), st.sampled_from(list(periods.AGAINST)), st.dates(), st.dates())
def test_a_period_is_over_by_now_and_comes_after_what_it_is_compared_with(
    now: datetime, kind: str, against: str, since: date, until: date
) -> None:
    period = periods.chosen(kind, now, since, until)
    before = periods.before(period, kind, against)
    assert period.start <= period.end <= now
    assert before.start < before.end <= period.start or period.start == period.end
    assert period.days <= periods.LONGEST


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_wilson_holds_the_share(part: int, more: int) -> None:
    low, high = wilson(part, part + more)
    assert 0 <= low <= high <= 1
    if part + more:
        assert low <= part / (part + more) + 1e-9
        assert part / (part + more) <= high + 1e-9


def test_known_intervals() -> None:
    assert [round(bound, 3) for bound in wilson(8, 10)] == [0.490, 0.943]
    assert [round(bound, 3) for bound in wilson(0, 20)] == [0.0, 0.161]


def test_small_numbers_are_not_compared_and_large_ones_are() -> None:
    assert shares_differ(Share(7, 7), Share(0, 7)) is None
    assert shares_differ(Share(60, 100), Share(50, 100)) is False
    assert shares_differ(Share(80, 100), Share(50, 100)) is True
    assert counts_differ(3, 9) is None
    assert counts_differ(50, 60) is False
    assert counts_differ(50, 100) is True
    assert middles_differ(Middle(9, 1, 1, 1, 1), Middle(99, 9, 8, 9, 9)) is None
    assert middles_differ(Middle(99, 5, 4, 6, 9), Middle(99, 9, 8, 10, 12)) is True
    assert middles_differ(Middle(99, 5, 4, 8, 9), Middle(99, 9, 8, 10, 12)) is False


def test_a_day_on_which_clocks_change_is_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2025, 3, 31, 9, tzinfo=berlin)
    period = periods.chosen("yesterday", now)
    assert period.end.timestamp() - period.start.timestamp() == timedelta(hours=23).total_seconds()
    assert days(periods.before(period, "yesterday", "before")) == ("2025-03-29 00:00", "2025-03-30 00:00")
