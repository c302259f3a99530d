"""The port to an accounting system, in our own nouns.

Three small Protocols, because systems differ in who calls whom: Source (we read), OrderSink (we write and ask for
status), Exchange (they call us). Every method raises ErpError; a backend without a feature raises ErpUnsupported.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, CardField, Customer
from api.domain.order import OrderDraft, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse


class Data(StrEnum):
    """What is read of an accounting system, each at a pace of its own."""

    GOODS = "goods"
    """Products with their packings, categories, warehouses."""
    PRICES = "prices"
    STOCK = "stock"
    CUSTOMERS = "customers"
    BALANCES = "balances"
    ORDERS = "orders"


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do; the rest raises ErpUnsupported."""

    reads: frozenset[Data] = frozenset(Data)
    since: frozenset[Data] = frozenset()
    """What it can tell the changes of: the parameter `since` of Source."""
    brings: bool = False
    """It brings its data itself: before it did there is nothing to read."""
    live_stock: bool = False
    live_prices: bool = False
    live_balance: bool = False
    quotes: bool = False
    """It prices a draft by its own rules."""
    cancel: bool = False
    card: frozenset[CardField] = frozenset()
    """What of a customer's card we may write."""


@dataclass(frozen=True)
class QuotedLine:
    """What a line of a draft costs now: roubles a base unit; None: it is not sold to this customer."""

    product_id: str
    price: Decimal | None
    available: Decimal | None = None
    """Base units that can be had by the day; None: not told."""


@dataclass(frozen=True)
class Quote:
    """A draft as the accounting system itself prices it. The lines are in the draft's order."""

    lines: tuple[QuotedLine, ...]
    credit: bool | None = None
    """Whether credit control lets it through; None: not told."""
    balance: Balance | None = None


class Source(Protocol):
    """Reading. Everything is a stream, so a large catalogue needs no memory of its size.

    `since`, where Capabilities.since names the data: only what changed at that moment or later. What is withdrawn is
    told then too (a product with `active=False`, stock with a zero). Prices and stock always come whole by product:
    all rows of each product that they name at all, one product after the other where nothing else is said.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    async def ping(self) -> None:
        """Returns when the backend answers and accepts our user; raises ErpError otherwise."""

    def categories(self) -> AsyncIterator[Category]: ...

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """All goods, the withdrawn ones too (`active=False`)."""

    def price_lists(self) -> AsyncIterator[PriceList]: ...

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """Prices in force: by price type, by contract, by volume, promotions. None: of all products."""

    def warehouses(self) -> AsyncIterator[Warehouse]: ...

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """Free stock by warehouse. None: of all products. A product without a row has none."""

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
        """Customers with their outlets and contacts. Told with `since`, each still comes whole."""

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """Debts with the unpaid invoices. None: of all customers."""

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """Orders created or changed since then, whoever made them, oldest first."""


class OrderSink(Protocol):
    """Writing. `place` may be called again with the same key at any time: there is one document."""

    async def quote(self, draft: OrderDraft) -> Quote:
        """What the draft would cost and whether it would pass, without keeping anything. See Capabilities.quotes."""

    async def find(self, key: str) -> PlacedOrder | None:
        """The order with this key as it is stored now, or None."""

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """Look up by key, else create; post; read back and compare.

        The answer's `differences` names what was stored otherwise than sent. A lost answer raises a transient
        ErpError: the caller repeats, and the look-up finds what was made. An answer with the status SENDING means that
        the order is kept for the other side to fetch: `orders` will tell when it did.
        """

    async def cancel(self, key: str) -> PlacedOrder:
        """Withdraw the order. Raises a permanent ErpError when it is too late or there is none."""

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """Writes one field of a customer's card; returns the id of the outlet or the contact that has it now.

        Done already: nothing happens. Raises ErpConflict when the field holds neither what it was nor what it shall
        be, unless `force`. See Capabilities.card.
        """


class Erp(Source, OrderSink, Protocol):
    """A backend that both reads and writes."""

    async def close(self) -> None:
        """Give back connections."""


@dataclass(frozen=True)
class Call:
    """An HTTP request of theirs. `path` is what follows our address of the backend, without the slash."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: AsyncIterator[bytes]


@dataclass(frozen=True)
class Reply:
    """What we answer. `changed`: what is to be read again now, because they said or brought something."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[Data] = frozenset()


@runtime_checkable
class Exchange(Protocol):
    """A backend that comes to us: with a webhook, with files over HTTP, with files in a folder."""

    async def answer(self, call: Call) -> Reply:
        """Answers one request; who they are is checked first. Their mistakes are answered, never raised."""

    async def arrived(self) -> frozenset[Data]:
        """What was brought whole and not read yet; asked every few seconds."""

    async def taken(self, data: Data, error: str = "") -> None:
        """What had arrived was read into our tables; `error`, in Russian: it could not be, and why."""


@runtime_checkable
class Subscriber(Protocol):
    """A backend that has to be asked once to tell us of changes."""

    async def subscribe(self) -> Sequence[str]:
        """Asks for what is not asked for yet; says what, in its own words. Writes there. Raises ErpError."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check of a backend's settings has to say, in Russian, for the distributor's IT person."""

    severity: Literal["ok", "warning", "error"]
    """A warning: the bot works, but without something. An error: a part of it does not work."""
    text: str
    todo: str = ""
    """What to do about it, and where."""


@runtime_checkable
class Checked(Protocol):
    """A backend that can say what is missing on its side. Nothing is written there."""

    def check(self) -> AsyncIterator[Finding]:
        """What was found, as it is found; it ends early when the backend does not answer. Never raises ErpError."""


@dataclass(frozen=True)
class Place:
    """Where a backend works: its name, its time, and a folder of its own for an exchange of files."""

    name: str
    zone: ZoneInfo
    clock: Clock
    folder: Path
    demo_url: str = ""
    """The demo 1C of this machine, for a backend without an address."""
