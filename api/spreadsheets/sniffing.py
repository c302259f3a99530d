"""What a file is, by its bytes: names and MIME types of files are what their senders believe."""

from collections.abc import Sequence
from typing import Literal

from api.spreadsheets.errors import Unreadable

Kind = Literal["archive", "workbook", "html", "text"]

EXTENSIONS = frozenset({"xlsx", "xlsm", "xltx", "xls", "xlsb", "ods", "csv", "tsv", "tab", "txt"})
MIMES = frozenset(
    {
        "text/csv",
        "text/tab-separated-values",
        "text/comma-separated-values",
        "application/csv",
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OTHERS = (
    b"%PDF",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"MZ",
    b"\x7fELF",
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps a workbook that a password closes ([MS-OFFCRYPTO] 2.3.4.4)."""
_HEAD = 4096


def may_be_table(name: str, mime: str) -> bool:
    """Whether the file is worth opening: it calls itself a table, or says nothing of itself."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension:
        return extension in EXTENSIONS
    return mime.lower().split(";")[0].strip() in MIMES


def sniff(content: bytes) -> Kind:
    """The kind of the content; raises Unreadable for what is no table."""
    if not content.strip(b"\0 \t\r\n"):
        raise Unreadable("empty", f"{len(content)} bytes")
    if content.startswith(_ZIP):
        return "archive"
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise Unreadable("password", "OLE2 with EncryptedPackage")
        return "workbook"
    if (
        content.startswith(_BIFF)
        and len(content) > 8
        and content[2:4] in (b"\x04\x00", b"\x06\x00", b"\x08\x00", b"\x10\x00")
    ):
        return "workbook"
    if content.startswith(_OTHERS):
        raise Unreadable("not_table", f"begins with {content[:8]!r}")
    return _of_text(content[:_HEAD])


def _of_text(head: bytes) -> Kind:
    plain = head.replace(b"\0", b"").lower()
    begins = plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in plain and begins.startswith(b"<?xml"):
        raise Unreadable("old_xml", "SpreadsheetML 2003")
    if begins.startswith(b"<") and _has(plain, (b"<html", b"<table", b"<!doctype html", b"<meta")):
        return "html"
    if begins.startswith(b"<?xml"):
        raise Unreadable("not_table", "XML")
    return "text"


def _has(text: bytes, signs: Sequence[bytes]) -> bool:
    return any(sign in text for sign in signs)
