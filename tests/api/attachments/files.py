"""Files as customers make them."""

import io
from collections.abc import Sequence

import openpyxl


def xlsx(*sheets: Sequence[Sequence[object]], names: Sequence[str] = ()) -> bytes:
    """A workbook of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(names[place] if names else f"Лист{place + 1}")
        for row in rows:
            sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8", mark: str = ";") -> bytes:
    """The rows as text."""
    return "\r\n".join(mark.join(str(cell) for cell in row) for row in rows).encode(encoding)
