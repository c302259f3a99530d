"""What the pages show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import calls_out
from api.db.models import AttachmentRow, ConversationRow, CustomerRow, HandoffRow, InboxRow, ProfileRequestRow

PAGE = 50

REASONS = {
    "asked": "просит человека",
    "attachment": "прислан файл или фото",
    "complaint": "жалоба",
    "not_understood": "бот не понял",
    "assistant_down": "бот не ответил",
    "order_failed": "заказ не ушёл в 1С",
    "order_review": "заказ записан с отличиями",
    "order_unfetched": "заказ никто не забирает",
    "taken_over": "взят менеджером",
    "documents": "нужны документы",
    "profile": "меняются данные",
    "notifications": "уведомления",
    "pilot": "не участвует в пилоте",
}


NAMELESS = {"photo": "фото", "voice": "голосовое", "video": "видео"}


@dataclass(frozen=True)
class Waiting:
    """A conversation on the list."""

    id: UUID
    customer: str
    channel: str
    mode: str
    reason: str
    note: str
    requested_at: datetime | None
    taken_by: str
    last_text: str
    last_at: datetime | None


async def open_requests(session: AsyncSession) -> int:
    """How many changes of customers' cards wait for a manager."""
    query = select(func.count()).where(ProfileRequestRow.state == "open")
    return (await session.execute(query)).scalar_one()


def reason_words(reason: str | None) -> str:
    return REASONS.get(reason or "", reason or "")


async def conversations(session: AsyncSession, attention_only: bool) -> list[Waiting]:
    """The conversations that need or have a person, the longest waiting first; or the newest of all."""
    last = (
        select(InboxRow.text, InboxRow.at)
        .where(InboxRow.conversation_id == ConversationRow.id, InboxRow.text != "")
        .order_by(InboxRow.id.desc())
        .limit(1)
        .lateral()
    )
    query = (
        select(ConversationRow, CustomerRow.name, HandoffRow, last.c.text, last.c.at)
        .join(CustomerRow, CustomerRow.id == ConversationRow.customer_id, isouter=True)
        .join(
            HandoffRow,
            (HandoffRow.conversation_id == ConversationRow.id) & HandoffRow.closed_at.is_(None),
            isouter=True,
        )
        .join(last, isouter=True, onclause=true())
        .limit(PAGE)
    )
    waiting_first = case((ConversationRow.mode == "waiting", 0), else_=1)
    if attention_only:
        query = query.where(ConversationRow.mode != "bot").order_by(waiting_first, HandoffRow.requested_at)
    else:
        query = query.where(last.c.at.is_not(None)).order_by(last.c.at.desc())
    return [
        Waiting(
            id=row.id,
            customer=name or "не представился",
            channel=row.channel,
            mode=row.mode,
            reason=reason_words(asked.reason if asked else None),
            note=asked.note if asked else "",
            requested_at=asked.requested_at if asked else None,
            taken_by=asked.taken_by if asked else "",
            last_text=text or "",
            last_at=at,
        )
        for row, name, asked, text, at in (await session.execute(query)).all()
    ]


@dataclass(frozen=True)
class File:
    """An attachment as the conversation's page links to it. `kept`: its content can be had."""

    id: int
    title: str
    size: int
    kept: bool


async def files_by_message(session: AsyncSession, conversation: ConversationRow) -> dict[int, list[File]]:
    """The files of the conversation by their message's number; their content is not read."""
    row = AttachmentRow
    fetchable = calls_out(conversation.channel)
    query = (
        select(InboxRow.seq, row.id, row.name, row.kind, row.size, row.content.is_not(None), row.file_ref)
        .join(InboxRow, InboxRow.id == row.inbox_id)
        .where(row.conversation_id == conversation.id)
        .order_by(row.id)
    )
    found: dict[int, list[File]] = {}
    for seq, id_, name, kind, size, stored, file_ref in await session.execute(query):
        kept = stored or (fetchable and file_ref != "")
        found.setdefault(seq, []).append(File(id_, name or NAMELESS.get(kind, "файл"), size, kept))
    return found
