"""Sheets as JSON, from the process that reads a file to the one that asked for it."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from api.domain.sheet import Cell, Row, Sheet


def packed(sheets: Sequence[Sheet]) -> str:
    """One JSON document; numbers go as strings in a list, days in an object, so that nothing is rounded."""
    return json.dumps(
        [
            {
                "name": sheet.name,
                "rows": [[_packed(cell) for cell in row] for row in sheet.rows],
                "numbers": sheet.numbers,
                "total": sheet.total,
            }
            for sheet in sheets
        ],
        ensure_ascii=False,
    )


def unpacked(document: str) -> tuple[Sheet, ...]:
    """The reverse of `packed`."""
    return tuple(
        Sheet(
            found["name"],
            tuple(unpacked_row(row) for row in found["rows"]),
            tuple(found["numbers"]),
            found["total"],
        )
        for found in json.loads(document)
    )


def packed_row(number: int, row: Row) -> str:
    """A row with its place in the sheet as one line of JSON."""
    return json.dumps([number, [_packed(cell) for cell in row]], ensure_ascii=False)


def unpacked_row(cells: Sequence[Any]) -> Row:
    """The cells of a row as they were."""
    return tuple(_unpacked(cell) for cell in cells)


def _packed(cell: Cell) -> object:
    if isinstance(cell, Decimal):
        return [f"{cell:f}"]
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def _unpacked(cell: Any) -> Cell:
    if isinstance(cell, list):
        return Decimal(cell[0])
    if isinstance(cell, dict):
        return date.fromisoformat(cell["day"])
    return str(cell) if cell is not None else None
