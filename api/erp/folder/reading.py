"""A file as records: where its heading stands, which columns it has, what stands in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from api.domain.sheet import Row
from api.erp.folder import values, words
from api.erp.folder.report import UNREADABLE, Refused, Report
from api.erp.folder.tables import EXAMPLE, Column, Table
from api.erp.folder.writing import restored
from api.spreadsheets import long_tables
from api.spreadsheets.errors import Unreadable

HEADED = 20
"""The heading stands within so many rows."""


@dataclass(frozen=True)
class Record:
    """A row. `spread`: what stands in «Цена Опт», «Цена Розница», by «Опт», «Розница»."""

    line: int
    given: Mapping[str, Any]
    spread: Mapping[str, Any]

    def get(self, field: str, default: Any = None) -> Any:
        """The value of a column; `default` when the cell is empty or the column is not there."""
        return self.given.get(field, default)


@dataclass(frozen=True)
class _Heading:
    columns: Mapping[int, Column]
    spread: Mapping[int, tuple[Column, str]]
    unknown: tuple[str, ...]

    @property
    def found(self) -> set[str]:
        return {column.field for column in self.columns.values()} | {column.field for column, _ in self.spread.values()}


def records(path: Path, table: Table, report: Report) -> Iterator[Record]:
    """The rows below the heading; what is wrong with a cell goes to the report. Raises Refused, and OSError."""
    try:
        rows = long_tables.rows(path)
        top = list(islice(rows, HEADED))
        place, heading = _heading([row for _, row in top], table)
        for title in heading.unknown:
            report.note(f"Столбец «{title}» не знаком и не прочитан.")
        for line, row in top[place + 1 :]:
            yield from _record(line, row, heading, report)
        for line, row in rows:
            yield from _record(line, row, heading, report)
    except Unreadable as error:
        raise Refused(UNREADABLE.get(error.code, UNREADABLE["broken"])) from error


def _heading(rows: Sequence[Row], table: Table) -> tuple[int, _Heading]:
    """The row with the most titles of the table. Raises Refused when a needed one is missing."""
    headings = [_titles(row, table) for row in rows]
    place = max(range(len(headings)), key=lambda at: len(headings[at].found), default=0)
    found = headings[place].found if headings else set()
    missing = [column for column in table.columns if column.needed and column.field not in found]
    if missing:
        known = ", ".join(f"«{column.title}»" for column in table.columns)
        wanted = ", ".join(f"«{column.title}» (например, {column.example})" for column in missing)
        raise Refused(f"В таблице «{table.name}» нет столбца: {wanted}.\r\nЗнакомые столбцы: {known}.")
    return place, headings[place]


def _titles(row: Row, table: Table) -> _Heading:
    titles = {place: values.text(cell[:100]) for place, cell in enumerate(row) if isinstance(cell, str)}
    folded = {place: words.title(title) for place, title in titles.items()}
    columns: dict[int, Column] = {}
    for column in table.columns:
        for name in column.titles:
            at = next((place for place, title in folded.items() if title == name and place not in columns), None)
            if at is not None:
                columns[at] = column
                break
    spread = {
        place: (column, named)
        for column in table.columns
        for place, title in folded.items()
        if column.spread and place not in columns and (named := _named_part(column, titles[place], title))
    }
    unknown = tuple(
        titles[place]
        for place, title in folded.items()
        if place not in columns and place not in spread and title not in table.passed_over
    )
    return _Heading(columns, spread, unknown)


def _named_part(column: Column, title: str, folded: str) -> str:
    """«Опт» of «Цена: Опт, руб.»; empty where the title speaks of something else."""
    _, _, rest = words.bare(title).partition(" ")
    return rest.strip(" :-") if folded.startswith(column.titles[0] + " ") else ""


def _record(line: int, row: Row, heading: _Heading, report: Report) -> Iterator[Record]:
    if line == long_tables.MORE:
        report.note("Прочитан только первый лист книги.")
        return
    if any(isinstance(cell, str) and cell.startswith(EXAMPLE) for cell in row):
        report.note("Строка-пример из образца пропущена.")
        return
    before, given = report.wrong, {}
    for place, column in heading.columns.items():
        value = _value(line, row, place, column, report)
        if value is not None:
            given[column.field] = value
    spread = {}
    for place, (column, name) in heading.spread.items():
        value = _value(line, row, place, column, report)
        if value is not None:
            spread[name] = value
    if report.wrong == before and (given or spread):
        yield Record(line, given, spread)


def _value(line: int, row: Row, place: int, column: Column, report: Report) -> object:
    cell = row[place] if place < len(row) else None
    if isinstance(cell, str):
        cell = restored(cell) or None
    if cell is None:
        if column.needed == "cell":
            report.bad(line, column.title, "", "значение", column.example)
        return None
    try:
        return column.read(cell)
    except values.Wrong as wrong:
        report.bad(line, column.title, str(cell), wrong.expected, column.example)
        return None
