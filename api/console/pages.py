"""How a page is made: templates, filters, headers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from api.config import settings
from api.console.access import ROLES, SYSTEM_PAGES, sections_of
from api.console.accounts import Staff
from api.domain.wording import clock_time, day, lasted, money, percent, plural

FOLDER = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # Customers' words and prices stand here: nothing of it stays in a shared computer's cache.
    "Cache-Control": "no-store",
}


def _clock(at: datetime | None) -> str:
    """«10:05» of the distributor's own clock."""
    return clock_time(at.astimezone(settings().zone).time()) if at else ""


def _day(at: datetime | date | None) -> str:
    """«25 ноября»; with the year when it is another one."""
    if at is None:
        return ""
    zone = settings().zone
    value = at.astimezone(zone).date() if isinstance(at, datetime) else at
    return day(value, settings().clock.now().astimezone(zone).date())


templates = Jinja2Templates(FOLDER / "templates")
templates.env.filters["clock"] = _clock
templates.env.filters["day"] = _day
templates.env.filters["money"] = money
templates.env.filters["percent"] = percent
templates.env.filters["plural"] = plural
templates.env.filters["lasted"] = lasted
templates.env.filters["times"] = lambda count: plural(count, "раз", "раза", "раз")


def page(request: Request, name: str, status: int = 200, *, staff: Staff | None = None, **values: Any) -> HTMLResponse:
    """A whole page, or a part of one: templates of parts extend nothing. `staff` brings the menu of their role."""
    shared = {
        "company": settings().company_name,
        "staff": staff,
        "menu": sections_of(staff.role) if staff and not staff.pending else [],
        "role": ROLES.get(staff.role, staff.role) if staff else "",
        "path": request.url.path,
        "system_pages": SYSTEM_PAGES,
    }
    return templates.TemplateResponse(request, name, {**shared, **values}, status_code=status, headers=HEADERS)
