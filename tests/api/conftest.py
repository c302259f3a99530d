"""One embedded PostgreSQL for the session, emptied between tests; the accounting system in memory."""

import asyncio
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a migrated database; the server stops with the session."""
    from api.db.migrate import migrate

    _SERVER.prepare()
    process = subprocess.Popen(
        _SERVER.argv(),
        user=_SERVER.user(),
        cwd="/",
        env=_SERVER.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while not _SERVER.ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the embedded PostgreSQL did not start")
            time.sleep(0.05)
        _SERVER.create_database()
        migrate(_SERVER.url())
        yield _SERVER.url()
    finally:
        process.send_signal(signal.SIGINT)  # the fast shutdown: it does not wait for our pools
        process.wait(20)
        _SERVER.remove_sockets()


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """The same, without a row in it."""
    import psycopg

    from api.catalog.snapshot import snapshots

    def empty() -> None:
        with psycopg.connect(postgres, autocommit=True) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", (list(KEPT),)
            ).fetchall()
            connection.execute(f"TRUNCATE {', '.join(name for (name,) in names)} RESTART IDENTITY CASCADE")

    await asyncio.to_thread(empty)
    snapshots.forget()
    yield postgres
    if erp := sys.modules.get("api.deps.erp"):
        await erp.close_erp()
