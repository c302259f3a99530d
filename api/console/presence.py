"""Who else has a conversation open, so that two do not answer at once. The pages tell it every ten seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.accounts import Staff
from api.conversations import outbox
from api.db.models import PresenceRow

STALE = timedelta(seconds=30)
"""Three beats that did not come: the page is gone."""
TYPES = timedelta(seconds=15)
"""The next beat says whether the person still types."""


@dataclass(frozen=True)
class Present:
    name: str
    typing: bool


async def here(session: AsyncSession, conversation_id: UUID, staff: Staff, now: datetime, *, typing: bool) -> None:
    """Notes that this person looks, or types; the others are told when that is new."""
    row = PresenceRow
    await session.execute(delete(row).where(row.conversation_id == conversation_id, row.seen_at < now - STALE))
    known = await session.get(row, (conversation_id, staff.login))
    is_new = known is None or (known.typed_at is not None) != typing
    values = {"seen_at": now, "typed_at": now if typing else None, "name": staff.name}
    await session.execute(
        insert(row)
        .values(conversation_id=conversation_id, login=staff.login, **values)
        .on_conflict_do_update(index_elements=["conversation_id", "login"], set_=values)
    )
    if is_new:
        await outbox.wake(session, conversation_id)


async def gone(session: AsyncSession, conversation_id: UUID, staff: Staff) -> None:
    """The page was closed."""
    row = PresenceRow
    await session.execute(delete(row).where(row.conversation_id == conversation_id, row.login == staff.login))
    await outbox.wake(session, conversation_id)


async def others(session: AsyncSession, conversation_id: UUID, staff: Staff, now: datetime) -> list[Present]:
    """Whoever else looks at it now, by name."""
    row = PresenceRow
    query = select(row).where(
        row.conversation_id == conversation_id, row.login != staff.login, row.seen_at >= now - STALE
    )
    rows = await session.scalars(query.order_by(row.name))
    return [Present(one.name, one.typed_at is not None and one.typed_at >= now - TYPES) for one in rows]
