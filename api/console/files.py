"""Files that customers sent, for staff only: always as a download, never as a page of ours.

What nobody has fetched from the messenger yet is fetched when a manager wants to see it.
"""

import re
from typing import Annotated
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.attachments import service as attachments
from api.channels import registry
from api.channels.errors import DeliveryError
from api.console.access import Member
from api.db.models import AttachmentRow, ConversationRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import NotFound, Unavailable

router = APIRouter(prefix="/console/conversations", include_in_schema=False)

log = structlog.get_logger()

GONE = "Файла нет: он не загружен или уже удалён."
MOST_ID = 2**63 - 1
HEADERS = {
    # Whatever a customer sent must not run under the console's address, with the manager's session.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def disposition(name: str) -> str:
    """RFC 6266: always a download; the name in ASCII for the old and in UTF-8 for everybody else."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name or plain, safe='')}"


@router.get("/attachments/{attachment_id}")
async def download(staff: Member, attachment_id: Annotated[int, Path(ge=1, le=MOST_ID)]) -> Response:
    """The file as it came, under no type that a browser would show."""
    async with staff_session() as session:
        row = await session.get(AttachmentRow, attachment_id)
        if row is None:
            raise NotFound(GONE)
        conversation = await session.get_one(ConversationRow, row.conversation_id)
        await audit(session, staff.login, "download", str(attachment_id))
    content = row.content if row.content is not None else await _fetched(row, conversation.channel)
    headers = HEADERS | {"Content-Disposition": disposition(row.name or f"{row.kind}-{row.id}")}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def _fetched(row: AttachmentRow, channel: str) -> bytes:
    """The content from the messenger, kept from now on."""
    messenger = registry.messenger(channel)
    if messenger is None or not row.file_ref:
        raise NotFound(GONE)
    try:
        content = await messenger.fetch(row.file_ref)
    except DeliveryError as error:
        log.warning("attachment.not_fetched", attachment=row.id, evidence=error.evidence)
        raise Unavailable("Мессенджер не отдаёт этот файл.", code="not_fetched") from error
    async with staff_session() as session:
        await attachments.keep(session, row.id, content, row.error)
    return content
