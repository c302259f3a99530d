"""Sheets for the tests of lists."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from api.domain.sheet import Cell, Sheet


def cell(value: object) -> Cell:
    if isinstance(value, int | float):
        return Decimal(str(value))
    assert value is None or isinstance(value, str | Decimal | date)
    return value


def sheet(*rows: Sequence[object], name: str = "Лист1") -> Sheet:
    """A sheet of these rows; numbers become decimals."""
    made = tuple(tuple(cell(value) for value in row) for row in rows)
    return Sheet(name, made, tuple(range(1, len(made) + 1)), len(made))
