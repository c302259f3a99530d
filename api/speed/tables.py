"""The bench's figures as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

TARGET = "Target at 100,000 goods: p95 of one line under 10 ms on one core, under 1 GB, index built in seconds."
METHOD = """\
The catalogues are invented (`api/speed/invented.py`): the same size gives the same names. Every figure is taken in a
process of its own, kept on one core, in processor time (pg_trgm by the clock: it is a server). Every line is read once:
no cache flatters. A line has two to four words, often a figure and a unit, and in three of ten a typing error."""


def page(results: Mapping[str, Any]) -> str:
    """The whole of speed.md."""
    head = f"Written by `./run bench` at {results['made_at']} on {results['machine']}."
    return "\n\n".join(["# Speed and memory", f"{head} {TARGET}", METHOD, *tables(results)]) + "\n"


def tables(results: Mapping[str, Any]) -> list[str]:
    """The assistant's table and the peers'."""
    return [_assistant(results["assistant"]), _peers(results), *results["left_out"]]


def _assistant(by_size: Mapping[str, Any]) -> str:
    head = ("goods", "annotate", "read a line", "match a name", "index built", "1 % changed", "index", "process")
    rows = [
        [
            f"{int(size):,}",
            *(_times(found["times"][name]) for name in ("annotate", "read", "match")),
            f"{found['build_s']} s",
            f"{found['rebuild_s']} s",
            f"{found['index_mb']} MB",
            f"{found['process_mb']} MB",
        ]
        for size, found in by_size.items()
    ]
    return f"This assistant (milliseconds: median / 95th percentile):\n\n{table(head, rows)}"


def _peers(results: Mapping[str, Any]) -> str:
    rows = [
        [f"{int(size):,}", f"{kind} {title}", _times(times), f"{found['build_s']} s", f"{found['index_mb']} MB"]
        for kind in ("extractOne", "cdist", "pg_trgm")
        for size, found in results.get(kind, {}).items()
        for title, times in found["times"].items()
    ]
    head = ("goods", "peer", "one line", "prepared", "memory, or size on disk")
    return f"Peers on the same lines (ranking alone: they read no quantities and ask nothing):\n\n{table(head, rows)}"


def _times(times: Mapping[str, float]) -> str:
    """«1.2 / 3.4»; a batch has a mean only."""
    return " / ".join(f"{times[name]:.1f}" if times[name] >= 1 else f"{times[name]:.2f}" for name in times) + " ms"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown; everything to the right."""
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
