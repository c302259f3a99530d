"""Reading and writing conversations."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.schemas import ButtonOut, MessageOut
from api.db.models import AttachmentRow, ConversationRow, HandoffRow, InboxRow, OutboxRow


async def open_conversation(
    session: AsyncSession, channel: str, channel_user: str | None, address: str = ""
) -> ConversationRow:
    """The conversation of this person, made when there is none, held until the transaction ends.

    Without a name the person gets one: the id itself.
    """
    conversation_id = uuid4()
    values = {"id": conversation_id, "channel": channel, "channel_user": channel_user or str(conversation_id)}
    values["address"] = address
    await session.execute(insert(ConversationRow).values(values).on_conflict_do_nothing())
    query = select(ConversationRow).filter_by(channel=channel, channel_user=values["channel_user"])
    return (await session.scalars(query.with_for_update().execution_options(populate_existing=True))).one()


async def locked(session: AsyncSession, conversation_id: UUID) -> ConversationRow | None:
    """The conversation, held until the transaction ends: its numbers are given out one at a time."""
    query = select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def find_by_user(session: AsyncSession, channel: str, channel_user: str) -> ConversationRow | None:
    query = select(ConversationRow).filter_by(channel=channel, channel_user=channel_user).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def find_inbox(session: AsyncSession, channel: str, provider_id: str) -> InboxRow | None:
    return (await session.scalars(select(InboxRow).filter_by(channel=channel, provider_id=provider_id))).one_or_none()


async def find_outbox(session: AsyncSession, conversation_id: UUID, seq: int) -> OutboxRow | None:
    return (await session.scalars(select(OutboxRow).filter_by(conversation_id=conversation_id, seq=seq))).one_or_none()


async def last_said(session: AsyncSession, conversation_id: UUID) -> OutboxRow | None:
    """Our newest message in the conversation."""
    query = select(OutboxRow).filter_by(conversation_id=conversation_id).order_by(OutboxRow.seq.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


async def received_since(session: AsyncSession, conversation_id: UUID, since: datetime) -> int:
    """How many messages the person sent since then."""
    query = select(func.count()).where(InboxRow.conversation_id == conversation_id, InboxRow.at >= since)
    return (await session.execute(query)).scalar_one()


async def uploaded_since(session: AsyncSession, whose: ColumnElement[bool], since: datetime) -> int:
    """Bytes of files that these conversations sent since then."""
    query = (
        select(func.coalesce(func.sum(AttachmentRow.size), 0))
        .join(InboxRow, InboxRow.id == AttachmentRow.inbox_id)
        .join(ConversationRow, ConversationRow.id == AttachmentRow.conversation_id)
        .where(whose, InboxRow.at >= since)
    )
    return int((await session.execute(query)).scalar_one())


def _inbox_message(row: InboxRow) -> MessageOut:
    client_id = row.raw.get("id") if isinstance(row.raw.get("id"), str) else None
    return MessageOut(seq=row.seq, at=row.at, sender="customer", text=row.text, client_id=client_id)


def _outbox_message(row: OutboxRow) -> MessageOut:
    return MessageOut(
        seq=row.seq,
        at=row.at,
        sender=row.sender,
        author=row.author or None,
        text=row.text,
        buttons=[ButtonOut(title=button["title"], url=button.get("url")) for button in row.buttons],
        card=row.card,
    )


async def messages_after(
    session: AsyncSession, conversation_id: UUID, after: int, limit: int = 200
) -> list[MessageOut]:
    """Both sides of the conversation after this number, in order; at most `limit`, so that a reader misses none."""
    inbox = select(InboxRow).where(InboxRow.conversation_id == conversation_id, InboxRow.seq > max(after, 0))
    outbox = select(OutboxRow).where(OutboxRow.conversation_id == conversation_id, OutboxRow.seq > max(after, 0))
    found = [_inbox_message(row) for row in await session.scalars(inbox.order_by(InboxRow.seq).limit(limit))]
    found += [_outbox_message(row) for row in await session.scalars(outbox.order_by(OutboxRow.seq).limit(limit))]
    return sorted(found, key=lambda message: message.seq)[:limit]


async def newest_messages(session: AsyncSession, conversation: ConversationRow, count: int) -> list[MessageOut]:
    """The last messages of the conversation, in order."""
    return await messages_after(session, conversation.id, conversation.last_seq - count, count)


async def is_typing(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether the assistant still owes an answer."""
    waiting = exists().where(InboxRow.conversation_id == conversation_id, InboxRow.handled_at.is_(None))
    query = select(waiting).where(ConversationRow.id == conversation_id, ConversationRow.mode == "bot")
    return bool(await session.scalar(query))


async def open_handoff(session: AsyncSession, conversation_id: UUID) -> HandoffRow | None:
    """The request for a person that is not closed yet."""
    query = select(HandoffRow).where(HandoffRow.conversation_id == conversation_id, HandoffRow.closed_at.is_(None))
    return (await session.scalars(query.order_by(HandoffRow.id.desc()).limit(1))).one_or_none()
