"""How long we try to bring a message, and what becomes of it then."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import outbox
from api.db.models import ConversationRow, OutboxRow
from api.worker import defer

WAITS_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300)
"""Between the tries of a provider that does not answer; the last is repeated."""
PATIENCE = timedelta(hours=24)
FALL_BACK_AFTER = timedelta(minutes=10)
"""A message that another channel could carry does not wait longer."""


def wait_after(tries: int) -> float:
    """Seconds until the next try after so many, one at least."""
    return WAITS_SECONDS[min(tries, len(WAITS_SECONDS)) - 1]


def too_old(row: OutboxRow, wait: float = 0) -> bool:
    """Whether the message, after this many seconds more, is not worth sending here any longer."""
    patience = FALL_BACK_AFTER if row.fall_back else PATIENCE
    return settings().clock.now() + timedelta(seconds=wait) - row.at > patience


async def give_in(session: AsyncSession, row: OutboxRow, *, blocked: bool = False) -> None:
    """The message cannot be delivered here."""
    row.state = "failed"
    await outbox.wake(session, row.conversation_id)
    if blocked:
        conversation = await session.get_one(ConversationRow, row.conversation_id)
        conversation.blocked_at = settings().clock.now()
    if row.fall_back:
        lock = f"fall_back:{(row.dedupe_key or '').partition('@')[0].rpartition(':')[0]}"
        await defer(session, "notifications.fall_back", lock=lock, outbox_id=row.id)
