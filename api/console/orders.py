"""«Заказы»: what needs a person, all orders, the card of one, and what is done to it by hand."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import credit, credit_blocks, order_cards, order_lists
from api.console.access import Member
from api.console.accounts import Staff
from api.console.credit import Id
from api.console.order_rows import STATES, Filters
from api.console.pages import page
from api.db.session import staff_session
from api.errors import Conflict, NotFound
from api.orders import by_staff

router = APIRouter(prefix="/console/orders", include_in_schema=False)
router.include_router(credit_blocks.router)
router.include_router(credit.router)


@router.get("")
async def order_list(
    request: Request,
    staff: Member,
    all: bool = False,
    state: str = "",
    customer: str = "",
    day: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> HTMLResponse:
    if not all:
        return await order_lists.needs_person(request, staff)
    wanted = Filters(state if state in set(STATES) else "", customer, _day(day), q.strip(), before)
    return await order_lists.all_orders(request, staff, wanted)


def _day(text: str) -> date | None:
    """A form's empty field is no day, nor is what somebody typed into the address."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@router.get("/{order_id:int}")
async def order_card(request: Request, staff: Member, order_id: Id) -> HTMLResponse:
    return await _card(request, staff, order_id)


async def _card(request: Request, staff: Staff, order_id: int, status: int = 200, error: str = "") -> HTMLResponse:
    async with staff_session() as session:
        card = await order_cards.card(session, order_id)
    if card is None:
        raise NotFound("Такого заказа нет.")
    return page(request, "order.html", status, staff=staff, card=card, order=card.order, error=error)


async def _act(request: Request, staff: Staff, order_id: int, act: Callable[..., Awaitable[Any]]) -> Response:
    """Does it and shows the card; says there why it cannot be done any more."""
    try:
        async with staff_session() as session:
            await act(session, order_id, staff.login)
    except Conflict as error:
        return await _card(request, staff, order_id, error.status, error.message)
    return RedirectResponse(f"/console/orders/{order_id}", status_code=303)


@router.post("/{order_id}/replay")
async def replay(request: Request, staff: Member, order_id: Id) -> Response:
    """Sends the order again, by the same key: there is one document however often this is pressed."""
    return await _act(request, staff, order_id, by_staff.replay)


@router.post("/{order_id}/withdraw")
async def withdraw(request: Request, staff: Member, order_id: Id) -> Response:
    """Withdraws the order; the customer hears the outcome."""
    return await _act(request, staff, order_id, by_staff.withdraw)


@router.post("/{order_id}/reviewed")
async def reviewed(request: Request, staff: Member, order_id: Id) -> Response:
    """The differences are dealt with: the document as it stands is the order."""
    return await _act(request, staff, order_id, by_staff.review_done)
