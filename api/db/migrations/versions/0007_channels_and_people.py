"""Messengers (delivery, receipts, pace), people (phones, logins, codes of their own, requests), attachments."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

OWN = "current_setting('app.customer_id', true)"
INTERNAL = ["contact_phones", "contact_logins", "one_time_codes", "sign_in_steps", "channel_pace"]
OWNED = {"profile_requests": "SELECT, INSERT", "attachments": "SELECT"}
IN_OWN = "conversation_id IN (SELECT id FROM conversations)"
SAID_TO_OWN = f"{IN_OWN} AND (customer_id IS NULL OR customer_id = {OWN})"
HEARD_FROM_OWN = (
    "EXISTS (SELECT 1 FROM conversations c WHERE c.id = inbox.conversation_id AND inbox.seq > c.hidden_until)"
)
EMPTY = "'{}'::jsonb"


def _moment(name: str, **more: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), **more)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _json(name: str, empty: str = EMPTY) -> "sa.Column[Any]":
    column_type = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, column_type, server_default=sa.text(empty), nullable=False)


def _widen_conversations() -> None:
    for column in (_text("name"), _text("phone"), _text("signed_in_by")):
        op.add_column("conversations", column)
    for name in ("signed_out_at", "last_inbound_at", "blocked_at"):
        op.add_column("conversations", _moment(name))
    op.add_column("conversations", sa.Column("living_seq", sa.BigInteger()))
    op.create_index("ix_conversations_customer", "conversations", ["customer_id"])
    op.add_column("inbox", _moment("sent_at"))
    op.add_column("inbox", sa.Column("pressed_seq", sa.BigInteger()))
    op.add_column("inbox", _json("extra"))
    op.add_column("outbox", sa.Column("customer_id", sa.Text()))
    op.add_column("outbox", sa.Column("state", sa.Text()))
    op.add_column("outbox", _json("provider_ids", "'[]'::jsonb"))
    op.add_column("outbox", _moment("sent_at"))
    op.add_column("outbox", _text("error"))
    op.add_column("outbox", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("pressed_seq", sa.BigInteger()))
    op.add_column("outbox", sa.Column("numbered", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("outbox", sa.Column("fall_back", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_outbox_provider_ids", "outbox", ["provider_ids"], postgresql_using="gin")
    op.execute(
        "UPDATE outbox SET customer_id = conversations.customer_id FROM conversations"
        " WHERE conversations.id = outbox.conversation_id AND outbox.seq > conversations.hidden_until"
    )


def _people() -> None:
    op.add_column("contacts", sa.Column("source", sa.Text(), server_default="erp", nullable=False))
    op.add_column("contacts", sa.Column("preferred_channel", sa.Text()))
    op.add_column("contacts", _moment("barred_at"))
    op.create_table(
        "contact_phones",
        sa.Column("contact_id", sa.Text(), sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("phone", sa.Text(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        _moment("added_at", nullable=False),
        _moment("revoked_at"),
    )
    op.create_index("ix_contact_phones_phone", "contact_phones", ["phone"])
    op.create_table(
        "contact_logins",
        sa.Column("contact_id", sa.Text(), sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("login", sa.Text(), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        _moment("set_at", nullable=False),
    )


def _codes() -> None:
    op.add_column("company_codes", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False, unique=True))
    op.add_column("company_codes", sa.Column("contact_id", sa.Text(), sa.ForeignKey("contacts.id")))
    op.add_column("company_codes", sa.Column("source", sa.Text(), server_default="erp", nullable=False))
    op.add_column("company_codes", _moment("issued_at", server_default=sa.func.now(), nullable=False))
    op.add_column("company_codes", _text("issued_by"))
    op.add_column("company_codes", _moment("expires_at"))
    op.add_column("company_codes", sa.Column("uses_left", sa.Integer()))
    op.add_column("company_codes", _text("hint"))
    op.add_column("sign_in_attempts", sa.Column("contact_id", sa.Text()))
    op.add_column("sign_in_attempts", sa.Column("way", sa.Text(), server_default="code", nullable=False))
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), nullable=False, index=True),
        sa.Column("contact_id", sa.Text(), sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        _moment("issued_at", nullable=False),
        _moment("expires_at", nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        _moment("used_at"),
    )


def _steps_and_requests() -> None:
    op.create_table(
        "sign_in_steps",
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        _json("data"),
        _moment("at", nullable=False),
    )
    op.create_table(
        "profile_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _moment("at", nullable=False),
        sa.Column("customer_id", sa.Text(), sa.ForeignKey("customers.id"), nullable=False, index=True),
        sa.Column("contact_id", sa.Text()),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _json("data"),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        _moment("decided_at"),
        _text("decided_by"),
    )


def _attachments_and_pace() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("inbox_id", sa.BigInteger(), sa.ForeignKey("inbox.id"), nullable=False, index=True),
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        _text("name"),
        _text("mime"),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        _text("file_ref"),
        sa.Column("content", sa.LargeBinary()),
        _text("error"),
    )
    op.create_table(
        "channel_pace",
        sa.Column("key", sa.Text(), primary_key=True),
        _moment("next_at", nullable=False),
    )


def upgrade() -> None:
    _widen_conversations()
    _people()
    _codes()
    _steps_and_requests()
    _attachments_and_pace()
    for table in [*INTERNAL, *OWNED]:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ours ON {table} TO orders_staff, orders_sync USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff")
    for table, rights in OWNED.items():
        mine = f"customer_id = {OWN}"
        op.execute(f"CREATE POLICY own ON {table} TO orders_customer USING ({mine}) WITH CHECK ({mine})")
        op.execute(f"GRANT {rights} ON {table} TO orders_customer")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON contact_phones TO orders_sync")
    # Who leaves in the accounting system is signed out everywhere in the same transaction.
    op.execute("GRANT SELECT, UPDATE ON conversations TO orders_sync")
    # A chat may pass from one company to another: what was said to the former is not the latter's to read.
    op.execute(f"ALTER POLICY own ON outbox USING ({SAID_TO_OWN}) WITH CHECK ({SAID_TO_OWN})")
    op.execute(f"ALTER POLICY own ON inbox USING ({HEARD_FROM_OWN}) WITH CHECK ({HEARD_FROM_OWN})")


def downgrade() -> None:
    for table in ("inbox", "outbox"):
        op.execute(f"ALTER POLICY own ON {table} USING ({IN_OWN}) WITH CHECK ({IN_OWN})")
    for table in ("channel_pace", "attachments", "profile_requests", "sign_in_steps", "one_time_codes"):
        op.drop_table(table)
    for name in ("way", "contact_id"):
        op.drop_column("sign_in_attempts", name)
    for name in ("hint", "uses_left", "expires_at", "issued_by", "issued_at", "source", "contact_id", "id"):
        op.drop_column("company_codes", name)
    op.drop_table("contact_logins")
    op.drop_table("contact_phones")
    for name in ("barred_at", "preferred_channel", "source"):
        op.drop_column("contacts", name)
    op.execute("REVOKE SELECT, UPDATE ON conversations FROM orders_sync")
    op.drop_index("ix_outbox_provider_ids", table_name="outbox")
    for name in (
        "fall_back",
        "numbered",
        "pressed_seq",
        "tries",
        "error",
        "sent_at",
        "provider_ids",
        "state",
        "customer_id",
    ):
        op.drop_column("outbox", name)
    for name in ("extra", "pressed_seq", "sent_at"):
        op.drop_column("inbox", name)
    op.drop_index("ix_conversations_customer", table_name="conversations")
    for name in ("living_seq", "blocked_at", "last_inbound_at", "signed_out_at", "signed_in_by", "phone", "name"):
        op.drop_column("conversations", name)
