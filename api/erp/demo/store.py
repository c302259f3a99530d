"""All rows of the demo base: in memory for reading, in one SQLite file to survive a restart.

A stored row is never changed in place: a write replaces it, so a reader needs the lock only to take a snapshot.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Watcher = Callable[[str, Row | None, Row | None], None]
"""Told of each write: the entity, the row as it was, and as it is."""

STOCK = "_stock"
"""Goods on hand as entered: {Номенклатура_Key, Склад_Key, Количество}."""
DEBTS = "_debts"
"""Invoices and advances older than the demo's own deliveries."""

_TABLES = """
CREATE TABLE IF NOT EXISTS rows (
    entity TEXT NOT NULL, ref TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (entity, ref)
);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    def __init__(self, path: str | Path) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)
        self._watchers: list[Watcher] = []
        self._tables: dict[str, dict[str, Row]] = {}
        for entity, ref, data in self._db.execute("SELECT entity, ref, data FROM rows ORDER BY rowid"):
            self._tables.setdefault(entity, {})[ref] = json.loads(data)

    def watch(self, watcher: Watcher) -> None:
        """Tells it of every write from now on; of one that is rolled back too."""
        self._watchers.append(watcher)

    def _tell(self, entity: str, old: Row | None, new: Row | None) -> None:
        for watcher in self._watchers:
            watcher(entity, old, new)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time; everything inside is committed together or not at all."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            saved = {name: dict(rows) for name, rows in self._tables.items()}
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                self._tables = saved
                raise
            self._db.execute("COMMIT")

    def rows(self, entity: str) -> list[Row]:
        with self._lock:
            return list(self._tables.get(entity, {}).values())

    def get(self, entity: str, ref: str) -> Row | None:
        with self._lock:
            return self._tables.get(entity, {}).get(ref)

    def put(self, entity: str, ref: str, row: Row) -> None:
        with self.writing():
            self._write([(entity, ref, row)])

    def remove(self, entity: str, ref: str) -> None:
        with self.writing():
            self._db.execute("DELETE FROM rows WHERE entity = ? AND ref = ?", (entity, ref))
            self._tell(entity, self._tables.get(entity, {}).pop(ref, None), None)

    def replace_all(self, rows: Iterable[tuple[str, str, Row]], meta: dict[str, str]) -> None:
        """Forget everything and hold these rows instead."""
        with self.writing():
            self._db.execute("DELETE FROM rows")
            self._db.execute("DELETE FROM meta")
            self._tables = {}
            self._write(rows)
            for key, value in meta.items():
                self.set_meta(key, value)

    def meta(self, key: str) -> str | None:
        with self._lock:
            found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def next_number(self, key: str) -> int:
        """The next number of a counter, never given twice."""
        with self.writing():
            number = int(self.meta(key) or "0") + 1
            self.set_meta(key, str(number))
            return number

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _write(self, rows: Iterable[tuple[str, str, Row]]) -> None:
        rows = list(rows)
        self._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT (entity, ref) DO UPDATE SET data = excluded.data",
            [(entity, ref, json.dumps(row, ensure_ascii=False)) for entity, ref, row in rows],
        )
        for entity, ref, row in rows:
            self._tell(entity, self._tables.get(entity, {}).get(ref), row)
            self._tables.setdefault(entity, {})[ref] = row
