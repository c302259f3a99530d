"""Shapes of carts and orders over HTTP. Money and quantities are strings; `*_text` is ready Russian."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.catalog.schemas import ProductRef

Issue = Literal["out", "short", "withdrawn", "step"]
TurnKind = Literal["changed", "asked", "unchanged", "needs_outlet", "needs_column", "not_order"]
NoticeCode = Literal[
    "not_in_cart",
    "same_twice",
    "stale_base",
    "nothing_to_repeat",
    "cart_empty",
    "note_kept",
    "delivery_day",
    "delivery_refused",
    "outlet_changed",
    "cart_kept",
    "several_outlets",
    "outlet_next",
    "send_apart",
    "questions_dropped",
    "same_more",
    "changed_more",
]
RefusalCode = Literal[
    "empty",
    "questions",
    "minimum_sum",
    "credit_limit",
    "overdue",
    "no_right",
    "version",
    "no_outlet",
    "stock",
    "delivery_day",
]

MILK: dict[str, Any] = {
    "sku": "20013", "name": "Молоко 3,2% 10 л", "short_name": "Молоко", "unit": "шт", "price_text": "500 ₽",
    "stock": "in", "stock_text": "в наличии", "quantity": "8", "quantity_text": "8 шт.", "step": "1",
    "sum_text": "4 000 ₽", "note": "", "previous_quantity_text": "5 шт.", "price_was_text": None, "substitute": None,
    "issue": None, "issue_text": None, "available": None,
}  # fmt: skip
CART: dict[str, Any] = {
    "version": 3, "outlet": {"id": "o-1", "name": "Кофейня у Петра", "address": "ул. Мира, 1"}, "lines": [MILK],
    "total": "4000.00", "total_text": "4 000 ₽", "base": {"number": "12801", "date_text": "15 декабря"},
    "questions": [], "empty": False,
}  # fmt: skip
ORDER: dict[str, Any] = {
    "id": "71", "number": "12847", "status": "picking", "status_text": "собирается", "created_text": "15 декабря",
    "date_text": "15 декабря", "delivery_text": "завтра, 16 декабря, с 9:00 до 12:00", "total_text": "4 000 ₽",
    "lines": [MILK], "can_cancel": True, "address": "ул. Мира, 1",
}  # fmt: skip


class OutletView(BaseModel):
    id: str
    name: str
    address: str


class LineView(ProductRef):
    """A position of a cart or an order."""

    quantity: str
    quantity_text: str
    step: str
    sum_text: str | None
    note: str = ""
    previous_quantity_text: str | None = Field(default=None, description="In the base order, when it differs")
    price_was_text: str | None = Field(default=None, description="In the base order, when it differs")
    substitute: ProductRef | None = None
    issue: Issue | None = None
    issue_text: str | None = None
    available: str | None = Field(default=None, description="How much can be had when the issue is `short`")


class BaseOrderView(BaseModel):
    number: str
    date_text: str


class OptionView(BaseModel):
    value: str
    title: str
    price_text: str | None = None


class QuestionView(BaseModel):
    id: str
    phrase: str
    reason: str
    operation: str
    quantity_text: str | None
    options: list[OptionView]


class CartView(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": CART})

    version: int
    outlet: OutletView | None
    lines: list[LineView]
    total: str
    total_text: str
    base: BaseOrderView | None
    questions: list[QuestionView]
    questions_behind: int = Field(default=0, description="Open questions that are not shown yet")
    empty: bool
    delivery_text: str | None = Field(default=None, description="The day that was named, «пятница, 19 декабря»")


class ChangeView(BaseModel):
    op: str
    sku: str
    name: str
    short_name: str
    before_text: str | None
    after_text: str | None
    sum_text: str | None


class NoticeView(BaseModel):
    code: NoticeCode | str
    phrase: str
    name: str | None
    quantity_text: str | None


class AsideView(BaseModel):
    """A question that a message holds beside the order."""

    intent: str
    text: str = Field(description="The words of this question only")


class ColumnView(BaseModel):
    """A column of a list that may hold the quantities."""

    value: str
    title: str


class ListView(BaseModel):
    """What came of a list in a file."""

    attachment: str
    file: str
    sheet: str = Field(default="", description="The sheet that was read, where there are several")
    other_sheets: list[str] = Field(default=[], description="Sheets with goods that were not read")
    rows: int = Field(default=0, description="Rows read as goods")
    placed: int = Field(default=0, description="Rows that are in the cart now")
    unclear: int = Field(default=0, description="Rows to be cleared up: which product, how much")
    unknown: int = Field(default=0, description="Rows whose goods were not found")
    blank: int = Field(default=0, description="Rows of goods without a quantity, which are not ordered")
    nameless: list[int] = Field(default=[], description="Places of the first rows with a quantity and no name")
    columns: list[ColumnView] = Field(default=[], description="To choose the quantities from, when needs_column")


class TurnOutcome(BaseModel):
    """What a message or a button did to the cart, and the cart after it."""

    kind: TurnKind
    changes: list[ChangeView]
    notices: list[NoticeView]
    cart: CartView
    outlets: list[OutletView] = Field(description="To choose from, when the kind is needs_outlet")
    also: list[AsideView] = Field(default=[], description="What the message asks beside the order")
    attached: ListView | None = Field(default=None, description="When a list in a file was read")


class ManagerView(BaseModel):
    name: str
    phone: str


class OrderView(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": ORDER})

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


class OrderList(BaseModel):
    orders: list[OrderView]


class Refusal(BaseModel):
    code: RefusalCode
    message: str
    limit_text: str | None = None
    debt_text: str | None = None
    over_text: str | None = None
    minimum_text: str | None = None
    missing_text: str | None = None


class Confirmation(BaseModel):
    """What came of the confirm button. The outcome of the sending arrives later in the chat."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "state": "sending",
                "order": ORDER | {"number": None, "status": "sending"},
                "cart": None,
                "refusal": None,
                "warnings": [],
                "figures_at_text": None,
                "manager": {"name": "Алексей", "phone": "+7 900 000-00-01"},
            }
        }
    )

    state: Literal["sending", "refused", "changed", "erp_down", "already_sent"]
    order: OrderView | None = None
    cart: CartView | None = None
    refusal: Refusal | None = None
    warnings: list[str] = []
    figures_at_text: str | None = None
    manager: ManagerView


