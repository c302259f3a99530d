"""The least that tests accept of each set: tests/order_cases/floors.csv.

`./run eval --floors` writes it from what was reached, with some slack. A floor is there to catch a change that breaks
something, not to forbid one that loses a message here and wins two there.
"""

import csv
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from api.benchmark.sets import ORDER_CASES

FLOORS = ORDER_CASES / "floors.csv"
SLACK = 0.03
SOLVED = 1.0
"""A set that is understood completely has no slack in what goes wrong silently."""


@dataclass(frozen=True)
class Floor:
    """Shares; 0 and 1 where the set has no messages or no names, so that anything passes."""

    least_exact: float
    most_silent_wrong: float
    least_names_first: float


def read(path: Path = FLOORS) -> dict[str, Floor]:
    """Floors by set."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row.pop("set"): Floor(**{name: float(value) for name, value in row.items()})
            for row in csv.DictReader(lines, delimiter=";")
        }


def reached(sets: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Floor]:
    """Floors a little below these figures: of the assistant's orders by set, and of its names by catalogue."""
    floors = {}
    for name in sorted({*sets, *(place for place in names if "/" in place)}):
        orders, matched = sets.get(name), names.get(name)
        exact = orders["exact"]["share"] if orders else 0.0
        silent = orders["silent_wrong"]["share"] + (0.0 if exact == SOLVED else SLACK) if orders else 1.0
        first = matched["first"]["share"] if matched else 0.0
        floors[name] = Floor(_below(exact), round(silent, 3), _below(first))
    return floors


def _below(share: float) -> float:
    return round(max(0.0, share - SLACK), 3)


def write(floors: Mapping[str, Floor], path: Path = FLOORS) -> None:
    """Writes the table."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, delimiter=";", lineterminator="\n")
        table.writerow(["set", *(field.name for field in fields(Floor))])
        table.writerows([name, *astuple(floor)] for name, floor in floors.items())
