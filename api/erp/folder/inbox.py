"""Files in: noticed, claimed, read, and put away once the engine has taken over what they say."""

import re
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from api.domain.clock import Clock
from api.erp.folder import loading, partners
from api.erp.folder.layout import Layout
from api.erp.folder.reading import Record, records
from api.erp.folder.report import NEWLINE, Refused, Report
from api.erp.folder.snapshots import Snapshots
from api.erp.folder.state import State
from api.erp.folder.statuses import statuses
from api.erp.folder.tables import TABLES, is_changes, named
from api.erp.port import Data

log = structlog.get_logger()

LONGEST_NAME = 180
"""Bytes; file systems take 255."""
HALF_SECONDS = 60.0
"""How long a file that looks half written is given."""
PASSING = re.compile(
    r"^[.~]|\.(?:tmp|part|partial|filepart|crdownload|lock)$|^(?:desktop\.ini|thumbs\.db)$", re.IGNORECASE
)
"""Names that programs give to what is not ready, and what Windows leaves in every folder."""
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d(?:-\d+)? ")
LOADERS: dict[Data, Callable[[loading.Load, Iterable[Record]], None]] = {
    Data.GOODS: loading.goods,
    Data.PRICES: loading.prices,
    Data.STOCK: loading.stock,
    Data.CUSTOMERS: partners.customers,
    Data.BALANCES: partners.balances,
}
AGAIN = {
    Data.GOODS: (Data.PRICES, Data.STOCK),
    Data.CUSTOMERS: (Data.PRICES, Data.BALANCES, Data.GOODS),
    Data.STOCK: (Data.GOODS,),
}
"""What is to be read again when a file names something new: rows may have waited for its products or customers, and its
warehouses come with the goods."""
_MARK_AGAIN = "INSERT INTO arrivals VALUES (?, ?, '', '') ON CONFLICT (data) DO UPDATE SET mark = excluded.mark"


