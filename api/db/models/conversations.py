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
        Index("ix_conversations_customer", "customer_id"),
        Index(
            "ix_conversations_newest",
            text("last_at DESC"),
            text("id DESC"),
            postgresql_where=text("last_at IS NOT NULL"),
        ),
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
    name: Mapped[str] = mapped_column(server_default="")
    """What the person is called in the messenger; for managers only, it proves nothing."""
    phone: Mapped[str] = mapped_column(server_default="")
    """E.164; only a number that the channel itself vouches for."""
    phone_vouched_at: Mapped[datetime | None]
    """When it did so last: numbers change hands, so an old word for one proves nothing."""
    number_doubted_at: Mapped[datetime | None]
    """The chat was cut off then: a number alone does not open it again, whatever else signs in here meanwhile. A
    one-time code or a manager ends the doubt."""
    signed_in_by: Mapped[str] = mapped_column(server_default="")
    """The way and what was used: `code:<id>`, `phone:<number>`, `otp:<number>`, `login`; whoever revokes it ends the
    sign-in. Then `closed:<why>`."""
    signed_out_at: Mapped[datetime | None]
    """The person left by themselves: a known phone alone does not sign them in again."""
    last_inbound_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    """The person stopped the bot: nothing can be sent until they write again."""
    living_seq: Mapped[int | None] = mapped_column(BigInteger)
    """Our message that shows the cart as it is now, where the channel can change a message."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime | None]
    """Of the newest message in either direction; with `last_text` and `last_sender` kept here, because a list of a
    hundred thousand conversations cannot look for them in a million messages."""
    last_text: Mapped[str] = mapped_column(server_default="")
    """Its first two hundred characters."""
    last_sender: Mapped[str] = mapped_column(server_default="")
    """customer, bot or manager."""
    unanswered_since: Mapped[datetime | None]
    """The first words of the customer that no person has answered yet, while a person is wanted or has the chat."""
    staff_seen_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Up to this number a manager has seen the messages."""


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
    sent_at: Mapped[datetime | None]
    """When the person sent it, by the provider's clock: a late delivery is asked about, not done."""
    pressed_seq: Mapped[int | None] = mapped_column(BigInteger)
    """The number of our message whose button this is."""
    extra: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """`group`: not a private chat; `edited`, `deleted`: an earlier message was; `person`: who wrote."""
    handled_at: Mapped[datetime | None]
    intent: Mapped[str] = mapped_column(server_default="")
    """What the assistant took it for, with its confidence 0–1, once it is handled."""
    confidence: Mapped[float | None]
    model: Mapped[str] = mapped_column(server_default="")
    """The version of the model that took it so."""


class OutboxRow(Base):
    """A message to the customer. `dedupe_key` keeps a repeated job from saying it twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_conversation", "conversation_id", "seq", unique=True),
        Index("ix_outbox_provider_ids", "provider_ids", postgresql_using="gin"),
        Index("ix_outbox_undelivered", "at", postgresql_where=text("state IN ('queued', 'failed')")),
    )

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
    customer_id: Mapped[str | None]
    """Whose conversation it was then: buttons of another company's time are dead."""
    state: Mapped[str | None]
    """queued, sent, delivered, read or failed; None where the channel fetches its messages itself."""
    provider_ids: Mapped[list[Any]] = mapped_column(server_default="[]")
    """The provider's ids of the parts that are sent."""
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    tries: Mapped[int] = mapped_column(server_default="0")
    pressed_seq: Mapped[int | None] = mapped_column(BigInteger)
    """It answers a press on this message of ours, and may take its place."""
    numbered: Mapped[bool] = mapped_column(server_default=text("false"))
    """Its buttons went out as a numbered list: «2» presses the second."""
    fall_back: Mapped[bool] = mapped_column(server_default=text("false"))
    """When it cannot be delivered here, another channel of the customer is tried."""


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
    __table_args__ = (
        Index("ix_handoffs_requested", "requested_at"),
        Index("ix_handoffs_open", "id", postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    customer_id: Mapped[str | None]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    requested_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    """When the managers were told of it where they are; then when once more because nobody answered, and when the
    admins were: the last two for the customer's words that wait now, so that later words begin anew."""
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]


class MisunderstoodRow(Base):
    """An utterance that the assistant did not understand, with what stood around it."""

    __tablename__ = "misunderstood"
    __table_args__ = (Index("ix_misunderstood_at", "at"),)

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
        Index("ix_events_order", text("(data->>'order_id')"), postgresql_where=text("data->>'order_id' IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    customer_id: Mapped[str | None]
    conversation_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]


class AttachmentRow(Base):
    """A file or another thing beside the words of a message. `content` is fetched by a job."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    customer_id: Mapped[str | None]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    mime: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    file_ref: Mapped[str] = mapped_column(server_default="")
    """The provider's name of the file, good for fetching it."""
    content: Mapped[bytes | None]
    error: Mapped[str] = mapped_column(server_default="")


class ChannelPaceRow(Base):
    """The next free moment of a limit, shared by all workers: of a whole channel, or of one chat in it."""

    __tablename__ = "channel_pace"

    key: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
