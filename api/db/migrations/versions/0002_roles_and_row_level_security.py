"""Roles and row-level security: a query under the customer role sees that customer's rows, WHERE or no WHERE."""

from alembic import op

revision = "0002"
down_revision = "0001"

OWN = "current_setting('app.customer_id', true)"

# What a customer's request may read of everybody's: goods and stock carry no terms of trade.
COMMON = ["categories", "products", "catalog_version", "warehouses", "stock", "sync_runs", "erp_health"]

# What belongs to a customer: the condition that makes a row its own, and what it may do with it.
OWNED = {
    "customers": (f"id = {OWN}", "SELECT"),
    "outlets": (f"customer_id = {OWN}", "SELECT"),
    "contacts": (f"customer_id = {OWN}", "SELECT"),
    "balances": (f"customer_id = {OWN}", "SELECT"),
    "invoices": (f"customer_id = {OWN}", "SELECT"),
    "prices": (
        f"customer_id = {OWN} OR (customer_id IS NULL AND (price_list_id IS NULL"
        " OR price_list_id IN (SELECT price_list_id FROM customers)))",
        "SELECT",
    ),
    "orders": (f"customer_id = {OWN}", "SELECT, INSERT, UPDATE"),
    "order_lines": ("order_id IN (SELECT id FROM orders)", "SELECT, INSERT"),
    "carts": (f"customer_id = {OWN}", "SELECT, INSERT, UPDATE, DELETE"),
    "cart_sessions": (f"customer_id = {OWN}", "SELECT, INSERT, UPDATE, DELETE"),
    "stored_results": (f"customer_id = {OWN}", "SELECT, INSERT"),
    "events": (f"customer_id = {OWN}", "INSERT"),
    "conversations": (f"customer_id = {OWN}", "SELECT"),
    "inbox": ("conversation_id IN (SELECT id FROM conversations)", "SELECT"),
    "outbox": ("conversation_id IN (SELECT id FROM conversations)", "SELECT"),
}

# What only our own people and jobs see.
INTERNAL = [
    "company_codes",
    "sign_in_attempts",
    "price_lists",
    "handoffs",
    "misunderstood",
    "staff_users",
    "staff_sessions",
    "login_attempts",
    "audit_log",
]

SYNCED = [
    "categories",
    "products",
    "catalog_version",
    "price_lists",
    "prices",
    "warehouses",
    "stock",
    "sync_runs",
    "erp_health",
    "customers",
    "outlets",
    "contacts",
    "company_codes",
    "balances",
    "invoices",
    "orders",
    "order_lines",
    "events",
]


def upgrade() -> None:
    for role in ("orders_customer", "orders_staff", "orders_sync"):
        # Roles belong to the whole server: another database of this product may have made them already.
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT {role} TO CURRENT_USER")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    op.execute(f"GRANT SELECT ON {', '.join(COMMON)} TO orders_customer")
    for table in [*OWNED, *INTERNAL]:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ours ON {table} TO orders_staff, orders_sync USING (true) WITH CHECK (true)")
    for table, (condition, rights) in OWNED.items():
        op.execute(f"CREATE POLICY own ON {table} TO orders_customer USING ({condition}) WITH CHECK ({condition})")
        op.execute(f"GRANT {rights} ON {table} TO orders_customer")
    for table in [*COMMON, *OWNED, *INTERNAL]:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff")
    # The figures and the audit are never rewritten.
    op.execute("REVOKE UPDATE, DELETE ON events, audit_log FROM orders_staff")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(SYNCED)} TO orders_sync")


def downgrade() -> None:
    for table in [*OWNED, *INTERNAL]:
        op.execute(f"DROP POLICY IF EXISTS ours ON {table}")
        op.execute(f"DROP POLICY IF EXISTS own ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
