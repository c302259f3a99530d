"""Files on their way: pieces are joined, archives unpacked, whole files read into the state in their order.

`uploads/<session>/` holds what is being sent, `queue/` what came whole, `failed/` the last that could not be read.
Who answers 1C and who reads may be different processes: the ledger's transactions and one lock keep them apart.
"""

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import structlog

from api.domain.clock import Clock
from api.erp.commerceml.archive import BLOCK, safe_name, unpack
from api.erp.commerceml.book import Book
from api.erp.commerceml.ledger import (
    DAY_SECONDS,
    File,
    Ledger,
    Session,
    first_waiting,
    is_old_protocol,
    note_failed,
    note_read,
    whole_of,
)
from api.erp.commerceml.merge import Merge, Merged, sweep
from api.erp.commerceml.reading import BadFile
from api.erp.commerceml.settings import MEGABYTE, CommercemlSettings
from api.erp.commerceml.state import State
from api.erp.commerceml.store import on_disk
from api.erp.errors import ErpError
from api.erp.port import Data

log = structlog.get_logger()

KEPT_FAILED = 5
REPEATED = 4096
"""Two equal pieces of at least so many bytes, one after the other, are one piece sent again."""
WANTED = (".xml", ".zip")
ALONE = re.compile(r"(import|goods|offers|prices|rests)\.xml", re.IGNORECASE)
"""Names of files that are not a part of several."""
END = "</КоммерческаяИнформация>"
TAIL = 512


class Spool:
    """The folder of a backend."""

    def __init__(
        self, folder: Path, settings: CommercemlSettings, clock: Clock, ledger: Ledger, state: State, book: Book
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._state = state
        self._book = book

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

    async def settle(self) -> None:
        """Returns when everything that came whole is read."""
        await asyncio.to_thread(self.merge)

    def merge(self, at_most: int | None = None, *, wait: bool = True) -> None:
        """Reads the waiting files in their order, up to the first one larger than `at_most`. Blocks."""
        with on_disk(), self._lock(wait) as mine:
            while mine:
                with self._ledger.store.reading() as db:
                    file = first_waiting(db)
                if file is None or (at_most is not None and file.size > at_most):
                    return
                self._merge(file)

    def _merge(self, file: File) -> None:
        try:
            merged = self._swept(file) if file.sweep else self._read(file)
        except BadFile as error:
            self._failed(file, str(error))
        except ErpError:
            raise
        except Exception:
            # One strange file must not stop all that come after it.
            log.exception("commerceml.file_not_understood", file=file.name)
            self._failed(file, "Файл не удалось разобрать: обратитесь к разработчикам, файл сохранён.")
        else:
            with self._ledger.store.writing() as db:
                note_read(db, file, merged, self._now())
            self._queued(file.id).unlink(missing_ok=True)
            log.info("commerceml.file_read", file=file.name, size=file.size, cards=merged.count)

    def _read(self, file: File) -> Merged:
        path, now = self._queued(file.id), self._now()
        if not path.is_file():
            raise BadFile("Файл пропал из папки обмена.")
        with self._state.store.writing() as db:
            documents = self._book.reader()
            merged = Merge(db, self._settings, file.id, now, documents.read).file(path)
            documents.flush()
            for first, data, catalog in self._gone_with(file, merged):
                if sweep(db, data, catalog, first, now):
                    merged.data |= {data, *_also(data)}
        return merged

    def _gone_with(self, file: File, merged: Merged) -> list[tuple[int, Data, str]]:
        """What a file makes whole, and from which file on it must have been named.

        A file that is alone is everything by itself. In the old protocol nobody says that all parts have come; but
        offers come after the last part of the goods.
        """
        if ALONE.fullmatch(file.name):
            return [(file.id, data, catalog) for data, catalog in merged.whole]
        with self._ledger.store.reading() as db:
            if not merged.data & {Data.PRICES, Data.STOCK} or not is_old_protocol(db, file.exchange):
                return []
            first, whole = whole_of(db, file.exchange, "")
        return [(first, data, catalog) for data, catalog in whole if data is Data.GOODS]

    def _swept(self, file: File) -> Merged:
        """All of an exchange has come: what it should have named and did not is gone."""
        merged = Merged()
        with self._ledger.store.reading() as db:
            first, whole = whole_of(db, file.exchange, file.sweep)
        with self._state.store.writing() as db:
            for data, catalog in whole:
                if sweep(db, data, catalog, first, self._now()):
                    merged.data |= {data, *_also(data)}
        return merged

    def _failed(self, file: File, error: str) -> None:
        log.warning("commerceml.file_failed", file=file.name, error=error)
        kept = self._folder / "failed"
        kept.mkdir(exist_ok=True)
        path = self._queued(file.id)
        if path.is_file():
            path.rename(kept / path.name)
        for old in sorted(kept.iterdir(), key=lambda item: int(item.stem))[:-KEPT_FAILED]:
            old.unlink(missing_ok=True)
        with self._ledger.store.writing() as db:
            note_failed(db, file, error, self._now())

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
            number = db.execute(query, (session.id, name, row["size"], self._now())).lastrowid or 0
            self._path(session, found).rename(self._queued(number))
            db.execute("DELETE FROM upload WHERE exchange = ? AND name = ?", (session.id, found))
        return number

    def _tidy(self, session: Session) -> None:
        shutil.rmtree(self._uploads(session), ignore_errors=True)
        old = time.time() - DAY_SECONDS
        uploads = self._folder / "uploads"
        for folder in uploads.iterdir() if uploads.is_dir() else ():
            if folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _lock(self, wait: bool) -> Iterator[bool]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "merge.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def _budget(self) -> int:
        return self._settings.unpacked_limit_mb * MEGABYTE

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _uploads(self, session: Session) -> Path:
        return self._folder / "uploads" / str(session.id)

    def _path(self, session: Session, name: str) -> Path:
        return self._uploads(session) / hashlib.sha256(name.encode()).hexdigest()[:32]

    def _queued(self, number: int) -> Path:
        return self._folder / "queue" / f"{number}.xml"


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


def _also(data: Data) -> set[Data]:
    """A good that lost its prices is no longer sold."""
    return {Data.GOODS} if data is Data.PRICES else set()
