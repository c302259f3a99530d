"""1C as a backend of the port: the parts of this folder put together."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpUnsupported
from api.erp.http import HttpClient, HttpLimits
from api.erp.onec import names
from api.erp.onec.client import ODataClient
from api.erp.onec.goods import Goods
from api.erp.onec.orders import Orders
from api.erp.onec.partners import Partners
from api.erp.onec.prices import Prices
from api.erp.onec.settings import OnecSettings
from api.erp.onec.sink import Sink
from api.erp.port import Capabilities, Place, Quote

INTERFACE = "/odata/standard.odata"


class OneC:
    """A base of 1C over OData. See the port for what each method promises."""

    capabilities = Capabilities(live_stock=True, live_prices=True, live_balance=True, cancel=True)

    def __init__(self, client: ODataClient, *, zone: ZoneInfo, clock: Clock) -> None:
        self._client = client
        self._goods = Goods(client)
        self._prices = Prices(client, self._goods, clock, zone)
        self._partners = Partners(client, clock)
        self._orders = Orders(client, zone)
        self._sink = Sink(client, clock, zone)

    async def ping(self) -> None:
        """Asks for the organizations: the smallest set that every base publishes for us."""
        async for _ in self._client.rows(self._client.names.organizations):
            return

    def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        return self._goods.categories()

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        return self._goods.products()

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._goods.price_lists()

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """See Source."""
        return self._prices.prices(product_ids)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._goods.warehouses()

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source."""
        return self._goods.stock(product_ids)

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        return self._partners.customers()

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        return self._partners.balances(customer_id)

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
        raise ErpUnsupported("Карточка клиента в 1С по OData не изменяется.")

    async def close(self) -> None:
        """See Erp."""
        await self._client.close()


def open_onec(settings: OnecSettings, place: Place, limits: HttpLimits | None = None) -> OneC:
    """A base published at `url` (with or without /odata/standard.odata); not yet connected."""
    root = (settings.url or place.demo_url).rstrip("/").removesuffix(INTERFACE) + INTERFACE
    http = HttpClient(root, user=settings.user, password=settings.password.get_secret_value(), limits=limits)
    return OneC(ODataClient(http, names.load(settings.configuration)), zone=place.zone, clock=place.clock)
