"""Many rows from outside, in flat memory: copied into temporary tables, compared there, only differences written.

COPY FROM is refused under row-level security, so it fills tables of the connection's own. While the outside world is
read no transaction is open longer than a portion of rows takes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Date,
    Integer,
    MetaData,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.db.models import CustomerRow, ProductRow
from api.db.models.base import Base
from api.db.session import Role, engine

Thing = TypeVar("Thing")
Row: TypeAlias = tuple[Any, ...]
Note: TypeAlias = Callable[[int], Awaitable[None]]
"""Told now and then how many rows were read so far."""

PORTION = 5_000
OLD = "old"
"""The column of the differences that tells what was stored from what was read."""

# The server's own defaults suit small queries; a comparison of millions of rows would write hundreds of small files.
SETTINGS = ("temp_buffers = '32MB'", "work_mem = '128MB'", "jit = off")

NOTHING: tuple[tuple[type[Any], Any], ...] = (
    (Text, literal_column(r"E'\x01'")),
    (Date, literal_column("'-infinity'::date")),
    (Integer, literal_column("-2147483648")),
    (Numeric, literal_column("'NaN'::numeric")),
)
"""What stands for NULL in a comparison, by type: values that nobody reads. A hash join knows only equality."""


@asynccontextmanager
async def loading() -> AsyncIterator[AsyncConnection]:
    """A connection of the syncs' role that ends with its temporary tables."""
    connection = await engine(Role.SYNC).connect()
    try:
        for setting in SETTINGS:
            await connection.execute(text(f"SET {setting}"))
        await connection.commit()
        yield connection
    finally:
        await connection.invalidate()
        await connection.close()


def table_of(model: type[Base]) -> Table:
    """The model's table."""
    return cast(Table, model.__table__)


def of_backend(model: type[Base], backend: str) -> ColumnElement[bool]:
    """The rows of one accounting system."""
    table = table_of(model)
    if "backend" in table.c:
        return table.c["backend"] == backend
    if "product_id" in table.c:
        return table.c["product_id"].in_(select(ProductRow.id).where(ProductRow.backend == backend))
    return table.c["customer_id"].in_(select(CustomerRow.id).where(CustomerRow.backend == backend))


def same(one: ColumnElement[Any], other: ColumnElement[Any], *, nullable: bool) -> ColumnElement[bool]:
    """Equality where NULL is a value like others."""
    if not nullable:
        return one == other
    nothing = next(value for kind, value in NOTHING if isinstance(one.type, kind))
    return func.coalesce(one, nothing) == func.coalesce(other, nothing)


async def portions(rows: AsyncIterator[Thing]) -> AsyncIterator[list[Thing]]:
    """The stream in lists of PORTION; the last one has what is left."""
    portion: list[Thing] = []
    async for row in rows:
        portion.append(row)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


