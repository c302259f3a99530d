"""How a page is made: templates, filters, headers."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from api.config import settings
from api.console.access import ROLES, SYSTEM_PAGES, sections_of
from api.console.accounts import Staff
from api.domain.wording import clock_time, money, plural, short_date

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

templates = Jinja2Templates(FOLDER / "templates")
templates.env.filters["clock"] = lambda at: clock_time(at.astimezone(settings().zone).time()) if at else ""
templates.env.filters["day"] = lambda at: short_date(at.astimezone(settings().zone).date()) if at else ""
templates.env.filters["money"] = money
templates.env.filters["plural"] = plural
templates.env.filters["times"] = lambda count: plural(count, "раз", "раза", "раз")


def page(request: Request, name: str, status: int = 200, *, staff: Staff | None = None, **values: Any) -> HTMLResponse:
    """A whole page, or a part of one: templates of parts extend nothing. `staff` brings the menu of their role."""
    shared = {
        "company": settings().company_name,
        "staff": staff,
        "menu": sections_of(staff.role) if staff else [],
        "role": ROLES.get(staff.role, staff.role) if staff else "",
        "path": request.url.path,
        "system_pages": SYSTEM_PAGES,
    }
    return templates.TemplateResponse(request, name, {**shared, **values}, status_code=status, headers=HEADERS)
