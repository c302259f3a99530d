"""Files of all sorts into sheets: what people send, and what they should not."""

import io
import struct
import zipfile
import zlib
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.spreadsheets import archives, delimited, limits, wire
from api.spreadsheets.child import read as read_here
from api.spreadsheets.encodings import decoded
from api.spreadsheets.errors import SENTENCES, Unreadable
from api.spreadsheets.gathering import cell
from api.spreadsheets.reading import read
from api.spreadsheets.sniffing import may_be_table
from tests.api.attachments.files import csv, xlsx

D = Decimal
ROWS = [("Товар", "Кол-во"), ("Молоко 3,2% «Ручеёк»", "1,5"), ("Кефир", "12")]


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_here(content)
    assert refusal.value.message == SENTENCES[refusal.value.code]
    return refusal.value.code


def only(content: bytes) -> tuple[tuple[object, ...], ...]:
    (sheet,) = wire.unpacked(read_here(content))
    return sheet.rows


class TestWorkbooks:
    async def test_values_and_their_kinds(self) -> None:
        content = xlsx([("Товар", "Кол-во"), ("Молоко", 0.1 + 0.2), (), ("Кефир", date(2025, 2, 1)), (20013.0, True)])
        (sheet,) = await read(content)
        assert sheet.rows == (("Товар", "Кол-во"), ("Молоко", D("0.3")), ("Кефир", date(2025, 2, 1)), (D(20013), "да"))
        assert sheet.numbers == (1, 2, 4, 5)
        assert sheet.total == 4

    async def test_visible_sheets_in_their_order(self) -> None:
        book = openpyxl.Workbook()
        book.active.append(["а"])
        hidden = book.create_sheet("Скрытый")
        hidden.append(["б"])
        hidden.sheet_state = "hidden"
        book.create_sheet("Пустой")
        book.create_sheet("Второй").append(["в"])
        written = io.BytesIO()
        book.save(written)
        assert [sheet.name for sheet in await read(written.getvalue())] == ["Sheet", "Второй"]

    def test_a_formula_is_its_value_and_a_text_that_looks_like_one_is_a_text(self) -> None:
        assert only(xlsx([("=1+1", "x"), ("'=cmd|' /C calc'!A0", "y")])) == ((None, "x"), ("'=cmd|' /C calc'!A0", "y"))

    def test_more_rows_than_are_kept_are_counted(self) -> None:
        (sheet,) = wire.unpacked(read_here(csv([("товар", n) for n in range(limits.KEPT_ROWS + 7)])))
        assert len(sheet.rows) == limits.KEPT_ROWS
        assert sheet.total == limits.KEPT_ROWS + 7

    async def test_a_cell_forgotten_in_the_last_row(self) -> None:
        book = openpyxl.Workbook()
        book.active["A1"], book.active["C1048576"] = "Молоко", 5
        written = io.BytesIO()
        book.save(written)
        (sheet,) = await read(written.getvalue())
        assert sheet.rows == (("Молоко",), (None, None, D(5)))

    def test_a_sheet_of_open_document(self) -> None:
        office = "urn:oasis:names:tc:opendocument:xmlns:"
        cells = (
            '<table:table-cell office:value-type="string"><text:p>Молоко</text:p></table:table-cell>'
            '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
        )
        content = (
            f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
            f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="Л">'
            f"<table:table-row>{cells}</table:table-row></table:table></office:spreadsheet></office:body>"
            "</office:document-content>"
        )
        mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
        manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        made = archive({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})
        assert only(made) == (("Молоко", D(5)),)


