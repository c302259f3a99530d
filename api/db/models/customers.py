"""Companies, their outlets and people, their debts, and how they sign in."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
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


class CompanyCodeRow(Base):
    """A code that signs a visitor in as a customer; only its keyed digest is kept."""

    __tablename__ = "company_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    revoked_at: Mapped[datetime | None]


class SignInAttemptRow(Base):
    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    conversation_id: Mapped[UUID | None]
    customer_id: Mapped[str | None]
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
