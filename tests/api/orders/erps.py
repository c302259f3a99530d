"""Accounting systems of a temper, for the tests of sending."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from api.domain.customer import Balance
from api.domain.order import OrderDraft, OrderStatus, PlacedOrder
from api.domain.product import Price, Stock
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.memory import MemoryErp
from api.erp.port import Capabilities, Quote, QuotedLine

E = TypeVar("E", bound=MemoryErp)

SILENT = Capabilities(cancel=True)
"""Tells nothing live."""


def like(kind: type[E], base: MemoryErp, **changed: object) -> E:
    """An accounting system of this kind with the data of the other one."""
    return kind(**{name: getattr(base, name) for name in base.__dataclass_fields__} | changed)


class Fetching(MemoryErp):
    """Keeps orders until somebody there fetches them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kept: dict[str, OrderDraft] = {}
        self.placed = 0

    async def find(self, key: str) -> PlacedOrder | None:
        return self._waiting(key) if key in self.kept else await super().find(key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        self._answer()
        self.placed += 1
        if draft.key in self.documents:
            return await super().place(draft)
        self.kept.setdefault(draft.key, draft)
        return self._waiting(draft.key)

    async def cancel(self, key: str) -> PlacedOrder:
        self._answer()
        if key in self.kept:
            waiting = self._waiting(key)
            del self.kept[key]
            return replace(waiting, status=OrderStatus.CANCELLED)
        raise ErpError("Заказ уже забрали.", permanent=True, evidence=key, reason=Reason.LATE)

    async def fetch(self) -> None:
        """They came."""
        for key in list(self.kept):
            await MemoryErp.place(self, self.kept.pop(key))

    def _waiting(self, key: str) -> PlacedOrder:
        draft = self.kept[key]
        return PlacedOrder(
            key, "", key, draft.customer_id, self.clock.now(), OrderStatus.SENDING, draft.lines, draft.outlet_id
        )


class Quoting(MemoryErp):
    """Prices drafts in its own way: `asks` by product, `left` by product; `verdict` on the credit."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.capabilities = Capabilities(quotes=True, cancel=True)
        self.asks: dict[str, Decimal | None] = {}
        self.left: dict[str, Decimal] = {}
        self.verdict: bool | None = None
        self.told_balance: Balance | None = None
        self.mixed_up = False
        self.refused: ErpError | None = None
        self.quotes = 0

    async def quote(self, draft: OrderDraft) -> Quote:
        self._answer()
        self.quotes += 1
        if self.refused:
            raise self.refused
        lines = tuple(
            QuotedLine(line.product_id, self.asks.get(line.product_id, line.price), self.left.get(line.product_id))
            for line in draft.lines
        )
        return Quote(lines[::-1] if self.mixed_up else lines, self.verdict, self.told_balance)


class Tight(MemoryErp):
    """Promises everything live and refuses to tell it, for good."""

    async def quote(self, draft: OrderDraft) -> Quote:
        raise ErpUnsupported("Не рассчитывается.")

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        return self._never()

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        return self._never()

    async def _never(self) -> AsyncIterator[object]:  # type: ignore[misc]
        raise ErpUnsupported("Не опубликовано.")
        yield
