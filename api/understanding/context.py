"""One customer's view: the catalogue, past orders, the cart as it stands, personal words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from api.understanding.catalog import CatalogIndex
from api.understanding.thresholds import PRESENT, Thresholds


@dataclass(frozen=True)
class PastOrder:
    """An earlier order; quantities in base units."""

    number: str
    date: date
    lines: Mapping[str, Decimal]


@dataclass(frozen=True)
class OutletName:
    """A delivery point as the customer may call it."""

    id: str
    name: str
    address: str


@dataclass(frozen=True)
class Context:
    """Everything a message of one customer is read against. `history` is oldest first.

    `aliases`: what the customer's own words mean, SKU by `aliases.key`.
    """

    index: CatalogIndex
    history: tuple[PastOrder, ...]
    cart: Mapping[str, Decimal]
    now: datetime
    aliases: Mapping[str, str] = field(default_factory=dict)
    outlets: tuple[OutletName, ...] = ()
    base_order: PastOrder | None = None
    thresholds: Thresholds = PRESENT

    @property
    def last_sku(self) -> str | None:
        """The last line of the cart; None where it is empty."""
        return next(reversed([*self.cart]), None)
