"""Rows of attachments, and the messages that they came with."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from api.db.models import AttachmentRow, InboxRow

SHOWN = 50


async def find(session: AsyncSession, conversation_id: UUID, attachment_id: int) -> AttachmentRow | None:
    """The attachment, if it came in this conversation."""
    return await session.scalar(select(AttachmentRow).filter_by(id=attachment_id, conversation_id=conversation_id))


async def message(session: AsyncSession, row: AttachmentRow) -> InboxRow | None:
    """The message that it came with."""
    return await session.get(InboxRow, row.inbox_id)


async def of_message(session: AsyncSession, inbox_id: int) -> Sequence[AttachmentRow]:
    """What came with a message."""
    return (await session.scalars(select(AttachmentRow).filter_by(inbox_id=inbox_id).order_by(AttachmentRow.id))).all()


async def of_conversation(session: AsyncSession, conversation_id: UUID) -> Sequence[AttachmentRow]:
    """All that came in a conversation, the newest first, without the contents."""
    query = select(AttachmentRow).options(defer(AttachmentRow.content)).filter_by(conversation_id=conversation_id)
    return (await session.scalars(query.order_by(AttachmentRow.id.desc()).limit(SHOWN))).all()


async def unclaimed(session: AsyncSession, conversation_id: UUID, since: datetime) -> Sequence[AttachmentRow]:
    """Documents that came while nobody was signed in."""
    query = (
        select(AttachmentRow)
        .join(InboxRow, InboxRow.id == AttachmentRow.inbox_id)
        .where(
            AttachmentRow.conversation_id == conversation_id,
            AttachmentRow.customer_id.is_(None),
            AttachmentRow.kind == "document",
            InboxRow.at >= since,
        )
        .order_by(AttachmentRow.id)
    )
    return (await session.scalars(query)).all()


async def keep(session: AsyncSession, attachment_id: int, content: bytes | None, error: str) -> None:
    """Stores the content, if it was had, and what is wrong with it: a code of api.spreadsheets.errors, or nothing."""
    values: dict[str, object] = {"error": error} | ({"content": content} if content is not None else {})
    await session.execute(update(AttachmentRow).where(AttachmentRow.id == attachment_id).values(**values))
