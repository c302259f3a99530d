"""On a customer's page: company codes, and what its people ask to change."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.access import Member
from api.console.customers import back
from api.console.pages import page
from api.customers import codes, invitations
from api.db.models import CompanyCodeRow, CustomerRow, ProfileRequestRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import NotFound
from api.notifications import requests

router = APIRouter(prefix="/console/customers", include_in_schema=False)


@router.post("/{customer_id:path}/codes")
async def issue_code(
    request: Request,
    staff: Member,
    customer_id: str,
    days: Annotated[int, Form(ge=0, le=3650)] = 0,
    uses: Annotated[int, Form(ge=0, le=10_000)] = 0,
) -> HTMLResponse:
    """A company code; 0: without that limit. The page that answers is to be printed; the code stands nowhere else."""
    expires_at = settings().clock.now() + timedelta(days=days) if days else None
    async with staff_session() as session:
        customer = await session.get(CustomerRow, customer_id)
        if customer is None:
            raise NotFound("Такого клиента нет.")
        row, code = await codes.issue(session, customer_id, staff.login, expires_at=expires_at, uses=uses or None)
        await audit(session, staff.login, "code_issue", str(row.id), customer=customer_id)
    return page(
        request,
        "customer_code.html",
        staff=staff,
        customer=customer,
        row=row,
        code=code,
        links=invitations.links(code),
        opens="code" in settings().ways,
    )


async def _code(session: AsyncSession, customer_id: str, code_id: int) -> CompanyCodeRow:
    query = select(CompanyCodeRow).filter_by(id=code_id, customer_id=customer_id).with_for_update()
    row = (await session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("Такого кода нет.")
    return row


@router.post("/{customer_id:path}/codes/{code_id}/revoke")
async def revoke_code(staff: Member, customer_id: str, code_id: int, end: Annotated[bool, Form()] = False) -> Response:
    """`end`: whoever signed in with it is out."""
    async with staff_session() as session:
        row = await _code(session, customer_id, code_id)
        ended = await codes.revoke(session, row, settings().clock, end_sign_ins=end)
        await audit(session, staff.login, "code_revoke", str(code_id), customer=customer_id, ended=str(ended))
    return back(customer_id)


@router.post("/{customer_id:path}/codes/{code_id}/end")
async def end_code(staff: Member, customer_id: str, code_id: int) -> Response:
    """Whoever signed in with it is out, also when it opens nothing any more."""
    async with staff_session() as session:
        ended = await codes.end(session, await _code(session, customer_id, code_id), settings().clock)
        await audit(session, staff.login, "code_end", str(code_id), customer=customer_id, ended=str(ended))
    return back(customer_id)


@router.post("/{customer_id:path}/requests/{request_id}/{decision}")
async def decide(staff: Member, customer_id: str, request_id: int, decision: str) -> Response:
    """Done or refused: the person hears of it where they asked, while they still speak for the company."""
    if decision not in ("done", "refused"):
        raise NotFound()
    async with staff_session() as session:
        query = select(ProfileRequestRow.id).filter_by(id=request_id, customer_id=customer_id)
        if await session.scalar(query) is not None:
            await requests.decide(session, settings().clock, request_id, decision, staff.login)
    return back(customer_id)
