"""The in-memory twin of the port: the same laws as a real backend, no network. For tests and for running without 1C."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from api.domain.clock import Clock
from api.domain.customer import Balance, Customer
from api.domain.order import Difference, OrderDraft, OrderStatus, PlacedOrder
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpError
from api.erp.port import Capabilities

T = TypeVar("T")

EVERYTHING = Capabilities(live_stock=True, live_prices=True, live_balance=True, cancel=True)

COMMENT_LENGTH = 100
"""Where a comment is cut while `truncate` is on."""
LAST_STATES = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
HOLDING = (OrderStatus.ACCEPTED, OrderStatus.PICKING, OrderStatus.SHIPPED)
COMPARED = {
    "customer_id": "Клиент",
    "outlet_id": "Торговая точка",
    "delivery_date": "Дата доставки",
    "lines": "Строки",
    "address": "Адрес",
    "comment": "Комментарий",
}


@dataclass(frozen=True)
class Document:
    """A stored order: what was sent, as it was kept. FAILED until it is posted."""

    number: str
    created: datetime
    draft: OrderDraft
    status: OrderStatus


@dataclass
class MemoryErp:
    """An accounting system of lists. Put domain objects into the lists; turn the switches to see it fail.

    `down`: every call raises a transient error. `lose_answer_after_create`: so many next creates are kept, but answer
    with a transient error. `refuse`: so many next postings are refused for good, the document stays. `truncate`: long
    comments are cut in silence.
    """

    clock: Clock
    category_rows: list[Category] = field(default_factory=list)
    product_rows: list[Product] = field(default_factory=list)
    price_list_rows: list[PriceList] = field(default_factory=list)
    price_rows: list[Price] = field(default_factory=list)
    warehouse_rows: list[Warehouse] = field(default_factory=list)
    stock_rows: list[Stock] = field(default_factory=list)
    customer_rows: list[Customer] = field(default_factory=list)
    balance_rows: list[Balance] = field(default_factory=list)
    order_rows: list[PlacedOrder] = field(default_factory=list)
    """Orders made elsewhere."""
    down: bool = False
    lose_answer_after_create: int = 0
    refuse: int = 0
    truncate: bool = False
    capabilities: Capabilities = EVERYTHING

    def __post_init__(self) -> None:
        self.documents: dict[str, Document] = {}

    async def ping(self) -> None:
        """See Source."""
        self._answer()

    def categories(self) -> AsyncIterator[Category]:
        """See Source."""
        return self._stream(self.category_rows)

    def products(self) -> AsyncIterator[Product]:
        """See Source."""
        return self._stream(self.product_rows)

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._stream(self.price_list_rows)

    def prices(self, product_ids: Sequence[str] | None = None) -> AsyncIterator[Price]:
        """See Source."""
        return self._stream(row for row in self.price_rows if product_ids is None or row.product_id in product_ids)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._stream(self.warehouse_rows)

    def stock(self, product_ids: Sequence[str] | None = None) -> AsyncIterator[Stock]:
        """See Source. What orders hold is not free."""
        held = self._held()
        return self._stream(
            replace(row, quantity=max(Decimal(0), row.quantity - held.get((row.product_id, row.warehouse_id), 0)))
            for row in self.stock_rows
            if product_ids is None or row.product_id in product_ids
        )

    def customers(self) -> AsyncIterator[Customer]:
        """See Source."""
        return self._stream(self.customer_rows)

    def balances(self, customer_id: str | None = None) -> AsyncIterator[Balance]:
        """See Source. A customer asked about by id is always told, also when nothing is owed."""
        if customer_id is None:
            return self._stream(self.balance_rows)
        found = [row for row in self.balance_rows if row.customer_id == customer_id]
        return self._stream(found or [Balance(customer_id, Decimal(0), Decimal(0))])

    def orders(self, since: datetime) -> AsyncIterator[PlacedOrder]:
        """See Source."""
        known = [*self.order_rows, *(_placed(document) for document in self.documents.values())]
        return self._stream(sorted((row for row in known if row.created >= since), key=lambda row: row.created))

    async def find(self, key: str) -> PlacedOrder | None:
        """See OrderSink."""
        self._answer()
        document = self.documents.get(key)
        return None if document is None else _placed(document)

    async def place(self, draft: OrderDraft) -> PlacedOrder:
        """See OrderSink."""
        self._answer()
        if draft.key not in self.documents:
            self._create(draft)
        document = self.documents[draft.key]
        if document.status is OrderStatus.FAILED:
            document = self._post(document)
        return replace(_placed(document), differences=_differences(draft, document.draft))

    async def cancel(self, key: str) -> PlacedOrder:
        """See OrderSink."""
        self._answer()
        document = self.documents.get(key)
        if document is None:
            raise ErpError("Такого заказа в учётной системе нет.", permanent=True, evidence=key)
        if document.status in LAST_STATES:
            raise ErpError("Заказ уже отгружен, отменить его нельзя.", permanent=True, evidence=document.number)
        self.set_status(key, OrderStatus.CANCELLED)
        return _placed(self.documents[key])

    async def close(self) -> None:
        """Nothing to give back."""

    def set_status(self, key: str, status: OrderStatus) -> None:
        """What a person does in the accounting system."""
        self.documents[key] = replace(self.documents[key], status=status)

    def _answer(self) -> None:
        if self.down:
            raise ErpError("Учётная система не отвечает.", permanent=False, evidence="down")

    async def _stream(self, rows: Iterable[T]) -> AsyncIterator[T]:
        self._answer()
        for row in list(rows):
            yield row

    def _create(self, draft: OrderDraft) -> None:
        self._know(draft)
        kept = replace(draft, comment=draft.comment[:COMMENT_LENGTH]) if self.truncate else draft
        number = f"{len(self.documents) + 1:06d}"
        self.documents[draft.key] = Document(number, self.clock.now(), kept, OrderStatus.FAILED)
        if self.lose_answer_after_create:
            self.lose_answer_after_create -= 1
            raise ErpError("Учётная система не отвечает.", permanent=False, evidence="the answer was lost")

    def _know(self, draft: OrderDraft) -> None:
        if draft.customer_id not in {customer.id for customer in self.customer_rows}:
            raise ErpError("Клиента этого заказа в учётной системе нет.", permanent=True, evidence=draft.customer_id)
        missing = {line.product_id for line in draft.lines} - {product.id for product in self.product_rows}
        if missing:
            raise ErpError(
                "В заказе есть товар, которого нет в учётной системе.", permanent=True, evidence=str(missing)
            )

    def _post(self, document: Document) -> Document:
        if self.refuse:
            self.refuse -= 1
            raise ErpError("Учётная система записала заказ, но не провела его.", permanent=True, evidence="refuse")
        self.set_status(document.draft.key, OrderStatus.ACCEPTED)
        return self.documents[document.draft.key]

    def _held(self) -> dict[tuple[str, str | None], Decimal]:
        held: dict[tuple[str, str | None], Decimal] = {}
        for document in self.documents.values():
            if document.status in HOLDING:
                for line in document.draft.lines:
                    place = (line.product_id, document.draft.warehouse_id)
                    held[place] = held.get(place, Decimal(0)) + line.quantity
        return held


def _placed(document: Document) -> PlacedOrder:
    draft = document.draft
    return PlacedOrder(
        erp_id=f"memory:{document.number}",
        number=document.number,
        key=draft.key,
        customer_id=draft.customer_id,
        created=document.created,
        status=document.status,
        lines=draft.lines,
        outlet_id=draft.outlet_id,
        delivery_date=draft.delivery_date,
    )


def _differences(sent: OrderDraft, stored: OrderDraft) -> tuple[Difference, ...]:
    return tuple(
        Difference(title, str(getattr(sent, name)), str(getattr(stored, name)))
        for name, title in COMPARED.items()
        if getattr(sent, name) != getattr(stored, name)
    )
