"""«Люди»: who works in the console, in which role; admins only."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import attempts, people
from api.console.access import ROLES, Member
from api.console.accounts import TEMPORARY, Staff
from api.console.pages import page
from api.db.session import staff_session
from api.errors import ApiError

router = APIRouter(prefix="/console/system/people", include_in_schema=False)

UserId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Text = Annotated[str, Form(max_length=200)]


def _now() -> datetime:
    return settings().clock.now()


def _back() -> Response:
    return RedirectResponse("/console/system/people", status_code=303)


async def _show(request: Request, staff: Staff, status: int = 200, **values: Any) -> HTMLResponse:
    async with staff_session() as session:
        rows = await people.everybody(session)
        failures = await attempts.failures(session, _now())
        seen = await people.last_seen(session)
    shown = {"people": rows, "failures": failures, "seen": seen, "roles": ROLES, "tries": attempts.TRIES}
    shown |= {"days": TEMPORARY.days, "entered": {}, "error": "", "given": None}
    return page(request, "people.html", status, staff=staff, **(shown | values))


@router.get("")
async def everybody(request: Request, staff: Member) -> Response:
    return await _show(request, staff)


@router.post("")
async def create(
    request: Request, staff: Member, login: Text, name: Text, role: Annotated[str, Form(max_length=20)]
) -> Response:
    """Shows the temporary password, this once."""
    try:
        async with staff_session() as session:
            password = await people.create(session, staff.login, login, name, role, _now())
    except ApiError as error:
        entered = {"login": login, "name": name, "role": role}
        return await _show(request, staff, error.status, error=error.message, entered=entered)
    return await _show(request, staff, given=(login.strip().lower(), password))


@router.post("/{user_id}")
async def change(staff: Member, user_id: UserId, name: Text, role: Annotated[str, Form(max_length=20)]) -> Response:
    async with staff_session() as session:
        await people.change(session, staff.login, user_id, name, role)
    return _back()


@router.post("/{user_id}/password")
async def reset_password(request: Request, staff: Member, user_id: UserId) -> Response:
    """Shows the temporary password, this once."""
    async with staff_session() as session:
        given = await people.reset_password(session, staff.login, user_id, _now())
    return await _show(request, staff, given=given)


@router.post("/{user_id}/close")
async def deactivate(staff: Member, user_id: UserId) -> Response:
    async with staff_session() as session:
        await people.deactivate(session, staff.login, user_id)
    return _back()


@router.post("/{user_id}/open")
async def activate(staff: Member, user_id: UserId) -> Response:
    async with staff_session() as session:
        await people.activate(session, staff.login, user_id)
    return _back()


@router.post("/{user_id}/unlock")
async def unlock(staff: Member, user_id: UserId) -> Response:
    async with staff_session() as session:
        await people.unlock(session, staff.login, user_id)
    return _back()


@router.post("/{user_id}/second-factor")
async def reset_second_factor(staff: Member, user_id: UserId) -> Response:
    async with staff_session() as session:
        await people.reset_second_factor(session, staff.login, user_id)
    return _back()
