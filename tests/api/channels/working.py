"""The worker's part of a conversation, at once and in order."""

from types import SimpleNamespace

from sqlalchemy import select

from api.conversations import delivery, jobs
from api.db.models import InboxRow, OutboxRow
from api.db.session import staff_session


async def work() -> None:
    """Handles what has come in, then sends what is to go out."""
    async with staff_session() as session:
        waiting = list(await session.scalars(select(InboxRow.id).filter_by(handled_at=None).order_by(InboxRow.id)))
    for inbox_id in waiting:
        await jobs.handle.func(SimpleNamespace(job=SimpleNamespace(attempts=0)), inbox_id=inbox_id)
    async with staff_session() as session:
        leaving = list(await session.scalars(select(OutboxRow.id).filter_by(state="queued").order_by(OutboxRow.id)))
    for outbox_id in leaving:
        await delivery.deliver.func(outbox_id=outbox_id)
