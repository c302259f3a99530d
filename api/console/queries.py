"""What several pages show: requests that wait, files of a conversation."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import calls_out
from api.db.models import AttachmentRow, ConversationRow, ProfileRequestRow

NAMELESS = {"photo": "фото", "voice": "голосовое", "video": "видео"}


async def open_requests(session: AsyncSession) -> int:
    """How many changes of customers' cards wait for a manager."""
    query = select(func.count()).where(ProfileRequestRow.state == "open")
    return (await session.execute(query)).scalar_one()


@dataclass(frozen=True)
class File:
    """An attachment as the conversation's page links to it. `kept`: its content can be had."""

    id: int
    title: str
    size: int
    kept: bool


async def files_of(session: AsyncSession, conversation: ConversationRow, inbox_ids: list[int]) -> dict[int, list[File]]:
    """The files of these messages by the message's id; their content is not read."""
    row = AttachmentRow
    fetchable = calls_out(conversation.channel)
    query = select(row.inbox_id, row.id, row.name, row.kind, row.size, row.content.is_not(None), row.file_ref)
    found: dict[int, list[File]] = {}
    for inbox_id, id_, name, kind, size, stored, file_ref in await session.execute(
        query.where(row.inbox_id.in_(inbox_ids)).order_by(row.id)
    ):
        kept = stored or (fetchable and file_ref != "")
        found.setdefault(inbox_id, []).append(File(id_, name or NAMELESS.get(kind, "файл"), size, kept))
    return found
