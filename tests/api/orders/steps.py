"""Every step of an order's way as a place where something may happen: a failure, a death, a customer's word."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.session import staff_session
from api.domain.order import OrderDraft, OrderStatus, PlacedOrder
from api.erp.memory import MemoryErp
from api.erp.port import Quote
from api.orders import attempts, health, recheck, sending

Happening = Callable[[], Awaitable[None]]
INSIDE = "before commit"
"""The only step at which rows are held."""


class Steps:
    """Counts the steps as they are passed; what is planned for a step happens there, once."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.plan: dict[int, Happening] = {}

    async def step(self, name: str) -> None:
        self.passed.append(name)
        happening = self.plan.pop(len(self.passed), None)
        if happening is not None:
            await happening()

    def anew(self, plan: dict[int, Happening]) -> None:
        self.passed, self.plan = [], plan

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Makes each transaction of the way three steps."""

        @asynccontextmanager
        async def session() -> AsyncIterator[AsyncSession]:
            await self.step("begin")
            async with staff_session() as opened:
                yield opened
                await self.step(INSIDE)
            await self.step("committed")

        modules: tuple[ModuleType, ...] = (sending, recheck, attempts, health)
        for module in modules:
            monkeypatch.setattr(module, "staff_session", session)


def raising(error: type[BaseException] | BaseException) -> Happening:
    async def happening() -> None:
        raise error

    return happening


class Death(BaseException):
    """The process is gone: nothing catches it."""


class Stepping(MemoryErp):
    """Takes a step before and after all that it does, and between the writing and the posting."""

    steps: Steps

    async def ping(self) -> None:
        await self.steps.step("ping")
        await super().ping()

    async def find(self, key: str) -> PlacedOrder | None:
        await self.steps.step("find")
        found = await super().find(key)
        await self.steps.step("found")
        return found

    async def quote(self, draft: OrderDraft) -> Quote:
        await self.steps.step("quote")
        quote = await super().quote(draft)
        await self.steps.step("quoted")
        return quote

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        await self.steps.step("place")
        if draft.key not in self.documents:
            self._answer()
            self._create(draft)
            await self.steps.step("created")
        placed = await super().place(draft)
        await self.steps.step("posted")
        return placed

    async def cancel(self, key: str) -> PlacedOrder:
        await self.steps.step("cancel")
        cancelled = await super().cancel(key)
        await self.steps.step("cancelled there")
        return cancelled

    def alive(self) -> list[str]:
        """The keys of the documents that somebody there will deliver."""
        return [key for key, document in self.documents.items() if document.status is not OrderStatus.CANCELLED]


async def until_done(run: Callable[[], Awaitable[None]], *, pause: Happening | None = None, most: int = 20) -> None:
    """As the queue does: again after whatever broke it. `pause`: what passes before the next attempt."""
    for _ in range(most):
        try:
            await run()
            return
        except (Exception, asyncio.CancelledError, Death):  # noqa: BLE001  # whatever a test throws
            if pause is not None:
                await pause()
    raise AssertionError(f"not done after {most} attempts")
