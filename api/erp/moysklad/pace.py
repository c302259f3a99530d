"""МойСклад's limits on requests (md/_restrictions.md, md/_general.md of its documentation).

A bucket of 45 units is filled every three seconds. A request costs one unit with a published solution's token, four
with a user's token or a password (from December 2026), the heavy stock reports always five. The answers tell how many
plain requests that makes, so the bucket is counted in requests. Who is refused more than 200 times a minute is cut off
for good: it is better to wait here than to be told so.
"""

import asyncio
import math
import time

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.erp.http import Answer

UNITS, HEAVY_UNITS = 45, 5
HEAVY = ("/report/stock/all", "/report/stock/bystore")
SECONDS = 3
CROWDED = 1.0
"""Seconds to wait after a 429 that names none: too many at the same time, code 1073."""


class MoyskladPace:
    """The bucket as this process sees it; other processes with the same token show in what is left."""

    def __init__(self, requests: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item: RateLimitItem = RateLimitItemPerSecond(requests, SECONDS)
        self._until = 0.0

    @property
    def requests(self) -> int:
        """Plain requests in three seconds, as far as it is known."""
        return self._item.amount

    async def before(self, path: str) -> None:
        """See Pace."""
        cost = math.ceil(HEAVY_UNITS * self.requests / UNITS) if path.split("?")[0] in HEAVY else 1
        if (pause := self._until - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        while not await self._limiter.hit(self._item, cost=cost):
            reset, _ = await self._limiter.get_window_stats(self._item)
            await asyncio.sleep(max(0.02, reset - time.time()))

    def after(self, answer: Answer) -> float | None:
        """See Pace. The times in the headers are milliseconds."""
        limit = _header(answer, "x-ratelimit-limit")
        if limit and limit != self.requests:
            self._item = RateLimitItemPerSecond(limit, SECONDS)
        wait = _header(answer, "x-lognex-retry-after") or 0
        if _header(answer, "x-ratelimit-remaining") == 0:
            wait = max(wait, _header(answer, "x-lognex-reset") or 0)
        if answer.status == 429:
            wait = wait or int(CROWDED * 1000)
        if wait:
            self._until = max(self._until, time.monotonic() + wait / 1000)
        return wait / 1000 if wait else None


def _header(answer: Answer, name: str) -> int | None:
    value = answer.headers.get(name, "")
    return int(value) if value.isdigit() else None
