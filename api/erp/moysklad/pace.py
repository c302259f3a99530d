"""МойСклад's limits on requests (md/_restrictions.md, md/_general.md of its documentation).

A bucket of 45 units is filled every three seconds. A request costs one unit with a published solution's token, four
with a user's token or a password (from December 2026), the heavy stock reports always five. The answers tell how many
plain requests that makes. Who is refused more than 200 times a minute is cut off for good: it is better to wait here
than to be told so.
"""

import asyncio
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.erp.http import Answer

UNITS, HEAVY_UNITS = 45, 5
HEAVY = ("/report/stock/all", "/report/stock/bystore")
BUCKET = RateLimitItemPerSecond(UNITS, 3)
EDGE = 0.25
"""Seconds past the end of our window: what we counted as sent came to them a little later."""
LEAST = 4
"""Requests in three seconds that we keep even after many refusals."""
LONGEST_MS = 15_000
"""Our own requests are held back no longer, whatever is asked for: their windows are of seconds."""
CROWDED_MS = 1000
"""To wait after a 429 that names no time: too many at once, code 1073."""


class MoyskladPace:
    """The bucket as this process sees it; other processes with the same token show in what is left."""

    def __init__(self, requests: int) -> None:
        self.requests = requests
        """Plain requests in three seconds, as far as it is known."""
        self._most = float(UNITS)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._until = 0.0

    async def before(self, path: str) -> None:
        """See Pace."""
        if (pause := self._until - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        while not await self._fits(path):
            reset, _ = await self._limiter.get_window_stats(BUCKET)
            await asyncio.sleep(max(0.0, reset - time.time()) + EDGE)

    def after(self, answer: Answer) -> float | None:
        """See Pace. The times in the headers are milliseconds."""
        self._learn(answer)
        wait = _header(answer, "x-lognex-retry-after") or 0
        if _header(answer, "x-ratelimit-remaining") == 0:
            wait = max(wait, _header(answer, "x-lognex-reset") or 0)
        if answer.status == 429:
            wait = wait or CROWDED_MS
        if wait:
            self._until = max(self._until, time.monotonic() + min(wait, LONGEST_MS) / 1000)
        return wait / 1000 if wait else None

    def _learn(self, answer: Answer) -> None:
        """What is told, less what others take: down by a quarter with a refusal, slowly up again without."""
        told = _header(answer, "x-ratelimit-limit") or self.requests
        if answer.status == 429:
            self._most = max(LEAST, min(self._most, self.requests) * 0.75)
        else:
            self._most = min(UNITS, self._most + 0.1)
        self.requests = told if self._most >= UNITS else min(told, int(self._most))

    async def _fits(self, path: str) -> bool:
        """Takes the units of this request; they change while others wait."""
        cost = HEAVY_UNITS if path.split("?")[0] in HEAVY else UNITS // self.requests
        return cost == 0 or await self._limiter.hit(BUCKET, cost=cost)


def _header(answer: Answer, name: str) -> int | None:
    value = answer.headers.get(name, "")
    return int(value) if value.isdigit() else None
