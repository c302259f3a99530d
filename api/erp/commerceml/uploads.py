"""Files on their way to us: pieces are joined, archives unpacked, whole files queued.

`uploads/<session>/` holds what is being sent, `queue/` what came whole. The ledger's transactions keep requests apart
that several processes answer.
"""

import asyncio
import hashlib
import os
import secrets
import shutil
import sqlite3
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

from api.domain.clock import Clock
from api.erp.commerceml.archive import BLOCK, safe_name, unpack
from api.erp.commerceml.ledger import DAY_SECONDS, File, Ledger, Session
from api.erp.commerceml.reading import BadFile
from api.erp.commerceml.settings import MEGABYTE, CommercemlSettings

REPEATED = 4096
"""Two equal pieces of at least so many bytes, one after the other, are one piece sent again."""
WANTED = (".xml", ".zip")
END = "</КоммерческаяИнформация>"
TAIL = 512


def queued(folder: Path, number: int) -> Path:
    """Where a queued file lies."""
    return folder / "queue" / f"{number}.xml"


class Uploads:
    """What 1C sends, until it has come whole."""

    def __init__(self, folder: Path, settings: CommercemlSettings, clock: Clock, ledger: Ledger) -> None:
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._ledger = ledger

    async def start(self, session: Session, version: str) -> None:
        """A new upload of this session begins."""
        await self._ledger.start_uploads(session, version)
        await asyncio.to_thread(self._tidy, session)

    async def append(self, session: Session, filename: str, body: AsyncIterator[bytes], declared: int | None) -> str:
        """Puts a piece behind what came of the file; returns its name. Raises BadFile; then nothing was put.

        Pictures are of no use here: they are read to their end and dropped.
        """
        name = safe_name(filename)
        wanted = is_wanted(name)
        folder = self._uploads(session)
        folder.mkdir(parents=True, exist_ok=True)
        piece, size, digest = folder / f"piece-{secrets.token_hex(8)}", 0, hashlib.sha256()
        try:
            with piece.open("wb") as out:
                async for block in body:
                    size += len(block)
                    if wanted and size > self._settings.file_limit:
                        raise BadFile(f"Кусок файла больше разрешённого: file_limit={self._settings.file_limit}.")
                    if wanted:
                        digest.update(block)
                        out.write(block)
            if declared is not None and size != declared:
                raise BadFile("Тело запроса пришло не целиком.")
            if wanted:
                await asyncio.to_thread(self._join, session, name, piece, digest.hexdigest())
        finally:
            piece.unlink(missing_ok=True)
        return name

    async def unpack(self, session: Session) -> None:
        """Unpacks the archives that came. Raises BadFile; the bad archive is dropped."""
        await asyncio.to_thread(self._unpack, session)

    async def is_whole(self, session: Session, name: str) -> bool:
        """Whether a file ends as files do: of orders nobody says that all pieces have come."""
        return is_wanted(name) and await asyncio.to_thread(_ends, self._path(session, name))

    async def uploaded(self, session: Session) -> list[str]:
        """Names of the files that came and are not queued."""
        query = "SELECT name FROM upload WHERE exchange = ? ORDER BY rowid"
        rows = await self._ledger.store.read(lambda db: db.execute(query, (session.id,)).fetchall())
        return [row["name"] for row in rows]

    async def queue(self, session: Session, name: str) -> File | None:
        """Puts an uploaded file, named whole or without its folder, into the queue; None: there is no such file."""
        listed = await self.uploaded(session)
        alike = [item for item in listed if PurePosixPath(item).name == PurePosixPath(name).name]
        found = name if name in listed else (alike[0] if len(alike) == 1 else None)
        if found is None:
            return None
        number = await asyncio.to_thread(self._queue, session, found, name)
        return await self._ledger.file(number)

    def _join(self, session: Session, name: str, piece: Path, digest: str) -> None:
        size, target = piece.stat().st_size, self._path(session, name)
        with self._ledger.store.writing() as db:
            row = db.execute("SELECT * FROM upload WHERE exchange = ? AND name = ?", (session.id, name)).fetchone()
            if row and row["last_chunk"] == digest and size >= REPEATED:
                return
            known = row["size"] if row else 0
            self._check_room(db, session, size)
            with target.open("r+b" if known else "wb") as out, piece.open("rb") as source:
                # Whatever an interrupted request left behind the known size is overwritten.
                out.truncate(known)
                out.seek(known)
                shutil.copyfileobj(source, out, BLOCK)
            db.execute("INSERT OR REPLACE INTO upload VALUES (?, ?, ?, ?)", (session.id, name, known + size, digest))

    def _check_room(self, db: sqlite3.Connection, session: Session, size: int) -> None:
        query = "SELECT COALESCE(SUM(size), 0) AS total FROM upload WHERE exchange = ?"
        if db.execute(query, (session.id,)).fetchone()["total"] + size > self._budget():
            raise BadFile("Файлы обмена больше разрешённого.")

    def _unpack(self, session: Session) -> None:
        with self._ledger.store.reading() as db:
            query = "SELECT name FROM upload WHERE exchange = ? AND name LIKE '%.zip' ORDER BY rowid"
            archives = [row["name"] for row in db.execute(query, (session.id,))]
        for name in archives:
            path = self._path(session, name)
            try:
                found = list(unpack(path, self._uploads(session), self._budget()))
                with self._ledger.store.writing() as db:
                    for member, unpacked in found:
                        self._check_room(db, session, unpacked.stat().st_size)
                        size = unpacked.stat().st_size
                        unpacked.rename(self._path(session, member))
                        db.execute("INSERT OR REPLACE INTO upload VALUES (?, ?, ?, '')", (session.id, member, size))
            finally:
                with self._ledger.store.writing() as db:
                    db.execute("DELETE FROM upload WHERE exchange = ? AND name = ?", (session.id, name))
                path.unlink(missing_ok=True)

    def _queue(self, session: Session, found: str, name: str) -> int:
        (self._folder / "queue").mkdir(exist_ok=True)
        with self._ledger.store.writing() as db:
            row = db.execute("SELECT size FROM upload WHERE exchange = ? AND name = ?", (session.id, found)).fetchone()
            if row is None:
                raise BadFile("Файл уже принят.")
            query = "INSERT INTO file (exchange, name, size, queued) VALUES (?, ?, ?, ?)"
            number = db.execute(query, (session.id, name, row["size"], self._clock.now().timestamp())).lastrowid or 0
            self._path(session, found).rename(queued(self._folder, number))
            db.execute("DELETE FROM upload WHERE exchange = ? AND name = ?", (session.id, found))
        return number

    def _tidy(self, session: Session) -> None:
        shutil.rmtree(self._uploads(session), ignore_errors=True)
        old = time.time() - DAY_SECONDS
        uploads = self._folder / "uploads"
        for folder in uploads.iterdir() if uploads.is_dir() else ():
            if folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)

    def _budget(self) -> int:
        return self._settings.unpacked_limit_mb * MEGABYTE

    def _uploads(self, session: Session) -> Path:
        return self._folder / "uploads" / str(session.id)

    def _path(self, session: Session, name: str) -> Path:
        return self._uploads(session) / hashlib.sha256(name.encode()).hexdigest()[:32]


def is_wanted(name: str) -> bool:
    """Not a picture."""
    return PurePosixPath(name).suffix.lower() in WANTED


def _ends(path: Path) -> bool:
    """Whether an archive has its directory, a text its closing tag."""
    if zipfile.is_zipfile(path):
        return True
    with path.open("rb") as file:
        file.seek(-min(TAIL, path.stat().st_size), os.SEEK_END)
        tail = file.read()
    return any(END.encode(encoding) in tail for encoding in ("utf-8", "windows-1251", "utf-16-le"))
