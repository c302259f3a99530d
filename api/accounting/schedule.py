"""When each kind of data is read again, and when whole. Each backend and kind has a minute of its own, always the same.

The table is DESIGN's; the minutes are settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from types import MappingProxyType

from api.config import Settings
from api.db.models import SyncRunRow
from api.erp.port import Data

NIGHT_BEGINS, NIGHT_MINUTES = time(2), 180
"""Everything is read whole between 2 and 5 at night, each at its own minute."""
OVERLAP = timedelta(minutes=5)
"""Clocks differ, and a change may be told later than it was made."""
RETRY = timedelta(minutes=15)
"""The longest wait after a failed run."""
JITTER_SECONDS = 20


@dataclass(frozen=True)
class Pace:
    """`minutes`: the setting with the time between two readings; of two that wait the higher priority goes first."""

    minutes: str
    priority: int


PACES: Mapping[Data, Pace] = MappingProxyType(
    {
        Data.STOCK: Pace("stock_sync_minutes", 50),
        Data.BALANCES: Pace("sync_balances_minutes", 40),
        Data.GOODS: Pace("sync_goods_minutes", 30),
        Data.CUSTOMERS: Pace("sync_customers_minutes", 20),
        Data.PRICES: Pace("sync_prices_minutes", 10),
    }
)


def spread(backend: str, data: Data, below: int) -> int:
    """A number below this that is always the same for this kind of data of this backend."""
    return int.from_bytes(sha256(f"{backend}/{data.value}".encode()).digest()[:4]) % below


def every(config: Settings, data: Data) -> timedelta:
    """The time between two readings."""
    return timedelta(minutes=getattr(config, PACES[data].minutes))


def is_due(now: datetime, known: SyncRunRow | None, backend: str, data: Data, apart: timedelta) -> bool:
    """Whether it is time for another run. A failed one is repeated sooner than one that went well."""
    if known is None or known.started_at is None:
        return True
    if known.error and known.finished_at is not None and now - known.finished_at >= min(apart, RETRY):
        return True
    seconds = apart.total_seconds()
    offset = spread(backend, data, max(int(seconds) // 60, 1)) * 60
    slot = (now.timestamp() - offset) // seconds * seconds + offset
    return known.started_at.timestamp() < slot


def last_night(now: datetime, backend: str, data: Data) -> datetime:
    """The last moment, up to now, at which everything of this was to be read. `now` is in the distributor's zone."""
    begins = datetime.combine(now.date(), NIGHT_BEGINS, now.tzinfo)
    moment = begins + timedelta(minutes=spread(backend, data, NIGHT_MINUTES))
    return moment if moment <= now else moment - timedelta(days=1)


def since(now: datetime, known: SyncRunRow | None, backend: str, data: Data, *, held: bool) -> datetime | None:
    """From when changes are enough; None: everything is to be read.

    `held`: a manager is asked about what the last whole reading brought, so that changes go on meanwhile.
    """
    if known is None or known.full_at is None or known.succeeded_at is None:
        return None
    if known.full_at < last_night(now, backend, data) and not held:
        return None
    return known.succeeded_at - OVERLAP
