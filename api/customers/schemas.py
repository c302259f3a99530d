"""What is told about a customer's account and card."""

from typing import Literal

from pydantic import BaseModel, Field


class InvoiceOut(BaseModel):
    number: str
    issued_text: str
    due_text: str
    rest_text: str
    overdue: bool


class BalanceOut(BaseModel):
    debt_text: str | None
    """None: the accounting system does not tell debts, or did not yet."""
    overdue_text: str | None
    limit_text: str | None
    available_text: str | None
    invoices: list[InvoiceOut]
    as_of_text: str | None
    requisites: str


class ProfileBody(BaseModel):
    """`kind`: of the question that the words answer."""

    text: str = Field(max_length=4_000)
    kind: Literal["employee", "phone"] | None = None


class ProfileOut(BaseModel):
    """What became of a change of the card.

    `text`: done — the invitation to pass on, or the number's end; requested — the manager; shown — the card.
    """

    state: Literal["done", "incomplete", "requested", "shown"]
    kind: Literal["view", "dismissal", "employee", "phone", "address", "requisites", "other"]
    text: str = ""
    name: str = ""
