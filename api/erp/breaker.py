"""A circuit breaker for one backend: while it is silent, nobody waits for it and nobody knocks.

The breaker itself is purgatory's. Around it: one call is one failure, however often it was tried inside; a refusal is
an answer, not a failure; and while it is half open one call alone tries, the others wait for what comes of it.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.messages import Message
from purgatory.domain.messages.events import ContextChanged
from purgatory.domain.model import HALF_OPENED, OPENED, Context, OpenedState

from api.erp.errors import ErpError

log = structlog.get_logger()

SILENT = "Учётная система не отвечает."


@dataclass(frozen=True)
class BreakerLimits:
    """`failures` in a row open it, for `seconds`."""

    failures: int = 5
    seconds: float = 14.0
    """A little less than the pace of the job erp.ping, so that each ping is let through as the probe."""


USUAL = BreakerLimits()


class Open(ErpError):
    """The backend was not asked: it was silent a moment ago."""

    def __init__(self, name: str, retry_after: float | None = None) -> None:
        super().__init__(SILENT, permanent=False, evidence=f"{name}: the circuit is open", retry_after=retry_after)


class Breaker:
    """Of one client. Only errors that may pass count; who asks for patience by `retry_after` is alive."""

    def __init__(self, name: str, limits: BreakerLimits | None = None) -> None:
        self._name = name
        self._limits = limits or USUAL
        self._factory = AsyncCircuitBreakerFactory(
            default_threshold=self._limits.failures,
            default_ttl=self._limits.seconds,
            exclude=[(ErpError, _is_answer), Exception],
        )
        self._factory.add_listener(_tell)
        self._context: Context | None = None

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Around one call. Raises Open instead of making it."""
        breaker = await self._factory.get_breaker(self._name)
        self._context = breaker.context
        self.check()
        if self._context.state == HALF_OPENED:
            raise Open(self._name)
        try:
            async with breaker:
                yield
        except OpenedState as error:
            raise Open(self._name) from error

    def check(self) -> None:
        """For a call that has waited since: raises Open when others have found the backend silent meanwhile."""
        context = self._context
        if context is not None and context.state == OPENED:
            left = (context.opened_at or 0.0) + self._limits.seconds - time.time()
            if left > 0:
                raise Open(self._name, left)


def _is_answer(error: BaseException) -> bool:
    """Whether the backend answered, if only with a refusal. Not ErpError at all: a fault of ours."""
    return isinstance(error, ErpError) and (error.permanent or error.retry_after is not None)


def _tell(name: str, event: str, message: Message) -> None:
    if isinstance(message, ContextChanged):
        log.warning("erp.circuit", backend=name, state=message.state)
