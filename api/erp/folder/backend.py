"""The exchange folder as a backend of the port: the parts of this folder put together."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.folder.checking import check
from api.erp.folder.document import Names
from api.erp.folder.inbox import Inbox
from api.erp.folder.layout import Layout
from api.erp.folder.orders import Orders
from api.erp.folder.settings import FolderSettings
from api.erp.folder.snapshots import Snapshots
from api.erp.folder.source import Reading
from api.erp.folder.state import State
from api.erp.folder.threads import Threads
from api.erp.port import Call, Capabilities, Data, Finding, Place, Quote, Reply


class FolderErp:
    """Files in, orders out. See the port for what each method promises."""

    def __init__(self, settings: FolderSettings, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock
        self._threads = Threads()
        self._state = State(layout.state)
        self._tables = Snapshots(layout.state)
        self._reading = Reading(layout, self._tables, self._threads, clock)
        self._inbox = Inbox(layout, self._state, self._tables, clock, settings.quiet_seconds)
        self._orders = Orders(layout, self._state, clock, settings.accept, settings.encoding)
        self.capabilities = Capabilities(brings=True, cancel=True)
        self._look()

    def _look(self) -> None:
        """Debts are read once a file of them has come: until then nobody knows, which is not «nobody owes»."""
        without = set() if self._tables.path(Data.BALANCES) else {Data.BALANCES}
        self.capabilities = replace(self.capabilities, reads=frozenset(Data) - without)

    async def ping(self) -> None:
        """See Source: the folder is there."""
        await self._threads.run(self._layout.ready)

    def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        return self._reading.categories()

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        return self._reading.products()

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._reading.price_lists()

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """See Source."""
        return self._reading.prices(product_ids)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._reading.warehouses()

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source."""
        return self._reading.stock(product_ids)

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        return self._reading.customers()

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        return self._reading.balances(customer_id)

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        for order in await self._threads.run(self._orders.since, since, await self._reading.called()):
            yield order

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink: nobody is there to price it."""
        raise ErpUnsupported("Через папку обмена черновик заказа не рассчитывается.")

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        return await self._threads.run(self._orders.find, key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        placed = await self._threads.run(self._orders.finish, draft.key)
        if placed is not None:
            return placed
        return await self._threads.run(self._orders.place, draft, await self._names(draft))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink. What somebody took away is no longer ours to withdraw."""
        return await self._threads.run(self._orders.withdraw, key)

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        raise ErpUnsupported("Карточка клиента через папку обмена не изменяется.")

    async def answer(self, call: Call) -> Reply:
        """See Exchange: nobody calls a folder."""
        return Reply(404, "Обмен идёт через папку.".encode())

    async def arrived(self) -> frozenset[Data]:
        """See Exchange."""
        found = await self._threads.run(self._inbox.arrived, patience=None)
        self._look()
        return found

    async def taken(self, data: Data, error: str = "") -> None:
        """See Exchange."""
        await self._threads.run(self._inbox.taken, data, error, patience=None)
        self._look()

    async def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        for finding in await self._threads.run(check, self._layout, self._state, self._tables, self._clock):
            yield finding

    async def close(self) -> None:
        """See Erp."""
        self._threads.close()

    async def _names(self, draft: OrderDraft) -> Names:
        """What the order's ids are called. Raises a permanent ErpError for one that no file names."""
        customer = await self._reading.customer(draft.customer_id)
        if customer is None:
            message = "Этого клиента в файле «Клиенты» нет."
            raise ErpError(message, permanent=True, evidence=draft.customer_id, reason=Reason.CUSTOMER)
        ids = [line.product_id for line in draft.lines]
        goods = {product.id: (product.name, product.base_unit) async for product in self._reading.products(ids)}
        missing = {line.product_id for line in draft.lines} - goods.keys()
        if missing:
            message = "В заказе есть товар, которого нет в файле «Товары»."
            raise ErpError(message, permanent=True, evidence=str(sorted(missing)), reason=Reason.GOODS)
        return Names(customer, goods)


def open_folder(settings: FolderSettings, place: Place) -> FolderErp:
    """The folder of the settings, or the backend's own place; not yet looked at."""
    own = place.folder.absolute()
    layout = Layout((settings.folder or own).absolute(), own / "state", make=settings.folder is None)
    return FolderErp(settings, layout, place.clock)
