"""«Система»: how everything is, the worst first, and the jobs that were given up."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import system_channels, system_erp, system_jobs, system_model, system_processes
from api.console.access import Member
from api.console.pages import page
from api.console.system_parts import troubles
from api.db.session import staff_session
from api.deps.audit import audit
from api.worker import inspection

router = APIRouter(prefix="/console/system", include_in_schema=False)


@router.get("")
async def state(request: Request, staff: Member) -> HTMLResponse:
    async with staff_session() as session:
        groups = [
            ("Процессы", await system_processes.parts(session)),
            ("Учётные системы", await system_erp.parts(session)),
            ("Каналы", await system_channels.parts(session)),
            ("Очереди заданий", await system_jobs.parts(session)),
        ]
        failed = await system_jobs.failed(session)
        model = await system_model.current(session)
    return page(
        request,
        "system.html",
        staff=staff,
        groups=groups,
        troubles=troubles(part for _, parts in groups for part in parts),
        failed=failed,
        serving=model,
    )


@router.post("/jobs/{job_id}/{deed}")
async def decide(staff: Member, job_id: int, deed: Literal["repeat", "dismiss"]) -> Response:
    """Does a given-up job once more, where it finds by itself what is done; or forgets it."""
    async with staff_session() as session:
        task = await (inspection.repeat if deed == "repeat" else inspection.dismiss)(session, job_id)
        await audit(session, staff.login, f"job_{deed}", str(job_id), task=task)
    return RedirectResponse("/console/system", status_code=303)
