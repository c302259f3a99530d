"""The product's embedded PostgreSQL for a measurement: empty, migrated, in a temporary folder, gone afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.run.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS = 30, 60


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """The variables of a process that works on it. The server is as durable as the product's own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    server = Postgres(folder / "pg")
    try:
        with server.running(ready_seconds=START_SECONDS, stop_seconds=STOP_SECONDS) as url:
            secrets = dict.fromkeys(("SECRET_KEY", "RASA_GATEWAY_SECRET"), "only-for-the-measurement")
            variables = {**os.environ, **secrets, "DATABASE_URL": url, "ERP_KIND": "memory"}
            subprocess.run(
                [sys.executable, "-m", "api.db.migrate"], env=variables, stdout=subprocess.DEVNULL, check=True, cwd=ROOT
            )
            yield variables
    finally:
        shutil.rmtree(folder, ignore_errors=True)
