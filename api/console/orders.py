"""«Заказы на разборе»: what the accounting system did not take as it was sent, why, and once more."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import order_rows
from api.console.access import Csrf, Member, check_csrf
from api.console.pages import page
from api.db.session import staff_session
from api.orders import sending

router = APIRouter(prefix="/console/orders", include_in_schema=False)

MOST_ID = 2**63 - 1


@router.get("")
async def order_list(request: Request, staff: Member) -> HTMLResponse:
    async with staff_session() as session:
        rows = await order_rows.troubles(session)
    return page(request, "orders.html", staff=staff, rows=rows)


@router.post("/{order_id}/replay")
async def replay(staff: Member, order_id: Annotated[int, Path(ge=1, le=MOST_ID)], csrf: Csrf) -> Response:
    """Sends the order again, by the same key: there is one document however often this is pressed."""
    check_csrf(staff, csrf)
    async with staff_session() as session:
        await sending.replay(session, order_id, staff.login)
    return RedirectResponse("/console/orders", status_code=303)
