"""Writing many rows that came from outside, touching only those that differ."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models.base import Base


async def upsert_changed(session: AsyncSession, model: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Inserts new rows and updates different ones; returns how many. Every row holds the same columns."""
    if not rows:
        return 0
    table = model.__table__
    assert isinstance(table, Table)
    names = list(rows[0])
    keys = [column.name for column in table.primary_key]
    stored = {
        tuple(row[key] for key in keys): dict(row)
        for row in (await session.execute(select(*(table.c[name] for name in names)))).mappings()
    }
    changed = {key: row for row in rows if stored.get(key := tuple(row[name] for name in keys)) != row}
    if not changed:
        return 0
    statement = insert(table)
    updates = {name: statement.excluded[name] for name in names if name not in keys}
    statement = statement.on_conflict_do_update(index_elements=keys, set_=updates)
    await session.execute(statement, list(changed.values()))
    return len(changed)


async def delete_missing(session: AsyncSession, model: type[Base], keys: set[tuple[Any, ...]]) -> int:
    """Deletes the rows whose primary key is not among `keys`; returns how many."""
    table = model.__table__
    assert isinstance(table, Table)
    columns = list(table.primary_key)
    stored = {tuple(row) for row in await session.execute(select(*columns))}
    gone = stored - keys
    if gone:
        await session.execute(table.delete().where(tuple_(*columns).in_(gone)))
    return len(gone)
