"""What the exchange must not forget: orders written, what was told of them, files that are being taken over.

One SQLite file in a folder of this machine (not on the share, where locks are not to be trusted), and one lock beside
it: whoever takes files over or writes orders is alone, and a process that dies leaves no lock behind.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS placed (
    key TEXT PRIMARY KEY, created TEXT, file TEXT, stage TEXT, draft TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    ref TEXT PRIMARY KEY, number TEXT, status TEXT, customer TEXT, created TEXT, outlet TEXT, delivery TEXT, lines TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS told_number ON told (number);
CREATE TABLE IF NOT EXISTS arrivals (
    data TEXT PRIMARY KEY, mark INTEGER, claimed TEXT, notes TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, size INTEGER, changed INTEGER, since REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_over (data TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID;
"""
WAIT_SECONDS = 30.0


class State:
    """Opens a connection for each piece of work: these are rare, and any thread may do them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = False

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, undone when something is raised. Rows have names."""
        with closing(sqlite3.connect(self._folder / "state.sqlite3", timeout=WAIT_SECONDS)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous=FULL")
            if not self._made:
                db.executescript(_SCHEMA)
                self._made = True
            with db:
                yield db

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """The first row of an answer."""
        with self.open() as db:
            found: sqlite3.Row | None = db.execute(query, values).fetchone()
            return found

    def write(self, query: str, *values: Any) -> None:
        """One statement, kept when this returns."""
        with self.open() as db:
            db.execute(query, values)

    @contextmanager
    def alone(self, work: str, *, wait: bool) -> Iterator[bool]:
        """Holds the lock of this work («orders», «files»); False when another has it and we did not `wait`."""
        with (self._folder / f"{work}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
