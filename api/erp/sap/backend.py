"""SAP S/4HANA as a backend of the port: the parts of this folder put together."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpUnsupported
from api.erp.http import HttpClient, HttpLimits
from api.erp.port import Capabilities, Data, Finding, Place, Quote
from api.erp.sap.check import Check
from api.erp.sap.client import PAGE, ROOT, ODataClient
from api.erp.sap.debts import Debts
from api.erp.sap.goods import Goods
from api.erp.sap.orders import ORDERS, Orders
from api.erp.sap.partners import Partners
from api.erp.sap.prices import Prices
from api.erp.sap.quotes import Quotes
from api.erp.sap.session import Session
from api.erp.sap.settings import SapSettings
from api.erp.sap.sink import Sink


class Sap:
    """One client of a system, one sales area. See the port for what each method promises."""

    def __init__(self, client: ODataClient, settings: SapSettings, *, zone: ZoneInfo, clock: Clock) -> None:
        self.capabilities = capabilities(settings)
        self._client = client
        self._goods = Goods(client, settings)
        self._partners = Partners(client, settings, clock)
        self._prices = Prices(client, settings, self._partners, clock)
        self._debts = Debts(client, settings, clock)
        self._orders = Orders(client, settings, zone)
        self._sink = Sink(client, settings, self._orders, self._goods, clock)
        self._quotes = Quotes(client, settings, self._goods)
        self._check = Check(client, settings, self._partners)

    async def ping(self) -> None:
        """Asks for any order: what the bot needs before all."""
        await self._client.first(ORDERS, select="SalesOrder")

    def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        return self._goods.categories()

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        return self._goods.products(since)

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._partners.price_lists()

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
        return self._debts.balances(customer_id)

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        return self._orders.orders(since)

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        return await self._quotes.quote(draft)

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        return await self._sink.find(key)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        return await self._sink.place(draft)

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        return await self._sink.cancel(key)

    async def change_card(self, change: CardChange, *, force: bool = False) -> NoReturn:
        """See OrderSink: business partners are kept by SAP's own people."""
        raise ErpUnsupported("Карточка клиента в SAP ботом не изменяется.")

    def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        return self._check.check()

    async def close(self) -> None:
        """See Erp."""
        await self._client.close()


def capabilities(settings: SapSettings) -> Capabilities:
    """What the settings open. Stock is on hand, not reduced by orders: what can be had is told by `quote`."""
    without = set[Data]()
    if not settings.price_condition:
        without.add(Data.PRICES)
    if not settings.company_code:
        without.add(Data.BALANCES)
    return Capabilities(
        reads=frozenset(Data) - without,
        since=frozenset((Data.GOODS,)),
        live_balance=bool(settings.company_code),
        quotes=True,
        cancel=bool(settings.rejection_reason),
    )


def open_sap(settings: SapSettings, place: Place, limits: HttpLimits | None = None, page: int = PAGE) -> Sap:
    """The system at `url` (scheme, host and port; with or without /sap/opu/odata/sap); not yet connected."""
    session = Session()
    http = HttpClient(
        settings.url.rstrip("/").removesuffix(ROOT) + ROOT,
        user=settings.user,
        password=settings.password.get_secret_value(),
        limits=limits,
        pace=session,
    )
    constants = {"sap-client": settings.client, "sap-language": settings.logon_language}
    told = {name: value for name, value in constants.items() if value}
    client = ODataClient(http, session, told, settings.refusals, page)
    return Sap(client, settings, zone=place.zone, clock=place.clock)
