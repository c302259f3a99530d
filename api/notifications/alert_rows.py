"""Who waits for a person, and who is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import ConversationRow, CustomerRow, HandoffRow, InboxRow, OutboxRow, StaffUserRow
from api.deps.staff_chats import ALERTED


@dataclass(frozen=True)
class Waiting:
    """An open hand-off. `since`: of the words, or the request, that nobody has answered; None: all is answered."""

    handoff: HandoffRow
    conversation: ConversationRow
    customer: str
    since: datetime | None


async def open_handoffs(session: AsyncSession) -> list[Waiting]:
    """Those that somebody may have to be told of, the oldest first."""
    row, chat = HandoffRow, ConversationRow
    # A request that came of an order's trouble has no words of the customer: it waits from the moment it was made.
    since = func.coalesce(chat.unanswered_since, case((row.taken_at.is_(None), row.requested_at)))
    unanswered = since.is_not(None) & or_(row.escalated_at.is_(None), row.escalated_at < since)
    query = (
        select(row, chat, func.coalesce(CustomerRow.name, ""), since)
        .join(chat, chat.id == row.conversation_id)
        .join(CustomerRow, CustomerRow.id == chat.customer_id, isouter=True)
        .where(row.closed_at.is_(None), or_(row.alerted_at.is_(None), unanswered))
        .order_by(row.id)
    )
    return [Waiting(*found) for found in await session.execute(query)]


async def reachable(session: AsyncSession) -> Sequence[StaffUserRow]:
    """The people who answer customers and tied a chat that takes messages. Rights are looked at anew every time."""
    row = StaffUserRow
    query = (
        select(row)
        .join(ConversationRow, ConversationRow.id == row.alert_conversation_id)
        .where(row.active, row.role.in_(ALERTED), ConversationRow.blocked_at.is_(None))
        .order_by(row.id)
    )
    return (await session.scalars(query)).all()


async def said(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Which of these messages are in the outbox already."""
    return {
        key for key in await session.scalars(select(OutboxRow.dedupe_key).where(OutboxRow.dedupe_key.in_(keys))) if key
    }


async def last_words(session: AsyncSession, conversation: ConversationRow) -> str:
    """What the customer wrote last."""
    query = select(InboxRow.text).where(InboxRow.conversation_id == conversation.id, InboxRow.text != "")
    return (await session.scalar(query.order_by(InboxRow.seq.desc()).limit(1))) or ""
