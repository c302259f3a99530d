"""Whose a conversation is: the one place where it gets a customer, and the one where it loses it."""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CompanyCodeRow, ContactRow, ConversationRow, CustomerRow, InboxRow, SignInStepRow
from api.deps.events import record
from api.deps.notices import CONVERSATION, notify
from api.deps.staff_chats import alerted_in
from api.domain.clock import Clock
from api.errors import Forbidden

CLOSED = "closed:"
"""Begins `signed_in_by` of a conversation that was cut off; why follows: contact, phone, code, login, customer."""


def closed_reason(conversation: ConversationRow) -> str:
    """Why the conversation was cut off; empty when it was not."""
    by = conversation.signed_in_by
    return by.removeprefix(CLOSED) if by.startswith(CLOSED) else ""


async def sign_in(
    session: AsyncSession,
    conversation: ConversationRow,
    customer_id: str,
    contact_id: str | None,
    by: str,
    clock: Clock,
    inbox_id: int | None = None,
) -> None:
    """Binds the conversation. `by`: the way and what was used; `inbox_id`: the message whose turn does it.

    Raises Forbidden for a person of another company, and where managers' alerts go.
    """
    if await alerted_in(session, conversation.id) is not None:
        raise Forbidden("Сюда приходят уведомления менеджеру. Заказывать можно в другом чате.", code="staff_chat")
    contact = await session.get(ContactRow, contact_id) if contact_id else None
    if contact_id and (contact is None or contact.customer_id != customer_id):
        raise Forbidden("Не получилось войти. Поможет менеджер.", code="another_company")
    if conversation.served_customer_id not in (None, customer_id) or (contact and "prices" not in contact.rights):
        # What stands above has prices of another company, or prices that this person may not see.
        conversation.hidden_until = conversation.last_seq
    conversation.customer_id = conversation.served_customer_id = customer_id
    conversation.contact_id = contact_id
    conversation.signed_in_by, conversation.signed_out_at = by, None
    await _end_steps(session, conversation.id)
    await _note_hands(session, inbox_id, customer_id)
    way = by.partition(":")[0]
    await record(session, clock, "sign_in", customer_id=customer_id, conversation_id=conversation.id, way=way)
    await notify(session, CONVERSATION, str(conversation.id))


async def sign_out(
    session: AsyncSession, conversation: ConversationRow, clock: Clock, inbox_id: int | None = None
) -> None:
    """The person leaves: a known number alone does not sign them in again, and the chat's history is put away."""
    if conversation.customer_id is None:
        return  # Who was cut off does not wipe that out by leaving.
    conversation.customer_id = conversation.contact_id = None
    conversation.signed_in_by, conversation.signed_out_at = "", clock.now()
    conversation.hidden_until = conversation.last_seq
    await _end_steps(session, conversation.id)
    await _note_hands(session, inbox_id, None)
    await notify(session, CONVERSATION, str(conversation.id))


async def cut_off(session: AsyncSession, whose: ColumnElement[bool], reason: str, clock: Clock) -> int:
    """Takes the company from every such conversation, in every channel, in this transaction; returns how many.

    The history is no longer served and open sockets are told; the cart stays the company's. Works under the role of
    the syncs as well, which may write neither steps nor the audit: the event tells of it.
    """
    signed_in = select(ConversationRow).where(whose, ConversationRow.customer_id.is_not(None))
    rows = (await session.scalars(signed_in.order_by(ConversationRow.id).with_for_update())).all()
    for row in rows:
        await record(session, clock, "cut_off", customer_id=row.customer_id, conversation_id=row.id, reason=reason)
        row.customer_id = row.contact_id = None
        row.hidden_until = row.last_seq
        row.signed_in_by, row.number_doubted_at = f"{CLOSED}{reason}", clock.now()
        await notify(session, CONVERSATION, str(row.id))
    await session.flush()
    return len(rows)


def of_closed_contacts() -> ColumnElement[bool]:
    """Conversations of people who do not work there any more."""
    moved = ContactRow.customer_id != ConversationRow.customer_id
    closed = select(ContactRow.id).where(ContactRow.id == ConversationRow.contact_id, ~ContactRow.at_work | moved)
    return closed.exists()


def of_closed_customers() -> ColumnElement[bool]:
    """Conversations of companies that are no customers any more."""
    return ConversationRow.customer_id.in_(select(CustomerRow.id).where(~CustomerRow.active))


def by_code() -> ColumnElement[bool]:
    """Conversations that this code signed in, with its row beside them."""
    return ConversationRow.signed_in_by == literal("code:") + cast(CompanyCodeRow.id, Text)


def of_lost_codes() -> ColumnElement[bool]:
    """Conversations whose code is gone or is another company's now."""
    good = select(CompanyCodeRow.id).where(by_code(), CompanyCodeRow.customer_id == ConversationRow.customer_id)
    return ConversationRow.signed_in_by.startswith("code:") & ~good.exists()


async def _end_steps(session: AsyncSession, conversation_id: UUID) -> None:
    await session.execute(delete(SignInStepRow).filter_by(conversation_id=conversation_id))


async def _note_hands(session: AsyncSession, inbox_id: int | None, customer_id: str | None) -> None:
    """Whom the answer to this message is for: if the conversation is another's by then, it is not said."""
    inbox = await session.get(InboxRow, inbox_id) if inbox_id else None
    if inbox is not None:
        inbox.extra = inbox.extra | {"customer": customer_id}
