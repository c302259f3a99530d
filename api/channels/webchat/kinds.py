"""What kind of file it really is: told by its content, never by its name or by what the browser says."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from api.channels.cleaning import clean
from api.channels.errors import ChannelError
from api.channels.port import AttachmentKind

LONGEST_STEM = 100
MOST_ENTRIES = 2_000
"""A workbook has some dozens of parts; the list of a hostile archive is not read."""
UNSAFE = re.compile(r'[<>:"|?*]')

EMPTY = "Файл пустой."
UNKNOWN = "Такие файлы не принимаем. Пришлите таблицу (Excel, CSV, ODS), PDF, документ Word или фото."
MACROS = "Файлы с макросами не принимаем. Сохраните таблицу как «Книга Excel (.xlsx)» и пришлите снова."
ENCRYPTED = "Файл защищён паролем. Снимите пароль и пришлите снова."


@dataclass(frozen=True)
class Kind:
    """A kind that is taken. `suffixes`: the first is given to a name that has none of them."""

    suffixes: tuple[str, ...]
    mime: str
    shown_as: AttachmentKind = "document"


OFFICE = "application/vnd.openxmlformats-officedocument."
JPEG = Kind(("jpg", "jpeg"), "image/jpeg", "photo")
PNG = Kind(("png",), "image/png", "photo")
GIF = Kind(("gif",), "image/gif", "photo")
WEBP = Kind(("webp",), "image/webp", "photo")
HEIC = Kind(("heic", "heif"), "image/heic", "photo")
PDF = Kind(("pdf",), "application/pdf")
XLSX = Kind(("xlsx",), OFFICE + "spreadsheetml.sheet")
DOCX = Kind(("docx",), OFFICE + "wordprocessingml.document")
ODS = Kind(("ods",), "application/vnd.oasis.opendocument.spreadsheet")
XLS = Kind(("xls",), "application/vnd.ms-excel")
CSV = Kind(("csv",), "text/csv")

FIRST_BYTES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _refusal(words: str, code: str = "file_kind", status: int = 415) -> ChannelError:
    return ChannelError(status, code, words)


def kind_of(content: bytes, name: str) -> Kind:
    """What the file is; its name only tells a CSV from other text. Raises ChannelError with words for a person."""
    if not content:
        raise _refusal(EMPTY, "file_empty", 422)
    for start, kind in FIRST_BYTES:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(OLE):
        return _old_office(content)
    if name.lower().endswith(".csv") and _is_text(content):
        return CSV
    raise _refusal(UNKNOWN)


def _office(content: bytes) -> Kind:
    """A zip that is a workbook or a document; nothing in it is unpacked but a type's name of at most 100 bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > MOST_ENTRIES:
                raise _refusal(UNKNOWN)
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise _refusal(MACROS, "file_macros")
            if "xl/workbook.xml" in names:
                return XLSX
            if "word/document.xml" in names:
                return DOCX
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    if entry.read(100).decode("ascii", "replace").strip() == ODS.mime:
                        return ODS
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _refusal(UNKNOWN) from error
    raise _refusal(UNKNOWN)


def _old_office(content: bytes) -> Kind:
    """A compound file: the names of its streams stand in it in UTF-16."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise _refusal(ENCRYPTED, "file_encrypted")
    if holds("_VBA_PROJECT"):
        raise _refusal(MACROS, "file_macros")
    if (holds("Workbook") or holds("Book")) and not holds("WordDocument"):
        return XLS
    raise _refusal(UNKNOWN)


def _is_text(content: bytes) -> bool:
    """Text in one of the encodings that tables are saved in; markup and scripts are not a table."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in set(text))
        return not strange and not text.lstrip().startswith(("<", "#!"))
    return False


def safe_name(name: str, kind: Kind) -> str:
    """The name without folders, invisible signs and what a disk refuses; its ending says what the file is."""
    bare = clean(name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in bare if unicodedata.category(c) not in ("Cf", "Co", "Cn"))
    whole = UNSAFE.sub("_", " ".join(visible.split()))
    stem, _, suffix = whole.rpartition(".")
    if suffix.lower() not in kind.suffixes:
        stem, suffix = whole, kind.suffixes[0]
    return f"{stem.strip('. ')[:LONGEST_STEM].strip('. ') or 'файл'}.{suffix.lower()}"
