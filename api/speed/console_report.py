"""The console's figures and their page docs/benchmark/console.md."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.speed.database import ROOT, database
from api.speed.tables import table

BAR = 300
"""Milliseconds until the first paint, the most that a page may take."""

METHOD = f"""\
The data are invented in the database (`api/speed/console_rows.py`), in the product's own embedded PostgreSQL; the api
runs as `./run up` starts it. Server: median and 95th percentile of twenty requests, one after another, through HTTP on
the same machine, after one that is not counted. First paint: first-contentful-paint of a browser that has the style
sheets already, once. «over»: a page whose first paint, or 95th percentile, exceeds {BAR} ms. Tabs and filters are those
that a list offers, parts those that a page fetches once it is shown; the deep page of a list is the twentieth."""


def measured() -> dict[str, Any]:
    """The figures, taken in a process and a database of their own."""
    print("bench: the console on a year's data", file=sys.stderr, flush=True)
    with database() as environment:
        command = [sys.executable, "-m", "api.speed.console"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    figures: dict[str, Any] = json.loads(done.stdout)
    return {"made_at": f"{datetime.now(UTC):%Y-%m-%d}"} | figures


def keep(report: Path, found: Mapping[str, Any], machine: str) -> None:
    """Writes the page and the JSON beside it."""
    (report / "console.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    head = f"Written by `./run bench` at {found['made_at']} on {machine}."
    page = "\n\n".join(["# The managers' console", f"{head} {METHOD}", summary(found)])
    (report / "console.md").write_text(page + "\n", encoding="utf-8")


def summary(found: Mapping[str, Any]) -> str:
    """What was in the database, the figures as a table, and what there are none of."""
    rows = ", ".join(f"{count:,} {what}" for what, count in found["rows"].items())
    known = {address: figures for address, figures in found["pages"].items() if "p50" in figures}
    head = ("page", "server, median / p95", "size", "first paint", f"under {BAR} ms")
    lines = [[f"`{_short(address)}`", *_figures(figures)] for address, figures in known.items()]
    missing = [
        f"`{_short(address)}` ({figures['left_out']})"
        for address, figures in found["pages"].items()
        if "left_out" in figures
    ]
    notes = [f"Left out: {', '.join(missing)}."] if missing else []
    notes += [found["left_out"]] if found["left_out"] else []
    return "\n\n".join([f"{rows}; filled in {found['seeded_s']} s.", table(head, lines), *notes])


def _figures(figures: Mapping[str, Any]) -> list[str]:
    paint = figures.get("paint")
    over = max(figures["p95"], paint or 0) > BAR
    return [
        f"{figures['p50']:.0f} / {figures['p95']:.0f} ms",
        f"{figures['kb']:,} KB",
        "–" if paint is None else f"{paint:.0f} ms",
        "**over**" if over else "yes",
    ]


def _short(address: str) -> str:
    return address if len(address) <= 90 else f"{address[:89]}…"
