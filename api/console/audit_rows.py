"""The audit log as its page reads it: newest first, by key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import Query
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import AuditRow, StaffUserRow
from api.db.session import staff_session
from api.errors import ApiError

PAGE = 50
BATCH = 1000


@dataclass(frozen=True)
class Filter:
    """What is looked for; empty: all of it. `day` as a date field sends it."""

    actor: Annotated[str, Query(pattern=r"^[^\x00]*$")] = ""
    action: Annotated[str, Query(pattern=r"^[^\x00]*$")] = ""
    day: str = ""

    def on(self) -> date | None:
        try:
            return date.fromisoformat(self.day) if self.day else None
        except ValueError as error:
            raise ApiError("День пишется так: 2025-12-31.", status=422) from error


def _query(wanted: Filter) -> Select[AuditRow]:
    row = AuditRow
    query = select(row).order_by(row.at.desc(), row.id.desc())
    if wanted.actor:
        query = query.where(row.actor == wanted.actor)
    if wanted.action:
        query = query.where(row.action == wanted.action)
    if (day := wanted.on()) is not None:
        begins = datetime.combine(day, time(), settings().zone)
        query = query.where(row.at >= begins, row.at < begins + timedelta(days=1))
    return query


async def rows(session: AsyncSession, wanted: Filter, before: int | None, most: int = PAGE) -> list[AuditRow]:
    """The newest that match, older than the row `before`."""
    query = _query(wanted).limit(most)
    last = await session.get(AuditRow, before) if before else None
    if last is not None:
        query = query.where(tuple_(AuditRow.at, AuditRow.id) < tuple_(last.at, last.id))
    return list(await session.scalars(query))


async def all_rows(wanted: Filter) -> AsyncIterator[AuditRow]:
    """Every row that matches, in transactions of their own: the reader may be slow."""
    before: int | None = None
    while True:
        async with staff_session() as session:
            batch = await rows(session, wanted, before, BATCH)
        for row in batch:
            yield row
        if len(batch) < BATCH:
            return
        before = batch[-1].id


async def names(session: AsyncSession) -> dict[str, str]:
    """Names of logins, also of those who left."""
    found = await session.execute(select(StaffUserRow.login, StaffUserRow.name).order_by(StaffUserRow.name))
    return dict(found.all())
