"""The page «Слова клиентов»: what customers call goods, where that came from; for all, revoked, added by hand."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.aliases import service as vocabulary
from api.catalog import service as catalog
from api.config import MAIN_ERP, settings
from api.console import alias_rows
from api.console.access import Member
from api.console.accounts import Staff
from api.console.alias_rows import Company, Filter
from api.console.pages import page
from api.db.models import AliasRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.domain.product import Product
from api.errors import ApiError

router = APIRouter(prefix="/console/words", include_in_schema=False)

NO_CUSTOMER = "Такого клиента нет. Оставьте поле пустым, если слово одно для всех."
NO_PRODUCT = "Такого товара в каталоге нет."
CHOOSE = "Подходит не одно. Выберите, пожалуйста."


@dataclass
class Entered:
    """The form as it was filled in, with what it may mean where that is not certain."""

    said: str = ""
    customer: str = ""
    product: str = ""
    customers: list[Company] | None = None
    products: list[Product] | None = None
    error: str = ""


Wanted = Annotated[Filter, Depends()]
Decision = Callable[[AsyncSession, int, str, datetime], Awaitable[AliasRow]]


async def _page(request: Request, staff: Staff, wanted: Filter, entered: Entered, status: int = 200) -> HTMLResponse:
    async with staff_session() as session:
        rows = await alias_rows.aliases(session, wanted)
    more = len(rows) == alias_rows.PAGE
    return page(request, "words.html", status, staff=staff, rows=rows, wanted=wanted, entered=entered, more=more)


@router.get("")
async def words(request: Request, staff: Member, wanted: Wanted) -> HTMLResponse:
    return await _page(request, staff, wanted, Entered())


def _back(request: Request) -> Response:
    """To the list, looking for the same."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/console/words{query}", status_code=303)


@router.post("")
async def add(
    request: Request,
    staff: Member,
    said: Annotated[str, Form(max_length=100)],
    product: Annotated[str, Form(max_length=200)],
    customer: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Adds a word; what is not certain is asked on the same page."""
    entered = Entered(said.strip(), customer.strip(), product.strip())
    try:
        async with staff_session() as session:
            await _add(session, staff, entered)
    except ApiError as error:
        entered.error = error.message
        return await _page(request, staff, Filter(), entered, error.status)
    return _back(request)


async def _add(session: AsyncSession, staff: Staff, entered: Entered) -> None:
    owners = await alias_rows.customers(session, entered.customer) if entered.customer else []
    backend = owners[0].backend if owners else MAIN_ERP
    products = await catalog.meant(session, entered.product, backend)
    if entered.customer and not owners:
        raise ApiError(NO_CUSTOMER, status=422)
    if not products:
        raise ApiError(NO_PRODUCT, status=422)
    certain = products[0].sku == entered.product or products[0].name.casefold() == entered.product.casefold()
    entered.customers = owners if len(owners) > 1 else None
    entered.products = products if len(products) > 1 or not certain else None
    if entered.customers or entered.products:
        raise ApiError(CHOOSE, status=422)
    owner = owners[0] if owners else None
    row = await vocabulary.add(
        session, owner.id if owner else None, entered.said, products[0].id, staff.login, settings().clock.now()
    )
    data = {"phrase": row.said, "product": row.product_id, "customer": row.customer_id or ""}
    await audit(session, staff.login, "alias_add", str(row.id), **data)


@router.post("/{alias_id}/share")
async def share(request: Request, staff: Member, alias_id: int) -> Response:
    """The customer's word holds for all from now on."""
    await _decide(vocabulary.share, "alias_share", alias_id, staff)
    return _back(request)


@router.post("/{alias_id}/revoke")
async def revoke(request: Request, staff: Member, alias_id: int) -> Response:
    """The word means nothing from now on."""
    await _decide(vocabulary.revoke, "alias_revoke", alias_id, staff)
    return _back(request)


async def _decide(deed: Decision, name: str, alias_id: int, staff: Staff) -> None:
    async with staff_session() as session:
        row = await deed(session, alias_id, staff.login, settings().clock.now())
        await audit(session, staff.login, name, str(alias_id), phrase=row.said, product=row.product_id)
