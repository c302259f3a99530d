"""Sheets as JSON, from the process that reads a file to the one that asked for it."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from api.domain.sheet import Cell, Sheet


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
            tuple(tuple(_unpacked(cell) for cell in row) for row in found["rows"]),
            tuple(found["numbers"]),
            found["total"],
        )
        for found in json.loads(document)
    )


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
