"""What the pages of customers show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import contacts, identity, invitations
from api.db.models import (
    CompanyCodeRow,
    ContactLoginRow,
    ContactPhoneRow,
    ContactRow,
    ConversationRow,
    ProfileRequestRow,
)


@dataclass(frozen=True)
class Shown:
    """A person on the customer's page.

    `ways`: how an invitation can be sent; `doubted`: chats with the person's number that it does not open any more.
    """

    row: ContactRow
    phones: list[str]
    login: str
    chats: list[str]
    ways: list[str]
    doubted: list[ConversationRow]


async def people(session: AsyncSession, customer_id: str) -> list[Shown]:
    """Those who may sign in first."""
    query = select(ContactRow).filter_by(customer_id=customer_id)
    rows = (await session.scalars(query.order_by(~ContactRow.at_work, ContactRow.name))).all()
    ids = [row.id for row in rows]
    numbers: dict[str, list[str]] = defaultdict(list)
    known = select(ContactPhoneRow).where(ContactPhoneRow.contact_id.in_(ids), ContactPhoneRow.revoked_at.is_(None))
    for phone in await session.scalars(known.order_by(ContactPhoneRow.added_at, ContactPhoneRow.phone)):
        numbers[phone.contact_id].append(phone.phone)
    logins = select(ContactLoginRow).where(ContactLoginRow.contact_id.in_(ids))
    login_of = {row.contact_id: row.login for row in await session.scalars(logins)}
    chats: dict[str, list[str]] = defaultdict(list)
    signed_in = select(ConversationRow.contact_id, ConversationRow.channel).where(ConversationRow.contact_id.in_(ids))
    for contact_id, channel in await session.execute(signed_in):
        chats[contact_id or ""].append(channel)
    doubted = await _doubted(session, {phone for owned in numbers.values() for phone in owned})
    return [
        Shown(
            row=row,
            phones=numbers[row.id],
            login=login_of.get(row.id, ""),
            chats=sorted(set(chats[row.id])),
            ways=list(invitations.reachable(row, next(iter(numbers[row.id]), None))),
            doubted=[chat for chat in doubted if chat.phone in numbers[row.id]],
        )
        for row in rows
    ]


async def _doubted(session: AsyncSession, numbers: set[str]) -> list[ConversationRow]:
    row = ConversationRow
    query = select(row).where(row.phone.in_(numbers), row.number_doubted_at.is_not(None), row.customer_id.is_(None))
    return list(await session.scalars(query.order_by(row.number_doubted_at)))


@dataclass(frozen=True)
class ShownCode:
    """A code on the customer's page. `over`: why it opens nothing any more; `chats`: who is in by it now."""

    row: CompanyCodeRow
    over: str
    chats: int


def _over(row: CompanyCodeRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return "отозван"
    if row.expires_at is not None and row.expires_at <= now:
        return "срок вышел"
    return "входы кончились" if row.uses_left == 0 else ""


async def codes(session: AsyncSession, customer_id: str, now: datetime) -> list[ShownCode]:
    """The company's own codes that open something or have opened it; invitations stand with their people."""
    row, chat = CompanyCodeRow, ConversationRow
    live = select(func.count()).where(identity.by_code(), chat.customer_id == row.customer_id).correlate(row)
    query = select(row, live.scalar_subquery()).where(row.customer_id == customer_id, row.contact_id.is_(None))
    found = [ShownCode(code, _over(code, now), chats) for code, chats in await session.execute(query.order_by(row.id))]
    return [code for code in reversed(found) if code.chats or not code.over]


async def requests(session: AsyncSession, customer_id: str) -> list[tuple[ProfileRequestRow, str]]:
    """What waits for a manager's decision, the oldest first, with who asked."""
    query = (
        select(ProfileRequestRow, ContactRow.name)
        .join(ContactRow, ContactRow.id == ProfileRequestRow.contact_id, isouter=True)
        .where(ProfileRequestRow.customer_id == customer_id, ProfileRequestRow.state == "open")
        .order_by(ProfileRequestRow.id)
    )
    return [(row, name or "по коду компании") for row, name in await session.execute(query)]


RIGHTS = contacts.RIGHTS
