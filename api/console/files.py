"""Files that customers sent, for staff only: always as a download, never as a page of ours."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.console.accounts import audit
from api.console.router import Me
from api.db.models import AttachmentRow
from api.db.session import staff_session
from api.errors import NotFound

router = APIRouter(prefix="/console", include_in_schema=False)

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
async def download(staff: Me, attachment_id: Annotated[int, Path(ge=1, le=MOST_ID)]) -> Response:
    """The file as it came, under no type that a browser would show."""
    async with staff_session() as session:
        row = await session.get(AttachmentRow, attachment_id)
        if row is None or row.content is None:
            raise NotFound("Файла нет: он не загружен или уже удалён.")
        await audit(session, staff.login, "download", str(attachment_id))
        content, name = row.content, row.name
    headers = HEADERS | {"Content-Disposition": disposition(name)}
    return Response(content, media_type="application/octet-stream", headers=headers)
