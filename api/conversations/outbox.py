"""What we say: messages to the customer, numbered, and the notice that there is something new."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import calls_out
from api.db.models import ConversationRow, OutboxRow
from api.deps.notices import CONVERSATION, notify
from api.worker import defer


async def wake(session: AsyncSession, conversation_id: UUID) -> None:
    """Tells every api process, at commit, that the conversation has something new."""
    await notify(session, CONVERSATION, str(conversation_id))


GLIMPSE = 200
"""Characters of the newest message that the list of conversations shows."""
CARD = "Карточка заказа"


async def _next_number(
    session: AsyncSession, conversation_id: UUID, only_to: str | None, news: dict[str, Any]
) -> tuple[int, str, str | None] | None:
    """The message's number, with the conversation's channel and customer; None when it is not `only_to`'s.

    `news`: what the list of conversations shows of it from now on.

    Holding the row until the commit makes the numbers visible in their order: a reader never skips one.
    """
    row = ConversationRow
    meant = [row.id == conversation_id, *([row.customer_id == only_to] if only_to is not None else [])]
    numbered = update(row).where(*meant).values(last_seq=row.last_seq + 1, **news)
    returned = numbered.returning(row.last_seq, row.channel, row.customer_id)
    found = (await session.execute(returned)).one_or_none()
    return None if found is None else (found.last_seq, found.channel, found.customer_id)


async def was_said(session: AsyncSession, dedupe_key: str) -> bool:
    """Whether a message with this key is there already."""
    return bool(await session.scalar(select(exists().where(OutboxRow.dedupe_key == dedupe_key))))


async def say(
    session: AsyncSession,
    conversation_id: UUID,
    at: datetime,
    text: str,
    *,
    buttons: list[dict[str, str]] | None = None,
    card: dict[str, Any] | None = None,
    sender: str = "bot",
    author: str = "",
    dedupe_key: str | None = None,
    pressed_seq: int | None = None,
    fall_back: bool = False,
    only_to: str | None = None,
) -> bool:
    """Puts a message into the outbox; one with the same `dedupe_key` that is there already is not said again.

    `pressed_seq`: it answers a press on that message of ours. `fall_back`: where it cannot be delivered, another
    channel of the customer is tried. `only_to`: the customer that it is meant for; False when the conversation is
    another's by now, and nothing is said.
    """
    if dedupe_key is not None and await was_said(session, dedupe_key):
        return True
    news: dict[str, Any] = {"last_at": at, "last_text": (text or CARD)[:GLIMPSE], "last_sender": sender}
    if sender == "manager":
        news["unanswered_since"] = None
    found = await _next_number(session, conversation_id, only_to, news)
    if found is None:
        return False
    seq, channel, customer_id = found
    said = OutboxRow(
        conversation_id=conversation_id,
        seq=seq,
        at=at,
        sender=sender,
        author=author,
        text=text,
        buttons=buttons or [],
        card=card,
        dedupe_key=dedupe_key,
        customer_id=customer_id,
        state="queued" if calls_out(channel) else None,
        pressed_seq=pressed_seq,
        fall_back=fall_back,
    )
    session.add(said)
    await session.flush()
    if calls_out(channel):
        await defer(session, "messages.deliver", lock=f"deliver:{conversation_id}", outbox_id=said.id)
    await wake(session, conversation_id)
    return True
