"""Archives and names that come from outside: unpacked by our rules only."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from api.erp.commerceml.reading import BadFile

MOST_FILES = 50_000
"""Pictures count too, though they are not unpacked."""
MOST_RATIO = 200
"""How many times larger than packed a file may be: texts of 1C reach thirty."""
SMALL = 1024 * 1024
"""A file up to this size may be packed however well."""
BLOCK = 256 * 1024
LONGEST_NAME = 250
ENCRYPTED = 0x1
UTF8_NAME = 0x800
OF_LINUX = ("/tmp/", "upload/1c/webdata/")
"""What servers of 1C on Linux put before the name."""


def safe_name(text: str) -> str:
    """The name as a relative path with slashes. Raises BadFile for one that leads elsewhere."""
    name = text.strip().replace("\\", "/")
    for prefix in OF_LINUX:
        name = name.removeprefix(prefix)
    parts = PurePosixPath(name).parts
    odd = any(ord(character) < ord(" ") for character in name) or ":" in name or len(name) > LONGEST_NAME
    if odd or not parts or name.startswith("/") or ".." in parts:
        raise BadFile("Недопустимое имя файла.")
    return "/".join(parts)


def unpack(archive: Path, folder: Path, budget: int) -> Iterator[tuple[str, Path]]:
    """The XML files of an archive: names and where they were put. At most `budget` bytes. Raises BadFile."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            if len(members) > MOST_FILES:
                raise BadFile("В архиве слишком много файлов.")
            names = [safe_name(_name(member)) for member in members if not member.is_dir()]
            if any(name.lower().endswith(".zip") for name in names):
                raise BadFile("В архиве вложен архив: такие не принимаются.")
            for number, member in enumerate(members):
                if _name(member).lower().endswith(".xml"):
                    target = folder / f"unpacked-{archive.name}-{number}"
                    budget -= _extract(opened, member, target, budget)
                    yield safe_name(_name(member)), target
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise BadFile(f"Архив повреждён ({error}).") from error


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    if member.flag_bits & ENCRYPTED:
        raise BadFile("Архив зашифрован.")
    if member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise BadFile("Архив сжат подозрительно сильно.")
    size = 0
    with opened.open(member) as source, target.open("wb") as out:
        while block := source.read(BLOCK):
            size += len(block)
            if size > budget:
                raise BadFile("Распакованные файлы больше разрешённого.")
            out.write(block)
    return size


def _name(member: zipfile.ZipInfo) -> str:
    """Without the flag for UTF-8, Windows means its own OEM code page, and zipfile reads the American one."""
    if member.flag_bits & UTF8_NAME:
        return member.filename
    return member.filename.encode("cp437", "replace").decode("cp866")
