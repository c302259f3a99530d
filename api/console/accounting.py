"""«Учётные системы»: what was read of them and when, what waits for a decision, and reading at once."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.accounting import service
from api.config import settings
from api.console import accounting_rows
from api.console.access import Member
from api.console.pages import page
from api.db.session import staff_session
from api.deps.audit import audit
from api.erp.port import Data
from api.errors import NotFound

router = APIRouter(prefix="/console/accounting", include_in_schema=False)


@router.get("")
async def overview(request: Request, staff: Member) -> HTMLResponse:
    async with staff_session() as session:
        questions = await accounting_rows.questions(session)
        backends = await accounting_rows.backends(session)
    return page(request, "accounting.html", staff=staff, questions=questions, backends=backends)


def _back() -> Response:
    return RedirectResponse("/console/accounting", status_code=303)


@router.post("/{backend}/{data}/read")
async def read_now(staff: Member, backend: str, data: str) -> Response:
    """Has it read whole, as soon as the reading that goes on has ended."""
    if backend not in settings().erp_names or data not in service.reads(backend):
        raise NotFound("Этого учётная система не отдаёт.")
    async with staff_session() as session:
        await service.ask(session, backend, [Data(data)], whole=True)
        await audit(session, staff.login, "accounting_read", f"{backend}/{data}")
    return _back()


@router.post("/holds/{hold_id}/approve")
async def approve(staff: Member, hold_id: int) -> Response:
    """Believes the accounting system: it is read again at once and written."""
    async with staff_session() as session:
        hold = await service.approve(session, hold_id, staff.login, settings().clock.now())
        await audit(session, staff.login, "accounting_approve", str(hold_id), backend=hold.backend, data=hold.data)
    return _back()


@router.post("/holds/{hold_id}/refuse")
async def refuse(staff: Member, hold_id: int) -> Response:
    """Keeps what is known."""
    async with staff_session() as session:
        hold = await service.refuse(session, hold_id, staff.login, settings().clock.now())
        await audit(session, staff.login, "accounting_refuse", str(hold_id), backend=hold.backend, data=hold.data)
    return _back()
