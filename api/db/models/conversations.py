"""Conversations: what came in, what goes out, who speaks for us."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class ConversationRow(Base):
    """One person's chat in one channel. `mode`: bot, waiting (for a person), manager."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("uq_conversations_user", "channel", "channel_user", unique=True),
        Index("ix_conversations_attention", "mode", postgresql_where=text("mode <> 'bot'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    channel_user: Mapped[str]
    customer_id: Mapped[str | None]
    contact_id: Mapped[str | None]
    mode: Mapped[str] = mapped_column(server_default="bot")
    address: Mapped[str] = mapped_column(server_default="")
    """Where it was opened from; attempts to sign in are counted for it too."""
    served_customer_id: Mapped[str | None]
    """The company that signed in last, also after it signed out."""
    hidden_until: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Up to this number the messages are another company's, with its prices: the visitor is not shown them."""
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class InboxRow(Base):
    """A message as it came, stored before anything else is done with it."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_provider", "channel", "provider_id", unique=True),
        Index("ix_inbox_conversation", "conversation_id", "seq"),
        Index("ix_inbox_unhandled", "conversation_id", postgresql_where=text("handled_at IS NULL")),
        Index("ix_inbox_received", "conversation_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str]
    provider_id: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    text: Mapped[str]
    """What the customer sees as said: typed words, or the pressed button's title."""
    payload: Mapped[str] = mapped_column(server_default="")
    """The intent of a pressed button; empty for typed text."""
    raw: Mapped[dict[str, Any]]
    handled_at: Mapped[datetime | None]


class OutboxRow(Base):
    """A message to the customer. `dedupe_key` keeps a repeated job from saying it twice."""

    __tablename__ = "outbox"
    __table_args__ = (Index("uq_outbox_conversation", "conversation_id", "seq", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    sender: Mapped[str]
    """bot or manager."""
    author: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str]
    buttons: Mapped[list[Any]] = mapped_column(server_default="[]")
    card: Mapped[dict[str, Any] | None]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)


class StoredResultRow(Base):
    """The answer given to a changing request of a message, so that a repeat changes nothing."""

    __tablename__ = "stored_results"

    inbox_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    request: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]


class HandoffRow(Base):
    """A request for a person, until it is answered and handed back."""

    __tablename__ = "handoffs"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    requested_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[datetime | None]


class MisunderstoodRow(Base):
    """An utterance that the assistant did not understand, with what stood around it."""

    __tablename__ = "misunderstood"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    customer_id: Mapped[str | None]
    inbox_id: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str]
    intent: Mapped[str] = mapped_column(server_default="")
    confidence: Mapped[float | None]
    stage: Mapped[int]
    context: Mapped[list[Any]] = mapped_column(server_default="[]")


class EventRow(Base):
    """Append-only: what the figures will be counted from."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_kind", "kind", "at"),
        Index("ix_events_alias", text("(data->>'alias')"), "at", postgresql_where=text("kind = 'alias_used'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    customer_id: Mapped[str | None]
    conversation_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
