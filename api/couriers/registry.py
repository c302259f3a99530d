"""The couriers there are: a new one is a folder and a line here. The first that is set up carries its way."""

from collections.abc import Callable
from functools import lru_cache

from api.couriers.log.courier import open_log
from api.couriers.port import Courier, Way
from api.couriers.smtp.courier import open_smtp

OPENERS: list[Callable[[], Courier | None]] = [
    open_smtp,
    lambda: open_log("sms"),
    lambda: open_log("email"),
]


@lru_cache
def couriers() -> dict[Way, Courier]:
    """The couriers that are set up in this process, one a way. Raises ValueError for settings that contradict."""
    found: dict[Way, Courier] = {}
    for opener in OPENERS:
        courier = opener()
        if courier is not None:
            found.setdefault(courier.way, courier)
    return found
