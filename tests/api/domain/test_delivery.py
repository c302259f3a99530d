"""When goods come and until when an order may be withdrawn."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain import delivery

CUTOFF = time(18)
MOSCOW = ZoneInfo("Europe/Moscow")
WORKDAYS = (1, 2, 3, 4, 5)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """December 2025; the 15th is a Monday."""
    return datetime(2025, 12, day, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("days", "now", "expected"),
    [(WORKDAYS, at(15, 10), 16), (WORKDAYS, at(15, 17, 59), 16), (WORKDAYS, at(15, 18), 17), (WORKDAYS, at(19, 10), 22),
     (WORKDAYS, at(21, 17), 22), (WORKDAYS, at(21, 18), 23), ((4,), at(15, 10), 18), ((1,), at(15, 10), 22),
     ((), at(15, 10), 16), ((7, 9), at(15, 10), 21)],
)  # fmt: skip
def test_next_delivery(days: tuple[int, ...], now: datetime, expected: int) -> None:
    assert delivery.next_delivery(days, CUTOFF, now) == date(2025, 12, expected)


def test_goods_on_order_take_their_time() -> None:
    assert delivery.next_delivery(WORKDAYS, CUTOFF, at(15, 10), lead_days=5) == date(2025, 12, 22)
    assert delivery.next_delivery(WORKDAYS, CUTOFF, at(15, 10), lead_days=0) == date(2025, 12, 16)


@pytest.mark.parametrize(
    ("days", "now", "text"),
    [(WORKDAYS, at(15, 10), "до 18:00 — завтра, 16 декабря, после — в среду, 17 декабря"),
     ((2, 4), at(15, 10), "до 18:00 — завтра, 16 декабря, после — в четверг, 18 декабря"),
     (WORKDAYS, at(15, 19), "завтра до 18:00 — в среду, 17 декабря, после — в четверг, 18 декабря"),
     ((5,), at(15, 10), "до 18:00 18 декабря — в пятницу, 19 декабря, после — 26 декабря")],
)  # fmt: skip
def test_cutoff_text(days: tuple[int, ...], now: datetime, text: str) -> None:
    assert delivery.cutoff_text(days, CUTOFF, now) == text


def test_cancelling_ends_with_the_cut_off() -> None:
    assert delivery.can_cancel(date(2025, 12, 16), CUTOFF, at(15, 17, 59))
    assert not delivery.can_cancel(date(2025, 12, 16), CUTOFF, at(15, 18))
    assert not delivery.can_cancel(None, CUTOFF, at(15, 10))


def test_delivery_text() -> None:
    text = delivery.delivery_text(date(2025, 12, 16), time(9), time(12), date(2025, 12, 15))
    assert text == "завтра, 16 декабря, с 9:00 до 12:00"
    assert delivery.delivery_text(None, None, None, date(2025, 12, 15)) == ""


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=MOSCOW))
weekdays = st.sets(st.integers(1, 7), min_size=1).map(tuple)


@given(weekdays, moments, st.times(), st.integers(0, 30))
def test_an_order_made_now_may_still_be_withdrawn(
    days: tuple[int, ...], now: datetime, cutoff: time, lead: int
) -> None:
    day = delivery.next_delivery(days, cutoff, now, lead_days=lead)
    assert day.isoweekday() in days
    assert day > now.date()
    assert day <= now.date() + timedelta(days=max(1, lead) + 8)
    assert delivery.can_cancel(day, cutoff, now)


@pytest.mark.parametrize(("day", "lead", "expected"), [(19, 0, 19), (20, 0, 22), (15, 0, 16), (17, 5, 22), (16, 0, 16)])
def test_delivery_from_a_day_on(day: int, lead: int, expected: int) -> None:
    found = delivery.delivery_from(date(2025, 12, day), WORKDAYS, CUTOFF, at(15, 10), lead_days=lead)
    assert found == date(2025, 12, expected)
