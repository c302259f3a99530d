"""In which conversation a customer is told something: where it was asked, else where the person wants to hear it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import ContactRow, ConversationRow, OrderRow, OutboxRow


async def conversations_of(session: AsyncSession, order: OrderRow) -> Sequence[ConversationRow]:
    """The conversations of the order's customer that may hear of it, best first.

    First those of the person who ordered, in the channel that the person prefers, then where they wrote last. People
    without the right to order are not told, nor who stopped the bot or left the company.
    """
    conversation, contact = ConversationRow, ContactRow
    works_here = contact.active & contact.barred_at.is_(None)
    may_hear = or_(contact.id.is_(None), works_here & contact.rights.contains(["order"]))
    ordered = case(
        (conversation.contact_id == order.contact_id, 0), (conversation.id == order.conversation_id, 0), else_=1
    )
    query = (
        select(conversation)
        .join(contact, contact.id == conversation.contact_id, isouter=True)
        .where(conversation.customer_id == order.customer_id, conversation.blocked_at.is_(None), may_hear)
        .order_by(
            ordered,
            case((conversation.channel == contact.preferred_channel, 0), else_=1),
            conversation.last_inbound_at.desc().nulls_last(),
        )
    )
    return (await session.scalars(query)).all()


async def choose(session: AsyncSession, order: OrderRow, *, where_asked: bool) -> ConversationRow | None:
    """Where to say it first; `where_asked`: in the conversation that the order came from, while it may hear of it."""
    known = await conversations_of(session, order)
    asked = [one for one in known if one.id == order.conversation_id] if where_asked else []
    return next(iter([*asked, *known]), None)


async def next_after(session: AsyncSession, order: OrderRow, key: str) -> ConversationRow | None:
    """Where to try next what could not be delivered; `key`: of the message, the same in all its tries."""
    tried = set(await session.scalars(select(OutboxRow.conversation_id).where(OutboxRow.dedupe_key.startswith(key))))
    return next((one for one in await conversations_of(session, order) if one.id not in tried), None)


def key_in(key: str, conversation_id: UUID) -> str:
    """What keeps the message from being said twice in this conversation."""
    return f"{key}@{conversation_id}"
