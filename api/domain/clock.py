"""The one clock. Everything that asks for the time gets a Clock, so a test can stand on any day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in the distributor's time zone."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock, moved by `offset` so that a demo or a test can live on another day."""

    zone: ZoneInfo
    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(self.zone) + self.offset


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment
