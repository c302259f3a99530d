"""Companies, their outlets and people, their debts, and how they sign in."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Identity, Index, Numeric, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class CustomerRow(Base):
    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_name", "name", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    backend: Mapped[str] = mapped_column(server_default="main")
    """The accounting system that it belongs to: its goods, its prices, its orders."""
    name: Mapped[str]
    price_list_id: Mapped[str | None]
    prepayment: Mapped[bool] = mapped_column(server_default=text("false"))
    tax_id: Mapped[str] = mapped_column(server_default="")
    credit_limit: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    payment_delay_days: Mapped[int] = mapped_column(server_default="0")
    minimum_sum: Mapped[Decimal] = mapped_column(Numeric(16, 2), server_default="0")
    manager_name: Mapped[str] = mapped_column(server_default="")
    manager_phone: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    pilot: Mapped[bool] = mapped_column(server_default=text("false"))
    """While the pilot lasts the assistant serves these only. Ours: the accounting system does not know it."""


class OutletRow(Base):
    __tablename__ = "outlets"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    warehouse_id: Mapped[str | None]
    delivery_days: Mapped[list[Any]]
    window_start: Mapped[time]
    window_end: Mapped[time]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class ContactRow(Base):
    """A person at a customer, with rights that a manager gives."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    rights: Mapped[list[Any]] = mapped_column(server_default='["order", "prices", "balance"]')
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    source: Mapped[str] = mapped_column(server_default="erp")
    """erp: comes and goes with the accounting system; own: made here."""
    preferred_channel: Mapped[str | None]
    """Where this person wants to hear of orders; None: where they wrote last."""
    barred_at: Mapped[datetime | None]
    """Dismissed by a manager here, whatever the accounting system says."""

    @hybrid_property
    def at_work(self) -> bool:
        """Neither gone in the accounting system nor dismissed here."""
        return self.active and self.barred_at is None

    @at_work.inplace.expression
    @classmethod
    def _at_work(cls) -> ColumnElement[bool]:
        return cls.active & cls.barred_at.is_(None)


class ContactPhoneRow(Base):
    """A number of a person, E.164. A revoked one stays, so that the accounting system does not bring it back."""

    __tablename__ = "contact_phones"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True, index=True)
    source: Mapped[str]
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ContactLoginRow(Base):
    """A person's login and argon2 hash; out of the customer role's reach."""

    __tablename__ = "contact_logins"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    set_at: Mapped[datetime]


class CompanyCodeRow(Base):
    """A code that signs a visitor in as a customer; only its keyed digest is kept.

    With a contact it is an invitation: whoever uses it is that person.
    """

    __tablename__ = "company_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contacts.id"))
    source: Mapped[str] = mapped_column(server_default="erp")
    """erp: comes and goes with the accounting system; own: issued here."""
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    issued_by: Mapped[str] = mapped_column(server_default="")
    expires_at: Mapped[datetime | None]
    uses_left: Mapped[int | None]
    """None: as often as one likes."""
    hint: Mapped[str] = mapped_column(server_default="")
    """The first characters, to tell codes apart; not enough to guess the rest."""
    revoked_at: Mapped[datetime | None]


class OneTimeCodeRow(Base):
    """A code sent to a person to prove that it is them; only its digest is kept."""

    __tablename__ = "one_time_codes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    digest: Mapped[str]
    way: Mapped[str]
    """sms or email."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries_left: Mapped[int]
    used_at: Mapped[datetime | None]


class SignInStepRow(Base):
    """How far a visitor has come with signing in, and what was learnt on the way."""

    __tablename__ = "sign_in_steps"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    step: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    at: Mapped[datetime]


class ProfileRequestRow(Base):
    """A change of the customer's card asked for in the chat, which a manager decides."""

    __tablename__ = "profile_requests"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    contact_id: Mapped[str | None]
    conversation_id: Mapped[UUID]
    kind: Mapped[str]
    """phone, employee, address, …: a word of api/customers."""
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[str] = mapped_column(server_default="open")
    """open, done or refused."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")


class CardChangeRow(Base):
    """A change of the card on its way into the accounting system."""

    __tablename__ = "card_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("profile_requests.id"))
    field: Mapped[str]
    """A word of api/domain/customer.py: CardField."""
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contacts.id"))
    """Our contact, whom the accounting system may know by another id: `subject_id` once it is written."""
    subject_id: Mapped[str] = mapped_column(server_default="")
    before: Mapped[str] = mapped_column(server_default="")
    after: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    """waiting, written, conflict (a person decides), kept (theirs stays), refused."""
    stored: Mapped[str] = mapped_column(server_default="")
    """What the accounting system held when there was a conflict."""
    evidence: Mapped[str] = mapped_column(server_default="")
    by: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]


class SignInAttemptRow(Base):
    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    conversation_id: Mapped[UUID | None]
    customer_id: Mapped[str | None]
    contact_id: Mapped[str | None]
    way: Mapped[str] = mapped_column(server_default="code")
    succeeded: Mapped[bool]


class BalanceRow(Base):
    __tablename__ = "balances"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    debt: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    overdue: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    as_of: Mapped[datetime]


class InvoiceRow(Base):
    __tablename__ = "invoices"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    issued: Mapped[date]
    due: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    rest: Mapped[Decimal] = mapped_column(Numeric(16, 2))
