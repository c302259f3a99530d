"""Whole files into the state, in the order in which they came: by the worker, and small ones at once.

One lock keeps processes apart; `failed/` holds the last files that could not be read.
"""

import asyncio
import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from api.domain.clock import Clock
from api.erp.commerceml.book import Book
from api.erp.commerceml.ledger import File, Ledger, first_waiting, is_old_protocol, note_failed, note_read, whole_of
from api.erp.commerceml.merge import Merge, Merged, sweep
from api.erp.commerceml.reading import BadFile
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.state import State
from api.erp.commerceml.store import on_disk
from api.erp.commerceml.uploads import queued
from api.erp.errors import ErpError
from api.erp.port import Data

log = structlog.get_logger()

KEPT_FAILED = 5
ALONE = re.compile(r"(import|goods|offers|prices|rests)\.xml", re.IGNORECASE)
"""Names of files that are not a part of several."""


class Intake:
    """Reads what is queued."""

    def __init__(
        self, folder: Path, settings: CommercemlSettings, clock: Clock, ledger: Ledger, state: State, book: Book
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._state = state
        self._book = book

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
            queued(self._folder, file.id).unlink(missing_ok=True)
            log.info("commerceml.file_read", file=file.name, size=file.size, cards=merged.count)

    def _read(self, file: File) -> Merged:
        path, now = queued(self._folder, file.id), self._now()
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
        path = queued(self._folder, file.id)
        if path.is_file():
            path.rename(kept / path.name)
        for old in sorted(kept.iterdir(), key=lambda item: int(item.stem))[:-KEPT_FAILED]:
            old.unlink(missing_ok=True)
        with self._ledger.store.writing() as db:
            note_failed(db, file, error, self._now())

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

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _also(data: Data) -> set[Data]:
    """A good that lost its prices is no longer sold."""
    return {Data.GOODS} if data is Data.PRICES else set()
