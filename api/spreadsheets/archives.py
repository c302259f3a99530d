"""Zip archives (xlsx, xlsm, xlsb, ods) weighed before anybody unpacks them.

What the directory declares may be a lie, and members may lie over each other (D. Fifield, «A better zip bomb», 2019):
so each member is unpacked into nothing and counted.
"""

import io
import zipfile
import zlib

from api.spreadsheets import limits
from api.spreadsheets.errors import Unreadable

_SHEETS = ("xl/workbook.xml", "xl/workbook.bin")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = 0x1
_PIECE = 1 << 20


def weigh(content: bytes) -> None:
    """Raises Unreadable unless the archive is a spreadsheet of a bearable size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _declared(members, len(content))
            _unpacked(archive, members)
            if not _is_spreadsheet(archive):
                raise Unreadable("not_table", "an archive without a workbook")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise Unreadable("broken", f"{type(error).__name__}: {error}") from error


def _declared(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > limits.ARCHIVE_MEMBERS:
        raise Unreadable("bomb", f"{len(members)} members")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("password", "an encrypted member")
    total = sum(member.file_size for member in members)
    if total > limits.UNPACKED_BYTES:
        raise Unreadable("bomb", f"{size} bytes declare {total}")
    packed = sum(member.compress_size for member in members)
    if packed > size:
        raise Unreadable("bomb", f"members of {packed} bytes in {size}: they overlap")
    for member in members:
        _bearable(member.file_size, member.compress_size)


def _unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    total = 0
    for member in members:
        grown = 0
        with archive.open(member) as stream:
            while piece := stream.read(_PIECE):
                grown += len(piece)
                _bearable(grown, member.compress_size)
                if total + grown > limits.UNPACKED_BYTES:
                    raise Unreadable("bomb", f"{total + grown} bytes and no end")
        total += grown


def _bearable(unpacked: int, packed: int) -> None:
    if unpacked > limits.SMALL_BYTES and unpacked > packed * limits.RATIO:
        raise Unreadable("bomb", f"{packed} bytes grow to {unpacked}")


def _is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    names = set(archive.namelist())
    if names.intersection(_SHEETS):
        return True
    return "mimetype" in names and archive.read("mimetype").startswith(_ODS)
