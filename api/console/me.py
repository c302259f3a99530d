"""«Мой вход»: sessions, password and second factor of whoever is logged in."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.config import settings
from api.console import accounts, cookies, passwords, second_factor
from api.console.access import Me, reached
from api.console.accounts import Staff
from api.console.browsers import known_as
from api.console.pages import page
from api.db.models import StaffUserRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import ApiError, Conflict

router = APIRouter(prefix="/console/me", include_in_schema=False)

AtPassword = Annotated[Staff, Depends(reached("password"))]
AtSecondFactor = Annotated[Staff, Depends(reached("second-factor"))]
Password = Annotated[str, Form(max_length=1000)]
SET_UP_ALREADY = "Второй фактор уже настроен. Чтобы сменить телефон, сначала отключите его."


def _now() -> datetime:
    return settings().clock.now()


def _home() -> Response:
    return RedirectResponse("/console/me", status_code=303)


@router.get("")
async def me(request: Request, staff: Me) -> Response:
    return await _show(request, staff)


async def _show(request: Request, staff: Staff, error: str = "", status: int = 200) -> Response:
    async with staff_session() as session:
        user = await session.get_one(StaffUserRow, staff.user_id)
        rows = await accounts.sessions(session, staff.user_id, _now())
    values: dict[str, Any] = {"user": user, "sessions": rows, "known_as": known_as, "error": error}
    values["required"] = staff.role == "admin" and settings().second_factor_required
    return page(request, "me.html", status, staff=staff, **values)


@router.post("/sessions/{session_id}/end")
async def end_session(staff: Me, session_id: UUID) -> Response:
    async with staff_session() as session:
        await accounts.end(session, staff.user_id, session_id)
        await audit(session, staff.login, "session_end", staff.login)
    return _home()


@router.post("/sessions/end")
async def end_sessions(staff: Me) -> Response:
    """Everywhere, here too."""
    async with staff_session() as session:
        await accounts.end_all(session, staff.user_id)
        await audit(session, staff.login, "session_end_all", staff.login)
    return _home()


@router.get("/password")
async def password_page(request: Request, staff: AtPassword) -> Response:
    return page(request, "password.html", staff=staff, error="", shortest=passwords.SHORTEST)


@router.post("/password")
async def change_password(
    request: Request, staff: AtPassword, old: Password, new: Password, again: Password
) -> Response:
    try:
        if new != again:
            raise passwords.WeakPassword("Пароли не совпали.")
        cookie = await accounts.change_password(staff, old, new, cookies.visit_of(request), _now())
    except ApiError as error:
        values = {"error": error.message, "shortest": passwords.SHORTEST}
        return page(request, "password.html", error.status, staff=staff, **values)
    response = RedirectResponse("/console/me" if not staff.pending else cookies.wanted(request), status_code=303)
    cookies.keep(response, request, cookie)
    return response


@router.get("/second-factor")
async def second_factor_page(request: Request, staff: AtSecondFactor) -> Response:
    async with staff_session() as session:
        if (await session.get_one(StaffUserRow, staff.user_id)).totp_secret:
            return _home()
    return _offer(request, staff, *second_factor.offer(staff.login))


def _offer(request: Request, staff: Staff, secret: str, sealed: str, error: str = "", status: int = 200) -> Response:
    spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    values = {"secret": spelled, "sealed": sealed, "qr": second_factor.qr(staff.login, secret), "error": error}
    return page(request, "second_factor.html", status, staff=staff, **values)


@router.post("/second-factor")
async def set_up(
    request: Request,
    staff: AtSecondFactor,
    sealed: Annotated[str, Form(max_length=1000)],
    code: Annotated[str, Form(max_length=20)],
    password: Password = "",
) -> Response:
    """The app has shown its first code. The password is asked again unless it was just given, at the login."""
    secret = second_factor.offered(staff.login, sealed)
    visit = cookies.visit_of(request)
    try:
        if not staff.pending:
            await accounts.confirm(staff, password, visit, _now())
        async with staff_session() as session:
            user = await session.get_one(StaffUserRow, staff.user_id, with_for_update=True)
            if user.totp_secret:
                raise Conflict(SET_UP_ALREADY)
            await second_factor.set_up(session, user, secret, code, second_factor.moment())
            await audit(session, staff.login, "second_factor_on", staff.login)
            cookie = await accounts.open_session(session, user, visit, _now(), full=True)
    except ApiError as error:
        return _offer(request, staff, secret, sealed, error.message, error.status)
    response = RedirectResponse("/console/me" if not staff.pending else cookies.wanted(request), status_code=303)
    cookies.keep(response, request, cookie)
    return response


@router.post("/second-factor/off")
async def turn_off(request: Request, staff: Me, password: Password) -> Response:
    """For another telephone, or for good where none is required."""
    try:
        await accounts.confirm(staff, password, cookies.visit_of(request), _now())
    except ApiError as error:
        return await _show(request, staff, error.message, error.status)
    async with staff_session() as session:
        user = await session.get_one(StaffUserRow, staff.user_id, with_for_update=True)
        second_factor.remove(user)
        await audit(session, staff.login, "second_factor_off", staff.login)
    return _home()
