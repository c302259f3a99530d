"""Who may see and do what in the console: one table, and the dependencies that hold a page to it.

Every call that may change something is refused unless the session's own token comes with it: that is looked at here,
once for all, in `someone`, before a page sees the request (tests/api/console/test_access.py walks them all).
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Cookie, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.config import settings
from api.console import accounts
from api.console.accounts import Staff
from api.db.session import staff_session
from api.errors import Forbidden

COOKIE = "console"
WANTED = "console_wanted"
"""The cookie with the page that was asked for before the login. No address of a login carries one in its own query."""
SAFE = ("GET", "HEAD", "OPTIONS")

SECTIONS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("/console/conversations", "Разговоры", frozenset({"manager", "admin"})),
    ("/console/orders", "Заказы", frozenset({"manager", "admin"})),
    ("/console/customers", "Клиенты", frozenset({"manager", "admin"})),
    ("/console/review", "Непонятое", frozenset({"manager", "trainer", "admin"})),
    ("/console/training", "Обучение", frozenset({"trainer", "admin"})),
    ("/console/words", "Слова клиентов", frozenset({"manager", "trainer", "admin"})),
    ("/console/figures", "Показатели", frozenset({"manager", "trainer", "admin"})),
    ("/console/accounting", "Учётные системы", frozenset({"manager", "admin"})),
    ("/console/system", "Система", frozenset({"admin"})),
)
"""Address, title, roles, in the order of the menu. What lies under an address is its section's."""

ROLES = {"manager": "менеджер", "trainer": "тренер", "admin": "администратор"}

TEACHERS = frozenset({"trainer", "admin"})

SYSTEM_PAGES = (
    ("/console/system", "Состояние"),
    ("/console/system/settings", "Настройки"),
    ("/console/system/people", "Люди"),
    ("/console/system/audit", "Журнал"),
)
"""The tabs of «Система»: templates/system_tabs.html."""

LOGIN = "/console/login"
PENDING = {
    "code": "/console/code",
    "password": "/console/me/password",
    "second-factor": "/console/me/second-factor",
}
"""Where somebody is led who has to do something before all else: the words of `Staff.pending`."""


class NotLoggedIn(Exception):
    """The page needs a login, or one that is complete; the browser is sent to `address`."""

    def __init__(self, address: str = LOGIN) -> None:
        super().__init__(address)
        self.address = address


def _check_csrf(staff: Staff, token: str) -> None:
    if not secrets.compare_digest(staff.csrf.encode(), token.encode()):
        raise Forbidden("Страница устарела. Откройте её заново.", code="csrf")


async def someone(request: Request, console: Annotated[str, Cookie()] = "") -> Staff:
    """Who works in this browser, be the login complete or not; raises NotLoggedIn.

    Whatever changes something was sent by a page of this session, or it is Forbidden: here, so that no call forgets it.
    """
    async with staff_session() as session:
        staff = await accounts.logged_in(session, accounts.session_of(console), settings().clock.now())
    if staff is None:
        raise NotLoggedIn
    if request.method not in SAFE:
        token = request.headers.get("X-CSRF-Token") or (await request.form()).get("csrf")
        _check_csrf(staff, token if isinstance(token, str) else "")
    request.state.staff = staff
    return staff


Anyone = Annotated[Staff, Depends(someone)]
"""Also whoever has given the password and not yet the code."""


def reached(step: str) -> Callable[[Staff], Awaitable[Staff]]:
    """The dependency of the page where a pending step is done: open to who stands there, or is through."""

    async def dependency(staff: Anyone) -> Staff:
        if staff.pending not in ("", step):
            raise NotLoggedIn(PENDING[staff.pending])
        return staff

    return dependency


Me = Annotated[Staff, Depends(reached(""))]
"""Anybody who is logged in."""


def sections_of(role: str) -> list[tuple[str, str]]:
    """The menu: address and title."""
    return [(address, title) for address, title, roles in SECTIONS if role in roles]


async def of_section(request: Request, staff: Me) -> Staff:
    """Whoever may be in the section that the address belongs to; raises Forbidden."""
    for address, title, roles in SECTIONS:
        if request.url.path == address or request.url.path.startswith(f"{address}/"):
            if staff.role not in roles:
                raise Forbidden(
                    f"Раздел «{title}» вам недоступен: роль «{ROLES.get(staff.role, staff.role)}».", code="role"
                )
            return staff
    raise Forbidden("Такого раздела нет.", code="role")


Member = Annotated[Staff, Depends(of_section)]
"""The dependency of every page and call under a section's address."""


async def trainer(staff: Member) -> Staff:
    """What is taught to the model is the trainers' business."""
    if staff.role not in TEACHERS:
        raise Forbidden("Это делают тренеры.", code="role")
    return staff


Trainer = Annotated[Staff, Depends(trainer)]


async def admin(staff: Member) -> Staff:
    """Margins and salaries are not everybody's in a section that is open to all."""
    if staff.role != "admin":
        raise Forbidden("Это видит администратор.", code="role")
    return staff


Admin = Annotated[Staff, Depends(admin)]


def to_login(request: Request, error: Exception) -> Response:
    """What NotLoggedIn becomes; a part of a page that is fetched anew sends the whole page there."""
    address = error.address if isinstance(error, NotLoggedIn) else LOGIN
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    response = RedirectResponse(address, status_code=303)
    # A stream of events or a file is no place to come back to.
    if address == LOGIN and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        response.set_cookie(WANTED, quote(asked), max_age=600, httponly=True, samesite="lax", path="/console")
    return response