class Inbox:
    """All of it blocks: call it in a thread."""

    def __init__(self, layout: Layout, state: State, tables: Snapshots, clock: Clock, quiet_seconds: float) -> None:
        self._layout = layout
        self._state = state
        self._tables = tables
        self._clock = clock
        self._quiet = quiet_seconds
        self._shown: dict[Data, int] = {}

    def arrived(self) -> frozenset[Data]:
        """Takes over what lies there whole; tells what waits for the engine. One process does it at a time."""
        self._layout.ready()
        with self._state.alone("files", wait=False) as alone:
            if alone:
                for path in [*self._left_over(), *self._still()]:
                    self._take_over(path)
        with self._state.open() as db:
            self._shown = {Data(row["data"]): row["mark"] for row in db.execute("SELECT data, mark FROM arrivals")}
        return frozenset(self._shown)

    def taken(self, data: Data, error: str) -> None:
        """Puts the file away. What was brought after the engine was told of it stays for the next time."""
        self._layout.ready()
        with self._state.alone("files", wait=True):
            row = self._state.row("SELECT * FROM arrivals WHERE data = ?", data)
            if row is None:
                return
            if error:
                self._tables.reject(data)
            else:
                self._tables.accept(data)
            claimed = self._layout.reading / row["claimed"]
            if row["claimed"] and claimed.exists():
                if error:
                    self._refuse(claimed, error)
                else:
                    self._archive(claimed, row["notes"])
            mark = self._shown.get(data, row["mark"])
            with self._state.open() as db:
                db.execute("DELETE FROM arrivals WHERE data = ? AND mark <= ?", (data, mark))
                db.execute("UPDATE arrivals SET claimed = '', notes = '' WHERE data = ?", (data,))
                if row["claimed"] and not error:
                    db.execute("INSERT OR REPLACE INTO taken_over VALUES (?, ?)", (data, self._now()))

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    def _left_over(self) -> list[Path]:
        """Files that a process claimed and did not live to read."""
        with self._state.open() as db:
            known = {row["claimed"] for row in db.execute("SELECT claimed FROM arrivals")}
        return sorted(path for path in self._layout.reading.iterdir() if path.name not in known and _is_theirs(path))

    def _still(self) -> list[Path]:
        """Files that nobody writes any more, the oldest first."""
        found = []
        with self._state.open() as db:
            names = []
            for path in self._layout.inbox.iterdir():
                if not _is_theirs(path):
                    continue
                names.append(path.name)
                try:
                    if self._is_still(db, path):
                        found.append((path.stat().st_mtime, path.name, path))
                except OSError as error:  # taken away, or open in a program that lets nobody else read it
                    log.debug("folder.file_busy", file=path.name, evidence=str(error))
            for row in db.execute("SELECT name FROM seen").fetchall():
                if row["name"] not in names:
                    db.execute("DELETE FROM seen WHERE name = ?", (row["name"],))
        return [path for _, _, path in sorted(found)]

    def _is_still(self, db: sqlite3.Connection, path: Path) -> bool:
        """Unchanged since we first saw it so, for long enough. The share's own clock is not asked: it may be wrong."""
        stat, now = path.stat(), time.time()
        row = db.execute("SELECT * FROM seen WHERE name = ?", (path.name,)).fetchone()
        if row is None or (row["size"], row["changed"]) != (stat.st_size, stat.st_mtime_ns) or row["since"] > now:
            values = (path.name, stat.st_size, stat.st_mtime_ns, now)
            db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", values)
            return self._quiet == 0 and _looks_whole(path)
        return bool(now - row["since"] >= (self._quiet if _looks_whole(path) else max(self._quiet, HALF_SECONDS)))

    def _take_over(self, path: Path) -> None:
        """Claims and reads one file; leaves it where it is while an earlier one of its table waits for the engine."""
        data = named(_STAMP.sub("", path.name))
        if data and self._state.row("SELECT 1 FROM arrivals WHERE data = ?", data):
            return
        claimed = self._claimed(path)
        if claimed is None:
            return
        report = Report()
        try:
            if data is None:
                raise Refused(_unnamed())
            self._read(claimed, data, report)
        except Refused as refused:
            self._refuse(claimed, refused.text)
        except (OSError, sqlite3.OperationalError):
            raise  # the share or the disk: the next time finds the file as left over
        except Exception:
            # A mistake of ours in one file must not stop the others.
            log.exception("folder.file_failed", file=claimed.name)
            self._refuse(claimed, "Прочитать файл не получилось по нашей вине. Причина записана в журнале бота.")
        else:
            self._note_arrival(data, claimed.name, report.noted())

    def _claimed(self, path: Path) -> Path | None:
        """The file under the name that only we know, by one rename; None when another was faster."""
        if path.parent == self._layout.reading:
            return path
        target = _free(self._layout.reading, self._stamped(path.name))
        try:
            return path.rename(target)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            log.debug("folder.file_locked", file=path.name, evidence=str(error))
            return None

    def _stamped(self, name: str) -> str:
        return f"{self._clock.now():%Y-%m-%d %H-%M-%S} {_short(name)}"

    def _read(self, path: Path, data: Data, report: Report) -> None:
        found = records(path, TABLES[data], report)
        if data is Data.ORDERS:
            statuses(self._state, report, found, self._tables.customers())
            return
        with self._tables.building(data, changes=is_changes(path.name)) as db:
            LOADERS[data](loading.Load(db, self._tables, report), found)
            if not db.execute("SELECT EXISTS (SELECT 1 FROM rows)").fetchone()[0]:
                raise Refused("В файле нет ни одной строки с данными.")

    def _note_arrival(self, data: Data, claimed: str, notes: str) -> None:
        mark = time.time_ns()
        with self._state.open() as db:
            db.execute("INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?, ?)", (data, mark, claimed, notes))
            for other in AGAIN.get(data, ()) if self._tables.names_more(data) else ():
                if self._tables.path(other) is not None:
                    db.execute(_MARK_AGAIN, (other, mark))

    def _archive(self, claimed: Path, notes: str) -> None:
        """By month, so that a stock file every five minutes does not make a folder that nobody can open."""
        month = self._layout.archive / f"{self._clock.now():%Y-%m}"
        month.mkdir(exist_ok=True)
        target = _free(month, claimed.name)
        claimed.rename(target)
        if notes:
            _write(target.with_name(f"{target.name}.замечания.txt"), notes)

    def _refuse(self, claimed: Path, why: str) -> None:
        target = _free(self._layout.refused, claimed.name)
        _write(target.with_name(f"{target.name}.причина.txt"), why)
        claimed.rename(target)
        log.warning("folder.file_refused", file=target.name)


def _short(name: str) -> str:
    """The name, or what it says of the file: with a stamp before it and «причина» behind it a name must still fit."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    data = named(name)
    told = TABLES[data].name if data else "Файл"
    return f"{told}{' изменения' if is_changes(name) else ''}{Path(name).suffix[:10]}"


def _is_theirs(path: Path) -> bool:
    """Whether it is a file that somebody brought."""
    return not PASSING.search(path.name) and not path.is_symlink() and path.is_file()


def _looks_whole(path: Path) -> bool:
    """Whether it ends like a file: a workbook with its directory, a text without the zeros of a space kept for it."""
    size = path.stat().st_size
    with path.open("rb") as content:
        head = content.read(4)
        content.seek(max(0, size - 512))
        tail = content.read()
    if head.startswith(b"PK"):
        return zipfile.is_zipfile(path)
    return size > 0 and not tail.endswith(b"\0" * min(64, size))


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has yet: a stamp is good for a second."""
    target, number = folder / name, 1
    while target.exists():
        number += 1
        stamp = _STAMP.match(name)
        at = stamp.end() - 1 if stamp else 0
        target = folder / f"{name[:at]}-{number}{name[at:]}"
    return target


def _write(path: Path, text: str) -> None:
    path.write_bytes((text + NEWLINE).encode("utf-8-sig"))


def _unnamed() -> str:
    names = ", ".join(f"«{table.name}»" for table in TABLES.values())
    return f"По имени файла непонятно, что в нём. Имя должно начинаться со слова: {names}."
