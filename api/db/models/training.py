"""The training loop: runs, which model serves where, what a candidate would have said, changes of the frozen set."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class TrainingRunRow(Base):
    """One training, from the wish to the verdict of the gate. At most one is under way."""

    __tablename__ = "training_runs"
    __table_args__ = (
        Index("uq_training_runs_open", text("(true)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    """The login."""
    note: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="queued")
    """queued, running; passed or refused by the gate; failed, stopped."""
    step: Mapped[str] = mapped_column(server_default="")
    """The step that is under way or was the last: a name of api/training/course.py."""
    line: Mapped[str] = mapped_column(server_default="")
    """The newest line of progress, in Russian."""
    log: Mapped[str] = mapped_column(server_default="")
    """The newest lines, at most 20,000 characters."""
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """The trainer's last sign of life."""
    ended_at: Mapped[datetime | None]
    stop_wanted: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[str] = mapped_column(server_default="")
    """The model that came of it: the fingerprint in the archive's name."""
    compared_with: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """The gate's: `{passed, reasons: [words]}`."""


class ModelSlotRow(Base):
    """A Rasa process and the model it is to run. `name`: a name of api/training/slots.py."""

    __tablename__ = "model_slots"
    __table_args__ = (
        Index("uq_model_slots_live", text("(true)"), unique=True, postgresql_where=text("role = 'live'")),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(server_default="")
    """Empty: none, the process rests."""
    role: Mapped[str] = mapped_column(server_default="idle")
    """live: turns go to it; starting: it is to be; draining: ends its turns; ready: was live until a few minutes ago
    and stays loaded, so that going back is done at once; shadow: reads beside; idle."""
    since: Mapped[datetime]


class DeploymentRow(Base):
    """A change of the model that serves, in steps, each of which can be taken up again after a crash."""

    __tablename__ = "deployments"
    __table_args__ = (
        Index("uq_deployments_open", text("(true)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    kind: Mapped[str]
    """publish, roll_back, or start: what the product found at its start."""
    version: Mapped[str]
    previous: Mapped[str] = mapped_column(server_default="")
    slot: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="starting")
    """starting, switched, drained; failed."""
    reason: Mapped[str] = mapped_column(server_default="")
    """Why an admin published over the gate's refusal; empty where the gate let it pass."""
    switched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")


class ShadowRunRow(Base):
    """A candidate that reads the live traffic beside the live model and answers nothing."""

    __tablename__ = "shadow_runs"
    __table_args__ = (
        Index("uq_shadow_runs_open", text("(true)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    version: Mapped[str]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(server_default="")
    """stopped, until, published or taken (its seat was)."""
    after_inbox: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Messages up to this number are read, or came before it began."""
    error: Mapped[str] = mapped_column(server_default="")


class ShadowReadingRow(Base):
    """What both models made of one message. Goes with its run; kept as long as readings are."""

    __tablename__ = "shadow_readings"
    __table_args__ = (Index("ix_shadow_readings_different", "run_id", postgresql_where=text("intent <> live_intent")),)

    run_id: Mapped[int] = mapped_column(ForeignKey("shadow_runs.id", ondelete="CASCADE"), primary_key=True)
    inbox_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    text: Mapped[str]
    """Masked as in the review queue."""
    live_version: Mapped[str]
    live_intent: Mapped[str]
    live_confidence: Mapped[float]
    intent: Mapped[str]
    confidence: Mapped[float]
    key: Mapped[str] = mapped_column(server_default="")
    """Where they differ, the likeness of api/review/likeness.py: one difference is labelled once."""


class LabelChoiceRow(Base):
    """Utterances that are worth labelling next, in order (api/training/choosing.py); chosen anew all the time."""

    __tablename__ = "label_choices"

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1: the first teaches the most."""
    key: Mapped[str] = mapped_column(unique=True)
    """The likeness of api/review/likeness.py."""
    text: Mapped[str]
    """Masked as in the review queue."""
    inbox_ids: Mapped[list[Any]]
    """The newest message of each wording, a few."""
    times: Mapped[int]
    people: Mapped[int]
    """Customers, and chats where nobody signed in."""
    last_at: Mapped[datetime]
    ranking: Mapped[list[Any]]
    """`[intent, confidence]`, the likeliest first."""
    differs: Mapped[str]
    """What a candidate in the shadow made of it, where that was another intent."""
    doubt: Mapped[float]
    alike: Mapped[int]
    """So many more utterances it stands for, which were said `alike_times` times."""
    alike_times: Mapped[int]


class FrozenChangeRow(Base):
    """A change of the frozen set that one person proposes and another decides."""

    __tablename__ = "frozen_changes"
    __table_args__ = (Index("ix_frozen_changes_open", "id", postgresql_where=text("state = 'proposed'")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    """add, remove or move (to another intent)."""
    part: Mapped[str]
    """A file of data/frozen: must, or a skill."""
    text: Mapped[str]
    intent: Mapped[str]
    """What it is to mean; of a removed one, what it meant."""
    was: Mapped[str] = mapped_column(server_default="")
    """The intent that a moved one stood under."""
    note: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="proposed")
    """proposed; approved (and written into the file), rejected, withdrawn."""
    decided_by: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]


class QueueBeatRow(Base):
    """A worker's last sign of life for a queue. The clock is the database's: nobody's offset counts."""

    __tablename__ = "queue_beats"

    queue: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
