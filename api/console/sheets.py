"""Tables for a spreadsheet in Russian: semicolons, decimal commas, and a mark that it is UTF-8."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from fastapi.responses import Response

from api.console.pages import HEADERS

MARK = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is computed by a spreadsheet; customers write what they like."""


def line(cells: Iterable[object]) -> str:
    """One row, with its end."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([_plain(cell) for cell in cells])
    return written.getvalue()


def sheet(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """The whole table."""
    return MARK + line(columns) + "".join(line(row) for row in rows)


def headers(name: str) -> dict[str, str]:
    """Of an answer that is kept as a file of this name."""
    return HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}


def download(content: str | bytes, name: str) -> Response:
    """The table as a file."""
    return Response(content, media_type=MEDIA_TYPE, headers=headers(name))


def _plain(cell: object) -> str:
    if isinstance(cell, (float, Decimal)):
        return str(cell).replace(".", ",")
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
