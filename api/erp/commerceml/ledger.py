"""What goes on in the exchange: who signed in, which files came, what was read of them, which orders wait for 1C.

Short transactions only; api and worker processes share it.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.erp.commerceml.merge import Merged
from api.erp.commerceml.store import Store
from api.erp.port import Data

SCHEMA = """
CREATE TABLE IF NOT EXISTS exchange (
    id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, started REAL NOT NULL, last REAL NOT NULL,
    version TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS upload (
    exchange INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, last_chunk TEXT NOT NULL,
    PRIMARY KEY (exchange, name)
);
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, exchange INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
    sweep TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'waiting', error TEXT NOT NULL DEFAULT '',
    queued REAL NOT NULL, done REAL, data TEXT NOT NULL DEFAULT '[]', named TEXT NOT NULL DEFAULT '[]',
    whole TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS brought (
    data TEXT PRIMARY KEY, version INTEGER NOT NULL, at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS document (
    erp_id TEXT PRIMARY KEY, key TEXT UNIQUE, number TEXT NOT NULL, customer TEXT NOT NULL, outlet TEXT,
    created REAL NOT NULL, changed REAL NOT NULL, status TEXT NOT NULL, delivery TEXT, lines TEXT NOT NULL,
    draft TEXT, waiting INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,
    offered INTEGER NOT NULL DEFAULT 0, word TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS offered (
    exchange INTEGER NOT NULL, erp_id TEXT NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (exchange, erp_id, revision)
);
"""

DEACTIVATE = "deactivate"
KEPT_DAYS = 7
DAY_SECONDS = 86400


@dataclass(frozen=True)
class Session:
    """One visit of 1C, from `checkauth` on. `version`: of the schema, if 1C told it at `init`."""

    id: int
    version: str


@dataclass(frozen=True)
class File:
    """A file that came whole. `sweep`: no file, but the word that all has come: «deactivate» or «complete»."""

    id: int
    exchange: int
    name: str
    sweep: str
    state: str
    """«waiting», «read» or «failed»."""
    error: str
    queued: float
    data: frozenset[Data]
    size: int


class Ledger:
    """The exchange's book."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "exchange.sqlite", SCHEMA)

    async def begin(self, token: str, now: float) -> None:
        """A new session. What is older than a week of earlier ones is forgotten, but for the last file and orders."""

        def work(db: sqlite3.Connection) -> None:
            old = now - KEPT_DAYS * DAY_SECONDS
            db.execute("DELETE FROM exchange WHERE last < ?", (old,))
            for table in ("upload", "offered"):
                db.execute(f"DELETE FROM {table} WHERE exchange NOT IN (SELECT id FROM exchange)")
            db.execute("DELETE FROM file WHERE done < ? AND id < (SELECT MAX(id) FROM file)", (old,))
            db.execute("INSERT INTO exchange (token, started, last) VALUES (?, ?, ?)", (token, now, now))

        await self.store.write(work)

    async def session(self, token: str, now: float) -> Session | None:
        """The session of a cookie; None: there is none."""

        def work(db: sqlite3.Connection) -> Session | None:
            query = "UPDATE exchange SET last = ? WHERE token = ? RETURNING id, version"
            row = db.execute(query, (now, token)).fetchone()
            return None if row is None else Session(row["id"], row["version"])

        return await self.store.write(work)

    async def start_uploads(self, session: Session, version: str) -> None:
        """A new upload begins: what was sent and not read is dropped."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM upload WHERE exchange = ?", (session.id,))
            db.execute("UPDATE exchange SET version = ? WHERE id = ?", (version, session.id))

        await self.store.write(work)

    async def queue_sweep(self, session: Session, word: str, now: float) -> int:
        """1C says that all has come: noted behind the files that wait. Returns its number."""

        def work(db: sqlite3.Connection) -> int:
            query = "INSERT INTO file (exchange, name, size, queued, sweep) VALUES (?, '', 0, ?, ?)"
            return db.execute(query, (session.id, now, word)).lastrowid or 0

        return await self.store.write(work)

    async def newest(self, session: Session, name: str) -> File | None:
        """The last file of the session with this name."""
        query = "SELECT * FROM file WHERE exchange = ? AND name = ? AND sweep = '' ORDER BY id DESC LIMIT 1"
        return await self.store.read(lambda db: _file(db.execute(query, (session.id, name)).fetchone()))

    async def file(self, number: int) -> File | None:
        """The file with this number."""
        return await self.store.read(
            lambda db: _file(db.execute("SELECT * FROM file WHERE id = ?", (number,)).fetchone())
        )

    async def arrived(self) -> frozenset[Data]:
        """What was merged and not taken yet."""
        query = "SELECT data FROM brought WHERE version > taken"
        return await self.store.read(lambda db: frozenset(Data(row["data"]) for row in db.execute(query)))

    async def told(self, data: Data) -> None:
        """A reading begins: it will see all that is merged now."""
        query = "UPDATE brought SET told = version WHERE data = ? AND told < version"
        await self.store.write(lambda db: db.execute(query, (data.value,)))

    async def taken(self, data: Data, error: str) -> None:
        """What the last reading saw is taken."""
        query = "UPDATE brought SET taken = told, error = ? WHERE data = ?"
        await self.store.write(lambda db: db.execute(query, (error, data.value)))

    async def trouble(self, data: Iterable[Data]) -> str:
        """Why one of these could not be taken the last time; empty: they could."""
        wanted = {item.value for item in data}
        rows = await self.store.read(lambda db: db.execute("SELECT data, error FROM brought").fetchall())
        return next((row["error"] for row in rows if row["data"] in wanted and row["error"]), "")


def first_waiting(db: sqlite3.Connection) -> File | None:
    """The file to be read next."""
    return _file(db.execute("SELECT * FROM file WHERE state = 'waiting' ORDER BY id LIMIT 1").fetchone())


def note_read(db: sqlite3.Connection, file: File, merged: Merged, now: float) -> None:
    """The file is in the state now."""
    db.execute(
        "UPDATE file SET state = 'read', done = ?, data = ?, named = ?, whole = ? WHERE id = ?",
        (now, *(json.dumps(sorted(told)) for told in (merged.data, merged.named, merged.whole)), file.id),
    )
    for item in merged.data:
        note_brought(db, item, file.queued)


def note_brought(db: sqlite3.Connection, data: Data, at: float) -> None:
    """There is something new to be read."""
    db.execute(
        "INSERT INTO brought (data, version, at) VALUES (?1, 1, ?2)"
        " ON CONFLICT (data) DO UPDATE SET version = version + 1, at = ?2, error = ''",
        (data.value, at),
    )


def note_failed(db: sqlite3.Connection, file: File, error: str, now: float) -> None:
    """The file cannot be read."""
    db.execute("UPDATE file SET state = 'failed', done = ?, error = ? WHERE id = ?", (now, error, file.id))


def whole_of(db: sqlite3.Connection, exchange: int, word: str) -> tuple[int, set[tuple[Data, str]]]:
    """The number of an exchange's first file, and what all its files together are everything of: what they say, and by
    the word «deactivate» also the goods that they name. Nothing when one of them could not be read: what stood in it
    would be taken away."""
    query = "SELECT id, state, named, whole FROM file WHERE exchange = ? AND sweep = ''"
    rows = db.execute(query, (exchange,)).fetchall()
    if not rows or any(row["state"] == "failed" for row in rows):
        return 0, set()
    whole = {(Data(data), catalog) for row in rows for data, catalog in json.loads(row["whole"])}
    if word == DEACTIVATE:
        named = {(Data(data), catalog) for row in rows for data, catalog in json.loads(row["named"])}
        whole |= {(data, catalog) for data, catalog in named if data is Data.GOODS}
    return min(row["id"] for row in rows), whole


def is_old_protocol(db: sqlite3.Connection, exchange: int) -> bool:
    """Whether 1C told no version: then it will not say either that all has come."""
    row = db.execute("SELECT version FROM exchange WHERE id = ?", (exchange,)).fetchone()
    return row is not None and not row["version"]


def _file(row: sqlite3.Row | None) -> File | None:
    if row is None:
        return None
    data = frozenset(Data(item) for item in json.loads(row["data"]))
    return File(
        row["id"],
        row["exchange"],
        row["name"],
        row["sweep"],
        row["state"],
        row["error"],
        row["queued"],
        data,
        row["size"],
    )
