"""The job queue of procrastinate, in the same database, so that a job is deferred in the transaction it belongs to."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    # A customer's request may defer a job but not read the queue: it runs the function as its owner.
    op.execute(
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid::regprocedure FROM pg_proc"
        " WHERE proname = 'procrastinate_defer_jobs_v1' LOOP"
        " EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public', f);"
        " EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);"
        " EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO orders_customer, orders_staff, orders_sync', f);"
        " END LOOP; END $$"
    )
    for table in (
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    ):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO orders_staff")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO orders_staff")


def downgrade() -> None:
    raise NotImplementedError("the queue is not taken away: jobs in it would be lost")
