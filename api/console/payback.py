"""«Окупаемость»: whether the assistant pays, by the distributor's own numbers. For admins: margins stand here."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics import order_rows, payback, periods
from api.analytics.payback import ASSUMPTIONS, Measured, Values
from api.analytics.scope import scope_of
from api.config import settings
from api.console.access import Admin
from api.console.accounts import Staff
from api.console.pages import page
from api.db.models import OptionRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.deps.options import set_option
from api.domain import wording
from api.errors import ApiError

router = APIRouter(prefix="/console/figures/payback", include_in_schema=False)

OPTION = "payback"
"""Kept among the options as one JSON text: three numbers by the key of each assumption."""
NEVER = "не окупается"


@router.get("")
async def show(request: Request, staff: Admin) -> HTMLResponse:
    async with staff_session() as session:
        values = await kept(session)
        found, row = await measured(session), await session.get(OptionRow, OPTION)
    return _page(request, staff, values, found, row)


def _page(
    request: Request,
    staff: Staff,
    values: Values,
    found: Measured,
    row: OptionRow | None,
    error: str = "",
    typed: Mapping[str, Sequence[str]] | None = None,
) -> HTMLResponse:
    """`typed`: what stands in the form, when it could not be taken."""
    made = payback.reckon(values, found)
    return page(
        request,
        "payback.html",
        422 if error else 200,
        staff=staff,
        assumptions=ASSUMPTIONS,
        values=typed or {key: [shown(value) for value in three] for key, three in values.items()},
        found=found,
        few=payback.FEW_ORDERS,
        made=made,
        months=[months_text(value) for value in made.months],
        verdict=verdict(made.months),
        hinges=[(title, months_text(low), months_text(high)) for title, low, high in made.hinges],
        roubles=lambda value: wording.money(Decimal(round(value))),
        changed=row,
        error=error,
    )


@router.post("")
async def change(request: Request, staff: Admin) -> Response:
    """Keeps the assumptions, all at once; the audit tells which ones changed."""
    form = await request.form()
    values = {
        one.key: tuple(str(form.get(f"{one.key}.{scene}", "")) for scene in payback.SCENES) for one in ASSUMPTIONS
    }
    async with staff_session() as session:
        before = await kept(session)
        try:
            after = {one.key: _checked(one, values[one.key]) for one in ASSUMPTIONS}
        except ApiError as error:
            found, row = await measured(session), await session.get(OptionRow, OPTION)
            return _page(request, staff, before, found, row, error.message, values)
        changed = {
            key: f"{_spelled(before[key])} → {_spelled(three)}" for key, three in after.items() if three != before[key]
        }
        if changed:
            await set_option(session, OPTION, json.dumps(after), staff.login)
            await audit(session, staff.login, "payback_changed", OPTION, **changed)
    return RedirectResponse("/console/figures/payback", status_code=303)


@router.post("/reset")
async def reset(staff: Admin) -> Response:
    """The article's numbers again."""
    async with staff_session() as session:
        await set_option(session, OPTION, json.dumps(payback.defaults()), staff.login)
        await audit(session, staff.login, "payback_reset", OPTION)
    return RedirectResponse("/console/figures/payback", status_code=303)


async def kept(session: AsyncSession) -> dict[str, tuple[float, float, float]]:
    """The assumptions as they were set; of the others the article's."""
    row = await session.get(OptionRow, OPTION)
    stored = json.loads(row.value) if row is not None else {}
    return payback.defaults() | {key: (a, b, c) for key, (a, b, c) in stored.items() if key in payback.BY_KEY}


async def measured(session: AsyncSession) -> Measured:
    """Our last thirty whole days."""
    scope = await scope_of(session, periods.chosen("days30", settings().clock.now()))
    totals = await order_rows.totals(session, scope)
    return Measured(
        orders=totals.orders,
        touchless=totals.touchless.part,
        touchless_known=totals.touchless.whole,
        outside=totals.outside.part,
        average=float(totals.total / totals.orders) if totals.orders else 0.0,
    )


def _checked(one: payback.Assumption, typed: tuple[str, ...]) -> tuple[float, float, float]:
    """Raises ApiError with a sentence for a person."""
    try:
        low, likely, high = (float(text.replace("\u00a0", "").replace(" ", "").replace(",", ".")) for text in typed)
    except ValueError as error:
        raise ApiError(f"«{one.title}»: нужны три числа.") from error
    if not all(isfinite(value) and 0 <= value <= one.most for value in (low, likely, high)):
        raise ApiError(f"«{one.title}»: от 0 до {shown(one.most)}.")
    if not (low <= likely <= high or low >= likely >= high):
        raise ApiError(f"«{one.title}»: вероятное должно лежать между крайними.")
    return round(low, 2), round(likely, 2), round(high, 2)


def shown(value: float) -> str:
    """As it is typed: «60000», «7,5»."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _spelled(three: tuple[float, float, float]) -> str:
    return " / ".join(shown(value) for value in three)


def months_text(months: float) -> str:
    if not isfinite(months) or months > 120:
        return NEVER
    whole = max(1, round(months))
    return f"{whole} {wording.plural(whole, 'месяц', 'месяца', 'месяцев')}"


def verdict(months: tuple[float, float, float]) -> str:
    """A range in words; what is not sure is said first."""
    cautious, likely, lucky = (months_text(value) for value in months)
    if lucky == NEVER:
        return "При этих допущениях не окупается даже в удачном случае."
    if likely == NEVER:
        return f"Скорее не окупается: только в удачном случае — за {lucky}."
    if cautious == NEVER:
        return f"Вероятно за {likely}, в удачном случае за {lucky}; при осторожных допущениях не окупается."
    return f"От {lucky} до {cautious}, вероятно {likely}."
