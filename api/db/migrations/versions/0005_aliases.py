"""What customers call goods, and what the newest lines of a cart were called."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

OWN = "customer_id = current_setting('app.customer_id', true)"

OWNED_OR_SHARED = ["aliases"]
"""A customer reads its own rows and those for all, and writes its own only."""

LEARNT = "said, product_id, origin, made_by, confirmed, effective_at"
"""What a customer's answers may change; revoking is for managers."""


def upgrade() -> None:
    op.create_table(
        "aliases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_aliases_phrase",
        "aliases",
        ["customer_id", "phrase"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_events_alias",
        "events",
        [sa.text("(data->>'alias')"), "at"],
        postgresql_where=sa.text("kind = 'alias_used'"),
    )
    empty = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("carts", sa.Column("named", empty, server_default="{}", nullable=False))
    op.execute("ALTER TABLE aliases ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE aliases FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY ours ON aliases TO orders_staff USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY readable ON aliases FOR SELECT TO orders_customer USING ({OWN} OR customer_id IS NULL)")
    op.execute(f"CREATE POLICY learnt ON aliases FOR INSERT TO orders_customer WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY relearnt ON aliases FOR UPDATE TO orders_customer USING ({OWN}) WITH CHECK ({OWN})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON aliases TO orders_staff")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({LEARNT}) ON aliases TO orders_customer")


def downgrade() -> None:
    op.drop_column("carts", "named")
    op.drop_index("ix_events_alias", table_name="events")
    op.drop_table("aliases")
