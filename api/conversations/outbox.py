"""What we say: messages to the customer, numbered, and the notice that there is something new."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import ConversationRow, OutboxRow
from api.deps.notices import notify

NOTIFY_CHANNEL = "conversation"


async def wake(session: AsyncSession, conversation_id: UUID) -> None:
    """Tells every api process, at commit, that the conversation has something new."""
    await notify(session, NOTIFY_CHANNEL, str(conversation_id))


async def say(
    session: AsyncSession,
    conversation_id: UUID,
    at: datetime,
    text: str,
    *,
    buttons: list[dict[str, str]] | None = None,
    card: dict[str, Any] | None = None,
    sender: str = "bot",
    author: str = "",
    dedupe_key: str | None = None,
) -> None:
    """Puts a message into the outbox; one with the same `dedupe_key` that is there already is not said again."""
    if dedupe_key is not None and await session.scalar(select(exists().where(OutboxRow.dedupe_key == dedupe_key))):
        return
    # Holding the row until the commit makes the numbers visible in their order: a reader never skips one.
    seq = await session.scalar(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(last_seq=ConversationRow.last_seq + 1)
        .returning(ConversationRow.last_seq)
    )
    session.add(
        OutboxRow(
            conversation_id=conversation_id,
            seq=seq,
            at=at,
            sender=sender,
            author=author,
            text=text,
            buttons=buttons or [],
            card=card,
            dedupe_key=dedupe_key,
        )
    )
    await session.flush()
    await wake(session, conversation_id)
