"""What a person is told about itself; misunderstood words."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import repository
from api.conversations.people import manager_of
from api.conversations.schemas import (
    LastOrderOut,
    MeOut,
    MisunderstoodBody,
    NameOut,
    OutletOut,
)
from api.customers import steps
from api.db.models import ContactRow, ConversationRow, CustomerRow, MisunderstoodRow, OrderRow, OutletRow
from api.deps.turn import Speaker
from api.domain.wording import day, document_number
from api.errors import Conflict
from api.orders.glance import chosen_outlet_id, last_order

CONTEXT_MESSAGES = 6


def outlet_out(row: OutletRow) -> OutletOut:
    return OutletOut(id=row.id, name=row.name, address=row.address)


def _order_out(order: OrderRow) -> LastOrderOut:
    made = order.created_at.astimezone(settings().zone).date()
    return LastOrderOut(number=document_number(order.number) if order.number else None, date_text=day(made))


async def me(
    session: AsyncSession, customer_session: AsyncSession | None, who: Speaker, customer_id: str | None
) -> MeOut:
    """What the assistant may know of the person who speaks."""
    customer = await session.get(CustomerRow, customer_id) if customer_id else None
    if customer is None or customer_session is None:
        return MeOut(signed_in=False, manager=manager_of(None))
    query = select(OutletRow).filter_by(customer_id=customer.id, active=True).order_by(OutletRow.name)
    outlets = [outlet_out(row) for row in await session.scalars(query)]
    chosen = await chosen_outlet_id(customer_session, who.conversation_id, customer.id)
    contact = await session.get(ContactRow, who.contact_id) if who.contact_id else None
    order = await last_order(customer_session, customer.id)
    conversation = await session.get_one(ConversationRow, who.conversation_id)
    return MeOut(
        signed_in=True,
        customer=NameOut(name=customer.name),
        contact_name=contact.name if contact else "",
        can_switch=bool(await steps.others(session, conversation)),
        rights=sorted(who.rights),
        outlets=outlets,
        outlet=outlets[0] if len(outlets) == 1 else next((o for o in outlets if o.id == chosen), None),
        manager=manager_of(customer),
        last_order=_order_out(order) if order else None,
    )


async def note_misunderstood(session: AsyncSession, who: Speaker, body: MisunderstoodBody, now: datetime) -> None:
    """Keeps the utterance with what was said before it."""
    conversation = await session.get_one(ConversationRow, who.conversation_id)
    seen = await repository.newest_messages(session, conversation, CONTEXT_MESSAGES)
    session.add(
        MisunderstoodRow(
            at=now,
            conversation_id=who.conversation_id,
            customer_id=who.customer_id,
            inbox_id=who.inbox_id,
            text=body.text,
            intent=body.intent,
            confidence=body.confidence,
            stage=body.stage,
            context=[{"from": message.sender, "text": message.text} for message in seen],
        )
    )


NO_PERSON = "Так можно, если вы вошли под своим именем, а не по коду компании. Приглашение даст менеджер."
NOBODY_THERE = "Там вы мне ещё не писали. Напишите мне туда один раз, и я смогу присылать новости."


async def prefer_channel(session: AsyncSession, who: Speaker, channel: str) -> None:
    """News of orders come to the person in this channel; raises Conflict where that cannot be."""
    contact = await session.get(ContactRow, who.contact_id) if who.contact_id else None
    if contact is None:
        raise Conflict(NO_PERSON, code="no_person")
    there = exists().where(
        ConversationRow.channel == channel,
        ConversationRow.contact_id == contact.id,
        ConversationRow.blocked_at.is_(None),
    )
    if not await session.scalar(select(there)):
        raise Conflict(NOBODY_THERE, code="nobody_there")
    contact.preferred_channel = channel
