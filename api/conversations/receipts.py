"""What providers tell of messages that they took: late, twice, out of order."""

from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import patience
from api.db.models import ConversationRow, OutboxRow
from api.db.session import staff_session
from api.worker import app, defer

RANKS = {"queued": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
RECEIPT_TRIES = 5


async def _failed_later(session: AsyncSession, row: OutboxRow, message_id: str, *, permanent: bool) -> None:
    """The provider took the message and could not bring it: what may pass is sent again from the part that failed."""
    row.tries += 1
    if permanent or patience.too_old(row):
        await patience.give_in(session, row)
        return
    row.state, row.provider_ids = "queued", row.provider_ids[: row.provider_ids.index(message_id)]
    wait = timedelta(seconds=patience.wait_after(row.tries))
    lock = f"deliver:{row.conversation_id}"
    await defer(session, "messages.deliver", lock=lock, schedule_in=wait, outbox_id=row.id)


class ReceiptPatience(BaseRetryStrategy):
    """A receipt may overtake the note of the sending."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_in={"seconds": 2}) if job.attempts < RECEIPT_TRIES else None


class UnknownMessage(Exception):
    """No message of ours has this id, or not yet."""


@app.task(name="messages.receipt", retry=ReceiptPatience())
async def receipt(channel: str, message_id: str, state: str, error: str = "", permanent: bool = True) -> None:
    """What became of a sent message; a receipt never takes back what a later one said."""
    async with staff_session() as session:
        query = (
            select(OutboxRow)
            .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
            .where(ConversationRow.channel == channel, OutboxRow.provider_ids.contains([message_id]))
            .with_for_update(of=OutboxRow)
        )
        rows = (await session.scalars(query)).all()
        if not rows:
            raise UnknownMessage(message_id)
        for row in rows:
            if RANKS[state] <= RANKS[row.state or "queued"] or row.state == "read":
                continue
            if state == "failed":
                row.error = error
                await _failed_later(session, row, message_id, permanent=permanent)
            else:
                row.state = state
