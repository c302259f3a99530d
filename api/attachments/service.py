"""An attachment as sheets of cells, for the conversation in which it came and for nobody else."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.attachments import repository
from api.attachments.repository import find, keep, of_conversation, of_message, unclaimed
from api.domain.sheet import Sheet
from api.errors import ApiError, NotFound
from api.spreadsheets.errors import SENTENCES, Unreadable
from api.spreadsheets.reading import read

__all__ = ["Attached", "find", "keep", "of_conversation", "of_message", "require", "sheets", "unclaimed", "unreadable"]


@dataclass(frozen=True)
class Attached:
    """A file that was read: what it is called, its sheets, and the words that came with it."""

    name: str
    sheets: tuple[Sheet, ...]
    caption: str


def unreadable(code: str) -> ApiError:
    """The refusal that says why a file cannot be read."""
    return ApiError(SENTENCES[code], code="unreadable", status=422)


async def require(session: AsyncSession, conversation_id: UUID, attachment_id: int) -> None:
    """Raises NotFound unless the attachment came in this conversation."""
    if await find(session, conversation_id, attachment_id) is None:
        raise NotFound("Такого файла в этом разговоре нет.", code="no_attachment")


async def sheets(session: AsyncSession, conversation_id: UUID, attachment_id: int) -> Attached:
    """Reads the file; raises NotFound for one of another conversation, ApiError `unreadable` for what is no table."""
    row = await find(session, conversation_id, attachment_id)
    if row is None:
        raise NotFound("Такого файла в этом разговоре нет.", code="no_attachment")
    if row.error or row.content is None:
        raise unreadable(row.error or "not_fetched")
    try:
        found = await read(row.content)
    except Unreadable as error:
        raise unreadable(error.code) from error
    message = await repository.message(session, row)
    return Attached(row.name, found, message.text.partition("\n")[2] if message else "")
