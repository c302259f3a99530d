"""On customers' pages: the pilot, where a person hears of orders, the customer's own words."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.aliases import service as vocabulary
from api.channels.registry import channels
from api.config import settings
from api.console.access import Member
from api.console.accounts import Staff
from api.console.customer_list import Search
from api.console.customers import back, person_of, show_list
from api.customers import pilot as flags
from api.db.models import AliasRow, CustomerRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import NotFound

router = APIRouter(prefix="/console/customers", include_in_schema=False)

LONGEST_LIST = 100_000


async def _flag(session: AsyncSession, staff: Staff, ids: list[str], on: bool) -> int:
    changed = await flags.set_flag(session, ids, on)
    for customer_id in changed:
        await audit(session, staff.login, "pilot_on" if on else "pilot_off", customer_id)
    return len(changed)


@router.post("/pilot")
async def flag_chosen(
    staff: Member,
    on: Annotated[bool, Form()],
    id: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it
    q: Annotated[str, Form(max_length=200)] = "",
    pilot: Annotated[str, Form(max_length=3)] = "",
    after: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The customers that are ticked on the list; back to the same part of it."""
    async with staff_session() as session:
        await _flag(session, staff, id, on)
    kept = {name: value for name, value in (("q", q), ("pilot", pilot), ("after", after)) if value}
    query = f"?{urlencode(kept)}" if kept else ""
    return RedirectResponse(f"/console/customers{query}", status_code=303)


@router.post("/pilot/list")
async def flag_pasted(
    request: Request,
    staff: Member,
    on: Annotated[bool, Form()],
    pasted: Annotated[str, Form(max_length=LONGEST_LIST)],
) -> HTMLResponse:
    """Tax numbers, codes, ids or names from a spreadsheet. What means nobody is told and left to the manager."""
    async with staff_session() as session:
        meant = await flags.meant(session, pasted)
        changed = await _flag(session, staff, meant.ids, on)
    return await show_list(request, staff, Search(), done={"on": on, "changed": changed, "meant": meant})


@router.post("/{customer_id:path}/pilot")
async def flag_one(staff: Member, customer_id: str, on: Annotated[bool, Form()] = False) -> Response:
    async with staff_session() as session:
        if await session.get(CustomerRow, customer_id) is None:
            raise NotFound("Такого клиента нет.")
        await _flag(session, staff, [customer_id], on)
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/channel")
async def prefer_channel(
    staff: Member,
    customer_id: str,
    contact_id: str,
    channel: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Where the person hears of orders first; empty: where they wrote last."""
    if channel and channel not in channels():
        raise NotFound("Такого канала нет.")
    async with staff_session() as session:
        contact = await person_of(session, customer_id, contact_id)
        contact.preferred_channel = channel or None
        await audit(session, staff.login, "contact_channel", contact.id, channel=channel)
    return back(customer_id)


@router.post("/{customer_id:path}/words/{alias_id}/revoke")
async def revoke_word(staff: Member, customer_id: str, alias_id: int) -> Response:
    """The customer's word means nothing from now on; those for all are not revoked here."""
    async with staff_session() as session:
        word = await session.get(AliasRow, alias_id)
        if word is None or word.customer_id != customer_id:
            raise NotFound("Такого слова у этого клиента нет.")
        row = await vocabulary.revoke(session, alias_id, staff.login, settings().clock.now())
        await audit(session, staff.login, "alias_revoke", str(alias_id), phrase=row.said, product=row.product_id)
    return back(customer_id)
