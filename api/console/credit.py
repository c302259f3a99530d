"""Credit: carts that a rule holds back, released or declined by a manager, and the releases of a customer."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import credit_rows
from api.console.access import Member
from api.console.accounts import Staff
from api.console.pages import page
from api.db.models import CustomerRow
from api.db.session import staff_session
from api.errors import ApiError, NotFound
from api.orders import releases
from api.orders.releases import Terms

router = APIRouter(prefix="/credit", include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Reason = Annotated[str, Form(max_length=2000)]

PRESETS = {"hour": "1 час", "today": "до конца дня", "3": "3 дня", "7": "неделю", "14": "две недели"}
"""How long a release lasts; a number is of days, each to its end."""


NO_SUM = "Сумма — это число в рублях."


def until(preset: str, now: datetime) -> datetime:
    """The moment that a preset means; raises ApiError for another word."""
    if preset not in PRESETS:
        raise ApiError("Выберите срок согласования.")
    if preset == "hour":
        return now + timedelta(hours=1)
    days = 0 if preset == "today" else int(preset) - 1
    day = now.astimezone(settings().zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), settings().zone)


def amount(text: str) -> Decimal | None:
    """Roubles as they were typed; None: no ceiling. Raises ApiError for what is no sum."""
    plain = "".join(text.split()).replace(",", ".").removesuffix("₽")
    if not plain:
        return None
    try:
        read = Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise ApiError(NO_SUM) from error
    if not read.is_finite():
        raise ApiError(NO_SUM)
    return read


@dataclass
class Asked:
    """A release as the form asks for it."""

    lasts: Annotated[str, Form()]
    reason: Reason = ""
    sum: Annotated[str, Form(max_length=30)] = ""

    def terms(self) -> Terms:
        """Raises ApiError with what is wrong."""
        return Terms(until(self.lasts, settings().clock.now()), amount(self.sum), self.reason)


Wanted = Annotated[Asked, Depends()]


def _back(customer_id: str) -> Response:
    return RedirectResponse(f"/console/orders/credit?{urlencode({'customer': customer_id})}", status_code=303)


async def _page(request: Request, staff: Staff, customer_id: str, status: int = 200, error: str = "") -> HTMLResponse:
    now = settings().clock.now()
    async with staff_session() as session:
        customer = await session.get(CustomerRow, customer_id)
        if customer is None:
            raise NotFound("Такого клиента нет.")
        shown = {
            "figures": await credit_rows.figures(session, customer),
            "held": await credit_rows.held(session, customer_id),
            "releases": await credit_rows.releases(session, customer_id, now),
            "decided": await credit_rows.decided(session, customer_id),
        }
    words = {"policies": credit_rows.policies(), "rules": credit_rows.RULES, "decisions": credit_rows.DECISIONS}
    return page(
        request, "credit.html", status, staff=staff, customer=customer, error=error, presets=PRESETS, **shown, **words
    )


@router.get("")
async def credit_page(request: Request, staff: Member, customer: str) -> HTMLResponse:
    """What the customer owes, and what was allowed."""
    return await _page(request, staff, customer)


@router.post("/releases")
async def release(
    request: Request,
    staff: Member,
    customer: Annotated[str, Form()],
    wanted: Wanted,
) -> Response:
    """Lets the customer order in spite of the rules, whatever is in the cart now."""
    try:
        async with staff_session() as session:
            await releases.release(session, customer, wanted.terms(), staff.login)
    except ApiError as error:
        if isinstance(error, NotFound):
            raise
        return await _page(request, staff, customer, error.status, error.message)
    return _back(customer)


@router.post("/releases/{release_id}/revoke")
async def revoke(staff: Member, release_id: Id) -> Response:
    """Ends it now; what was confirmed under it goes on."""
    async with staff_session() as session:
        revoked = await releases.revoke(session, release_id, staff.login)
    return _back(revoked.customer_id)
