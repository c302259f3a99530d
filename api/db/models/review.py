"""What was understood of each message, what looks misunderstood, and what people decided about it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class ReadingRow(Base):
    """How a message was read as an order: kept beside it, because the catalogue and the words change later."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_inbox", "inbox_id"), Index("ix_readings_at", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    inbox_id: Mapped[int] = mapped_column(BigInteger)
    conversation_id: Mapped[UUID]
    customer_id: Mapped[str]
    text: Mapped[str]
    """What was read: the message, or the part of it that was meant for this outlet."""
    operation: Mapped[str]
    """As the orders' service calls it: message, repeat, answer, list…"""
    spans: Mapped[list[Any]] = mapped_column(server_default="[]")
    """`{start, end, kind}` in characters of `text`; kind: product, quantity, unit, operation, other."""
    lines: Mapped[list[Any]] = mapped_column(server_default="[]")
    """`{phrase, op, sku, name, quantity, unit, score}`; quantity in base units, as a string; score 0–1 or null."""
    questions: Mapped[list[Any]] = mapped_column(server_default="[]")
    """`{id, phrase, reason, candidates: [{sku, name, score}]}`"""


class ReviewItemRow(Base):
    """An utterance, or a phrase of one, that a person should look at."""

    __tablename__ = "review_items"
    __table_args__ = (
        Index("ix_review_items_open", "key", "at", postgresql_where=text("decision_id IS NULL")),
        Index("ix_review_items_decided", "key", postgresql_where=text("decision_id IS NOT NULL")),
        Index("ix_review_items_decision", "decision_id"),
        Index("ix_review_items_inbox", "inbox_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(unique=True)
    """What it was made of («event:17», «misunderstood:3»): collected twice, it is one item."""
    kind: Mapped[str]
    """fallback, low_confidence, unknown_product, answered_otherwise, corrected or handed_off; made as a trainer
    labels them chosen (worth labelling) and differs (a candidate in the shadow reads it otherwise)."""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    customer_id: Mapped[str | None]
    inbox_id: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str]
    """The whole utterance."""
    phrase: Mapped[str] = mapped_column(server_default="")
    """The part that is in doubt; empty: the whole."""
    key: Mapped[str]
    """Items of one key are decided at once."""
    guess: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What we thought: `{intent, confidence}`, with `ranking` of the other intents where they are known; for a phrase
    `{sku, name, score}` where there was one."""
    meant: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What the customer then did: `{sku, name}` chosen instead, `{reason}` of the hand-off."""
    cost: Mapped[Decimal] = mapped_column(server_default="1")
    """How dear such a miss is: a person's time is dearer than a question."""
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("review_decisions.id"))


class ReviewDecisionRow(Base):
    """What a person said that some items mean. Undone, never deleted."""

    __tablename__ = "review_decisions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    """The login."""
    kind: Mapped[str]
    """alias, example, not_order, not_carried or skipped."""
    text: Mapped[str]
    """The utterance or phrase that stood for the group."""
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """By kind: `{alias_ids, sku, customer_id}`; an example for training `{intent, entities}`; `{note}`."""
    items: Mapped[int] = mapped_column(server_default="0")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="")
    written_at: Mapped[datetime | None]
    """What it teaches went into data/nlu/reviewed then, once: who takes it out of the files by git wants it out."""
