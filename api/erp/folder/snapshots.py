"""The tables as they were last brought, each in a SQLite file of its own that never changes once it is there.

A newly read file makes the next one beside the current; readers take the next one at once. What the engine accepted
becomes the current by a rename, what it refused is thrown away. Whoever still reads an old file keeps it.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.erp.folder import words
from api.erp.port import Data


@dataclass(frozen=True)
class Shape:
    """Columns of a table; `key` makes a row the only one; rows that share `replaced` with a new row give way to it."""

    columns: str
    key: str
    replaced: str


SHAPES = {
    Data.GOODS: Shape(
        "sku TEXT, name TEXT, unit TEXT, category TEXT, brand TEXT, packs TEXT, step TEXT, minimum TEXT, days INTEGER,"
        " active INTEGER",
        "sku",
        "sku",
    ),
    Data.PRICES: Shape(
        "sku TEXT, amount TEXT, list TEXT, customer TEXT, minimum TEXT, prepay INTEGER, promo TEXT, start TEXT,"
        " until TEXT, unit TEXT",
        "sku, list, customer, minimum, prepay, promo, start, until",
        "sku, list, customer",
    ),
    Data.STOCK: Shape("sku TEXT, warehouse TEXT, quantity TEXT, unit TEXT", "sku, warehouse", "sku, warehouse"),
    Data.CUSTOMERS: Shape("id TEXT, card TEXT", "id", "id"),
    Data.BALANCES: Shape(
        "customer TEXT, number TEXT, debt TEXT, issued TEXT, due TEXT, amount TEXT, rest TEXT",
        "customer, number",
        "customer",
    ),
}
ASIDE = {
    Data.GOODS: "CREATE TABLE IF NOT EXISTS {at}categories (id TEXT PRIMARY KEY, name TEXT, parent TEXT)",
    Data.PRICES: "CREATE TABLE IF NOT EXISTS {at}lists (name TEXT PRIMARY KEY)",
    Data.STOCK: "CREATE TABLE IF NOT EXISTS {at}warehouses (name TEXT PRIMARY KEY)",
    Data.CUSTOMERS: "CREATE TABLE IF NOT EXISTS {at}refs (ref TEXT PRIMARY KEY, id TEXT)",
    Data.BALANCES: "",
}
"""What is gathered from the rows once they are all there."""
NAMES = {
    Data.GOODS: "SELECT sku FROM {at}rows",
    Data.STOCK: "SELECT name FROM {at}warehouses",
    Data.CUSTOMERS: "SELECT ref, id FROM {at}refs",
}
"""What rows of other tables may speak of."""


def _create(data: Data, at: str = "") -> str:
    shape = SHAPES[data]
    rows = f"CREATE TABLE IF NOT EXISTS {at}rows ({shape.columns}, PRIMARY KEY ({shape.key})) WITHOUT ROWID"
    return f"{rows}; {ASIDE[data].format(at=at)};"


class Snapshots:
    """All tables, in a folder of ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, data: Data, kind: str) -> Path:
        return self._folder / f"{data}.{kind}.sqlite3"

    def path(self, data: Data) -> Path | None:
        """The table to read, or None when it never came."""
        return next((path for kind in ("next", "current") if (path := self._path(data, kind)).exists()), None)

    @contextmanager
    def building(self, data: Data, *, changes: bool) -> Iterator[sqlite3.Connection]:
        """A table `incoming` to fill, with the row of the file; merged into `rows` and shown when nothing is raised.

        The caller merges, and gathers what stands aside.
        """
        built = self._path(data, "building")
        built.unlink(missing_ok=True)
        current = self.path(data)
        if changes and current is not None:
            shutil.copyfile(current, built)
        shape = SHAPES[data]
        with closing(sqlite3.connect(built)) as db:
            db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_create(data)}")
            db.execute(
                f"CREATE TABLE incoming ({shape.columns}, line INTEGER, PRIMARY KEY ({shape.key})) WITHOUT ROWID"
            )
            yield db
            db.execute("DROP TABLE incoming")
            db.commit()
        built.replace(self._path(data, "next"))

    def accept(self, data: Data) -> None:
        """The next table becomes the current one."""
        following = self._path(data, "next")
        if following.exists():
            following.replace(self._path(data, "current"))

    def reject(self, data: Data) -> None:
        """The current table stays."""
        self._path(data, "next").unlink(missing_ok=True)

    def names_more(self, data: Data) -> bool:
        """Whether the next table names something that the current one did not."""
        current, following = (self._path(data, kind) for kind in ("current", "next"))
        if data not in NAMES or not following.exists():
            return False
        if not current.exists():
            return True
        with closing(sqlite3.connect(":memory:", uri=True)) as db:
            for kind, path in (("old", current), ("new", following)):
                db.execute(f"ATTACH ? AS {kind}", (f"{path.as_uri()}?immutable=1",))
            query = f"{NAMES[data].format(at='new.')} EXCEPT {NAMES[data].format(at='old.')} LIMIT 1"
            return db.execute(query).fetchone() is not None

    def customers(self) -> dict[str, str | None]:
        """Ids of customers by what the files call them, None for several; none before the first file of them."""
        with closing(self.reader(Data.CUSTOMERS)) as db:
            return dict(db.execute("SELECT ref, id FROM customers.refs"))

    def reader(self, *wanted: Data) -> sqlite3.Connection:
        """A connection that sees these tables under their names; one that never came is empty."""
        db = sqlite3.connect(":memory:", uri=True, check_same_thread=False)
        db.create_function("fold", 1, words.fold, deterministic=True)
        for data in wanted:
            path = self.path(data)
            db.execute(f"ATTACH ? AS {data}", (":memory:" if path is None else f"{path.as_uri()}?immutable=1",))
            if path is None:
                db.executescript(_create(data, f"{data}."))
        return db


def merge(db: sqlite3.Connection, data: Data) -> None:
    """What is incoming takes the place of what it names."""
    shape = SHAPES[data]
    names = ", ".join(column.split()[0] for column in shape.columns.split(", "))
    db.execute(f"DELETE FROM rows WHERE ({shape.replaced}) IN (SELECT {shape.replaced} FROM incoming)")
    db.execute(f"INSERT INTO rows ({names}) SELECT {names} FROM incoming")
