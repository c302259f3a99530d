"""Handing a conversation to a person and back. While a person has it, the assistant is silent."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import outbox, repository
from api.db.models import ConversationRow, HandoffRow
from api.deps.events import record
from api.worker import defer

LONGEST_NOTE = 4_000


async def request(
    session: AsyncSession, conversation: ConversationRow, now: datetime, *, reason: str, note: str
) -> None:
    """Asks for a person; asking twice is asking once, with both notes."""
    asked = await repository.open_handoff(session, conversation.id)
    if asked is not None:
        if note and note not in asked.note:
            asked.note = f"{asked.note}\n{note}".strip()[:LONGEST_NOTE]
        return
    conversation.mode = "waiting"
    conversation.unanswered_since = conversation.unanswered_since or now
    await _open(session, conversation, now, reason, note)
    await defer(session, "alerts.send", lock="alerts")


async def _open(
    session: AsyncSession, conversation: ConversationRow, now: datetime, reason: str, note: str
) -> HandoffRow:
    row = HandoffRow(
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        reason=reason,
        note=note,
        requested_at=now,
    )
    session.add(row)
    await record(
        session,
        settings().clock,
        "handoff",
        customer_id=conversation.customer_id,
        conversation_id=conversation.id,
        reason=reason,
    )
    await outbox.wake(session, conversation.id)
    return row


async def take(session: AsyncSession, conversation: ConversationRow, now: datetime, who: str) -> None:
    """A manager takes the conversation, asked or not, from whoever had it; the customer waits until words come."""
    held = await repository.open_handoff(session, conversation.id)
    if held is None:
        held = await _open(session, conversation, now, "taken_over", "")
    if conversation.mode == "manager" and held.taken_by == who:
        return
    conversation.mode = "manager"
    # The customer waited until the first of them: another who goes on with it makes the wait no longer.
    held.taken_at, held.taken_by = held.taken_at or now, who
    await outbox.wake(session, conversation.id)


async def close(session: AsyncSession, conversation: ConversationRow, now: datetime) -> None:
    """Gives the conversation back to the assistant."""
    conversation.mode, conversation.unanswered_since = "bot", None
    open_request = await repository.open_handoff(session, conversation.id)
    if open_request is not None:
        open_request.closed_at = now
    await outbox.wake(session, conversation.id)


async def answered(
    session: AsyncSession, conversation: ConversationRow, now: datetime, *, since: datetime, by: str
) -> None:
    """A decision of `by` answers a request made since then: the assistant is back, unless somebody else speaks."""
    asked = await repository.open_handoff(session, conversation.id)
    if asked is not None and asked.requested_at >= since and asked.taken_by in ("", by):
        await close(session, conversation, now)
