"""Long tables row by row: the same cells as lists of customers, without their limits."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from api.spreadsheets import lines_child, long_tables
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.reading import read
from tests.api.attachments.files import csv, xlsx

ROWS = [("Товар", "Цена", "День"), ("Молоко 3,2%", 0.1 + 0.2, date(2025, 2, 1)), (), ("Кефир", 20013.0, True)]


@pytest.mark.parametrize("make", [xlsx, lambda rows: csv(rows)])
async def test_the_cells_are_those_of_a_list(tmp_path: Path, make: object) -> None:
    content = make(ROWS)  # type: ignore[operator]
    path = tmp_path / "table"
    path.write_bytes(content)
    (sheet,) = await read(content)
    assert list(long_tables.rows(path)) == list(zip(sheet.numbers, sheet.rows, strict=True))


def test_more_rows_than_a_list_may_have(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Артикул;Цена\n" + "".join(f"{number:06d};{number},5\n" for number in range(20_000)))
    rows = list(long_tables.rows(path))
    assert len(rows) == 20_001
    assert rows[-1] == (20_001, ("019999", "19999,5"))


def test_more_than_is_ever_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.spreadsheets.limits.LONG_ROWS", 2)
    with pytest.raises(Unreadable, match="too_many_rows"):
        lines_child.read("а;б\nв;г\nд;е\n".encode(), io.StringIO())
    monkeypatch.setattr("api.spreadsheets.limits.LONG_BYTES", 2)
    with pytest.raises(Unreadable, match="too_big"):
        lines_child.read(b"a;b\n", io.StringIO())


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b"%PDF-1.7", "not_table"), (b"PK\x03\x04" + b"\0" * 99, "broken")]
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        list(long_tables.rows(path))
    assert refusal.value.code == code


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.spreadsheets.limits.LONG_WALL_SECONDS", 0.001)
    path = tmp_path / "table.csv"
    path.write_text("а;б\n")
    with pytest.raises(Unreadable, match="too_slow"):
        list(long_tables.rows(path))


def test_further_sheets_are_told_once(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("Первый", "Второй", "Третий"):
        book.create_sheet(name).append([name, Decimal(1)])
    path = tmp_path / "table.xlsx"
    book.save(path)
    assert list(long_tables.rows(path)) == [(1, ("Первый", Decimal(1))), (long_tables.MORE, ())]
