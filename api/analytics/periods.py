"""Which days are looked at, and which ones they are compared with. All in the distributor's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.domain import wording

LONGEST = 366
KINDS = {
    "yesterday": "Вчера",
    "today": "Сегодня",
    "week": "7 дней",
    "days30": "30 дней",
    "month": "Этот месяц",
    "last_month": "Прошлый месяц",
    "own": "Свой период",
}
"""By the word in the address: what the button says. Whole days that are over, but for `today` and `month`."""
AGAINST = {"before": "с периодом перед ним", "weekdays": "с теми же днями недели раньше"}
_MONTHS_IN = (
    "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре", "декабре"
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """From `start` up to but without `end`. `opening`: how a sentence about it begins, «Вчера», «За 7 дней»."""

    start: datetime
    end: datetime
    opening: str

    @property
    def last_day(self) -> date:
        return (self.end - timedelta(microseconds=1)).date()

    @property
    def spelled(self) -> str:
        """«14 декабря», «с 1 по 7 декабря»; with the hour where it ends within a day."""
        first, last = self.start.date(), self.last_day
        days = wording.day(first) if first == last else f"с {wording.day(first)} по {wording.day(last)}"
        return days if self.end.time() == time() else f"{days}, до {wording.clock_time(self.end.time())}"

    @property
    def days(self) -> int:
        """Calendar days that it touches."""
        return (self.last_day - self.start.date()).days + 1


def chosen(kind: str, now: datetime, since: date | None = None, until: date | None = None) -> Period:
    """The period of a word of KINDS; an unknown one is yesterday. `since`, `until`: of `own`, both included."""
    zone, today = _zone(now), now.date()
    midnight = _at(today, zone)
    if kind == "today":
        return Period(midnight, now, f"Сегодня к {wording.clock_time(now.time())}")
    if kind in ("week", "days30"):
        days = 7 if kind == "week" else 30
        return Period(_at(today - timedelta(days=days), zone), midnight, f"За {days} дней")
    if kind == "month":
        return Period(_at(today.replace(day=1), zone), now, _in_month(today))
    if kind == "last_month":
        first = _month_before(today)
        return Period(_at(first, zone), _at(today.replace(day=1), zone), _in_month(first))
    if kind == "own" and since is not None:
        return _own(since, until or today, now)
    return Period(_at(today - timedelta(days=1), zone), midnight, "Вчера")


def before(period: Period, kind: str, against: str) -> Period:
    """What it is compared with: as long, right before it, or some whole weeks earlier. A month, with the one before.

    Of a period that is not over yet only as much as has passed of it.
    """
    zone = _zone(period.start)
    first = period.start.date()
    if against == "weekdays":
        back = first - timedelta(days=-(-period.days // 7) * 7)
    elif kind in ("month", "last_month"):
        back = _month_before(first)
    else:
        back = first - timedelta(days=period.days)
    if kind == "last_month" and against != "weekdays":
        return Period(_at(back, zone), period.start, "До этого")
    # Wall-clock arithmetic: a day on which the clocks change is a day still.
    end = datetime.combine(back, time()) + (period.end.replace(tzinfo=None) - period.start.replace(tzinfo=None))
    return Period(_at(back, zone), min(end.replace(tzinfo=zone), period.start), "До этого")


def _own(since: date, until: date, now: datetime) -> Period:
    first, last = min(since, until), min(max(since, until), now.date())
    first = min(max(first, last - timedelta(days=LONGEST - 1)), last)
    zone = _zone(now)
    end = min(_at(last + timedelta(days=1), zone), now)
    days = wording.day(first) if first == last else f"С {wording.day(first)} по {wording.day(last)}"
    return Period(_at(first, zone), end, days)


def _zone(moment: datetime) -> ZoneInfo:
    if not isinstance(moment.tzinfo, ZoneInfo):
        raise TypeError("a period needs the distributor's own time zone")
    return moment.tzinfo


def _at(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _in_month(day: date) -> str:
    return f"В {_MONTHS_IN[day.month - 1]}"