class TestHostile:
    async def test_cells_in_opposite_corners_do_not_kill_us(self) -> None:
        book = openpyxl.Workbook()
        book.active["A1"], book.active["XFD1048576"] = 1, 2
        written = io.BytesIO()
        book.save(written)
        with pytest.raises(Unreadable) as refusal:
            await read(written.getvalue())
        assert refusal.value.code == "bomb"

    def test_zip_bomb(self) -> None:
        assert refused(archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 50_000_000})) == "bomb"

    def test_zip_bomb_that_lies_about_its_size(self) -> None:
        honest = archive({"xl/workbook.xml": b"<x/>", "xl/a.xml": b"0" * 20_000_000})
        real, small = struct.pack("<L", 20_000_000), struct.pack("<L", 1000)
        assert honest.count(real) >= 1
        assert refused(honest.replace(real, small)) in ("bomb", "broken")

    def test_members_that_lie_over_each_other(self) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("xl/workbook.xml", bytes(range(256)) * 300)
            info = made.infolist()[0]
            for n in range(50):
                twin = zipfile.ZipInfo(f"xl/{n}.xml")
                twin.compress_type, twin.CRC = info.compress_type, info.CRC
                twin.compress_size, twin.file_size, twin.header_offset = info.compress_size, info.file_size, 0
                made.filelist.append(twin)
        assert refused(written.getvalue()) in ("bomb", "broken")

    def test_thousands_of_members(self) -> None:
        assert refused(archive({f"xl/{n}": b"" for n in range(limits.ARCHIVE_MEMBERS + 1)})) == "bomb"

    @pytest.mark.parametrize(
        "content",
        [
            b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>",
            b"<worksheet>" + b"<row>" * 400_000,
        ],
        ids=["billion laughs", "deep"],
    )
    async def test_xml_that_grows(self, content: bytes) -> None:
        book = io.BytesIO(xlsx([("Молоко", 5)]))
        with zipfile.ZipFile(book) as honest:
            members = {name: honest.read(name) for name in honest.namelist()}
        members["xl/worksheets/sheet1.xml"] = content
        try:
            await read(archive(members))
        except Unreadable as refusal:
            assert refusal.code in ("broken", "bomb", "too_slow", "empty")

    def test_a_million_columns_declared(self) -> None:
        book = io.BytesIO(xlsx([("Молоко", 5)]))
        with zipfile.ZipFile(book) as honest:
            members = {name: honest.read(name) for name in honest.namelist()}
        name = "xl/worksheets/sheet1.xml"
        members[name] = members[name].replace(b'ref="A1:B1"', b'ref="A1:BDWGN1"')
        assert only(archive(members)) == (("Молоко", D(5)),)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"\r\n \t", "empty"),
            (b";;;\n;;\n", "empty"),
            (xlsx([]), "empty"),
            (b"%PDF-1.7 whatever", "not_table"),
            (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_table"),
            (bytes(range(256)) * 20, "not_table"),
            (b"PK\x03\x04 and then nothing", "broken"),
            (xlsx([("Молоко", 5)])[:3000], "broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(4000), "password"),
            (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "old_xml"),
        ],
    )
    def test_refused_in_words(self, content: bytes, code: str) -> None:
        assert refused(content) == code

    def test_an_archive_of_something_else(self) -> None:
        assert refused(archive({"word/document.xml": b"<x/>"})) == "not_table"

    def test_an_encrypted_member(self) -> None:
        made = bytearray(archive({"xl/workbook.xml": b"<x/>"}))
        place = made.index(b"PK\x01\x02")
        made[place + 8] |= 1
        assert refused(bytes(made)) == "password"

    async def test_too_big(self) -> None:
        with pytest.raises(Unreadable) as refusal:
            await read(bytes(limits.FILE_BYTES + 1))
        assert refusal.value.code == "too_big"

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: b"PK\x03\x04" + rest))
    def test_any_bytes_are_read_or_refused(self, content: bytes) -> None:
        try:
            wire.unpacked(read_here(content))
        except Unreadable as refusal:
            assert refusal.code in SENTENCES

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_a_damaged_workbook_is_read_or_refused(self, data: st.DataObject) -> None:
        content = bytearray(_WORKBOOK)
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
        try:
            archives.weigh(bytes(content))
        except Unreadable as refusal:
            assert refusal.code in SENTENCES


