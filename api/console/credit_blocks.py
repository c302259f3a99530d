"""Decisions about carts that a credit rule holds back, made on the page of orders."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.console.access import Member
from api.console.credit import Id, Reason, Wanted
from api.console.order_lists import needs_person
from api.db.session import staff_session
from api.errors import ApiError
from api.orders import releases

router = APIRouter(prefix="/credit/blocks", include_in_schema=False)


@router.post("/{block_id}/release")
async def release(request: Request, staff: Member, block_id: Id, wanted: Wanted) -> Response:
    """Lets the held cart through; the customer hears it at once."""
    try:
        async with staff_session() as session:
            await releases.release_block(session, block_id, wanted.terms(), staff.login)
    except ApiError as error:
        return await needs_person(request, staff, error)
    return RedirectResponse("/console/orders", status_code=303)


@router.post("/{block_id}/decline")
async def decline(request: Request, staff: Member, block_id: Id, reason: Reason = "") -> Response:
    """Says no; the customer hears it at once, without the reason."""
    try:
        async with staff_session() as session:
            await releases.decline(session, block_id, reason, staff.login)
    except ApiError as error:
        return await needs_person(request, staff, error)
    return RedirectResponse("/console/orders", status_code=303)
