"""What the queue's function may reach; whose a conversation was, opened from where; indexes of the turn's questions."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Without pg_temp named last PostgreSQL looks there first: a caller's temporary table would stand for the queue's.
    op.execute(
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid::regprocedure FROM pg_proc"
        " WHERE proname = 'procrastinate_defer_jobs_v1' LOOP"
        " EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', f);"
        " END LOOP; END $$"
    )
    op.add_column("conversations", sa.Column("address", sa.Text(), server_default="", nullable=False))
    op.add_column("conversations", sa.Column("served_customer_id", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("hidden_until", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE conversations SET served_customer_id = customer_id")
    op.create_index(
        "ix_inbox_unhandled", "inbox", ["conversation_id"], unique=False, postgresql_where=sa.text("handled_at IS NULL")
    )
    op.create_index("ix_inbox_received", "inbox", ["conversation_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_inbox_received", table_name="inbox")
    op.drop_index("ix_inbox_unhandled", table_name="inbox")
    op.drop_column("conversations", "hidden_until")
    op.drop_column("conversations", "served_customer_id")
    op.drop_column("conversations", "address")
