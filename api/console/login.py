"""«Вход»: who works here, and the first page of their role."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import accounts
from api.console.access import COOKIE, Csrf, Me, check_csrf, sections_of
from api.console.pages import page
from api.db.session import staff_session
from api.deps.addresses import network_of
from api.errors import ApiError

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/")
async def home(staff: Me) -> Response:
    address, _ = sections_of(staff.role)[0]
    return RedirectResponse(address, status_code=303)


@router.get("/login")
async def login_page(request: Request) -> HTMLResponse:
    return page(request, "login.html", error="")


@router.post("/login")
async def log_in(request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
    address = network_of(request)
    try:
        async with staff_session() as session:
            opened = await accounts.log_in(session, login.strip(), password, address, settings().clock.now())
    except ApiError as error:
        return page(request, "login.html", status=error.status, error=error.message)
    if opened is None:
        return page(request, "login.html", status=403, error="Неверный логин или пароль.")
    response = RedirectResponse("/console/", status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, str(opened.id), httponly=True, samesite="lax", secure=secure, path="/console")
    return response


@router.post("/logout")
async def log_out(staff: Me, csrf: Csrf) -> Response:
    check_csrf(staff, csrf)
    async with staff_session() as session:
        await accounts.log_out(session, staff)
    response = RedirectResponse("/console/login", status_code=303)
    response.delete_cookie(COOKIE, path="/console")
    return response
