"""The shapes of the api's answers, as the contract names them.

Money and quantities are strings; `*_text` is ready Russian.
"""

from typing import Literal, NotRequired, TypedDict


class OutletView(TypedDict):
    id: str
    name: str
    address: str


class ManagerView(TypedDict):
    name: str
    phone: str


class ProductRef(TypedDict):
    sku: str
    name: str
    short_name: str
    unit: str
    price_text: str | None
    stock: Literal["in", "low", "out", "on_order"]
    stock_text: str


class LineView(ProductRef):
    quantity: str
    quantity_text: str
    step: str
    sum_text: str | None
    note: str
    previous_quantity_text: str | None
    price_was_text: str | None
    substitute: ProductRef | None
    issue: Literal["out", "short", "withdrawn", "step"] | None
    issue_text: str | None
    available: NotRequired[str | None]
    """How much of it can be had, when the issue is `short` (proposed; the button «Взять 3 шт.» needs it)."""


class OptionView(TypedDict):
    value: str
    title: str
    price_text: NotRequired[str | None]


class QuestionView(TypedDict):
    id: str
    phrase: str
    reason: Literal["ambiguous", "unknown", "quantity", "unit", "confirm", "replace_or_add"]
    operation: str
    quantity_text: str | None
    options: list[OptionView]


class BaseOrderView(TypedDict):
    number: str | None
    date_text: str


class CartView(TypedDict):
    version: int
    outlet: OutletView | None
    lines: list[LineView]
    total: str
    total_text: str
    base: BaseOrderView | None
    questions: list[QuestionView]
    questions_behind: NotRequired[int]
    """Open questions that come after these."""
    empty: bool
    delivery_text: NotRequired[str | None]
    """The day that the customer named."""


class ChangeView(TypedDict):
    op: Literal["added", "set", "increased", "decreased", "removed", "replaced", "kept", "cleared", "repeated"]
    sku: str
    name: str
    short_name: str
    before_text: str | None
    after_text: str | None
    sum_text: str | None


class NoticeView(TypedDict):
    code: str
    phrase: str
    name: str | None
    quantity_text: str | None


class AsideView(TypedDict):
    intent: str
    text: str


class ColumnView(TypedDict):
    value: str
    title: str


class ListView(TypedDict):
    attachment: str
    file: str
    sheet: str
    other_sheets: list[str]
    rows: int
    placed: int
    unclear: int
    unknown: int
    blank: int
    nameless: list[int]
    columns: list[ColumnView]


class TurnOutcome(TypedDict):
    kind: Literal["changed", "asked", "unchanged", "needs_outlet", "needs_column", "not_order"]
    changes: list[ChangeView]
    notices: list[NoticeView]
    cart: CartView
    outlets: list[OutletView]
    also: NotRequired[list[AsideView]]
    attached: NotRequired[ListView | None]
    """When a list in a file was read."""


class CustomerView(TypedDict):
    name: str


class MeView(TypedDict):
    signed_in: bool
    customer: CustomerView | None
    contact_name: str | None
    can_switch: NotRequired[bool]
    rights: list[str]
    outlets: list[OutletView]
    outlet: OutletView | None
    manager: ManagerView
    last_order: BaseOrderView | None


class CompanyView(TypedDict):
    id: str
    name: str


class SignInView(TypedDict):
    """Where a visitor stands, and which ways are left."""

    step: Literal["signed_in", "ask", "code_sent", "company"]
    me: MeView | None
    ways: list[Literal["contact", "number", "typed", "code", "login"]]
    companies: list[CompanyView]
    sent_by: list[str]
    problem: Literal["", "foreign_contact", "unknown_phone", "doubt"]
    closed: str
    left: bool
    manager: ManagerView


class ProfileView(TypedDict):
    state: Literal["done", "incomplete", "requested", "shown"]
    kind: str
    text: str
    name: str


class LinkView(TypedDict):
    url: str


class DeliveryDay(TypedDict):
    date_text: str
    window_text: str


class DeliveryView(TypedDict):
    next: DeliveryDay | None
    cutoff_text: str
    days_text: str
    minimum_text: str | None
    address: str


class OrderView(TypedDict):
    id: str
    number: str | None
    status: str
    status_text: str
    created_text: str
    date_text: str
    delivery_text: str
    total_text: str
    lines: list[LineView]
    can_cancel: bool
    address: str


class OrdersView(TypedDict):
    orders: list[OrderView]


class RefusalView(TypedDict):
    code: str
    message: str
    limit_text: NotRequired[str | None]
    debt_text: NotRequired[str | None]
    over_text: NotRequired[str | None]
    minimum_text: NotRequired[str | None]
    missing_text: NotRequired[str | None]


class Confirmation(TypedDict):
    state: Literal["sending", "refused", "changed", "erp_down", "already_sent"]
    order: OrderView | None
    cart: CartView | None
    refusal: RefusalView | None
    warnings: list[str]
    figures_at_text: str | None
    manager: ManagerView


class Cancellation(TypedDict):
    state: Literal["cancelled", "too_late", "requested", "not_found"]
    order: OrderView | None


class InvoiceView(TypedDict):
    number: str
    issued_text: str
    due_text: str
    rest_text: str
    overdue: bool


class BalanceView(TypedDict):
    debt_text: str | None
    overdue_text: str | None
    limit_text: str | None
    available_text: str | None
    invoices: list[InvoiceView]
    as_of_text: str | None
    requisites: str


class CategoryView(TypedDict):
    id: str
    name: str
    count: int


class CategoriesView(TypedDict):
    categories: list[CategoryView]


class ProductsPage(TypedDict):
    products: list[ProductRef]
    page: int
    pages: int
    total: int
    title: str


class PriceBreak(TypedDict):
    from_text: str
    price_text: str


class PricedProduct(ProductRef):
    prices: NotRequired[list[PriceBreak]]


class LookupView(TypedDict):
    products: list[PricedProduct]
    phrase: str
    figures_at_text: str


class PromoProduct(ProductRef):
    promo: str
    price_was_text: str | None


class PromotionsView(TypedDict):
    products: list[PromoProduct]


class HandoffView(TypedDict):
    manager: ManagerView
    working_hours: bool
    hours_text: str


class RatingView(TypedDict):
    state: Literal["rated", "changed", "same", "late", "commented"]
    score: int | None


class Button(TypedDict):
    """A quick reply has a payload; a link a url; a request for the person's number says `request: contact`."""

    title: str
    payload: NotRequired[str]
    url: NotRequired[str]
    request: NotRequired[str]


class Card(TypedDict):
    kind: Literal["cart", "order", "repeat", "update"]
    """`update` renews the card that is shown already; the text stands for itself."""

    title: str
    lines: list[LineView]
    total_text: str
    editable: bool
    version: int
    footer: str
