"""«Вход»: password, then the code where there is a second factor; and the first page of the role."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import accounts, cookies
from api.console.access import LOGIN, PENDING, Anyone, Me, reached, sections_of
from api.console.accounts import Staff
from api.console.pages import page
from api.db.session import staff_session
from api.errors import ApiError, Forbidden

router = APIRouter(prefix="/console", include_in_schema=False)

WRONG = "Неверный логин или пароль."
WRONG_CODE = "Код не подошёл. Введите тот, что приложение показывает сейчас; каждый код действует один раз."

AtCode = Annotated[Staff, Depends(reached("code"))]


@router.get("/")
async def home(staff: Me) -> Response:
    address, _ = sections_of(staff.role)[0]
    return RedirectResponse(address, status_code=303)


@router.get("/login")
async def login_page(request: Request) -> HTMLResponse:
    return page(request, "login.html", error="")


def _own_form(request: Request) -> None:
    """Another site must not log its visitor in as somebody else; browsers say where a form comes from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("Войти можно только на этой странице.", code="csrf")


@router.post("/login", dependencies=[Depends(_own_form)])
async def log_in(
    request: Request, login: Annotated[str, Form(max_length=100)], password: Annotated[str, Form(max_length=1000)]
) -> Response:
    # PostgreSQL keeps no NUL in a text.
    name = login.strip().replace("\0", "")
    try:
        cookie = await accounts.log_in(name, password, cookies.visit_of(request), settings().clock.now())
    except ApiError as error:
        return page(request, "login.html", status=error.status, error=error.message)
    if cookie is None:
        return page(request, "login.html", status=403, error=WRONG)
    return await _entered(request, cookie)


async def _entered(request: Request, cookie: str) -> Response:
    """To where the session leads: the next step, or the page that was asked for."""
    async with staff_session() as session:
        staff = await accounts.logged_in(session, accounts.session_of(cookie), settings().clock.now())
    if staff is None:
        return RedirectResponse(LOGIN, status_code=303)
    response = RedirectResponse(PENDING[staff.pending] if staff.pending else cookies.wanted(request), status_code=303)
    if staff.pending != "code":
        cookies.keep_known(response, request, staff.login)
    if not staff.pending:
        cookies.forget_wanted(response)
    cookies.keep(response, request, cookie)
    return response


@router.get("/code")
async def code_page(request: Request, staff: AtCode) -> Response:
    if not staff.pending:
        return RedirectResponse(cookies.HOME, status_code=303)
    return page(request, "code.html", staff=staff, error="")


@router.post("/code")
async def give_code(request: Request, staff: AtCode, code: Annotated[str, Form(max_length=20)]) -> Response:
    if not staff.pending:
        return RedirectResponse(cookies.HOME, status_code=303)
    try:
        cookie = await accounts.give_code(staff, code, cookies.visit_of(request), settings().clock.now())
    except ApiError as error:
        return page(request, "code.html", status=error.status, staff=staff, error=error.message)
    if cookie is None:
        return page(request, "code.html", status=403, staff=staff, error=WRONG_CODE)
    return await _entered(request, cookie)


@router.post("/logout")
async def log_out(staff: Anyone) -> Response:
    async with staff_session() as session:
        await accounts.log_out(session, staff)
    response = RedirectResponse(LOGIN, status_code=303)
    cookies.forget(response)
    return response