_WORKBOOK = xlsx([("Товар", "Кол-во"), ("Молоко", 5)])


def archive(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=zlib.Z_BEST_COMPRESSION) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return written.getvalue()


class TestTexts:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r",
                                          "cp866", "mac-cyrillic"])  # fmt: skip
    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_encodings_and_marks(self, encoding: str, mark: str) -> None:
        rows = [tuple(text.replace("«", '"').replace("»", '"') for text in row) for row in ROWS]
        assert only(csv(rows, encoding, mark)) == tuple(rows)

    @pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
    def test_capitals(self, encoding: str) -> None:
        assert decoded("ТОВАР;КОЛИЧЕСТВО\nМОЛОКО;5\nХЛЕБ РЖАНОЙ;2".encode(encoding)).startswith("ТОВАР;КОЛИЧЕСТВО")

    def test_commas_part_columns_only_where_they_are_no_decimals(self) -> None:
        assert only('Товар,Кол-во\nМолоко 3.2%,5\n"Сыр, тёртый",2'.encode())[2] == ("Сыр, тёртый", "2")
        assert only("молоко 3,2% 5\nкефир 2,5% 3".encode()) == (("молоко 3,2% 5",), ("кефир 2,5% 3",))

    def test_the_mark_that_the_file_names_itself(self) -> None:
        assert only("sep=|\nМолоко; 1 л|5\nКефир|3".encode()) == (("Молоко; 1 л", "5"), ("Кефир", "3"))

    def test_a_plain_list_keeps_its_quotation_marks(self) -> None:
        assert only('Сыр "Гауда" 2 кг\nМолоко 5'.encode()) == (('Сыр "Гауда" 2 кг',), ("Молоко 5",))

    def test_html_that_calls_itself_xls(self) -> None:
        page = (
            "<html><head><title>Отчёт</title><style>td {}</style></head><body><table><tr><td colspan=2>Товар<td>Кол-во"
            "<tr><td>Молоко<br>3,2%</td><td></td><td>5<table><tr><td>шт</table></td></tr></table></body></html>"
        )
        assert only(page.encode("cp1251")) == (("Товар", None, "Кол-во"), ("Молоко 3,2%", None, "5шт"))

    def test_a_quotation_mark_that_is_never_closed_swallows_nothing(self) -> None:
        text = 'Товар;Кол-во\n"Ручеёк молоко;5\n"Сыр";2\nКефир;3'
        assert only(text.encode())[1:] == (("Ручеёк молоко", "5"), ("Сыр", "2"), ("Кефир", "3"))

    @settings(max_examples=80, deadline=None)
    @given(
        st.lists(
            st.lists(st.text("абвгдеёжз АБ123.", min_size=1, max_size=9).map(str.strip).filter(bool), min_size=2,
                     max_size=2),
            min_size=2, max_size=9,
        )
    )  # fmt: skip
    def test_what_is_written_with_semicolons_comes_back(self, rows: list[list[str]]) -> None:
        text = "\n".join(";".join(row) for row in rows)
        assert delimited.delimiter(text) == ";"
        assert only(text.encode()) == tuple(tuple(" ".join(value.split()) for value in row) for row in rows)


def test_names_and_types_of_files_that_may_be_lists() -> None:
    assert may_be_table("Заявка.XLSX", "")
    assert may_be_table("list", "text/csv; charset=utf-8")
    assert not may_be_table("накладная.pdf", "application/vnd.ms-excel")
    assert not may_be_table("photo", "image/jpeg")


@given(st.floats() | st.integers() | st.text(max_size=20) | st.none() | st.booleans() | st.dates())
def test_a_cell_survives_the_way_between_processes(value: object) -> None:
    made = cell(value)
    assert made is None or isinstance(made, str | Decimal | date)
    assert not isinstance(made, Decimal) or made.is_finite()
