"""«Примеры»: what people taught the model, as it stands in the files; what waits; what is wrong; files out."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.config import settings
from api.console import audit_rows
from api.console import training_examples_rows as rows
from api.console.access import Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.sheets import headers
from api.console.training_examples_rows import Filter
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import ApiError
from api.review.intents import INTENTS
from api.training.dataset import checks, files
from api.training.dataset.collecting import Collected, collect
from api.training.dataset.formats import FORMATS
from api.training.schemas import Finding

router = APIRouter(prefix="/console/training/examples", include_in_schema=False)

CHECKS = {
    "unreadable": "файл не читается",
    "unknown_intent": "неизвестный смысл",
    "conflict": "один текст, два смысла",
    "twice": "повтор",
    "leak": "фраза эталона",
    "look_alike": "подменённые буквы",
    "entity": "разметка",
    "personal": "личное",
    "near": "почти повтор",
}
SHOWN = 200
"""Findings on a page."""
NAMES = {"rasa": "reviewed.yml", "csv": "reviewed.csv", "label-studio": "reviewed.json"}
Wanted = Annotated[Filter, Depends()]


@router.get("")
async def examples(
    request: Request, staff: Trainer, wanted: Wanted, after: Annotated[str, Query(max_length=3000)] = ""
) -> HTMLResponse:
    return await shown(request, staff, wanted, after)


async def shown(
    request: Request,
    staff: Staff,
    wanted: Filter,
    after: str = "",
    *,
    status: int = 200,
    error: str = "",
    collected: Collected | None = None,
) -> HTMLResponse:
    """The page, with what has just been done on it or why it could not be."""
    async with staff_session() as session:
        desk = await rows.desk(session, wanted, after, await audit_rows.names(session))
    values: dict[str, Any] = {
        "desk": desk,
        "after": after,
        "intents": INTENTS,
        "formats": FORMATS,
        "checks": CHECKS,
        "error": error,
        "collected": collected,
    }
    return page(request, "training_examples.html", status, staff=staff, **values)


@router.get("/findings")
async def findings(request: Request, staff: Trainer, severity: Literal["", "error", "warning"] = "") -> HTMLResponse:
    """What is wrong with all the data. Asked for, because it takes a moment."""
    found: list[Finding] = await asyncio.to_thread(checks.check, settings().training_root)
    wanted = [one for one in found if severity in ("", one.severity)]
    values: dict[str, Any] = {
        "found": wanted[:SHOWN],
        "errors": sum(one.severity == "error" for one in found),
        "warnings": sum(one.severity == "warning" for one in found),
        "more": max(len(wanted) - SHOWN, 0),
        "severity": severity,
        "checks": CHECKS,
    }
    return page(request, "training_findings.html", staff=staff, **values)


@router.post("/collect")
async def collect_decisions(request: Request, staff: Trainer) -> HTMLResponse:
    """People's decisions into the files, now."""
    try:
        async with staff_session() as session:
            collected = await collect(session, settings().training_root, settings().clock.now())
            counts = {"added": str(collected.added), "withdrawn": str(collected.withdrawn)}
            await audit(session, staff.login, "examples_collect", "", **counts)
    except ApiError as error:
        return await shown(request, staff, Filter(), status=error.status, error=error.message)
    return await shown(request, staff, Filter(), collected=collected)


@router.get("/export/{kind}")
async def export(staff: Trainer, kind: Literal["rasa", "csv", "label-studio"]) -> Response:
    """All reviewed examples as a file."""

    def written() -> bytes:
        return FORMATS[kind].write(files.read(settings().training_root))

    content = await asyncio.to_thread(written)
    return Response(content, media_type=FORMATS[kind].media_type, headers=headers(NAMES[kind]))
