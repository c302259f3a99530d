"""Accounting systems of lists that know when each thing changed, and a clock that the test moves."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from api.config import MAIN_ERP, Settings
from api.deps import erp as connections
from api.deps.holds import losses_accepted
from api.domain.clock import Clock
from api.domain.customer import Customer
from api.domain.product import Price, Product, Stock
from api.erp.memory import EVERYTHING, MemoryErp
from api.erp.named import Named
from api.erp.port import Data, Erp
from tests.api.orders.conftest import NOW, world

__all__ = ["world"]

TELLS_CHANGES = replace(EVERYTHING, since=frozenset({Data.GOODS, Data.PRICES, Data.STOCK, Data.CUSTOMERS}))


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def move(self, minutes: float) -> None:
        self.moment += timedelta(minutes=minutes)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The clock of this process."""
    moved = MovedClock()
    monkeypatch.setattr(Settings, "clock", property(lambda _: moved))
    return moved


@dataclass
class ChangingErp(MemoryErp):
    """Tells changes: of goods by product, of prices and stock all rows of a product, of customers the whole card."""

    changed: dict[tuple[Data, str], datetime] = field(default_factory=dict)
    asked: list[tuple[Data, datetime | None]] = field(default_factory=list)
    """What was asked for, and since when."""

    def touch(self, data: Data, *ids: str) -> None:
        """Something of these changed now."""
        self.changed |= {(data, one): self.clock.now() for one in ids}

    def _is_new(self, data: Data, one: str, since: datetime | None) -> bool:
        return since is None or self.changed.get((data, one), datetime.min.replace(tzinfo=since.tzinfo)) >= since

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        self.asked.append((Data.GOODS, since))
        async for row in super().products():
            if self._is_new(Data.GOODS, row.id, since):
                yield row

    async def prices(self, product_ids: object = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """See Source."""
        self.asked.append((Data.PRICES, since))
        async for row in super().prices():
            if self._is_new(Data.PRICES, row.product_id, since):
                yield row

    async def stock(self, product_ids: object = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source. Of a product that has none left a zero is told when changes are asked for."""
        self.asked.append((Data.STOCK, since))
        async for row in super().stock():
            if self._is_new(Data.STOCK, row.product_id, since) and (row.quantity or since):
                yield row

    async def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        self.asked.append((Data.CUSTOMERS, since))
        async for row in super().customers():
            if self._is_new(Data.CUSTOMERS, row.id, since):
                yield row


Connect = Callable[..., ChangingErp]


@pytest.fixture
def connect(database: str, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Connect:
    """Makes the product know an accounting system under this name."""
    monkeypatch.setattr(connections, "_open", {})

    def known(name: str = MAIN_ERP, source: ChangingErp | None = None) -> ChangingErp:
        made = source or ChangingErp(clock, capabilities=TELLS_CHANGES)
        erp: Erp = made if name == MAIN_ERP else Named(name, made)
        connections._open[name] = erp
        return made

    return known


@pytest.fixture
def accepted() -> Iterator[None]:
    """A person answers for what goes."""
    token = losses_accepted.set(True)
    yield
    losses_accepted.reset(token)


def product(number: int, **values: object) -> Product:
    """One of many alike."""
    made = Product(f"p{number}", f"{1000 + number}", f"Товар {number}", "шт")
    return replace(made, **values)  # type: ignore[arg-type]


def price(number: int, amount: str, price_list: str | None = "retail", **values: object) -> Price:
    made = Price(f"p{number}", Decimal(amount), price_list)
    return replace(made, **values)  # type: ignore[arg-type]


def stock(number: int, quantity: str, warehouse: str = "w1") -> Stock:
    return Stock(f"p{number}", warehouse, Decimal(quantity))
