"""One embedded PostgreSQL for the session, emptied between tests; the accounting system in memory."""

import asyncio
import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from api.run.postgres import Postgres

_DIRECTORY = Path(tempfile.mkdtemp(prefix="orders-test-"))
atexit.register(shutil.rmtree, _DIRECTORY, ignore_errors=True)
_SERVER = Postgres(_DIRECTORY / "pg", durable=False)

# The settings are read once: before anything of ours imports them.
os.environ["DATABASE_URL"] = _SERVER.url()
os.environ["SECRET_KEY"] = "secret-of-the-tests-only"
os.environ["RASA_GATEWAY_SECRET"] = "gateway-secret-of-the-tests"
os.environ["ERP_KIND"] = "memory"
for _name in ("CLOCK_OFFSET_SECONDS", "TIMEZONE", "CUTOFF", "CREDIT_LIMIT_POLICY", "OVERDUE_POLICY"):
    os.environ.pop(_name, None)

KEPT = ("alembic_version",)
LARGE = 128 * 1024
"""Bytes."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a migrated database; the server stops with the session."""
    from api.db.migrate import migrate

    with _SERVER.running(ready_seconds=30, stop_seconds=20) as url:
        migrate(url)
        yield url


def _empty() -> None:
    """Deletes every row and starts the numbers anew. TRUNCATE of all tables would take a quarter of a second a test."""
    import psycopg

    with psycopg.connect(_SERVER.url(login="postgres")) as connection:
        connection.execute("SET session_replication_role = replica")  # in any order, past the foreign keys
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)"
        names = [name for (name,) in connection.execute(tables, (list(KEPT),))]
        # Whoever still writes is waited for, as TRUNCATE would.
        connection.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
        # A large table keeps dead rows that every look would pass.
        sizes = f"SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > {LARGE}"
        if large := [name for (name,) in connection.execute(sizes, (names,))]:
            connection.execute(f"TRUNCATE {', '.join(large)} CASCADE")
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
        for (name,) in connection.execute(filled).fetchall():
            connection.execute(f"DELETE FROM {name}")
        used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        for (name,) in connection.execute(used).fetchall():
            connection.execute(f"ALTER SEQUENCE {name} RESTART")


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """The same, without a row in it."""
    from api.catalog.snapshot import snapshots

    await asyncio.to_thread(_empty)
    snapshots.forget()
    yield postgres
    if erp := sys.modules.get("api.deps.erp"):
        await erp.close_erp()
