"""An address that passed to another person: a telephone number given back to the operator and sold again.

The conversation stays; what it knew of the former person does not carry over.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import ConversationRow, InboxRow
from api.deps.events import record
from api.domain.clock import Clock


async def changed(session: AsyncSession, clock: Clock, conversation: ConversationRow | None) -> None:
    """Signs the conversation out, kills its old buttons and hides what was said; the phone alone opens nothing."""
    if conversation is None:
        return
    former = conversation.customer_id
    conversation.customer_id = conversation.contact_id = None
    conversation.name = conversation.phone = conversation.signed_in_by = ""
    conversation.signed_out_at = clock.now()
    conversation.hidden_until = conversation.last_seq
    conversation.living_seq = None
    await record(session, clock, "owner_changed", customer_id=former, conversation_id=conversation.id)


async def compare(session: AsyncSession, clock: Clock, conversation: ConversationRow, person: str) -> None:
    """Another person than the one who wrote last has the address now."""
    known = InboxRow.extra["person"].astext
    query = select(known).where(InboxRow.conversation_id == conversation.id, known.is_not(None))
    last = await session.scalar(query.order_by(InboxRow.seq.desc()).limit(1))
    if last is not None and last != person:
        await changed(session, clock, conversation)
