"""МойСклад as a backend of the port: the parts of this folder put together."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from api.domain.customer import Balance, CardChange, CardField, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.http import HttpClient, HttpLimits
from api.erp.moysklad.account import Account
from api.erp.moysklad.balances import Balances
from api.erp.moysklad.card import Card
from api.erp.moysklad.checkup import Checkup
from api.erp.moysklad.client import HEADERS, Client
from api.erp.moysklad.goods import Goods
from api.erp.moysklad.hooks import Hooks
from api.erp.moysklad.orders import Orders
from api.erp.moysklad.pace import MoyskladPace
from api.erp.moysklad.partners import Partners
from api.erp.moysklad.quotes import Quotes
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.moysklad.sink import Sink
from api.erp.moysklad.stock import Stocks
from api.erp.port import Call, Capabilities, Data, Finding, Place, Quote, Reply

ALWAYS_READ = frozenset((Data.GOODS, Data.PRICES, Data.STOCK, Data.CUSTOMERS, Data.ORDERS))


class Moysklad:
    """An account of МойСклад. See the port for what each method promises."""

    def __init__(self, client: Client, settings: MoyskladSettings, place: Place, pace: MoyskladPace) -> None:
        self._client = client
        account = Account(client, settings)
        self._goods = Goods(client, account, settings)
        self._stocks = Stocks(client, account, place.clock)
        self._partners = Partners(client, account, settings)
        self._balances = Balances(client, settings, place.clock, place.zone)
        self._orders = Orders(client, account, place.zone)
        self._quotes = Quotes(client, self._goods, self._stocks, self._balances, settings)
        self._sink = Sink(client, account, self._goods, self._orders, settings, place.zone)
        self._card = Card(client, settings)
        self.hooks = Hooks(client, settings)
        self._checkup = Checkup(client, account, self.hooks, settings, pace)
        self.capabilities = Capabilities(
            reads=ALWAYS_READ | ({Data.BALANCES} if settings.balances else frozenset()),
            since=ALWAYS_READ,
            live_stock=True,
            live_prices=True,
            live_balance=settings.balances,
            quotes=settings.quotes,
            cancel=True,
            card=frozenset(CardField),
        )

    async def ping(self) -> None:
        """Asks for one organization: everybody who may write an order sees it."""
        await self._client.get("entity/organization", {"limit": "1"})

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
        return self._goods.prices(product_ids, since)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._goods.warehouses()

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source."""
        return self._stocks.stock(product_ids, since)

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source."""
        return self._partners.customers(since)

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        return self._balances.balances(customer_id)

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

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        return await self._card.change(change, force=force)

    async def answer(self, call: Call) -> Reply:
        """See Exchange."""
        return await self.hooks.answer(call)

    async def arrived(self) -> frozenset[Data]:
        """See Exchange. What changed is told by `answer`; nothing is kept here."""
        return frozenset()

    async def taken(self, data: Data, error: str = "") -> None:
        """See Exchange."""

    async def subscribe(self) -> list[str]:
        """See Subscriber; needs an administrator's token."""
        return [f"{kind} {action}" for kind, action in await self.hooks.subscribe()]

    def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        return self._checkup.check()

    async def close(self) -> None:
        """See Erp."""
        await self._client.close()


def open_moysklad(settings: MoyskladSettings, place: Place, limits: HttpLimits | None = None) -> Moysklad:
    """An account by its token, or by a user's name and password; not yet connected."""
    token, pace = settings.token.get_secret_value(), MoyskladPace(settings.requests)
    http = HttpClient(
        settings.url,
        user="" if token else settings.user,
        password="" if token else settings.password.get_secret_value(),
        headers=HEADERS | ({"Authorization": f"Bearer {token}"} if token else {}),
        limits=limits or HttpLimits(concurrency=settings.parallel),
        pace=pace,
    )
    client = Client(http, settings.url, echo=settings.webhook_url)
    return Moysklad(client, settings, place, pace)