class Cancellation(BaseModel):
    state: Literal["cancelled", "too_late", "requested", "not_found"]
    order: OrderView | None


class Rating(BaseModel):
    """What became of the customer's tap, or of the words after it."""

    state: Literal["rated", "changed", "same", "late", "commented"]
    score: int | None


class DeliveryDay(BaseModel):
    date_text: str
    window_text: str


class DeliveryView(BaseModel):
    next: DeliveryDay | None
    cutoff_text: str
    days_text: str
    minimum_text: str | None
    address: str


class MessageBody(BaseModel):
    text: str = Field(max_length=4000, examples=["как обычно, только молока 8"])
    focus_sku: str | None = Field(default=None, description="The product whose quantity was just asked for")
    intent: str | None = Field(default=None, description="What the classifier made of the whole message")
    confidence: float = Field(default=0, ge=0, le=1, description="How sure it is of the intent")


class RepeatBody(BaseModel):
    order: str | None = None
    mode: Literal["replace", "add"] | None = None


class QuantityBody(BaseModel):
    quantity: str | None = Field(description="In base units; null or 0 removes the line", examples=["8"])


class ReplaceBody(BaseModel):
    sku: str
    by_sku: str


class AnswerBody(BaseModel):
    value: str | None = Field(description="An option's value; null drops the question")


class ListBody(BaseModel):
    column: int | None = Field(default=None, ge=-1, description="The column of quantities, from 0; -1: there is none")


class OutletBody(BaseModel):
    outlet_id: str


class ScoreBody(BaseModel):
    score: int = Field(ge=1, le=5)


class CommentBody(BaseModel):
    text: str = Field(min_length=1, max_length=4000)


class ConfirmBody(BaseModel):
    version: int | None = Field(default=None, description="Of the cart that was shown")
    leave: bool = Field(default=False, description="Leave the order although the accounting system is down")
