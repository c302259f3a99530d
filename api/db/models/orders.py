"""Carts and orders."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class CartRow(Base):
    """The open cart of an outlet, shared by all who order for it. `version` grows with every change."""

    __tablename__ = "carts"
    __table_args__ = (Index("uq_carts_outlet", "customer_id", "outlet_id", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    outlet_id: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="0")
    lines: Mapped[list[Any]] = mapped_column(server_default="[]")
    questions: Mapped[list[Any]] = mapped_column(server_default="[]")
    base_order_id: Mapped[int | None] = mapped_column(BigInteger)
    named: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What the lines that the last change put were called: the key of the phrase by SKU."""
    delivery_date: Mapped[date | None]
    """The day that the customer named; None: the next delivery."""
    journey: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """How the order in the making came about, for the figures: api/orders/progress.py."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CartSessionRow(Base):
    """Which outlet a conversation orders for, and the words that wait for that choice."""

    __tablename__ = "cart_sessions"

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    outlet_id: Mapped[str | None]
    pending: Mapped[dict[str, Any] | None]


class OrderRow(Base):
    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer", "customer_id", "created_at"),
        Index("ix_orders_open", "status", postgresql_where=text("status NOT IN ('delivered', 'cancelled')")),
        Index("uq_orders_erp_id", "erp_id", unique=True),
        Index("ix_orders_newest", "created_at", "id"),
        Index("ix_orders_state", "status", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    outlet_id: Mapped[str | None]
    conversation_id: Mapped[UUID | None]
    contact_id: Mapped[str | None]
    status: Mapped[str]
    number: Mapped[str | None]
    erp_id: Mapped[str | None]
    created_at: Mapped[datetime]
    delivery_date: Mapped[date | None]
    window_start: Mapped[time | None]
    window_end: Mapped[time | None]
    warehouse_id: Mapped[str | None]
    address: Mapped[str] = mapped_column(server_default="")
    comment: Mapped[str] = mapped_column(server_default="")
    total: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    cart_version: Mapped[int | None]
    told_waiting: Mapped[bool] = mapped_column(server_default=text("false"))
    """The customer was told that the accounting system is down and the order waits."""
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    handed_over_at: Mapped[datetime | None]
    """Kept for an accounting system that fetches its orders itself; SENDING until it did."""
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it was refused: a word of api/erp/errors.py."""
    evidence: Mapped[str] = mapped_column(server_default="")
    differences: Mapped[list[Any]] = mapped_column(server_default="[]")
    release_id: Mapped[int | None] = mapped_column(ForeignKey("credit_releases.id"))
    """The manager's word that let it through in spite of a credit rule; api/orders/credit.py."""


class OrderLineRow(Base):
    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(server_default="")
    price: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    path: Mapped[list[Any]] = mapped_column(server_default="[]")
    """How it came into the order, step by step: `{at, how, words, inbox, score, quantity}`; api/orders/paths.py."""
