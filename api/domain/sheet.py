"""A sheet of a customer's file: rows of cells, as they were written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | Decimal | date | None
"""A text, a number, a day (a number that a spreadsheet took for one), or nothing."""
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows that hold anything; `total` counts those as well that were not kept, `numbers` are their places."""

    name: str
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    total: int
