"""The product's embedded PostgreSQL for a measurement: empty, migrated, in a temporary folder, gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.run.postgres import Postgres, PostgresError

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """The variables of a process that works on it. The server is as durable as the product's own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    server = Postgres(folder / "pg")
    try:
        server.prepare()
        process = subprocess.Popen(
            server.argv(),
            user=server.user(),
            cwd="/",
            env=server.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(server, process)
            server.create_database()
            secrets = dict.fromkeys(("SECRET_KEY", "RASA_GATEWAY_SECRET"), "only-for-the-measurement")
            variables = {**os.environ, **secrets, "DATABASE_URL": server.url(), "ERP_KIND": "memory"}
            subprocess.run(
                [sys.executable, "-m", "api.db.migrate"], env=variables, stdout=subprocess.DEVNULL, check=True, cwd=ROOT
            )
            yield variables
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    finally:
        server.remove_sockets()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Postgres, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise PostgresError("the embedded PostgreSQL did not start")
        time.sleep(0.05)
