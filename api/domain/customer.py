"""Who orders: companies, their outlets and people, and what they owe."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True)
class Outlet:
    """A place of delivery («торговая точка»)."""

    id: str
    customer_id: str
    name: str
    address: str
    warehouse_id: str | None = None
    delivery_days: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    """ISO weekdays, Monday is 1."""
    window_start: time = time(9)
    window_end: time = time(12)


@dataclass(frozen=True)
class Contact:
    id: str
    customer_id: str
    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Customer:
    """A company that buys («контрагент»), with its terms of trade."""

    id: str
    name: str
    price_list_id: str | None = None
    prepayment: bool = False
    tax_id: str = ""
    credit_limit: Decimal | None = None
    """Roubles; None: no limit is kept."""
    payment_delay_days: int = 0
    minimum_sum: Decimal = Decimal(0)
    manager_name: str = ""
    manager_phone: str = ""
    outlets: tuple[Outlet, ...] = ()
    contacts: tuple[Contact, ...] = ()
    code: str = ""
    """The company code a customer may sign in with, where the backend keeps one."""


@dataclass(frozen=True)
class Invoice:
    """A shipped document that is not wholly paid."""

    number: str
    issued: date
    due: date
    amount: Decimal
    rest: Decimal


@dataclass(frozen=True)
class Balance:
    """What a customer owes. `debt` and `overdue` in roubles; a negative debt is an advance."""

    customer_id: str
    debt: Decimal
    overdue: Decimal
    invoices: tuple[Invoice, ...] = ()


class CardField(StrEnum):
    """What of a customer's card goes both ways."""

    ADDRESS = "address"
    """Of an outlet."""
    PHONE = "phone"
    """Of a contact, E.164."""
    CONTACT = "contact"
    """A person: the name, with a phone for a new one."""


@dataclass(frozen=True)
class CardChange:
    """One field as it was and as it shall be. `key` is the same when the change is sent again."""

    key: str
    customer_id: str
    field: CardField
    subject_id: str
    """The outlet or the contact; empty for a new contact."""
    before: str
    after: str
    phone: str = ""
    """Of a new contact."""
