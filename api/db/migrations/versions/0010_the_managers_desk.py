"""The managers' desk: what was understood, what is to be reviewed, alerts, credit releases, ratings, second factor."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from api.understanding.aliases import key

revision = "0010"
down_revision = "0009"

OWN = "current_setting('app.customer_id', true)"

INTERNAL = ("review_decisions", "review_items", "options", "quick_answers", "presence")
OWNED = {
    # What a customer's request may do with its own rows.
    "readings": "INSERT",
    "credit_blocks": "SELECT, INSERT, UPDATE",
    "credit_releases": "SELECT",
    "ratings": "SELECT, UPDATE",
}
AUDIT_INDEXES = {
    "ix_audit_log_at": ["at", "id"],
    "ix_audit_log_actor": ["actor", "at", "id"],
    "ix_audit_log_action": ["action", "at", "id"],
}
LAST_MESSAGES = """
UPDATE conversations SET last_at = newest.at, last_text = left(newest.text, 200), last_sender = newest.sender
FROM (
    SELECT DISTINCT ON (conversation_id) conversation_id, at, text, sender FROM (
        SELECT conversation_id, at, text, 'customer' AS sender, seq FROM inbox WHERE text <> ''
        UNION ALL SELECT conversation_id, at, text, sender, seq FROM outbox
    ) messages ORDER BY conversation_id, seq DESC
) newest
WHERE newest.conversation_id = conversations.id
"""
STILL_WAITING = """
UPDATE conversations SET unanswered_since = handoffs.requested_at FROM handoffs
WHERE handoffs.conversation_id = conversations.id AND handoffs.closed_at IS NULL AND conversations.mode = 'waiting'
"""
ANSWERS = (
    ("Здравствуйте", "Здравствуйте, {имя}! Это {менеджер}. Чем помочь?"),
    ("Проверяю", "Проверяю, напишу через несколько минут."),
    ("Замена", "Этого товара сейчас нет. Предложить замену?"),
    ("Доставка", "Доставка по графику, водитель позвонит за 30 минут."),
    ("Готово", "Готово, заказ исправлен. Проверьте, пожалуйста."),
    ("Спасибо", "Спасибо, {имя}! Если что-то понадобится, пишите."),
)
"""Quick answers of the first day; the managers change them in the console."""


def _id() -> "sa.Column[int]":
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _word(name: str, *constraints: Any, **more: Any) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), *constraints, **{"nullable": False, **more})


def _moment(name: str, **more: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), **more)


def _made(name: str) -> "sa.Column[Any]":
    return _moment(name, server_default=sa.func.now(), nullable=False)


def _json(name: str, default: str) -> "sa.Column[Any]":
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=default, nullable=False)


def _money(name: str, **more: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.Numeric(16, 2), **{"nullable": False, **more})


def _flag(name: str, default: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _columns() -> None:
    for column in (
        _moment("last_at"),
        _text("last_text"),
        _text("last_sender"),
        _moment("unanswered_since"),
        sa.Column("staff_seen_seq", sa.BigInteger(), server_default="0", nullable=False),
    ):
        op.add_column("conversations", column)
    op.execute(LAST_MESSAGES)
    op.execute(STILL_WAITING)
    op.create_index(
        "ix_conversations_newest",
        "conversations",
        [sa.text("last_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("last_at IS NOT NULL"),
    )
    op.add_column("inbox", _text("intent"))
    op.add_column("inbox", sa.Column("confidence", sa.Double()))
    op.add_column("handoffs", _moment("alerted_at"))
    op.add_column("handoffs", _moment("reminded_at"))
    op.add_column("handoffs", _moment("escalated_at"))
    op.create_index("ix_handoffs_open", "handoffs", ["id"], postgresql_where=sa.text("closed_at IS NULL"))
    op.add_column("customers", _flag("pilot", "false"))
    op.add_column("order_lines", _json("path", "[]"))
    op.create_index("ix_misunderstood_at", "misunderstood", ["at"])
    for name, columns in AUDIT_INDEXES.items():
        op.create_index(name, "audit_log", columns)
    op.create_index("ix_orders_newest", "orders", ["created_at", "id"])
    op.create_index("ix_orders_state", "orders", ["status", "created_at", "id"])
    op.create_index(
        "ix_events_order",
        "events",
        [sa.text("(data->>'order_id')")],
        postgresql_where=sa.text("data->>'order_id' IS NOT NULL"),
    )
    op.add_column("carts", _json("journey", "{}"))
    op.create_index("ix_handoffs_requested", "handoffs", ["requested_at"])
    op.create_index("ix_customers_name", "customers", ["name", "id"])
    op.create_index(
        "ix_outbox_undelivered", "outbox", ["at"], postgresql_where=sa.text("state IN ('queued', 'failed')")
    )


def _staff() -> None:
    for column in (
        _made("created_at"),
        _moment("password_changed_at"),
        _flag("must_change_password", "false"),
        _text("totp_secret"),
        _moment("totp_confirmed_at"),
        sa.Column("totp_last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("alert_conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), unique=True),
        sa.Column("alert_hours", sa.Text(), server_default="work", nullable=False),
        _text("link_digest"),
        _moment("link_expires_at"),
    ):
        op.add_column("staff_users", column)
    for column in (
        _made("created_at"),
        _moment("seen_at"),
        _text("address"),
        _text("browser"),
        _flag("second_factor", "true"),
    ):
        op.add_column("staff_sessions", column)
    op.add_column("login_attempts", _text("browser"))
    op.add_column("login_attempts", sa.Column("kind", sa.Text(), server_default="password", nullable=False))


def _reviews() -> None:
    op.create_table(
        "readings",
        _id(),
        _moment("at", nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        _word("customer_id"),
        _word("text"),
        _word("operation"),
        _json("spans", "[]"),
        _json("lines", "[]"),
        _json("questions", "[]"),
    )
    op.create_index("ix_readings_inbox", "readings", ["inbox_id"])
    op.create_index("ix_readings_at", "readings", ["at"])
    op.create_table(
        "review_decisions",
        _id(),
        _moment("at", nullable=False),
        _word("by"),
        _word("kind"),
        _word("text"),
        _json("data", "{}"),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        _moment("undone_at"),
        _text("undone_by"),
    )
    op.create_table(
        "review_items",
        _id(),
        _moment("at", nullable=False),
        _word("source", unique=True),
        _word("kind"),
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), nullable=False),
        _word("customer_id", nullable=True),
        sa.Column("inbox_id", sa.BigInteger()),
        _word("text"),
        _text("phrase"),
        _word("key"),
        _json("guess", "{}"),
        _json("meant", "{}"),
        sa.Column("cost", sa.Numeric(16, 4), server_default="1", nullable=False),
        sa.Column("decision_id", sa.BigInteger(), sa.ForeignKey("review_decisions.id")),
    )
    undecided = sa.text("decision_id IS NULL")
    op.create_index("ix_review_items_open", "review_items", ["key", "at"], postgresql_where=undecided)
    decided = sa.text("decision_id IS NOT NULL")
    op.create_index("ix_review_items_decided", "review_items", ["key"], postgresql_where=decided)
    op.create_index("ix_review_items_decision", "review_items", ["decision_id"])
    op.create_index("ix_review_items_inbox", "review_items", ["inbox_id"])


def _desk() -> None:
    op.create_table(
        "options",
        _word("key", primary_key=True),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _moment("changed_at", nullable=False),
        _word("changed_by"),
    )
    op.create_table(
        "quick_answers",
        _id(),
        _word("title"),
        _word("text"),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
    )
    op.bulk_insert(
        sa.table("quick_answers", *(sa.column(name) for name in ("title", "text", "position"))),
        [{"title": title, "text": text, "position": place} for place, (title, text) in enumerate(ANSWERS, 1)],
    )
    op.create_table(
        "presence",
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), primary_key=True),
        _word("login", primary_key=True),
        _word("name"),
        _moment("seen_at", nullable=False),
        _moment("typed_at"),
    )
    op.create_table(
        "credit_releases",
        _id(),
        _moment("at", nullable=False),
        _word("customer_id", sa.ForeignKey("customers.id"), index=True),
        _word("by"),
        _moment("until", nullable=False),
        _money("amount", nullable=True),
        _word("reason"),
        _moment("revoked_at"),
        _text("revoked_by"),
    )
    op.add_column("orders", sa.Column("release_id", sa.BigInteger(), sa.ForeignKey("credit_releases.id")))
    op.create_table(
        "credit_blocks",
        _id(),
        _moment("at", nullable=False),
        _word("customer_id", sa.ForeignKey("customers.id"), index=True),
        _word("outlet_id"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        _word("contact_id", nullable=True),
        _word("rule"),
        _money("total"),
        _money("over", server_default="0"),
        _word("state", server_default="open"),
        _moment("decided_at"),
        _text("decided_by"),
        _text("reason"),
        sa.Column("release_id", sa.BigInteger(), sa.ForeignKey("credit_releases.id")),
    )
    op.create_index(
        "uq_credit_blocks_open",
        "credit_blocks",
        ["customer_id", "outlet_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "ratings",
        sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
        _moment("asked_at", nullable=False),
        _word("customer_id"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer()),
        _text("comment"),
        _moment("rated_at"),
    )


def _name_aliases_anew() -> None:
    """Keys tell more goods apart than they did («печень», «печенье»); each row keeps the words it was made of."""
    aliases = sa.table("aliases", sa.column("id"), sa.column("phrase"), sa.column("said"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(aliases)).all():
        if (phrase := key(row.said)) and phrase != row.phrase:
            connection.execute(aliases.update().where(aliases.c.id == row.id).values(phrase=phrase))


def upgrade() -> None:
    _name_aliases_anew()
    _columns()
    _staff()
    _reviews()
    _desk()
    for table in (*INTERNAL, *OWNED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ours ON {table} TO orders_staff, orders_sync USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff, orders_sync")
    for table, rights in OWNED.items():
        condition = f"customer_id = {OWN}"
        op.execute(f"CREATE POLICY own ON {table} TO orders_customer USING ({condition}) WITH CHECK ({condition})")
        op.execute(f"GRANT {rights} ON {table} TO orders_customer")


def downgrade() -> None:
    for index, table in (("ix_events_order", "events"), ("ix_orders_state", "orders"), ("ix_orders_newest", "orders")):
        op.drop_index(index, table)
    op.drop_column("orders", "release_id")
    for table in ("ratings", "credit_blocks", "credit_releases", "presence", "quick_answers", "options"):
        op.drop_table(table)
    for table in ("review_items", "review_decisions", "readings"):
        op.drop_table(table)
    for name in ("kind", "browser"):
        op.drop_column("login_attempts", name)
    for name in ("second_factor", "browser", "address", "seen_at", "created_at"):
        op.drop_column("staff_sessions", name)
    for name in (
        "link_expires_at",
        "link_digest",
        "alert_hours",
        "alert_conversation_id",
        "totp_last_step",
        "totp_confirmed_at",
        "totp_secret",
        "must_change_password",
        "password_changed_at",
        "created_at",
    ):
        op.drop_column("staff_users", name)
    op.drop_index("ix_misunderstood_at", "misunderstood")
    for name in AUDIT_INDEXES:
        op.drop_index(name, "audit_log")
    op.drop_index("ix_handoffs_requested", "handoffs")
    op.drop_column("carts", "journey")
    op.drop_index("ix_handoffs_open", "handoffs")
    op.drop_index("ix_outbox_undelivered", "outbox")
    op.drop_index("ix_customers_name", "customers")
    op.drop_column("order_lines", "path")
    op.drop_column("customers", "pilot")
    for table, names in (
        ("handoffs", ("escalated_at", "reminded_at", "alerted_at")),
        ("inbox", ("confidence", "intent")),
        ("conversations", ("staff_seen_seq", "unanswered_since", "last_sender", "last_text", "last_at")),
    ):
        for name in names:
            op.drop_column(table, name)
