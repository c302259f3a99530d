"""What the page «Система» shows of each part of the product: how it is, and what to do when it is not well."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.config import settings
from api.console.accounting_rows import ago
from api.domain.wording import clock_time, day

GOOD, WARN, BAD, OFF = "good", "warn", "bad", "off"
WORST_FIRST = (BAD, WARN)


@dataclass(frozen=True)
class Part:
    """`said`: how it is, in a sentence; `advice`: what to do about it; `facts`: title and figure."""

    title: str
    state: str
    said: str
    advice: str = ""
    link: tuple[str, str] | None = None
    """Address and words of the page where it is mended."""
    facts: list[tuple[str, str]] = field(default_factory=list)


def troubles(parts: Iterable[Part]) -> list[Part]:
    """Those that want a person, the worst first."""
    found = list(parts)
    return [part for state in WORST_FIRST for part in found if part.state == state]


def moment(at: datetime | None, never: str = "не было") -> str:
    """«12 минут назад, 15 декабря в 10:00»."""
    if at is None:
        return never
    zone, now = settings().zone, settings().clock.now()
    local = at.astimezone(zone)
    return f"{ago(now - at)}, {day(local.date(), now.astimezone(zone).date())} в {clock_time(local.time())}"


def lasting(seconds: float) -> str:
    """«3 минуты», as a length of time."""
    return ago(timedelta(seconds=seconds)).removesuffix(" назад").replace("только что", "меньше минуты")
