"""The bucket of units, as the documentation tells it: fixed windows of three seconds, five requests at a time."""

import time
from dataclasses import dataclass

UNITS, HEAVY = 45, 5
HEAVY_PATHS = ("report/stock/all", "report/stock/bystore")


@dataclass
class Limits:
    """`weight` is the price of a plain request; `units` may be more than real, for tests of other things."""

    weight: int = 1
    units: int = UNITS
    window: float = 3.0
    parallel: int = 5
    running: int = 0
    most_running: int = 0
    refused: int = 0
    answered: int = 0
    _started: float = 0.0
    _spent: int = 0

    def take(self, path: str) -> bool:
        """Whether the request still fits into this window."""
        now = time.monotonic()
        if now - self._started >= self.window:
            self._started, self._spent = now, 0
        cost = HEAVY if path in HEAVY_PATHS else self.weight
        if self._spent + cost > self.units:
            self.refused += 1
            return False
        self._spent += cost
        return True

    def headers(self, *, refused: bool) -> dict[str, str]:
        """All times in milliseconds."""
        left = max(0, int((self._started + self.window - time.monotonic()) * 1000))
        told = {
            "X-RateLimit-Limit": str(self.units // self.weight),
            "X-RateLimit-Remaining": str((self.units - self._spent) // self.weight),
            "X-Lognex-Retry-TimeInterval": str(int(self.window * 1000)),
            "X-Lognex-Reset": str(left if refused else 0),
        }
        return told | ({"X-Lognex-Retry-After": str(left)} if refused else {})
