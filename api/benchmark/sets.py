"""The sets of tests/order_cases: <part>/<set>/ with catalog.csv, history.csv, cases*.jsonl and match.jsonl.

A part says what a set may be used for. `tuning`: look at everything, change the code for it. `heldout`: figures are
reported, messages and mistakes are not looked at. `frozen`: as held-out, and kept for the gate that a newly trained
model has to pass. A set that was looked at moves to `tuning` for good.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from api.parse import load_catalog, load_history
from api.understanding.catalog import CatalogIndex
from api.understanding.context import PastOrder

ROOT = Path(__file__).resolve().parents[2]
ORDER_CASES = ROOT / "tests" / "order_cases"
PARTS = ("tuning", "heldout", "frozen")
HIDDEN = ("heldout", "frozen")
"""Parts whose messages and mistakes are shown only on purpose."""


@dataclass(frozen=True)
class Catalogue:
    """A set's folder: its goods, its customers' past orders, its names as other companies write them."""

    folder: Path

    @cached_property
    def index(self) -> CatalogIndex:
        """The goods."""
        return load_catalog(str(self.folder / "catalog.csv"))

    @cached_property
    def histories(self) -> dict[str, tuple[PastOrder, ...]]:
        """Past orders by client."""
        path = self.folder / "history.csv"
        return load_history(str(path) if path.exists() else None)

    @cached_property
    def queries(self) -> list[dict[str, Any]]:
        """Names to be matched: id, query, expect."""
        return read_lines(self.folder / "match.jsonl")

    @property
    def part(self) -> str:
        """tuning, heldout or frozen."""
        return self.folder.parent.name

    @property
    def name(self) -> str:
        """«tuning/kiosks»"""
        return f"{self.part}/{self.folder.name}"


@dataclass(frozen=True)
class CaseSet:
    """The messages of one file, with the catalogue that they order from."""

    name: str
    catalogue: Catalogue
    cases: list[dict[str, Any]]

    @property
    def part(self) -> str:
        """tuning, heldout or frozen."""
        return self.catalogue.part


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file; none when there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def catalogues(root: Path = ORDER_CASES) -> list[Catalogue]:
    """All folders with a catalogue, by part."""
    return [Catalogue(path.parent) for part in PARTS for path in sorted((root / part).glob("*/catalog.csv"))]


def case_sets(root: Path = ORDER_CASES) -> list[CaseSet]:
    """All sets of messages: cases.jsonl is «<part>/<folder>», cases-fresh.jsonl «<part>/<folder>-fresh»."""
    return [
        CaseSet(catalogue.name + path.stem.removeprefix("cases"), catalogue, read_lines(path))
        for catalogue in catalogues(root)
        for path in sorted(catalogue.folder.glob("cases*.jsonl"))
    ]


def intents(part: str, root: Path = ORDER_CASES) -> list[dict[str, Any]]:
    """Messages with their intents: text, intent."""
    return read_lines(root / part / "intents.jsonl")
