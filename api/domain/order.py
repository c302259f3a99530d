"""An order: what was confirmed, how it goes to the accounting system, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

OUR_KEYS = "AI-"
"""How the keys of our orders begin; a field for them may hold other people's numbers, too."""


class OrderStatus(StrEnum):
    """The life of an order. The first three are ours; the rest are told by the accounting system."""

    SENDING = "sending"
    """Confirmed by the customer, on its way to the accounting system, however long that takes."""
    REVIEW = "review"
    """Written, but not as it was sent: a manager compares."""
    FAILED = "failed"
    """Refused for good by the accounting system: a manager mends it."""
    ACCEPTED = "accepted"
    PICKING = "picking"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class OrderLine:
    """One position: `quantity` in base units, `price` in roubles of a base unit."""

    product_id: str
    quantity: Decimal
    price: Decimal
    unit: str = ""
    """How the customer named it («кор»); empty: the base unit."""

    @property
    def sum(self) -> Decimal:
        return (self.quantity * self.price).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class OrderDraft:
    """What is sent to the accounting system. `key` is the same from the confirm button to the document."""

    key: str
    customer_id: str
    outlet_id: str | None
    warehouse_id: str | None
    delivery_date: date
    window_start: time
    window_end: time
    lines: tuple[OrderLine, ...]
    address: str = ""
    comment: str = ""

    @property
    def total(self) -> Decimal:
        return sum((line.sum for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Difference:
    """One thing the accounting system stored otherwise than it was sent."""

    field: str
    sent: str
    stored: str


@dataclass(frozen=True)
class PlacedOrder:
    """An order as the accounting system has it. `key` is ours, or empty for an order made elsewhere."""

    erp_id: str
    number: str
    key: str
    customer_id: str
    created: datetime
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    outlet_id: str | None = None
    delivery_date: date | None = None
    differences: tuple[Difference, ...] = ()