class Staged:
    """Rows as they were read, in a temporary table beside the table that they are for; then what differs.

    `names`: the columns that are read. The table's primary key is among them, or is a number of our own making: then
    the table is a set of rows, and a row that differs is another row.
    """

    def __init__(self, connection: AsyncConnection, model: type[Base], names: Sequence[str]) -> None:
        self.connection, self.model, self.names = connection, model, tuple(names)
        self.target = table_of(model)
        self.key = [column.name for column in self.target.primary_key]
        self.own_numbers = not set(self.key) <= set(self.names)
        self._counted: tuple[ColumnElement[bool], ...] = ()
        columns = [self.target.c[name] for name in self.names]
        stored = [self.target.c[name] for name in self.key if name not in self.names]
        self.rows = _temporary(f"read_{self.target.name}", columns)
        self.changes = _temporary(f"changes_{self.target.name}", [Column(OLD, type_=true().type), *stored, *columns])

    async def create(self) -> "Staged":
        """Makes the empty tables; a column there is what it is in the table of ours."""
        async with self.connection.begin():
            for table in (self.rows, self.changes):
                columns = ", ".join("false AS old" if column.name == OLD else column.name for column in table.columns)
                made = f"CREATE TEMPORARY TABLE {table.name} AS SELECT {columns} FROM {self.target.name} WITH NO DATA"
                await self.connection.execute(text(made))
        return self

    async def fill(self, rows: AsyncIterator[Row], note: Note) -> int:
        """Copies a stream, portion by portion; returns how many rows it had."""
        count = 0
        async for portion in portions(rows):
            count += await self.write(portion)
            await note(count)
        return count

    async def write(self, rows: Sequence[Row]) -> int:
        """Copies some rows, each in the order of `names`; returns how many."""
        if not rows:
            return 0
        async with self.connection.begin():
            driver = (await self.connection.get_raw_connection()).driver_connection
            assert driver is not None
            into = f"COPY {self.rows.name} ({', '.join(self.names)}) FROM STDIN"
            async with driver.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    await copy.write_row(row)
        await asyncio.sleep(0)  # a source that never waits would leave nobody else a turn
        return len(rows)

    async def analyze(self) -> None:
        """Tells the planner what was copied; nobody does for temporary tables."""
        async with self.connection.begin():
            await self.connection.execute(text(f"ANALYZE {self.rows.name}"))

    async def compare(self, stored: ColumnElement[bool], *read: ColumnElement[bool]) -> None:
        """Finds what differs between these stored rows and these of the read ones (all, when nothing is said)."""
        self._counted = read
        target, keys = self.target, [self.target.c[name] for name in self.key]
        more = [column for column in keys if column.name not in self.names]
        old = select(*more, *(target.c[name] for name in self.names)).where(stored).subquery("stored")
        new = select(self.rows).where(*read).subquery("fresh")
        equal = [same(old.c[name], new.c[name], nullable=bool(target.c[name].nullable)) for name in self.names]
        first = self.names[0]
        both = [func.coalesce(old.c[name], new.c[name]) for name in self.names]
        query = (
            select(new.c[first].is_(None), *(old.c[column.name] for column in more), *both)
            .select_from(old.join(new, and_(*equal), full=True))
            .where(or_(old.c[first].is_(None), new.c[first].is_(None)))
        )
        async with self.connection.begin():
            await self.connection.execute(insert(self.changes).from_select(self.changes.c.keys(), query))
            await self.connection.execute(text(f"ANALYZE {self.changes.name}"))

    @property
    def is_new(self) -> ColumnElement[bool]:
        """Among the differences: what was read."""
        return cast(ColumnElement[bool], self.changes.c[OLD].is_(False))

    @property
    def is_old(self) -> ColumnElement[bool]:
        """Among the differences: what is stored."""
        return cast(ColumnElement[bool], self.changes.c[OLD])

    def gone(self, *unless: ColumnElement[bool]) -> Select[Any]:
        """Keys of stored rows that were not read; `unless`: what a read row must be to count."""
        keys = [self.changes.c[name] for name in self.key]
        if self.own_numbers:
            return select(*keys).where(self.is_old)
        read = (self.rows.c[name] == self.changes.c[name] for name in self.key)
        kept = select(true()).where(*read, *self._counted, *unless).correlate(self.changes)
        return select(*keys).where(self.is_old, ~exists(kept))

    async def put(self, session: AsyncSession, mine: ColumnElement[bool], **fixed: Any) -> int:
        """Writes what is new or different; returns how many. A row of the same key that is not `mine` stays.

        `fixed`: what else such a row gets, without being compared.
        """
        columns = [*(self.changes.c[name] for name in self.names), *(literal(value) for value in fixed.values())]
        names = [*self.names, *fixed]
        fresh = select(*columns).where(self.is_new)
        if self.own_numbers:
            return await _count(session, insert(self.target).from_select(names, fresh))
        fresh = fresh.ext(distinct_on(*(self.changes.c[name] for name in self.key)))
        statement = upsert(self.target).from_select(names, fresh)
        updates = {name: statement.excluded[name] for name in names if name not in self.key}
        statement = statement.on_conflict_do_update(index_elements=self.key, set_=updates, where=mine)
        return await _count(session, statement)

    async def remove(self, session: AsyncSession) -> int:
        """Deletes the stored rows that were not read; returns how many."""
        keys = [self.target.c[name] for name in self.key]
        return await _count(session, delete(self.target).where(tuple_(*keys).in_(self.gone())))


async def staged(connection: AsyncConnection, model: type[Base], names: Sequence[str]) -> Staged:
    """An empty one on this connection, which is of `loading`."""
    return await Staged(connection, model, names).create()


@asynccontextmanager
async def applying(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """One transaction of the connection that knows the temporary tables."""
    async with AsyncSession(connection, expire_on_commit=False) as session, session.begin():
        yield session


def _temporary(name: str, columns: Sequence[Column[Any]]) -> Table:
    return Table(name, MetaData(), *(Column(column.name, column.type) for column in columns))


async def _count(session: AsyncSession, statement: Any) -> int:
    # Of an INSERT the number is kept only when asked for.
    done = await session.execute(statement, execution_options={"preserve_rowcount": True})
    return cast(CursorResult[Any], done).rowcount
