"""People of a customer: who they are, what they may, and the end of it."""

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import identity, phones
from api.db.models import ContactRow, ConversationRow
from api.domain.clock import Clock

RIGHTS = {
    "order": "заказывает",
    "prices": "видит цены",
    "balance": "видит баланс",
    "people": "добавляет сотрудников",
}
"""The rights there are, in the order in which they are shown."""


def known_rights(given: Iterable[str]) -> list[str]:
    """Those of the given that exist, in their order."""
    wanted = set(given)
    return [right for right in RIGHTS if right in wanted]


async def add(
    session: AsyncSession,
    customer_id: str,
    name: str,
    rights: Iterable[str],
    clock: Clock,
    *,
    phone: str | None = None,
    source: str = "manager",
    contact_id: str | None = None,
) -> ContactRow:
    """A person whom the accounting system does not know; `source`: who says whose the number is."""
    row = ContactRow(
        id=contact_id or f"own-{uuid4()}",
        customer_id=customer_id,
        name=name,
        rights=known_rights(rights),
        phone=phone or "",
        source="own",
    )
    session.add(row)
    await session.flush()
    if phone:
        await phones.add(session, row.id, phone, source, clock.now())
    return row


async def set_rights(session: AsyncSession, contact: ContactRow, rights: Iterable[str]) -> None:
    """The person's rights from now on. Who may no longer see prices does not read them in the chat above either."""
    lost_prices = "prices" in contact.rights
    contact.rights = known_rights(rights)
    if lost_prices and "prices" not in contact.rights:
        row = ConversationRow
        await session.execute(update(row).where(row.contact_id == contact.id).values(hidden_until=row.last_seq))


async def bar(session: AsyncSession, contact: ContactRow, clock: Clock) -> int:
    """Dismissed: out of every channel in this transaction, whatever the accounting system says."""
    contact.barred_at = clock.now()
    await session.flush()
    theirs = ConversationRow.contact_id == contact.id
    return await identity.cut_off(session, theirs, "contact", clock)


async def unbar(session: AsyncSession, contact: ContactRow) -> None:
    """May sign in again; nothing is signed in by itself."""
    contact.barred_at = None
    await session.flush()
