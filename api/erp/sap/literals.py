"""Values as OData version 2 writes them: decimals as strings, dates as milliseconds, quotes doubled."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDS_IN_ONE = 20
"""Keys in one condition: a gateway refuses long addresses."""

_DATE = re.compile(r"/Date\((-?\d+)([+-]\d{1,4})?\)/")
_TIME = re.compile(r"P(?:0D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")


def text(value: str) -> str:
    """A string in a condition or a key."""
    return "'" + value.replace("'", "''") + "'"


def key(**parts: str) -> str:
    """The key of an entity, «(A='1',B='2')»; of one part only its value."""
    if len(parts) == 1:
        return f"({text(next(iter(parts.values())))})"
    return f"({','.join(f'{name}={text(value)}' for name, value in parts.items())})"


def any_of(field: str, values: Iterable[str]) -> str:
    """«(F eq 'a' or F eq 'b')»."""
    return "(" + " or ".join(f"{field} eq {text(value)}" for value in values) + ")"


def portions(values: Iterable[str]) -> Iterator[list[str]]:
    """Distinct values, so many as go into one condition."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), IDS_IN_ONE):
        yield distinct[start : start + IDS_IN_ONE]


def on_day(value: date) -> str:
    """Edm.DateTime in a condition."""
    return f"datetime'{value:%Y-%m-%d}T00:00:00'"


def at_moment(value: datetime) -> str:
    """Edm.DateTimeOffset in a condition."""
    return f"datetimeoffset'{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z'"


def day_out(value: date) -> str:
    """Edm.DateTime in a body: midnight UTC of that day, whatever zone the system lives in."""
    return f"/Date({(value - EPOCH.date()).days * 86_400_000})/"


def decimal_out(value: Decimal) -> str:
    """Edm.Decimal in a body, without an exponent."""
    return f"{value.normalize():f}"


def moment_in(value: str) -> datetime | None:
    """«/Date(ms)/» and «/Date(ms+offset)/»: the milliseconds are UTC, the offset (minutes) only tells a zone."""
    found = _DATE.fullmatch(value)
    return EPOCH + timedelta(milliseconds=int(found[1])) if found else None


def day_in(value: str) -> date | None:
    """The day of a date, which is told as its midnight UTC."""
    found = moment_in(value)
    return found.date() if found else None


def time_in(value: str) -> time | None:
    """«PT08H30M00S»."""
    found = _TIME.fullmatch(value)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return time(hours, minutes, seconds) if hours < 24 else time.max.replace(microsecond=0)
