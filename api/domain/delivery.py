"""When goods come: delivery days, the cut-off time, and until when an order may be withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from api.domain import wording

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def deadline(delivery_date: date, cutoff: time, now: datetime) -> datetime:
    """Until when orders for this day are taken: the cut-off of the day before, in the zone of `now`."""
    return datetime.combine(delivery_date - timedelta(days=1), cutoff, tzinfo=now.tzinfo)


def next_delivery(days: Sequence[int], cutoff: time, now: datetime, *, lead_days: int = 0) -> date:
    """The first delivery an order made now can catch; `days` are ISO weekdays, none given means any day.

    `lead_days` is how long goods «под заказ» take to arrive.
    """
    allowed = [weekday for weekday in days if weekday in EVERY_DAY] or EVERY_DAY
    candidate = now.date() + timedelta(days=max(1, lead_days))
    while candidate.isoweekday() not in allowed or now >= deadline(candidate, cutoff, now):
        candidate += timedelta(days=1)
    return candidate


def delivery_from(day: date, days: Sequence[int], cutoff: time, now: datetime, *, lead_days: int = 0) -> date:
    """The first delivery on this day or later that an order made now can catch."""
    return next_delivery(days, cutoff, now, lead_days=max(lead_days, (day - now.date()).days))


def following_delivery(days: Sequence[int], after: date) -> date:
    """The delivery day after this one."""
    allowed = [weekday for weekday in days if weekday in EVERY_DAY] or EVERY_DAY
    candidate = after + timedelta(days=1)
    while candidate.isoweekday() not in allowed:
        candidate += timedelta(days=1)
    return candidate


def can_cancel(delivery_date: date | None, cutoff: time, now: datetime) -> bool:
    """Whether the order may still be withdrawn: before the cut-off of its delivery date."""
    return delivery_date is not None and now < deadline(delivery_date, cutoff, now)


def cutoff_text(days: Sequence[int], cutoff: time, now: datetime) -> str:
    """«до 18:00 — завтра, 16 декабря, после — в четверг, 17 декабря»."""
    first = next_delivery(days, cutoff, now)
    second = following_delivery(days, first)
    until = deadline(first, cutoff, now).date()
    today = now.date()
    by = f"до {wording.clock_time(cutoff)}"
    if until == today + timedelta(days=1):
        by = f"завтра {by}"
    elif until != today:
        by = f"{by} {wording.day(until, today)}"
    return f"{by} — {wording.near_day(first, today)}, после — {wording.near_day(second, today)}"


def delivery_text(delivery_date: date | None, start: time | None, end: time | None, today: date) -> str:
    """«завтра, 16 декабря, с 9:00 до 12:00»; empty when no date is known."""
    if delivery_date is None:
        return ""
    text = wording.near_day(delivery_date, today)
    return text if start is None or end is None else f"{text}, {wording.window(start, end)}"
