"""The port to an accounting system, in our own nouns.

Two Protocols, because reading and writing differ in who may do them: Source (we read) and OrderSink (we write and
ask for status). Every method raises ErpError; a backend without a feature raises ErpUnsupported.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.domain.customer import Balance, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse


@dataclass(frozen=True)
class Capabilities:
    """What a backend can tell at the moment of a confirmation."""

    live_stock: bool = False
    live_prices: bool = False
    live_balance: bool = False
    cancel: bool = False


class Source(Protocol):
    """Reading. Everything is a stream, so a large catalogue needs no memory of its size."""

    capabilities: Capabilities

    async def ping(self) -> None:
        """Returns when the backend answers and accepts our user; raises ErpError otherwise."""

    def categories(self) -> AsyncIterator[Category]: ...

    def products(self) -> AsyncIterator[Product]:
        """All goods, the withdrawn ones too (`active=False`)."""

    def price_lists(self) -> AsyncIterator[PriceList]: ...

    def prices(self, product_ids: Sequence[str] | None = None) -> AsyncIterator[Price]:
        """Prices in force: by price type, by contract, by volume, promotions. None: of all products."""

    def warehouses(self) -> AsyncIterator[Warehouse]: ...

    def stock(self, product_ids: Sequence[str] | None = None) -> AsyncIterator[Stock]:
        """Free stock by warehouse. None: of all products. A product without a row has none."""

    def customers(self) -> AsyncIterator[Customer]:
        """Customers with their outlets and contacts."""

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """Debts with the unpaid invoices. None: of all customers."""

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """Orders created or changed since then, whoever made them, oldest first."""


class OrderSink(Protocol):
    """Writing. `place` may be called again with the same key at any time: there is one document."""

    async def find(self, key: str) -> PlacedOrder | None:
        """The order with this key as it is stored now, or None."""

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """Look up by key, else create; post; read back and compare.

        The answer's `differences` names what was stored otherwise than sent. A lost answer raises a transient
        ErpError: the caller repeats, and the look-up finds what was made.
        """

    async def cancel(self, key: str) -> PlacedOrder:
        """Withdraw the order. Raises a permanent ErpError when it is too late or there is none."""


class Erp(Source, OrderSink, Protocol):
    """A backend that both reads and writes."""

    async def close(self) -> None:
        """Give back connections."""
