"""1C as a backend of the port: the parts of this folder put together."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpUnsupported
from api.erp.http import HttpClient, HttpLimits
from api.erp.onec.card import Card, writable
from api.erp.onec.check import check
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import Goods
from api.erp.onec.names import Names, load
from api.erp.onec.orders import Orders
from api.erp.onec.partners import Partners
from api.erp.onec.prices import Prices
from api.erp.onec.settings import OnecSettings
from api.erp.onec.sink import Sink
from api.erp.port import Capabilities, Data, Finding, Place, Quote

INTERFACE = "/odata/standard.odata"
NO_STOCK = "Остатки в этой базе 1С по OData не читаются."
NO_DEBTS = "Задолженность в этой базе 1С по OData не читается."


class OneC:
    """A base of 1C over OData. See the port for what each method promises."""

    def __init__(self, client: ODataClient, *, zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._names = client.names
        self.capabilities = capabilities_of(client.names)
        self._goods = Goods(client, clock)
        self._prices = Prices(client, self._goods, clock, zone)
        self._partners = Partners(client, clock)
        self._orders = Orders(client, zone)
        self._sink = Sink(client, self._orders, clock, zone)
        self._card = Card(client)

    async def ping(self) -> None:
        """Asks for the organizations: the smallest set that every base publishes for us."""
        async for _ in self._client.rows(self._client.names.organizations):
            return

    def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        return self._goods.categories()

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        return self._goods.products(since)

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._goods.price_lists()

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """See Source."""
        return self._prices.prices(product_ids, since)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._goods.warehouses()

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source."""
        return self._goods.stock(product_ids) if self._names.stock else _none(NO_STOCK)

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        return self._partners.customers()

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        return self._partners.balances(customer_id) if self._names.debts else _none(NO_DEBTS)

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        return self._orders.orders(since)

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink: OData has nothing that prices a draft."""
        raise ErpUnsupported("1С по OData не рассчитывает черновик заказа.")

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        return await self._sink.find(key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        return await self._sink.place(draft)

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        return await self._sink.cancel(key)

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        return await self._card.change(change, force=force)

    def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        return check(self._client)

    async def close(self) -> None:
        """See Erp."""
        await self._client.close()


def capabilities_of(names: Names) -> Capabilities:
    """What a base with these names can do."""
    kept = {Data.STOCK: names.stock, Data.BALANCES: names.debts}
    return Capabilities(
        reads=frozenset(data for data in Data if kept.get(data, names.orders)),
        since=frozenset({Data.GOODS, Data.PRICES} if names.prices["since"] else {Data.GOODS}),
        live_stock=bool(names.stock),
        live_prices=True,
        live_balance=bool(names.debts),
        cancel=bool(names.orders["cancelled"]),
        card=writable(names),
    )


async def _none(why: str) -> AsyncIterator[Any]:
    """The stream of what this base does not keep."""
    raise ErpUnsupported(why)
    yield


def open_onec(settings: OnecSettings, place: Place, limits: HttpLimits | None = None) -> OneC:
    """A base published at `url` (with or without /odata/standard.odata); not yet connected."""
    root = (settings.url or place.demo_url).rstrip("/").removesuffix(INTERFACE) + INTERFACE
    http = HttpClient(root, user=settings.user, password=settings.password.get_secret_value(), limits=limits)
    client = ODataClient(http, load(settings.configuration), allowed_only=settings.allowed_only)
    return OneC(client, zone=place.zone, clock=place.clock)
