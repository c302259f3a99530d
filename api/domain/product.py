"""Goods: what is sold, in which packings, for how much, and how much of it there is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Category:
    id: str
    name: str
    parent_id: str | None = None


@dataclass(frozen=True)
class Packaging:
    """A way the product is packed: «кор» of 12 base units."""

    unit: str
    factor: Decimal


@dataclass(frozen=True)
class Product:
    """A position of the price list. Quantities of it are kept in `base_unit`."""

    id: str
    sku: str
    name: str
    base_unit: str
    category_id: str | None = None
    brand: str = ""
    packagings: tuple[Packaging, ...] = ()
    step: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)
    on_order_days: int | None = None
    """Days the distributor needs to bring goods «под заказ»; None: kept in stock."""
    active: bool = True


@dataclass(frozen=True)
class PriceList:
    """A price type («вид цен»), shared by several customers."""

    id: str
    name: str


@dataclass(frozen=True)
class Price:
    """A price in roubles of one base unit.

    Exactly one of `price_list_id` (a price type) and `customer_id` (a contract price) is set, or neither:
    then it is a promotion open to everybody. `min_quantity` is in base units.
    """

    product_id: str
    amount: Decimal
    price_list_id: str | None = None
    customer_id: str | None = None
    min_quantity: Decimal = Decimal(0)
    prepayment: bool = False
    promo: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Warehouse:
    id: str
    name: str


@dataclass(frozen=True)
class Stock:
    """Free stock (on hand less reserved), in base units."""

    product_id: str
    warehouse_id: str
    quantity: Decimal
