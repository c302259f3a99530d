"""`./run bench`: speed and memory at 1k, 10k and 100k goods, with RapidFuzz and pg_trgm beside them; how fast large
accounting systems are read; how fast the console is with a year of conversations.

Figures are printed and kept in docs/benchmark; nothing is asserted on a clock.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from api.speed import console_report, volumes
from api.speed.invented import catalogue, lines
from api.speed.measure import FEW_LINES, KINDS
from api.speed.tables import TARGET, page, tables
from api.speed.trigrams import HOW_TO_INSTALL, cluster, programs, trigrams
from api.speed.volumes import FULL, USUAL, Volume

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "benchmark"
SIZES = (1_000, 10_000, 100_000)


def main(words: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of goods; default %(default)s")
    parser.add_argument("--readings", action="store_true", help="only the readings of accounting systems")
    parser.add_argument("--console", action="store_true", help="only the console's pages on a year's data")
    parser.add_argument("--full", action="store_true", help="10 million personal prices too: some minutes more")
    options = parser.parse_args(words)
    everything = not (options.readings or options.console)
    if everything:
        _speed(options.sizes)
    if everything or options.readings:
        _readings(FULL if options.full else USUAL)
    if everything or options.console:
        _console()
    return 0


def _readings(wanted: Sequence[Volume]) -> None:
    found = volumes.measured(wanted)
    print("\n" + volumes.summary(found))
    REPORT.mkdir(parents=True, exist_ok=True)
    volumes.keep(REPORT, found, machine())


def _console() -> None:
    found = console_report.measured()
    print("\n" + console_report.summary(found))
    REPORT.mkdir(parents=True, exist_ok=True)
    console_report.keep(REPORT, found, machine())


def _speed(sizes: Sequence[int]) -> None:
    """Reading of messages and matching of names."""
    results = measured(sizes)
    print("\n\n".join([TARGET, *tables(results)]))
    if tuple(sizes) == SIZES:
        REPORT.mkdir(parents=True, exist_ok=True)
        (REPORT / "speed.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (REPORT / "speed.md").write_text(page(results), encoding="utf-8")


def measured(sizes: Sequence[int]) -> dict[str, Any]:
    """All figures: kind → size → figures."""
    results: dict[str, Any] = {
        "made_at": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "machine": machine(),
        "left_out": [],
    }
    for kind in KINDS:
        results[kind] = {}
        for size in sizes:
            print(f"bench: {kind}, {size:,} goods", file=sys.stderr, flush=True)
            results[kind][str(size)] = child(kind, size)
    binaries = programs()
    if binaries is None:
        results["left_out"].append(HOW_TO_INSTALL)
        return results
    results["pg_trgm"] = {}
    try:
        with cluster(binaries) as address:
            for size in sizes:
                print(f"bench: pg_trgm, {size:,} goods", file=sys.stderr, flush=True)
                items = catalogue(size)
                goods = [(item.sku, item.name) for item in items]
                results["pg_trgm"][str(size)] = trigrams(address, goods, lines(items, FEW_LINES))
    except (OSError, subprocess.CalledProcessError) as error:
        results["left_out"].append(f"pg_trgm is left out: its private cluster did not start ({error})")
    return results


def child(kind: str, size: int) -> dict[str, Any]:
    """The figures of one measurement, in a process of its own."""
    # One thread: a figure is to be one core's.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "api.speed.measure", kind, str(size)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def machine() -> str:
    """The processor as the kernel names it, and Python's version."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return f"{names[0] if names else platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
