"""PostgreSQL's pg_trgm on the same lines: a private cluster in a temporary folder, on a socket, gone afterwards.

Debian's packages postgresql and postgresql-contrib; the product's embedded PostgreSQL carries no pg_trgm.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from api.speed.timing import seconds, spread

DEBIAN, SHARED = Path("/usr/lib/postgresql"), Path("/usr/share/postgresql")
HOW_TO_INSTALL = "pg_trgm is left out: apt-get install postgresql postgresql-contrib"
USERS = ("postgres", "nobody")
"""As root, the cluster is run by the first of these that the machine has: PostgreSQL refuses to run as root."""

GIST = "CREATE INDEX near ON goods USING gist (name gist_trgm_ops(siglen=64))"
GIN = "CREATE INDEX alike ON goods USING gin (name gin_trgm_ops)"
NEAREST = "SELECT sku FROM goods ORDER BY name <-> %s LIMIT 5"
LIKE = "SELECT sku FROM goods WHERE name %% %s ORDER BY similarity(name, %s) DESC LIMIT 5"


def programs(root: Path = DEBIAN, shared: Path = SHARED) -> Path | None:
    """Where the newest installed PostgreSQL with pg_trgm keeps its programs."""
    for initdb in sorted(root.glob("*/bin/initdb"), key=lambda path: -int(path.parts[-3])):
        if (shared / initdb.parts[-3] / "extension" / "pg_trgm.control").exists():
            return initdb.parent
    return None


@contextmanager
def cluster(binaries: Path) -> Iterator[str]:
    """The connection string of a running server; needs nothing but its own folder."""
    folder = Path(tempfile.mkdtemp(prefix="trgm-"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: object) -> None:
        words = [str(word) for word in command]
        subprocess.run(words, user=user, cwd=folder, check=True, capture_output=True)

    try:
        run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "bench", "--encoding=UTF8", "--locale=C.UTF-8")
        settings = f"-k {folder} -c listen_addresses='' -c shared_buffers=256MB"
        run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"host={folder} user=bench dbname=postgres"
        finally:
            run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    if os.getuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((user for user in USERS if user in known), None)


def trigrams(address: str, goods: Sequence[tuple[str, str]], texts: Sequence[str]) -> dict[str, Any]:
    """Load, index and ask: nearest by a GiST index, alike by a GIN index. `goods` are (sku, name).

    By the clock on the wall: the work is done in the server's process.
    """
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        db.execute("DROP TABLE IF EXISTS goods")
        db.execute("CREATE TABLE goods (sku text, name text)")
        with db.cursor() as cursor, cursor.copy("COPY goods FROM STDIN") as copy:
            for row in goods:
                copy.write_row(row)
        gist, _ = seconds(lambda: db.execute(GIST), time.perf_counter)
        times = {
            "nearest (GiST)": spread(lambda text: db.execute(NEAREST, (text,)).fetchall(), texts, time.perf_counter)
        }
        db.execute("DROP INDEX near")
        gin, _ = seconds(lambda: db.execute(GIN), time.perf_counter)
        db.execute("ANALYZE goods")
        times["alike (GIN)"] = spread(lambda text: db.execute(LIKE, (text, text)).fetchall(), texts, time.perf_counter)
        size = db.execute("SELECT pg_total_relation_size('goods') / 1048576.0").fetchone()
    return {"build_s": round(max(gist, gin), 2), "index_mb": round(float(size[0])) if size else 0, "times": times}
