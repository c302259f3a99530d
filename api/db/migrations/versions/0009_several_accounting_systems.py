"""Several accounting systems, the progress of reading them, readings that wait for a manager, cards written back."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

BELONG = ("products", "categories", "price_lists", "warehouses", "customers", "sync_runs")
INTERNAL = ("sync_holds", "card_changes")


def _text(name: str, **more: Any) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False, **more)


def _moment(name: str, **more: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), **more)


def _backend() -> "sa.Column[str]":
    return sa.Column("backend", sa.Text(), server_default="main", nullable=False)


def _belonging() -> None:
    for table in BELONG:
        op.add_column(table, _backend())
    op.drop_constraint("products_sku_key", "products", type_="unique")
    op.create_unique_constraint("uq_products_sku", "products", ["backend", "sku"])
    op.drop_constraint("sync_runs_pkey", "sync_runs", type_="primary")
    op.create_primary_key("sync_runs_pkey", "sync_runs", ["backend", "name"])
    op.alter_column("sync_runs", "finished_at", nullable=True)
    op.execute("UPDATE sync_runs SET name = 'goods' WHERE name = 'catalog'")
    for name in ("started_at", "full_at"):
        op.add_column("sync_runs", _moment(name))
    op.add_column("sync_runs", sa.Column("so_far", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint("erp_health_pkey", "erp_health", type_="primary")
    op.add_column("erp_health", _backend())
    op.drop_column("erp_health", "id")
    op.create_primary_key("erp_health_pkey", "erp_health", ["backend"])


def _waiting() -> None:
    op.add_column("orders", _moment("handed_over_at"))
    op.add_column("orders", _text("reason"))
    op.create_table(
        "sync_holds",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("backend", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        _moment("found_at", nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        _moment("decided_at"),
        _text("decided_by"),
    )
    one_open = sa.text("state = 'open'")
    op.create_index("uq_sync_holds_open", "sync_holds", ["backend", "data"], unique=True, postgresql_where=one_open)
    op.create_table(
        "card_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _moment("at", nullable=False),
        sa.Column("customer_id", sa.Text(), sa.ForeignKey("customers.id"), nullable=False, index=True),
        sa.Column("request_id", sa.BigInteger(), sa.ForeignKey("profile_requests.id")),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), sa.ForeignKey("contacts.id")),
        _text("subject_id"),
        _text("before"),
        _text("after"),
        _text("phone"),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        _text("stored"),
        _text("evidence"),
        _text("by"),
        _moment("decided_at"),
    )


def upgrade() -> None:
    _belonging()
    _waiting()
    for table in INTERNAL:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ours ON {table} TO orders_staff, orders_sync USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff, orders_sync")
    # Bulk readings are copied into temporary tables first: COPY FROM is refused under row-level security.
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO orders_sync', current_database()); END $$"
    )


def downgrade() -> None:
    """Only for a database with the main accounting system alone: without the name all would see all goods."""
    for table in BELONG:
        op.execute(
            f"DO $$ BEGIN IF EXISTS (SELECT FROM {table} WHERE backend <> 'main') THEN"
            f" RAISE EXCEPTION '{table}: rows of a second accounting system'; END IF; END $$"
        )
    for table in INTERNAL:
        op.drop_table(table)
    for name in ("reason", "handed_over_at"):
        op.drop_column("orders", name)
    op.drop_constraint("erp_health_pkey", "erp_health", type_="primary")
    op.add_column("erp_health", sa.Column("id", sa.Integer(), server_default="1", nullable=False))
    op.drop_column("erp_health", "backend")
    op.create_primary_key("erp_health_pkey", "erp_health", ["id"])
    op.drop_constraint("sync_runs_pkey", "sync_runs", type_="primary")
    op.create_primary_key("sync_runs_pkey", "sync_runs", ["name"])
    op.execute("DELETE FROM sync_runs WHERE finished_at IS NULL")
    op.execute("UPDATE sync_runs SET name = 'catalog' WHERE name = 'goods'")
    op.alter_column("sync_runs", "finished_at", nullable=False)
    for name in ("so_far", "full_at", "started_at"):
        op.drop_column("sync_runs", name)
    op.drop_constraint("uq_products_sku", "products", type_="unique")
    op.create_unique_constraint("products_sku_key", "products", ["sku"])
    for table in BELONG:
        op.drop_column(table, "backend")
