"""In which conversation a customer is told something: where it was asked, else where the person wants to hear it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import calls_out, messenger
from api.db.models import ContactRow, ConversationRow, OrderRow, OutboxRow


@dataclass(frozen=True)
class News:
    """What happened to an order, in the `dedupe_key` of the messages that tell it.

    `order:7:accepted:accepted@<chat>`, `order:7:status:shipped:1f@<chat>`.
    """

    order_id: int
    event: str
    status: str
    """Of the order then."""
    change: str = ""
    """What tells it from the same news of another day; empty: it is told once."""

    @property
    def key(self) -> str:
        known = f"order:{self.order_id}:{self.event}:{self.status}"
        return f"{known}:{self.change}" if self.change else known

    def key_in(self, conversation_id: UUID) -> str:
        """What keeps the news from being told twice in this conversation."""
        return f"{self.key}@{conversation_id}"

    @classmethod
    def of(cls, key: str) -> "News":
        """The news behind a message's key."""
        _, order_id, event, status, *change = key.partition("@")[0].split(":")
        return cls(int(order_id), event, status, *change)


def at_work(conversation: type[ConversationRow]) -> ColumnElement[bool]:
    """The person of the conversation still works at the company that it orders for."""
    return ContactRow.at_work & (ContactRow.customer_id == conversation.customer_id)


async def conversations_of(session: AsyncSession, order: OrderRow) -> Sequence[ConversationRow]:
    """The conversations of the order's customer that may hear of it, best first.

    First those of the person who ordered, in the channel that the person prefers, then where they wrote last. People
    without the right to order are not told, nor who stopped the bot or left the company.
    """
    conversation, contact = ConversationRow, ContactRow
    may_hear = or_(contact.id.is_(None), at_work(conversation) & contact.rights.contains(["order"]))
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
    found = (await session.scalars(query)).all()
    return sorted(found, key=lambda one: calls_out(one.channel) and messenger(one.channel) is None)


async def choose(session: AsyncSession, order: OrderRow, *, where_asked: bool) -> ConversationRow | None:
    """Where to say it first; `where_asked`: in the conversation that the order came from, while it may hear of it."""
    known = await conversations_of(session, order)
    asked = [one for one in known if one.id == order.conversation_id] if where_asked else []
    return next(iter([*asked, *known]), None)


async def next_after(session: AsyncSession, order: OrderRow, news: News) -> ConversationRow | None:
    """Where to try next what could not be delivered."""
    said = OutboxRow.dedupe_key.startswith(f"{news.key}@", autoescape=True)
    tried = set(await session.scalars(select(OutboxRow.conversation_id).where(said)))
    return next((one for one in await conversations_of(session, order) if one.id not in tried), None)
