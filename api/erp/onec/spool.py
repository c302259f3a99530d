"""Rows put aside on disk and told again in groups: a hundred thousand products need no memory of their size."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

BATCH = 5_000


class Spool:
    """Rows of strings under a key. SQLite keeps them in memory while they are few, else in a file that nobody sees."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        # Nothing is ever read after a crash.
        self._base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE rows (key, data);")
        self._waiting: list[tuple[str, str]] = []

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *reason: object) -> None:
        self._base.close()

    def add(self, key: str, *row: str) -> None:
        self._waiting.append((key, json.dumps(row, ensure_ascii=False)))
        if len(self._waiting) >= BATCH:
            self._write()

    def groups(self) -> Iterator[tuple[str, list[list[str]]]]:
        """Each key with its rows, in the order they were added."""
        self._write()
        found = self._base.execute("SELECT key, data FROM rows ORDER BY key, rowid")
        for key, rows in groupby(found, itemgetter(0)):
            yield key, [json.loads(data) for _, data in rows]

    def _write(self) -> None:
        self._base.execute("BEGIN")
        self._base.executemany("INSERT INTO rows VALUES (?, ?)", self._waiting)
        self._base.execute("COMMIT")
        self._waiting.clear()
