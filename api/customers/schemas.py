"""What is told about a customer's account."""

from pydantic import BaseModel


class InvoiceOut(BaseModel):
    number: str
    issued_text: str
    due_text: str
    rest_text: str
    overdue: bool


class BalanceOut(BaseModel):
    debt_text: str
    overdue_text: str | None
    limit_text: str | None
    available_text: str | None
    invoices: list[InvoiceOut]
    as_of_text: str | None
    requisites: str
