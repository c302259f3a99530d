"""Rows become sheets within the limits: what is empty is left out, what is too much is counted and not kept."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from api.domain.sheet import Cell, Sheet
from api.spreadsheets import limits
from api.spreadsheets.errors import Unreadable

_PLACES = Decimal("0.000001")
"""Finer than any quantity or price; 0.1 + 0.2 of a spreadsheet is 0.3."""
_MOST = Decimal(10) ** 15


class Gatherer:
    """Takes sheets row by row."""

    def __init__(self) -> None:
        self._sheets: list[tuple[str, list[tuple[Cell, ...]], list[int]]] = []
        self._totals: list[int] = []
        self._seen = 0

    def begin(self, name: str) -> None:
        """A new sheet."""
        self._sheets.append((name[:100], [], []))
        self._totals.append(0)
        self._seen = 0

    def row(self, values: Sequence[object]) -> None:
        """The next row of the sheet, empty ones too."""
        self._seen += 1
        if values.count("") == len(values):
            return  # a cell forgotten in the last row makes a million of these
        row = tuple(cell(value) for value in values[: limits.COLUMNS])
        while row and row[-1] is None:
            row = row[:-1]
        if not row:
            return
        self._totals[-1] += 1
        _, rows, numbers = self._sheets[-1]
        if len(rows) < limits.KEPT_ROWS:
            rows.append(row)
            numbers.append(self._seen)

    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that hold anything; raises Unreadable when none does."""
        found = tuple(
            Sheet(name, tuple(rows), tuple(numbers), total)
            for (name, rows, numbers), total in zip(self._sheets, self._totals, strict=True)
            if rows
        )
        if not found:
            raise Unreadable("empty", f"{len(self._sheets)} sheets without a cell")
        return found


def cell(value: object) -> Cell:
    """A value of any reader as a cell of ours; numbers that are none («nan») stay texts."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    text = " ".join(str(value).replace("\0", " ").split())
    return text[: limits.CELL_CHARS] or None


def _number(value: float) -> Cell:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or abs(number) > _MOST:
        return str(value)
    rounded = number.quantize(_PLACES).normalize()
    return rounded if rounded != rounded.to_integral_value() else rounded.quantize(Decimal(1))
