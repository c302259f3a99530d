"""The in-memory twin of the port: the same laws as a real backend, no network. For tests and for running without 1C."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from api.domain.clock import Clock
from api.domain.customer import Balance, CardChange, CardField, Contact, Customer
from api.domain.order import Difference, OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.domain.pricing import Terms, price_for
from api.domain.product import Category, Price, PriceList, Product, Stock, Warehouse
from api.erp.errors import ErpConflict, ErpError, Reason
from api.erp.port import Capabilities, Place, Quote, QuotedLine
from api.erp.settings import ErpSettings

T = TypeVar("T")

EVERYTHING = Capabilities(
    live_stock=True, live_prices=True, live_balance=True, quotes=True, cancel=True, card=frozenset(CardField)
)

UNKNOWN_CUSTOMER = "Этого клиента в учётной системе нет."

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

    def products(self, since: datetime | None = None) -> AsyncIterator[Product]:
        """See Source."""
        return self._stream(self.product_rows)

    def price_lists(self) -> AsyncIterator[PriceList]:
        """See Source."""
        return self._stream(self.price_list_rows)

    def prices(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Price]:
        """See Source."""
        return self._stream(row for row in self.price_rows if product_ids is None or row.product_id in product_ids)

    def warehouses(self) -> AsyncIterator[Warehouse]:
        """See Source."""
        return self._stream(self.warehouse_rows)

    def stock(self, product_ids: Sequence[str] | None = None, since: datetime | None = None) -> AsyncIterator[Stock]:
        """See Source. What orders hold is not free."""
        held = self._held()
        return self._stream(
            replace(row, quantity=max(Decimal(0), row.quantity - held.get((row.product_id, row.warehouse_id), 0)))
            for row in self.stock_rows
            if product_ids is None or row.product_id in product_ids
        )

    def customers(self, since: datetime | None = None) -> AsyncIterator[Customer]:
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

    async def quote(self, draft: OrderDraft) -> Quote:
        """See OrderSink. The limit is the customer's, less what it owes."""
        self._answer()
        self._know(draft)
        customer = next(row for row in self.customer_rows if row.id == draft.customer_id)
        balance = next((row for row in self.balance_rows if row.customer_id == customer.id), None)
        free = None if customer.credit_limit is None else customer.credit_limit - (balance.debt if balance else 0)
        lines = tuple([await self._quoted(line, draft, customer) for line in draft.lines])
        return Quote(lines, None if free is None else draft.total <= free, balance)

    async def _quoted(self, line: OrderLine, draft: OrderDraft, customer: Customer) -> QuotedLine:
        rows = [row async for row in self.prices([line.product_id])]
        terms = Terms(customer.id, customer.price_list_id, customer.prepayment)
        price = price_for(rows, line.quantity, terms, self.clock.now().date())
        stock = [row async for row in self.stock([line.product_id])]
        free = sum((row.quantity for row in stock if draft.warehouse_id in (None, row.warehouse_id)), Decimal(0))
        return QuotedLine(line.product_id, price.amount if price else None, free)

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
            raise ErpError(
                "Заказ уже отгружен, отменить его нельзя.",
                permanent=True,
                evidence=document.number,
                reason=Reason.LATE,
            )
        self.set_status(key, OrderStatus.CANCELLED)
        return _placed(self.documents[key])

    async def change_card(self, change: CardChange, *, force: bool = False) -> str:
        """See OrderSink."""
        self._answer()
        place = next((at for at, row in enumerate(self.customer_rows) if row.id == change.customer_id), None)
        if place is None:
            raise ErpError(UNKNOWN_CUSTOMER, permanent=True, evidence=change.customer_id, reason=Reason.CUSTOMER)
        self.customer_rows[place], subject = changed_card(self.customer_rows[place], change, force=force)
        return subject

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
            raise ErpError(UNKNOWN_CUSTOMER, permanent=True, evidence=draft.customer_id, reason=Reason.CUSTOMER)
        missing = {line.product_id for line in draft.lines} - {product.id for product in self.product_rows}
        if missing:
            raise ErpError(
                "В заказе есть товар, которого нет в учётной системе.",
                permanent=True,
                evidence=str(missing),
                reason=Reason.GOODS,
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


def changed_card(customer: Customer, change: CardChange, *, force: bool) -> tuple[Customer, str]:
    """The customer with the field written, and whose it is. Raises ErpError as OrderSink.change_card tells."""
    if change.field is CardField.ADDRESS:
        outlet = next((row for row in customer.outlets if row.id == change.subject_id), None)
        if outlet is None:
            raise ErpError("Такой торговой точки в учётной системе нет.", permanent=True, evidence=change.subject_id)
        _agree(outlet.address, change, force)
        outlets = tuple(replace(row, address=change.after) if row is outlet else row for row in customer.outlets)
        return replace(customer, outlets=outlets), outlet.id
    if not change.subject_id:
        added = Contact(f"bot:{change.key}", customer.id, change.after, change.phone)
        others = tuple(row for row in customer.contacts if row.id != added.id)
        return replace(customer, contacts=(*others, added)), added.id
    contact = next((row for row in customer.contacts if row.id == change.subject_id), None)
    if contact is None:
        raise ErpError("Такого человека в учётной системе нет.", permanent=True, evidence=change.subject_id)
    name = "phone" if change.field is CardField.PHONE else "name"
    _agree(getattr(contact, name), change, force)
    new = replace(contact, phone=change.after) if name == "phone" else replace(contact, name=change.after)
    contacts = tuple(new if row is contact else row for row in customer.contacts)
    return replace(customer, contacts=contacts), contact.id


def _agree(stored: str, change: CardChange, force: bool) -> None:
    if not force and stored not in (change.before, change.after):
        raise ErpConflict("В учётной системе это поле уже изменили.", stored=stored)


def open_memory(settings: ErpSettings, place: Place) -> MemoryErp:
    """An empty one; there is nothing to connect to."""
    return MemoryErp(place.clock)
