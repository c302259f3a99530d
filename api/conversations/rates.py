"""How often the web chat may be called from one address and in one conversation, and how much may be open at once.

Counted in each process by itself: a flood is a flood at any of them, and a count that every request would have to
write to the database is a flood of its own. What must hold over all processes (the burst of messages, the day's
bytes of files) is counted in PostgreSQL, where the messages are.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.errors import TooMany

MOST_KEYS = 50_000


@dataclass(frozen=True)
class Pace:
    """One call each `every` seconds in the long run, and `burst` of them at once."""

    every: float
    burst: int
    words: str = "Слишком много запросов. Подождите немного."


# A whole shop sits behind one address, so an address gets much more than a conversation.
SESSIONS_OF_ADDRESS = Pace(2, 60)
SESSIONS_OF_CONVERSATION = Pace(2, 30)
MESSAGES_OF_ADDRESS = Pace(0.1, 200, "Сообщения идут слишком часто. Подождите несколько секунд.")
READS_OF_CONVERSATION = Pace(0.1, 100)
FILES_OF_ADDRESS = Pace(6, 40, "Файлы идут слишком часто. Подождите немного.")
FILES_OF_CONVERSATION = Pace(20, 10, "Файлы идут слишком часто. Подождите немного.")
SOCKETS_OF_ADDRESS = Pace(0.5, 120)

OPEN_SOCKETS_OF_ADDRESS = 200
OPEN_SOCKETS_OF_CONVERSATION = 10
OPEN_POLLS_OF_CONVERSATION = 10
OPEN_UPLOADS = 16
"""Of the whole process: each holds its file in memory for a moment."""


class Rates:
    """Counts calls (the generic cell rate) and what is open. An empty key is not counted."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next: OrderedDict[tuple[Pace, str], float] = OrderedDict()
        self._open: Counter[str] = Counter()

    def take(self, pace: Pace, key: str) -> None:
        """Counts one call; raises TooMany with the seconds to wait."""
        if not key:
            return
        now = self._now()
        at = max(self._next.get((pace, key), 0.0), now)
        wait = at - now - (pace.burst - 1) * pace.every
        if wait > 0:
            raise TooMany(pace.words, retry_after=wait)
        self._next[pace, key] = at + pace.every
        self._next.move_to_end((pace, key))
        if len(self._next) > MOST_KEYS:
            self._next.popitem(last=False)

    @contextmanager
    def hold(self, key: str, most: int) -> Iterator[bool]:
        """Holds one of `most` places while the block runs; False: there was none left."""
        free = self._open[key] < most
        if not free:
            yield False
            return
        self._open[key] += 1
        try:
            yield True
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]

    def forget(self) -> None:
        """Starts from nothing."""
        self._next.clear()
        self._open.clear()


rates = Rates()
