"""Rows of a sheet as rows of an order: what each names, how much of it is wanted, and which rows are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.sheet import Cell, Row, Sheet
from api.understanding.amount_cells import counted, is_blank
from api.understanding.columns import Layout, is_total
from order_text.normalize import fold

LONGEST_NAME = 200
_WHOLE = re.compile(r"^(\d+)[.,]0+$")


@dataclass(frozen=True)
class ListRow:
    """A row as it is written; `number` is its place in the sheet. `unit` is its column's, or that of the title."""

    number: int
    name: str
    article: Cell = None
    quantity: Cell = None
    unit: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing of it is wanted: no quantity, or a zero."""
        found = counted(self.quantity)
        return is_blank(self.quantity) or (found is not None and found.value == 0)

    @property
    def called(self) -> str:
        """Its name, else its article."""
        return self.name or _text(self.article)


def rows_of(sheet: Sheet, layout: Layout) -> list[ListRow]:
    """The rows of goods: no totals, no headings repeated on the next page, none that says neither what nor how much."""
    found = []
    for number, row in zip(sheet.numbers[layout.first :], sheet.rows[layout.first :], strict=True):
        if is_total(row) or row in layout.heading:
            continue
        read = _read(number, row, layout)
        if read.called or not read.is_blank:
            found.append(read)
    return found


def _read(number: int, row: Row, layout: Layout) -> ListRow:
    article = _at(row, layout.article)
    return ListRow(
        number,
        _text(_at(row, layout.name))[:LONGEST_NAME],
        article,
        _at(row, layout.quantity),
        _text(_at(row, layout.unit)) or layout.title_unit,
        _text(_at(row, layout.note))[:LONGEST_NAME],
    )


def _at(row: Row, place: int | None) -> Cell:
    return row[place] if place is not None and place < len(row) else None


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else f"{cell:f}" if hasattr(cell, "quantize") else ""


def article_key(cell: Cell) -> str:
    """An article in one spelling: a spreadsheet makes a number of it, people add spaces and marks."""
    return _WHOLE.sub(r"\1", "".join(fold(_text(cell)).strip("'`’ №#").split()))


def texts_of(rows: Sequence[ListRow]) -> str:
    """The names line by line: a list without a column of quantities, as a message."""
    return "\n".join(row.name for row in rows)
