"""An address that passed to another person: a telephone number given back to the operator and sold again.

The conversation stays; what it knew of the former person does not carry over.
"""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.port import OwnerChanged
from api.conversations import repository
from api.customers import identity, phones
from api.db.models import ConversationRow, EventRow, InboxRow, StaffUserRow
from api.deps.events import record
from api.deps.staff_chats import untie
from api.domain.clock import Clock

CHANGED = "owner_changed"


async def told(session: AsyncSession, clock: Clock, channel: str, event: OwnerChanged) -> None:
    """The provider says so. A repeat changes nothing."""
    noted = EventRow.data["update"].astext == event.provider_id
    if await session.scalar(select(exists().where(EventRow.kind == CHANGED, noted))):
        return
    conversation = await repository.find_by_user(session, channel, event.channel_user)
    await _revoke(session, clock, event.phone)
    await _forget(session, clock, conversation, event.provider_id)


async def compare(
    session: AsyncSession, clock: Clock, conversation: ConversationRow, person: str, told_by: str
) -> None:
    """Whether another person than the one who wrote last has the address now; `told_by`: the message's id."""
    known = InboxRow.extra["person"].astext
    query = select(known).where(InboxRow.conversation_id == conversation.id, known.is_not(None))
    last = await session.scalar(query.order_by(InboxRow.seq.desc()).limit(1))
    if last is not None and last != person:
        await _revoke(session, clock, conversation.phone)
        await _forget(session, clock, conversation, told_by)


async def _revoke(session: AsyncSession, clock: Clock, phone: str) -> None:
    """The number proves nobody any more, until a manager binds it anew."""
    for owner in await phones.owners(session, phone) if phone else ():
        await phones.revoke(session, owner.contact_id, phone, clock)


async def _forget(session: AsyncSession, clock: Clock, conversation: ConversationRow | None, told_by: str) -> None:
    """Signs the conversation out, kills its old buttons, hides what was said; a manager's alerts end there too."""
    former = conversation.customer_id if conversation else None
    key = conversation.id if conversation else None
    await record(session, clock, CHANGED, customer_id=former, conversation_id=key, update=told_by)
    if conversation is not None:
        await identity.cut_off(session, ConversationRow.id == conversation.id, "phone", clock)
        conversation.name = conversation.phone = ""
        tied = select(StaffUserRow).filter_by(alert_conversation_id=conversation.id)
        if (staff := (await session.scalars(tied)).one_or_none()) is not None:
            await untie(session, staff, CHANGED)
