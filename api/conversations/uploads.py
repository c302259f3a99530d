"""Files sent in the web chat: read with a bound, known by their content, stored as a message with an attachment."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.channels.errors import ChannelError
from api.channels.port import Attachment, InboundMessage
from api.channels.webchat.kinds import Kind, kind_of, safe_name
from api.config import settings
from api.conversations import intake, repository
from api.conversations.rates import FILES_OF_ADDRESS, FILES_OF_CONVERSATION, OPEN_UPLOADS, rates
from api.conversations.schemas import ReceiptOut
from api.conversations.webchat import MEGABYTE, conversation_of
from api.db.models import ConversationRow
from api.db.session import staff_session
from api.deps.addresses import address_of
from api.errors import ApiError, TooMany

router = APIRouter(tags=["web chat"])

CHANNEL = "webchat"
FRAME_BYTES = 16 * 1024
"""What multipart writes around the file: its name, the id."""
DAY = timedelta(days=1)
DAY_BYTES = 100 * MEGABYTE
"""Of one conversation."""
DAY_BYTES_OF_ADDRESS = 5 * DAY_BYTES
BUSY_SECONDS = 5.0

BROKEN = "Файл не получилось прочитать. Попробуйте ещё раз."
DAY_USED_UP = "За сутки прислано слишком много файлов. Передайте остальное менеджеру другим способом."


@router.post("/webchat/files")
async def receive_file(request: Request, authorization: Annotated[str, Header()]) -> ReceiptOut:
    """Takes one file: multipart with `id` (the client's, a UUID; a repeat changes nothing) and `file`."""
    conversation_id = conversation_of(authorization.removeprefix("Bearer ").strip())
    address = address_of(request)
    rates.take(FILES_OF_ADDRESS, address)
    rates.take(FILES_OF_CONVERSATION, str(conversation_id))
    with rates.hold("uploads", OPEN_UPLOADS) as free:
        if not free:
            raise TooMany("Сейчас присылают много файлов. Подождите немного.", retry_after=BUSY_SECONDS)
        message_id, name, content = await _read(request)
        try:
            kind = await asyncio.to_thread(kind_of, content, name)
        except ChannelError as error:
            raise ApiError(error.message, code=error.code, status=error.status) from error
        message = _message(conversation_id, message_id, safe_name(name, kind), kind, len(content))
        async with staff_session() as session:
            await _within_the_day(session, conversation_id, message, counted=bool(address))
            contents = {message.attachments[0].file_ref: content}
            return ReceiptOut(seq=await intake.receive(session, settings().clock, CHANNEL, message, contents))


def _message(conversation_id: UUID, message_id: UUID, name: str, kind: Kind, size: int) -> InboundMessage:
    return InboundMessage(
        provider_id=f"{conversation_id}:{message_id}",
        channel_user=str(conversation_id),
        raw={"id": str(message_id), "file": {"name": name, "mime": kind.mime, "size": size}},
        attachments=(Attachment(kind.shown_as, f"{CHANNEL}:{message_id}", name, kind.mime, size),),
    )


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes]:
    """The body as it comes; 413 as soon as there is too much, whatever the length header says."""
    too_large = ApiError(f"Файл больше {settings().webchat_file_mb} МБ.", code="file_large", status=413)
    if int(request.headers.get("content-length") or 0) > most:
        raise too_large
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise too_large
        yield chunk


async def _read(request: Request) -> tuple[UUID, str, bytes]:
    """The client's id, the file's name as given, its content."""
    broken = ApiError(BROKEN, code="file_broken", status=422)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise broken
    stream = _bounded(request, settings().webchat_file_mb * MEGABYTE + FRAME_BYTES)
    try:
        form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=1, max_part_size=100).parse()
    except MultiPartException as error:
        raise broken from error
    try:
        file, message_id = form.get("file"), form.get("id")
        if not isinstance(file, UploadFile) or not isinstance(message_id, str):
            raise broken
        return UUID(message_id), file.filename or "", await file.read()
    except ValueError as error:
        raise broken from error
    finally:
        await form.close()


async def _within_the_day(
    session: AsyncSession, conversation_id: UUID, message: InboundMessage, *, counted: bool
) -> None:
    """Raises TooMany when the day's bytes are used up; a repeat of what is stored is no new file."""
    conversation = await repository.locked(session, conversation_id)
    if conversation is None or await repository.find_inbox(session, CHANNEL, message.provider_id) is not None:
        return
    since, size = settings().clock.now() - DAY, message.attachments[0].size
    of_conversation = await repository.uploaded_since(session, ConversationRow.id == conversation_id, since)
    of_address = 0
    if counted:
        of_address = await repository.uploaded_since(session, ConversationRow.address == conversation.address, since)
    if of_conversation + size > DAY_BYTES or of_address + size > DAY_BYTES_OF_ADDRESS:
        raise TooMany(DAY_USED_UP, code="file_day")
