"""Reading large accounting systems: the volumes that are measured, and their page docs/benchmark/readings.md."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from api.speed.database import ROOT, database
from api.speed.tables import table

Volume = tuple[str, str, int]
"""Title, kind and size of api/speed/readings.py."""

USUAL: tuple[Volume, ...] = (
    ("100,000 goods × 3 price types", "lists", 100_000),
    ("500 customers × 2,000 personal prices", "personal", 500),
)
FULL: tuple[Volume, ...] = (*USUAL, ("5,000 customers × 2,000 personal prices", "personal", 5_000))
STEPS = ("goods", "goods again", "stock", "customers", "prices", "prices again", "prices, 1 % changed")

METHOD = """\
The source is invented in the reading process and streams (`api/speed/readings.py`): no network is in the figures. The
database is the product's own embedded PostgreSQL as `./run up` starts it. Rows are copied into temporary tables and
compared there; «again» is the same answer once more, which writes nothing. Seconds are by the clock on the wall, memory
is the reading process's peak. A volume keeps its figures until it is measured again; the largest needs `--full`."""


def measured(volumes: Iterable[Volume]) -> dict[str, Any]:
    """Figures by title, each volume with a database and a process of its own."""
    found = {}
    for title, kind, size in volumes:
        print(f"bench: reading {title}", file=sys.stderr, flush=True)
        with database() as environment:
            command = [sys.executable, "-m", "api.speed.readings", kind, str(size)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT)
        found[title] = {"made_at": f"{datetime.now(timezone.utc):%Y-%m-%d}"} | json.loads(done.stdout)
    return found


def keep(report: Path, found: Mapping[str, Any], machine: str) -> None:
    """Writes the page anew; volumes that were not measured now stay as they were."""
    path = report / "readings.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    together = {title: {**known, **found}[title] for title, _, _ in FULL if title in {**known, **found}}
    path.write_text(json.dumps(together, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    head = f"Written by `./run bench` on {machine}."
    page = "\n\n".join(["# Reading an accounting system", f"{head} {METHOD}", summary(together)])
    (report / "readings.md").write_text(page + "\n", encoding="utf-8")


def summary(found: Mapping[str, Any]) -> str:
    """The figures as a table, a volume a row."""
    rows = [
        [
            title,
            f"{figures['rows']['prices']:,}",
            *(_seconds(figures["seconds"].get(step)) for step in STEPS),
            f"{figures['peak_mb']} MB",
            f"{figures['database_mb']:,} MB",
            figures["made_at"],
        ]
        for title, figures in found.items()
    ]
    return table(("volume", "price rows", *STEPS, "peak memory", "database", "measured"), rows)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} s"
