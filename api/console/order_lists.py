"""The two lists of the page «Заказы»: what needs a person, and all orders."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.console import credit_rows, order_rows
from api.console.accounts import Staff
from api.console.credit import PRESETS
from api.console.order_rows import Filters
from api.console.pages import page
from api.db.session import staff_session
from api.errors import ApiError


async def needs_person(request: Request, staff: Staff, error: ApiError | None = None) -> HTMLResponse:
    """Held carts on top, then orders that did not go as they were sent. `error`: why nothing was done."""
    async with staff_session() as session:
        held = await credit_rows.held(session)
        rows = await order_rows.troubles(session)
    status, said = (error.status, error.message) if error is not None else (200, "")
    return page(
        request,
        "orders.html",
        status,
        staff=staff,
        held=held,
        rows=rows,
        error=said,
        presets=PRESETS,
        decisions=credit_rows.DECISIONS,
    )


async def all_orders(request: Request, staff: Staff, wanted: Filters) -> HTMLResponse:
    """A page of all orders, by key."""
    async with staff_session() as session:
        rows, next_key = await order_rows.orders(session, wanted)
        waiting = await order_rows.count(session)
        customer = await order_rows.customer_name(session, wanted.customer) if wanted.customer else ""
    return page(
        request,
        "orders_all.html",
        staff=staff,
        rows=rows,
        next_key=next_key,
        wanted=wanted,
        customer=customer,
        states=order_rows.STATES,
        waiting=waiting,
    )
