"""Examples from a file: looked at first, written at the second click. Between the two it lies, sealed, in the page."""

import asyncio
import base64
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.config import settings
from api.console import audit_rows, sealed
from api.console import training_examples_rows as rows
from api.console.access import Trainer
from api.console.pages import page
from api.console.training_examples import CHECKS, shown
from api.console.training_examples_rows import Filter
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import ApiError
from api.training.dataset import formats
from api.training.dataset.collecting import bring_in, weigh

router = APIRouter(prefix="/console/training/examples/import", include_in_schema=False)

MOST_BYTES = 1_000_000
MOST_SEALED = 900_000
"""Characters: a field of a form takes a mebibyte."""
PREVIEWED, FINDINGS = 50, 100
GOOD_FOR = timedelta(hours=2)
TOO_LARGE = "Файл больше 1 МБ. Разделите его."
NO_FILE = "Выберите файл."
STALE = "Просмотр устарел. Выберите файл ещё раз."


@dataclass(frozen=True)
class Brought:
    name: str
    content: bytes

    def seal(self, login: str) -> str:
        """For this person's next click only. Raises ApiError where it is too large for a page."""
        packed = base64.b85encode(zlib.compress(self.content, 9)).decode()
        text = sealed.seal(_purpose(login), json.dumps([self.name, packed]))
        if len(text) > MOST_SEALED:
            raise ApiError(TOO_LARGE, code="file_large", status=413)
        return text

    @classmethod
    def unseal(cls, text: str, login: str) -> "Brought":
        """Raises ApiError for what was not looked at here and lately."""
        opened = sealed.unseal(_purpose(login), text, GOOD_FOR)
        if opened is None:
            raise ApiError(STALE, code="stale", status=409)
        name, packed = json.loads(opened)
        return cls(name, zlib.decompress(base64.b85decode(packed)))


def _purpose(login: str) -> str:
    return f"import: {login}"


@router.post("")
async def look(request: Request, staff: Trainer, file: UploadFile | None = None) -> Response:
    """What the file holds, what of it would be written, and why not the rest. Nothing is written."""
    try:
        brought = await _brought(file)
        examples = await asyncio.to_thread(formats.read, brought.name, brought.content, staff.login)
        accepted, findings = await asyncio.to_thread(weigh, settings().training_root, examples)
        packed = brought.seal(staff.login)
    except ApiError as error:
        return await shown(request, staff, Filter(), status=error.status, error=error.message)
    async with staff_session() as session:
        names = await audit_rows.names(session)
    values: dict[str, Any] = {
        "file": brought.name,
        "read": len(examples),
        "accepted": len(accepted),
        "shown": rows.shown(accepted[:PREVIEWED], names),
        "found": findings[:FINDINGS],
        "more": max(len(findings) - FINDINGS, 0),
        "packed": packed,
        "checks": CHECKS,
    }
    return page(request, "training_import.html", staff=staff, **values)


async def _brought(file: UploadFile | None) -> Brought:
    if file is None or not file.filename:
        raise ApiError(NO_FILE, code="no_file", status=422)
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ApiError(TOO_LARGE, code="file_large", status=413)
    return Brought(file.filename, content)


@router.post("/write")
async def write(request: Request, staff: Trainer, packed: Annotated[str, Form()] = "") -> HTMLResponse:
    """Those that the checks let pass; a repeat finds them there."""
    try:
        brought = Brought.unseal(packed, staff.login)
        examples = await asyncio.to_thread(formats.read, brought.name, brought.content, staff.login)
        collected = await asyncio.to_thread(bring_in, settings().training_root, examples, partly=True)
    except ApiError as error:
        return await shown(request, staff, Filter(), status=error.status, error=error.message)
    async with staff_session() as session:
        await audit(session, staff.login, "examples_import", brought.name, added=str(collected.added))
    return await shown(request, staff, Filter(), collected=collected)
