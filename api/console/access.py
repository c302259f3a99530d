"""Who may see and do what in the console: one table, and the dependencies that hold a page to it."""

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import Cookie, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.config import settings
from api.console import accounts
from api.console.accounts import Staff
from api.db.session import staff_session
from api.errors import Forbidden

COOKIE = "console"

SECTIONS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("/console/conversations", "Разговоры", frozenset({"manager", "admin"})),
    ("/console/orders", "Заказы", frozenset({"manager", "admin"})),
    ("/console/customers", "Клиенты", frozenset({"manager", "admin"})),
    ("/console/review", "Непонятое", frozenset({"manager", "trainer", "admin"})),
    ("/console/words", "Слова клиентов", frozenset({"manager", "trainer", "admin"})),
    ("/console/figures", "Показатели", frozenset({"manager", "trainer", "admin"})),
    ("/console/accounting", "Учётные системы", frozenset({"manager", "admin"})),
    ("/console/system", "Система", frozenset({"admin"})),
)
"""Address, title, roles, in the order of the menu. What lies under an address is its section's."""

SYSTEM_PAGES = (
    ("/console/system", "Состояние"),
    ("/console/system/settings", "Настройки"),
    ("/console/system/people", "Люди"),
    ("/console/system/audit", "Журнал"),
)
"""The tabs of «Система»: templates/system_tabs.html."""

ROLES = {"manager": "менеджер", "trainer": "тренер", "admin": "администратор"}


class NotLoggedIn(Exception):
    """The page needs a login; the browser is sent to it."""


async def current(console: Annotated[str, Cookie()] = "") -> Staff:
    """Who works in this browser; raises NotLoggedIn."""
    try:
        session_id = UUID(console)
    except ValueError as error:
        raise NotLoggedIn from error
    async with staff_session() as session:
        staff = await accounts.logged_in(session, session_id, settings().clock.now())
    if staff is None:
        raise NotLoggedIn
    return staff


Me = Annotated[Staff, Depends(current)]
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
    if staff.role not in ("trainer", "admin"):
        raise Forbidden("Это делают тренеры.", code="role")
    return staff


Trainer = Annotated[Staff, Depends(trainer)]

Csrf = Annotated[str, Form()]


def check_csrf(staff: Staff, token: str) -> None:
    """Raises Forbidden unless the form was made for this session."""
    if not secrets.compare_digest(staff.csrf.encode(), token.encode()):
        raise Forbidden("Страница устарела. Откройте её заново.", code="csrf")


def to_login(request: Request, __: Exception) -> Response:
    """What NotLoggedIn becomes; a part of a page that is fetched anew sends the whole page there."""
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": "/console/login"})
    return RedirectResponse("/console/login", status_code=303)
