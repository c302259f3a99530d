"""Changes of a base that cannot reach us: asked for now and then, instead of a webhook."""

from datetime import datetime, timedelta

from api.domain.clock import Clock
from api.erp.onec_http.client import BotClient
from api.erp.onec_http.wire import Changes
from api.erp.port import Data

LIMIT = 5000


class Arrivals:
    """What has changed and was not read yet. After a start it begins from now: a start reads everything anyway."""

    def __init__(self, client: BotClient, clock: Clock, seconds: int) -> None:
        self._client = client
        self._clock = clock
        self._pause = timedelta(seconds=seconds)
        self._next: datetime | None = None
        self._cursor = ""
        self._waiting: set[Data] = set()

    async def arrived(self) -> frozenset[Data]:
        """Asks when it is time. Raises ErpError; then it is asked again a pause later."""
        now = self._clock.now()
        if self._next is None or now >= self._next:
            self._next = now + self._pause
            await self._ask()
        return frozenset(self._waiting)

    def taken(self, data: Data) -> None:
        """It was read, or could not be: then the schedule reads it again."""
        self._waiting.discard(data)

    async def _ask(self) -> None:
        known = {kind.value for kind in Data}
        more = True
        while more:
            place = {"cursor": self._cursor} if self._cursor else {}
            told = await self._client.read("/changes", Changes, limit=str(LIMIT), **place)
            self._waiting |= {Data(change.kind) for change in told.items if change.kind in known}
            more, self._cursor = told.more and told.next != self._cursor, told.next
