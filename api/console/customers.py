"""«Клиенты»: people, their rights, numbers, logins and invitations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import channels
from api.config import settings
from api.console import alias_rows, card_rows, customer_glance, customer_list, customer_rows
from api.console.access import Member
from api.console.accounts import Staff
from api.console.alias_rows import Filter
from api.console.channel_words import channel_words
from api.console.customer_list import Search
from api.console.pages import page
from api.customers import contacts, invitations, logins, phones, written_cards
from api.db.models import ContactRow, CustomerRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.deps.options import option
from api.domain.customer import CardField
from api.errors import ApiError, NotFound
from api.notifications import requests
from api.worker import defer

router = APIRouter(prefix="/console/customers", include_in_schema=False)


@router.get("")
async def customers_found(request: Request, staff: Member, wanted: Annotated[Search, Depends()]) -> HTMLResponse:
    return await show_list(request, staff, wanted)


async def show_list(request: Request, staff: Staff, wanted: Search, **said: Any) -> HTMLResponse:
    """A page of the list; `said`: what a pasted list did."""
    async with staff_session() as session:
        found = await customer_list.page_of(session, wanted)
        lasts = await option(session, "pilot")
    return page(
        request, "customers.html", staff=staff, wanted=wanted, found=found, lasts=lasts, **{"done": None, **said}
    )


async def show(request: Request, staff: Staff, customer_id: str, status: int = 200, **said: Any) -> HTMLResponse:
    """The customer's page; `said`: an error, or a secret that is shown this once."""
    now = settings().clock.now()
    async with staff_session() as session:
        customer = await session.get(CustomerRow, customer_id)
        if customer is None:
            raise NotFound("Такого клиента нет.")
        return page(
            request,
            "customer.html",
            status,
            staff=staff,
            customer=customer,
            people=await customer_rows.people(session, customer_id),
            codes=await customer_rows.codes(session, customer_id, now),
            requests=await customer_rows.requests(session, customer_id),
            kinds=requests.KINDS,
            cards=await card_rows.changes(session, customer_id),
            card_fields=written_cards.writable(customer),
            outlets=await customer_glance.outlets(session, customer_id),
            money=await customer_glance.money(session, customer),
            orders=await customer_glance.orders(session, customer_id),
            talks=await customer_glance.conversations(session, customer_id),
            words=await alias_rows.aliases(session, Filter(), owner=customer_id),
            lasts=await option(session, "pilot"),
            channels={kind: channel_words(kind) for kind in channels()},
            rights=customer_rows.RIGHTS,
            **{"error": "", "new_password": "", "new_login": "", **said},
        )


@router.get("/{customer_id:path}")
async def customer_page(request: Request, staff: Member, customer_id: str) -> HTMLResponse:
    return await show(request, staff, customer_id)


def back(customer_id: str) -> Response:
    """To the customer's page after a change."""
    return RedirectResponse(f"/console/customers/{quote(customer_id)}", status_code=303)


async def person_of(session: AsyncSession, customer_id: str, contact_id: str) -> ContactRow:
    """A person of this customer, held until the end; raises NotFound for anybody else."""
    query = select(ContactRow).filter_by(id=contact_id, customer_id=customer_id).with_for_update()
    contact = (await session.scalars(query)).one_or_none()
    if contact is None:
        raise NotFound("Такого сотрудника нет.")
    return contact


@asynccontextmanager
async def _changing(staff: Staff, customer_id: str, contact_id: str) -> AsyncIterator[tuple[AsyncSession, ContactRow]]:
    async with staff_session() as session:
        yield session, await person_of(session, customer_id, contact_id)


