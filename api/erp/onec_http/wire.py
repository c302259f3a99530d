"""What 1C answers, as docs/onec-http-service/openapi.yaml says. Unknown fields are passed over: they may be newer."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

T = TypeVar("T", bound=BaseModel)

Code = Literal[
    "other", "credit", "stock", "goods", "price", "customer", "period", "late", "rights",
    "invalid", "missing", "conflict", "busy",
]  # fmt: skip
Status = Literal["accepted", "picking", "shipped", "delivered", "cancelled", "failed"]


def _decimal(value: object) -> object:
    """Only strings: a JSON number has lost its kopecks on the way."""
    if not isinstance(value, str):
        # Pydantic takes ValueError only.
        raise ValueError("a decimal string is expected")  # noqa: TRY004
    return value


Number = Annotated[Decimal, BeforeValidator(_decimal)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class Page(Wire, Generic[T]):
    items: list[T]
    next: str | None


class Ping(Wire):
    contract: str
    extension: str
    configuration: str
    now: AwareDatetime
    can: list[str]
    missing: list[str] = []


class Category(Wire):
    id: str
    name: str
    parent_id: str | None


class Named(Wire):
    id: str
    name: str


class Packaging(Wire):
    unit: str
    factor: Number


class Product(Wire):
    id: str
    sku: str
    name: str
    base_unit: str
    category_id: str | None = None
    brand: str = ""
    packagings: list[Packaging] = []
    step: Number = Decimal(1)
    minimum: Number = Decimal(0)
    on_order_days: int | None = None
    active: bool


class Price(Wire):
    amount: Number
    price_list_id: str | None = None
    customer_id: str | None = None
    min_quantity: Number = Decimal(0)
    prepayment: bool = False
    promo: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class ProductPrices(Wire):
    product_id: str
    prices: list[Price]


class Rest(Wire):
    warehouse_id: str
    quantity: Number


class ProductStock(Wire):
    product_id: str
    warehouses: list[Rest]


class Outlet(Wire):
    id: str
    name: str
    address: str
    warehouse_id: str | None = None
    delivery_days: list[int] = [1, 2, 3, 4, 5, 6]
    window_start: time = time(9)
    window_end: time = time(12)


class Contact(Wire):
    id: str
    name: str
    phone: str = ""
    email: str = ""


class Customer(Wire):
    id: str
    name: str
    active: bool
    price_list_id: str | None = None
    prepayment: bool = False
    tax_id: str = ""
    credit_limit: Number | None = None
    payment_delay_days: int = 0
    minimum_sum: Number = Decimal(0)
    manager_name: str = ""
    manager_phone: str = ""
    code: str = ""
    outlets: list[Outlet]
    contacts: list[Contact]


class Invoice(Wire):
    number: str
    issued: date
    due: date
    amount: Number
    rest: Number


class Balance(Wire):
    customer_id: str
    debt: Number
    invoices: list[Invoice]


class Line(Wire):
    product_id: str
    quantity: Number
    price: Number


class Order(Wire):
    id: str
    key: str
    number: str
    created: AwareDatetime
    status: Status
    customer_id: str
    outlet_id: str | None
    warehouse_id: str | None = None
    delivery_date: date | None
    address: str
    comment: str
    lines: list[Line]


class QuotedLine(Wire):
    product_id: str
    price: Number | None
    available: Number | None = None


class Quote(Wire):
    lines: list[QuotedLine]
    credit: bool | None = None
    balance: Balance | None = None


class CardChanged(Wire):
    subject_id: str


class Change(Wire):
    kind: str
    id: str
    at: datetime


class Changes(Wire):
    items: list[Change]
    next: str
    more: bool


class Problem(Wire):
    code: Code
    message: str
    permanent: bool
    order: Order | None = None
    stored: str = ""


class Told(Wire):
    """One kind of a webhook's body. The ids are not looked at: the kind is read again since its last time."""

    kind: str
    ids: list[str] = []


class Changed(Wire):
    """A webhook's body."""

    changes: list[Told]


def first_error(errors: list[Any]) -> str:
    """Where the answer leaves the contract, without its values."""
    return f"{'.'.join(map(str, errors[0]['loc']))}: {errors[0]['msg']}"
