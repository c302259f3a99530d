"""The twin of a courier: keeps what it is given, and fails when it is told to."""

from collections import deque
from dataclasses import dataclass, field

from api.couriers.port import CourierError, Letter, Way


@dataclass
class MemoryCourier:
    way: Way = "sms"
    letters: list[Letter] = field(default_factory=list)
    failures: deque[CourierError] = field(default_factory=deque)

    async def send(self, letter: Letter) -> None:
        if self.failures:
            raise self.failures.popleft()
        self.letters.append(letter)
