"""What customers attached, for a manager to open: fetched from the messenger when nobody has fetched it yet."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from api.attachments import service as attachments
from api.channels import registry
from api.channels.errors import DeliveryError
from api.console.accounts import audit
from api.console.router import Me
from api.db.models import AttachmentRow, ConversationRow
from api.db.session import staff_session
from api.errors import NotFound, Unavailable

router = APIRouter(prefix="/console", include_in_schema=False)

HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}
"""A stranger's file is saved, never shown in the console's own origin."""


@router.get("/attachments/{attachment_id}")
async def download(staff: Me, attachment_id: int) -> Response:
    """The file itself, to be saved."""
    async with staff_session() as session:
        row = await session.get(AttachmentRow, attachment_id)
        if row is None:
            raise NotFound("Такого файла нет.")
        conversation = await session.get_one(ConversationRow, row.conversation_id)
        await audit(session, staff.login, "download", str(attachment_id))
    content = row.content if row.content is not None else await _fetched(row, conversation.channel)
    async with staff_session() as session:
        await attachments.keep(session, row.id, content, row.error)
    name = quote(row.name or f"{row.kind}-{row.id}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", **HARMLESS}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def _fetched(row: AttachmentRow, channel: str) -> bytes:
    messenger = registry.messenger(channel)
    if messenger is None or not row.file_ref:
        raise NotFound("Файл не сохранился.")
    try:
        return await messenger.fetch(row.file_ref)
    except DeliveryError as error:
        raise Unavailable("Мессенджер не отдаёт этот файл.", code="not_fetched") from error
