"""The training loop: runs, deployments, slots, shadow readings, the frozen set's changes; who predicted what."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TABLES = (
    "training_runs",
    "model_slots",
    "deployments",
    "shadow_runs",
    "shadow_readings",
    "frozen_changes",
    "queue_beats",
)
ONE = sa.text("(true)")


def _id() -> "sa.Column[int]":
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _word(name: str, *constraints: Any, **more: Any) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), *constraints, **{"nullable": False, **more})


def _text(name: str) -> "sa.Column[str]":
    return _word(name, server_default="")


def _at(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _perhaps(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True))


def _training() -> None:
    op.create_table(
        "training_runs",
        _id(),
        _at("at"),
        _word("by"),
        _text("note"),
        _word("state", server_default="queued"),
        _text("step"),
        _text("line"),
        _text("log"),
        _perhaps("started_at"),
        _perhaps("beat_at"),
        _perhaps("ended_at"),
        sa.Column("stop_wanted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _text("version"),
        _text("compared_with"),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.create_table(
        "frozen_changes",
        _id(),
        _at("at"),
        _word("by"),
        _word("action"),
        _word("part"),
        _word("text"),
        _word("intent"),
        _text("was"),
        _text("note"),
        _word("state", server_default="proposed"),
        _text("decided_by"),
        _perhaps("decided_at"),
    )
    op.create_index("ix_frozen_changes_open", "frozen_changes", ["id"], postgresql_where=sa.text("state = 'proposed'"))


def _serving() -> None:
    op.create_table(
        "model_slots",
        _word("name", primary_key=True),
        _text("version"),
        _word("role", server_default="idle"),
        _at("since"),
    )
    op.create_table(
        "queue_beats",
        _word("queue", primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_table(
        "deployments",
        _id(),
        _at("at"),
        _word("by"),
        _word("kind"),
        _word("version"),
        _text("previous"),
        _text("slot"),
        _word("state", server_default="starting"),
        _text("reason"),
        _perhaps("switched_at"),
        _perhaps("ended_at"),
        _text("error"),
    )
    op.create_table(
        "shadow_runs",
        _id(),
        _at("at"),
        _word("by"),
        _word("version"),
        _at("until"),
        _perhaps("ended_at"),
        _text("ended_why"),
        sa.Column("after_inbox", sa.BigInteger(), server_default="0", nullable=False),
        _text("error"),
    )
    op.create_table(
        "shadow_readings",
        sa.Column("run_id", sa.BigInteger(), sa.ForeignKey("shadow_runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("inbox_id", sa.BigInteger(), primary_key=True),
        _at("at"),
        _word("text"),
        _word("live_version"),
        _word("live_intent"),
        sa.Column("live_confidence", sa.Double(), nullable=False),
        _word("intent"),
        sa.Column("confidence", sa.Double(), nullable=False),
    )
    differ = sa.text("intent <> live_intent")
    op.create_index("ix_shadow_readings_different", "shadow_readings", ["run_id"], postgresql_where=differ)


def upgrade() -> None:
    _training()
    _serving()
    live = sa.text("role = 'live'")
    op.create_index("uq_model_slots_live", "model_slots", [ONE], unique=True, postgresql_where=live)
    for table in ("training_runs", "deployments", "shadow_runs"):
        under_way = sa.text("ended_at IS NULL")
        op.create_index(f"uq_{table}_open", table, [ONE], unique=True, postgresql_where=under_way)
    op.add_column("inbox", _text("model"))
    op.add_column("review_decisions", _perhaps("written_at"))
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ours ON {table} TO orders_staff, orders_sync USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff, orders_sync")


def downgrade() -> None:
    op.drop_column("review_decisions", "written_at")
    op.drop_column("inbox", "model")
    for table in reversed(TABLES):
        op.drop_table(table)