@router.post("/{customer_id:path}/contacts")
async def add_contact(
    request: Request,
    staff: Member,
    customer_id: str,
    name: Annotated[str, Form(max_length=100)],
    phone: Annotated[str, Form(max_length=40)] = "",
    right: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it
    write: Annotated[bool, Form()] = False,
) -> Response:
    """A person whom the accounting system does not know. `write`: it shall."""
    number = phones.number(phone)
    if not name.strip() or (phone.strip() and number is None):
        return await show(request, staff, customer_id, 422, error="Нужны имя и номер целиком: +7 900 000-00-00.")
    async with staff_session() as session:
        customer = await session.get(CustomerRow, customer_id)
        if customer is None:
            raise NotFound("Такого клиента нет.")
        row = await contacts.add(session, customer_id, name.strip(), right, settings().clock, phone=number)
        await audit(session, staff.login, "contact_add", row.id, customer=customer_id)
        if write:
            await written_cards.propose(session, customer, CardField.CONTACT, row, row.name, by=staff.login)
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/rights")
async def set_rights(
    staff: Member,
    customer_id: str,
    contact_id: str,
    right: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        await contacts.set_rights(session, contact, right)
        await audit(session, staff.login, "contact_rights", contact.id, rights=", ".join(contact.rights))
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/bar")
async def bar(staff: Member, customer_id: str, contact_id: str) -> Response:
    """Out of every channel at once."""
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        ended = await contacts.bar(session, contact, settings().clock)
        await audit(session, staff.login, "contact_bar", contact.id, ended=str(ended))
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/unbar")
async def unbar(staff: Member, customer_id: str, contact_id: str) -> Response:
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        await contacts.unbar(session, contact)
        await audit(session, staff.login, "contact_unbar", contact.id)
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/phones")
async def add_phone(
    request: Request,
    staff: Member,
    customer_id: str,
    contact_id: str,
    phone: Annotated[str, Form(max_length=40)],
    take: Annotated[bool, Form()] = False,
) -> Response:
    """Binds a number. `take`: its former owners lose it, and what they signed in with it."""
    number = phones.number(phone)
    if number is None:
        return await show(request, staff, customer_id, 422, error="Номер нужен целиком: +7 900 000-00-00.")
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        others = [row.contact_id for row in await phones.owners(session, number) if row.contact_id != contact.id]
        for other in others if take else []:
            await phones.revoke(session, other, number, settings().clock)
            await audit(session, staff.login, "phone_revoke", other)
        await phones.add(session, contact.id, number, "manager", settings().clock.now())
        await audit(session, staff.login, "phone_add", contact.id)
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/phones/revoke")
async def revoke_phone(
    staff: Member, customer_id: str, contact_id: str, phone: Annotated[str, Form(max_length=40)]
) -> Response:
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        ended = await phones.revoke(session, contact.id, phone, settings().clock)
        await audit(session, staff.login, "phone_revoke", contact.id, ended=str(ended))
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/chats/{conversation_id}/trust")
async def trust_number(staff: Member, customer_id: str, contact_id: str, conversation_id: UUID) -> Response:
    """The number opens this chat again: the manager knows that it is the person's."""
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        if not await phones.trust(session, contact.id, conversation_id):
            raise NotFound("Номер этого чата записан не за этим сотрудником.")
        await audit(session, staff.login, "number_trust", contact.id, conversation=str(conversation_id))
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/login")
async def set_login(
    request: Request,
    staff: Member,
    customer_id: str,
    contact_id: str,
    login: Annotated[str, Form(max_length=100)],
) -> HTMLResponse:
    """A new password, shown on the page that answers and nowhere else."""
    try:
        async with _changing(staff, customer_id, contact_id) as (session, contact):
            password = await logins.set_login(session, contact.id, login, settings().clock)
            await audit(session, staff.login, "login_set", contact.id)
    except ApiError as error:
        if error.code == "not_found":
            raise
        return await show(request, staff, customer_id, error.status, error=error.message)
    return await show(request, staff, customer_id, new_login=logins.normalized(login), new_password=password)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/login/remove")
async def remove_login(staff: Member, customer_id: str, contact_id: str) -> Response:
    """No password opens anything for this person; whoever is in by one is out."""
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        ended = await logins.remove_login(session, contact.id, settings().clock)
        await audit(session, staff.login, "login_remove", contact.id, ended=str(ended))
    return back(customer_id)


@router.post("/{customer_id:path}/contacts/{contact_id:path}/invitation")
async def invitation(request: Request, staff: Member, customer_id: str, contact_id: str) -> HTMLResponse:
    """A page to print or to copy from; its code is shown this once."""
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        made = await invitations.invite(session, contact, staff.login, settings().clock.now())
        await audit(session, staff.login, "invite", contact.id, way="page")
    return page(
        request, "invitation.html", staff=staff, contact=contact, customer_id=customer_id, invitation=made,
        days=settings().invitation_days, uses=invitations.USES,
    )  # fmt: skip


@router.post("/{customer_id:path}/contacts/{contact_id:path}/invitation/{way}")
async def send_invitation(staff: Member, customer_id: str, contact_id: str, way: str) -> Response:
    async with _changing(staff, customer_id, contact_id) as (session, contact):
        if way not in invitations.reachable(contact, await phones.first_of(session, contact.id)):
            raise NotFound("Так отправить нельзя.")
        await defer(session, "invitations.send", contact_id=contact.id, way=way, by=staff.login)
        await audit(session, staff.login, "invite", contact.id, way=way)
    return back(customer_id)
