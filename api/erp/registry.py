"""Every accounting system we can talk to. A new one is a folder beside this file and one line here."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.erp.memory import MemoryErp
from api.erp.onec.backend import open_onec
from api.erp.port import Erp


def _memory(*, url: str, user: str, password: str, zone: ZoneInfo, clock: Clock) -> Erp:
    """An empty one; there is nothing to connect to."""
    return MemoryErp(clock)


KINDS: dict[str, Callable[..., Erp]] = {
    "memory": _memory,
    "onec": open_onec,
}


def open_erp(kind: str, *, url: str, user: str, password: str, zone: ZoneInfo, clock: Clock) -> Erp:
    """The backend of this kind, not yet connected. Raises ValueError, which names the kinds, for another word."""
    factory = KINDS.get(kind)
    if factory is None:
        raise ValueError(f"ERP_KIND={kind!r} is unknown; it may be one of: {', '.join(sorted(KINDS))}")
    return factory(url=url, user=user, password=password, zone=zone, clock=clock)
