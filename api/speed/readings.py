"""Reading a large accounting system into PostgreSQL: `python -m api.speed.readings KIND SIZE` prints a JSON object.

The source is invented in this process and streams without holding anything; the database is DATABASE_URL's, empty.
Seconds are by the clock on the wall, since the server works too; memory is this process's peak.
"""

import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from time import perf_counter
from typing import Any

from sqlalchemy import text

from api.accounting.service import READS
from api.db.session import dispose_engines, staff_session
from api.deps.sync import run
from api.domain.customer import Balance, Customer
from api.domain.order import PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.port import Capabilities, Data

TYPES = ("retail", "bulk", "vip")
CHANGED = 100
"""Every hundredth price is another one in the third reading."""
PERSONAL = 2_000
"""Personal prices of a customer."""
GOODS_OF_PERSONAL = 20_000


@dataclass
class Invented:
    """An accounting system that counts. `round`: how often its prices were changed."""

    goods: int
    customers_: int = 0
    round: int = 0
    capabilities: Capabilities = field(default_factory=Capabilities)

    async def ping(self) -> None:
        """See Source."""

    async def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        for number in range(100):
            yield Category(f"c{number}", f"Раздел {number}")

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        for number in range(self.goods):
            yield Product(_id(number), f"{number:06}", f"Товар {number} 3,2% 1 л", "шт", f"c{number % 100}")

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        for name in TYPES:
            yield PriceList(name, name)

    async def prices(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Price]:
        """See Source. Price types, or with customers the same number of personal prices for each of them."""
        for number in range(self.goods):
            if not self.customers_:
                for place, price_list in enumerate(TYPES):
                    yield Price(_id(number), self._amount(number * len(TYPES) + place), price_list)
                continue
            buyers = self.customers_ * PERSONAL // self.goods
            for place in range(buyers):
                buyer = (number * buyers + place) % self.customers_
                yield Price(_id(number), self._amount(number * buyers + place), None, f"k{buyer:07}")

    def _amount(self, row: int) -> Decimal:
        return Decimal(row % 9_000 + 1_000 + (self.round if row % CHANGED == 0 else 0)) / 100

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        yield Warehouse("w1", "Главный")

    async def stock(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Stock]:
        """See Source."""
        for number in range(self.goods):
            yield Stock(_id(number), "w1", Decimal(number % 500 + 1))

    async def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        for number in range(self.customers_):
            yield Customer(f"k{number:07}", f"ООО «Клиент {number}»")

    async def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        for number in range(self.customers_):
            yield Balance(f"k{number:07}", Decimal(number), Decimal(0))

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        none: tuple[PlacedOrder, ...] = ()
        for order in none:
            yield order


def _id(number: int) -> str:
    """As long as the ids of accounting systems are."""
    return f"00000000-0000-0000-0000-{number:012}"


def lists(goods: int) -> Invented:
    """So many goods with a price of each type."""
    return Invented(goods)


def personal(customers: int) -> Invented:
    """So many customers with their own prices."""
    return Invented(GOODS_OF_PERSONAL, customers)


KINDS = {"lists": lists, "personal": personal}


async def measured(source: Invented) -> dict[str, Any]:
    """Seconds of each reading: the first, one of the same prices again, one with a hundredth of them changed."""
    seconds: dict[str, float] = {}
    first = [Data.GOODS, Data.PRICES, Data.STOCK, *([Data.CUSTOMERS, Data.BALANCES] if source.customers_ else [])]
    rows = {data.value: await _timed(source, data, f"{data.value}", seconds) for data in first}
    await _timed(source, Data.GOODS, "goods again", seconds)
    await _timed(source, Data.PRICES, "prices again", seconds)
    source.round = 1
    await _timed(source, Data.PRICES, "prices, 1 % changed", seconds)
    async with staff_session() as session:
        size = await session.scalar(text("SELECT pg_database_size(current_database()) / 1048576"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "seconds": seconds, "peak_mb": round(peak), "database_mb": size}


async def _timed(source: Invented, data: Data, title: str, seconds: dict[str, float]) -> int:
    started = perf_counter()
    rows = await run(source, "main", data, READS[data])
    seconds[title] = round(perf_counter() - started, 1)
    print(f"bench: {title}: {rows:,} rows, {seconds[title]} s", file=sys.stderr, flush=True)
    return rows


async def main(kind: str, size: int) -> None:
    """Prints the figures of one kind."""
    figures = await measured(KINDS[kind](size))
    await dispose_engines()
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
