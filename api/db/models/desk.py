"""What the distributor's people keep in the console beside customers, orders and conversations."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class OptionRow(Base):
    """A setting that an admin changes in the console; api/deps/options.py names them and their defaults."""

    __tablename__ = "options"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class QuickAnswerRow(Base):
    """A ready answer that a manager puts into the reply with one press."""

    __tablename__ = "quick_answers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")


class PresenceRow(Base):
    """Who has a conversation open just now, so that two do not answer at once."""

    __tablename__ = "presence"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    login: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    seen_at: Mapped[datetime]
    typed_at: Mapped[datetime | None]


class CreditBlockRow(Base):
    """An order that the limit or an overdue debt did not let through."""

    __tablename__ = "credit_blocks"
    __table_args__ = (
        Index(
            "uq_credit_blocks_open", "customer_id", "outlet_id", unique=True, postgresql_where=text("state = 'open'")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    outlet_id: Mapped[str]
    conversation_id: Mapped[UUID]
    contact_id: Mapped[str | None]
    rule: Mapped[str]
    """credit_limit or overdue."""
    total: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    """Of the cart when it was refused last, in roubles."""
    over: Mapped[Decimal] = mapped_column(Numeric(16, 2), server_default="0")
    """By how much it exceeds the limit."""
    state: Mapped[str] = mapped_column(server_default="open")
    """open, released, declined, or gone: ordered otherwise, or emptied."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it was decided so, in the manager's words: for staff only."""
    release_id: Mapped[int | None] = mapped_column(ForeignKey("credit_releases.id"))
    """What it was released by."""


class CreditReleaseRow(Base):
    """A named manager's word that this customer may order in spite of the rule, until a moment.

    An order that needed it remembers it (`orders.release_id`); api/orders/credit.py has the laws.
    """

    __tablename__ = "credit_releases"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    by: Mapped[str]
    until: Mapped[datetime]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    """What the orders that it lets through may come to together, in roubles; None: any sum."""
    reason: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(server_default="")


class RatingRow(Base):
    """The customer's own word on an order: asked after every so many of them, answered with one tap."""

    __tablename__ = "ratings"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    customer_id: Mapped[str]
    conversation_id: Mapped[UUID]
    score: Mapped[int | None]
    """1–5; None: not answered."""
    comment: Mapped[str] = mapped_column(server_default="")
    rated_at: Mapped[datetime | None]
