"""«Система», «Настройки»: what an admin changes here, and what `.env` says, with where it comes from."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import setting_rows
from api.console.access import Member
from api.console.accounts import Staff
from api.console.pages import page
from api.db.session import staff_session
from api.deps.audit import audit
from api.deps.options import OPTIONS, checked, option, set_option
from api.errors import ApiError, NotFound

router = APIRouter(prefix="/console/system/settings", include_in_schema=False)


async def _show(request: Request, staff: Staff, status: int = 200, wrong: str = "", error: str = "") -> HTMLResponse:
    async with staff_session() as session:
        options = await setting_rows.options(session)
    return page(
        request, "system_settings.html", status, staff=staff, options=options, themes=setting_rows.themes(),
        wrong=wrong, error=error,
    )  # fmt: skip


@router.get("")
async def settings_page(request: Request, staff: Member) -> HTMLResponse:
    return await _show(request, staff)


@router.post("/{key}")
async def change(
    request: Request, staff: Member, key: str, value: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """One option; it holds for all processes from the next look on. A flag that is not ticked does not come at all."""
    if key not in {one.key for one in OPTIONS}:
        raise NotFound("Такой настройки нет.")
    try:
        wanted = checked(key, value)
    except ApiError as error:
        return await _show(request, staff, 422, key, error.message)
    async with staff_session() as session:
        before = await option(session, key)
        if wanted != before:
            await set_option(session, key, wanted, staff.login)
            await audit(session, staff.login, "option_set", key, before=str(before), after=str(wanted))
    return RedirectResponse(f"/console/system/settings#{key}", status_code=303)
