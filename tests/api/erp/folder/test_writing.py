"""CSV out: it reads back as it was, and nothing in it is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.erp.folder import writing

lines = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)
cells = st.one_of(lines, st.text("=+-@,;\"'\t |a1 ", max_size=12))


def plain(text: str) -> str:
    return " ".join(text.split())


@given(cells)
def test_a_defused_text_is_restored(text: str) -> None:
    assert writing.restored(writing.defused(text)) == plain(text)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    content = writing.table(rows, "utf-8").decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert [[writing.restored(cell) for cell in row] for row in read] == [[plain(cell) for cell in row] for row in rows]


@given(cells, st.sampled_from(";,\t"))
def test_no_cell_begins_a_formula_whatever_the_mark(text: str, mark: str) -> None:
    """An Excel of another country parts the cells at a comma."""
    content = writing.table([["ключ", text, "конец"]], "utf-8").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(content, newline=""), delimiter=mark):
        for cell in row:
            assert not cell.lstrip(" \"'").startswith(("=", "+", "@")) or cell.lstrip(' "').startswith("'"), row


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ('=HYPERLINK("http://evil.example","x")', '\'=HYPERLINK("http://evil.example","x")'),
        ("+7 900", "'+7 900"),
        ("-5 шт", "'-5 шт"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("а;=cmd|' /C calc'!A0", "а;'=cmd|' /C calc'!A0"),
        ("у входа, = вахта", "у входа, '= вахта"),
        ("с 9 до 12 - звонить", "с 9 до 12 - звонить"),
        ("первая\nвторая", "первая вторая"),
    ],
)
def test_formulas_are_texts(said: str, written: str) -> None:
    assert writing.shown(said) == written


def test_windows_1251_has_no_smiles() -> None:
    assert writing.table([["Привет 🙂 «да»"]], "windows-1251") == "Привет ? «да»\r\n".encode("cp1251")
