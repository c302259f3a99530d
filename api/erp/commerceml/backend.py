"""1C over CommerceML as a backend of the port: it comes with its files, we read what it has left."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.commerceml.book import Book
from api.erp.commerceml.check import Check
from api.erp.commerceml.intake import Intake
from api.erp.commerceml.ledger import Ledger
from api.erp.commerceml.protocol import Protocol
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.state import State
from api.erp.commerceml.uploads import Uploads
from api.erp.errors import ErpUnsupported
from api.erp.port import Call, Capabilities, Data, Finding, Place, Quote, Reply


class CommerceMl:
    """An exchange folder. See the port for what each method promises."""

    capabilities = Capabilities(
        brings=True,
        reads=frozenset(Data) - {Data.BALANCES},
        since=frozenset({Data.GOODS, Data.PRICES, Data.STOCK}),
        cancel=True,
    )

    def __init__(self, settings: CommercemlSettings, place: Place) -> None:
        self._state = State(place.folder, settings)
        self._ledger = Ledger(place.folder)
        self._book = Book(self._ledger, self._state, place, settings)
        self._intake = Intake(place.folder, settings, place.clock, self._ledger, self._state, self._book)
        uploads = Uploads(place.folder, settings, place.clock, self._ledger)
        self._protocol = Protocol(settings, place.clock, self._ledger, uploads, self._intake, self._book)
        self._check = Check(settings, place.clock, self._ledger, self._state)

    async def ping(self) -> None:
        """1C is the one that calls: only our own folder can be asked."""
        await self._ledger.arrived()

    async def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        await self._begin(Data.GOODS)
        async for row in self._state.categories():
            yield row

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source. A good with characteristics is a product for each of them."""
        await self._begin(Data.GOODS)
        async for row in self._state.products(since):
            yield row

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        await self._begin(Data.PRICES)
        async for row in self._state.price_lists():
            yield row

    async def prices(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Price]:
        """See Source. A product that lost its last price is withdrawn: `products` tells it."""
        if product_ids is None:
            await self._begin(Data.PRICES)
        async for row in self._state.prices(product_ids, since):
            yield row

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        await self._begin(Data.GOODS)
        async for row in self._state.warehouses():
            yield row

    async def stock(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Stock]:
        """See Source: as of the last exchange."""
        if product_ids is None:
            await self._begin(Data.STOCK)
        async for row in self._state.stock(product_ids, since):
            yield row

    async def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        await self._begin(Data.CUSTOMERS)
        async for row in self._state.customers():
            yield row

    async def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source: CommerceML has no debts."""
        raise ErpUnsupported("В обмене CommerceML нет задолженности клиентов.")
        yield

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        await self._begin(Data.ORDERS)
        async for row in self._book.orders(since):
            yield row

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        raise ErpUnsupported("В обмене CommerceML 1С не рассчитывает черновик заказа.")

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        return await self._book.find(key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink: kept for the next exchange."""
        return await self._book.place(draft)

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink. An order that 1C has already is withdrawn by a second document; should 1C not follow it, the
        order's next state says so."""
        return await self._book.cancel(key)

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        raise ErpUnsupported("Карточка клиента в 1С по обмену CommerceML не изменяется.")

    async def answer(self, call: Call) -> Reply:
        """See Exchange."""
        return await self._protocol.answer(call)

    async def arrived(self) -> frozenset[Data]:
        """See Exchange. Large files are read here: it may take its time. What another process reads is left to it."""
        await asyncio.to_thread(self._intake.merge, wait=False)
        return await self._ledger.arrived()

    async def taken(self, data: Data, error: str = "") -> None:
        """See Exchange."""
        await self._ledger.taken(data, error)

    def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        return self._check.findings()

    async def close(self) -> None:
        """Connections are opened for each use."""

    async def _begin(self, data: Data) -> None:
        """A reading sees all that has come whole."""
        await self._intake.settle()
        await self._ledger.told(data)


def open_commerceml(settings: CommercemlSettings, place: Place) -> CommerceMl:
    """The exchange over `place.folder`; nothing is opened yet."""
    return CommerceMl(settings, place)
