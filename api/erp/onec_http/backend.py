"""1C with our extension behind the port: reading, writing, and being told."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, CardField, Customer
from api.domain.order import OrderDraft, OrderStatus, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.http import HttpClient, HttpLimits
from api.erp.onec_http import nouns, wire
from api.erp.onec_http.arrivals import Arrivals
from api.erp.onec_http.check import check
from api.erp.onec_http.client import PAGE, BotClient
from api.erp.onec_http.settings import OnecHttpSettings
from api.erp.onec_http.sink import Sink
from api.erp.onec_http.webhook import Webhook
from api.erp.port import Call, Capabilities, Data, Finding, Place, Quote, Reply

SERVICE = "/hs/bot"


class OneCHttp:
    """A base of 1C with the extension. See the port for what each method promises."""

    capabilities = Capabilities(
        since=frozenset(Data) - {Data.BALANCES},
        live_stock=True,
        live_prices=True,
        live_balance=True,
        quotes=True,
        cancel=True,
        card=frozenset(CardField),
    )

    def __init__(self, client: BotClient, clock: Clock, settings: OnecHttpSettings) -> None:
        secret = settings.webhook_secret.get_secret_value()
        self._client = client
        self._clock = clock
        self._sink = Sink(client, clock, check_prices=settings.check_prices)
        self._webhook = Webhook(secret, clock)
        self._poll_seconds = settings.poll_seconds
        self._arrivals = None if secret else Arrivals(client, clock, settings.poll_seconds)

    async def ping(self) -> None:
        """See Source."""
        await self._client.read("/ping", wire.Ping)

    async def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        async for row in self._client.rows("/categories", wire.Category):
            yield Category(row.id, row.name, row.parent_id)

    async def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        async for row in self._client.rows("/goods", wire.Product, since):
            yield nouns.product(row)

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        async for row in self._client.rows("/price-lists", wire.Named):
            yield PriceList(row.id, row.name)

    async def prices(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Price]:
        """See Source."""
        async for row in self._client.rows("/prices", wire.ProductPrices, since, product_ids):
            for price in row.prices:
                # A price of 0 is one that was not filled in: nothing is given away.
                if price.amount > 0:
                    yield nouns.price(row.product_id, price)

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        async for row in self._client.rows("/warehouses", wire.Named):
            yield Warehouse(row.id, row.name)

    async def stock(
        self, product_ids: Sequence[str] | None = None, since: datetime | None = None
    ) -> AsyncIterator[Stock]:
        """See Source."""
        async for row in self._client.rows("/stock", wire.ProductStock, since, product_ids):
            for rest in row.warehouses:
                yield Stock(row.product_id, rest.warehouse_id, rest.quantity)

    async def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """See Source. Closed ones are left out."""
        async for row in self._client.rows("/customers", wire.Customer, since):
            if row.active:
                yield nouns.customer(row)

    async def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source."""
        today = self._clock.now().date()
        ids = None if customer_id is None else [customer_id]
        async for row in self._client.rows("/balances", wire.Balance, ids=ids):
            yield nouns.balance(row, today)

    async def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source. Drafts that somebody keeps in 1C are no orders yet; those with our key are told, as failed."""
        async for row in self._client.rows("/orders", wire.Order, since):
            placed = nouns.order(row)
            if placed.key or placed.status is not OrderStatus.FAILED:
                yield placed

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink."""
        return await self._sink.quote(draft)

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
        return await self._sink.change_card(change, force)

    async def answer(self, call: Call) -> Reply:
        """See Exchange: the webhook."""
        return await self._webhook.answer(call)

    async def arrived(self) -> frozenset[Data]:
        """See Exchange. With a webhook nothing waits: what it told was read at once."""
        return frozenset() if self._arrivals is None else await self._arrivals.arrived()

    async def taken(self, data: Data, error: str = "") -> None:
        """See Exchange."""
        if self._arrivals is not None:
            self._arrivals.taken(data)

    def check(self) -> AsyncIterator[Finding]:
        """See Checked."""
        told = self._arrivals is None
        return check(self._client, self._clock, webhook=told, poll_seconds=self._poll_seconds)

    async def close(self) -> None:
        """See Erp."""
        await self._client.close()


def open_onec_http(
    settings: OnecHttpSettings, place: Place, limits: HttpLimits | None = None, page: int = PAGE
) -> OneCHttp:
    """A base published at `url` (with or without /hs/bot); not yet connected."""
    root = (settings.url or place.demo_url).rstrip("/").removesuffix(SERVICE) + SERVICE
    http = HttpClient(root, user=settings.user, password=settings.password.get_secret_value(), limits=limits)
    return OneCHttp(BotClient(http, page), place.clock, settings)
