"""SQLite files in the backend's folder, open to several processes at once: one writes, the others go on reading."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from api.erp.errors import ErpError

T = TypeVar("T")

WAIT_SECONDS = 30
PORTION = 500
UNAVAILABLE = "Папка обмена с 1С недоступна."


class Store:
    """A file with its tables. Whatever is wrong with the disk is a transient ErpError."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._made = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own; each statement sees what is committed."""
        with on_disk(), closing(self._open()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing. Others who write wait for its end."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the work in a thread."""

        def run() -> T:
            with self.reading() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the work in a thread, as one transaction."""

        def run() -> T:
            with self.writing() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def stream(self, query: str, values: Sequence[Any] = ()) -> AsyncIterator[sqlite3.Row]:
        """The rows of a query as they were at its beginning, in portions: a large answer needs no memory."""
        with on_disk():
            connection = await asyncio.to_thread(self._open)
            try:
                cursor = await asyncio.to_thread(connection.execute, query, values)
                while rows := await asyncio.to_thread(cursor.fetchmany, PORTION):
                    for row in rows:
                        yield row
            finally:
                connection.close()

    def _open(self) -> sqlite3.Connection:
        if not self._made:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        if not self._made:
            # SQLite refuses the change to WAL at once, without waiting, when another process is making the file too.
            with self._path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(self._schema)
            self._made = True
        return connection


@contextmanager
def on_disk() -> Iterator[None]:
    """Whatever the disk refuses inside is a transient ErpError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ErpError(UNAVAILABLE, permanent=False, evidence=f"{type(error).__name__}: {error}") from error
