"""What the queue holds, for a person to see, and doing a given-up job once more where that cannot act twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Conflict, NotFound
from api.worker import defer

SHOWN = 20

REPEATABLE = frozenset(
    {
        "conversations.handle",  # a handled message is left alone; what it changed is kept by its id
        "messages.deliver",  # only what is queued still, from the first part that is not noted as sent
        "messages.receipt",  # never takes back what a later receipt said
        "cards.write",  # only a change that waits
        "notifications.order_changed",  # each is said once in a conversation, by its key
        "notifications.request_decided",
        "notifications.fall_back",
        "notifications.cart_changed",
        "notifications.credit_decided",
        "notifications.ask_rating",
        "accounting.read",  # reading twice is reading
        "model.deploy",  # goes on from the step that the deployment stands at
    }
)
"""Jobs that may be done once more: each finds by itself what is done already. The rest is nobody's button."""


@dataclass(frozen=True)
class Queue:
    """`oldest_seconds`: how long the first job that may run waits."""

    name: str
    waiting: int
    later: int
    running: int
    failed: int
    oldest_seconds: float


@dataclass(frozen=True)
class Failed:
    """A job that was given up. `why`: empty for one of before reasons were kept."""

    id: int
    task: str
    args: dict[str, Any]
    attempts: int
    at: datetime | None
    why: str

    @property
    def repeatable(self) -> bool:
        return self.task in REPEATABLE


_QUEUES = text("""
SELECT queue_name,
    count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS waiting,
    count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later,
    count(*) FILTER (WHERE status = 'doing') AS running,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    coalesce(extract(epoch FROM now() - min(CASE WHEN status = 'todo' AND coalesce(scheduled_at, now()) <= now()
        THEN coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) END)), 0)
        AS oldest
FROM procrastinate_jobs j WHERE status IN ('todo', 'doing', 'failed') GROUP BY queue_name ORDER BY queue_name
""")
_FAILED = text("""
SELECT id, task_name, args, attempts,
    (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed') AS at,
    (SELECT data->>'why' FROM events n WHERE n.kind = 'job_failed' AND n.data->>'job' = j.id::text
        ORDER BY n.at DESC LIMIT 1) AS why
FROM procrastinate_jobs j WHERE status = 'failed' ORDER BY id DESC LIMIT :shown
""")
_WORKERS = text("""
SELECT queue, extract(epoch FROM now() - at) AS age FROM queue_beats
WHERE at > now() - make_interval(secs => :fresh) ORDER BY queue
""")
_TAKE = text("""
DELETE FROM procrastinate_jobs WHERE id = :id AND status = 'failed' RETURNING task_name, args, lock, queueing_lock
""")


async def queues(session: AsyncSession) -> list[Queue]:
    """By name; a queue with nothing in it is not told."""
    rows = await session.execute(_QUEUES)
    return [Queue(r.queue_name, r.waiting, r.later, r.running, r.failed, float(r.oldest)) for r in rows]


async def failed(session: AsyncSession) -> list[Failed]:
    """The newest first."""
    rows = await session.execute(_FAILED, {"shown": SHOWN})
    return [Failed(r.id, r.task_name, r.args, r.attempts, r.at, r.why or "") for r in rows]


async def workers(session: AsyncSession, fresh_seconds: float) -> dict[str, float]:
    """The queues that are worked at now, with seconds since the last sign of life."""
    return {row.queue: float(row.age) for row in await session.execute(_WORKERS, {"fresh": fresh_seconds})}


async def _take(session: AsyncSession, job_id: int) -> Any:
    row = (await session.execute(_TAKE, {"id": job_id})).one_or_none()
    if row is None:
        raise NotFound("Такого задания среди неудавшихся уже нет.")
    return row


async def repeat(session: AsyncSession, job_id: int) -> str:
    """Puts it into its queue anew; returns its task. Twice pressed is once: the old row goes in the same transaction.

    Raises NotFound for one that is not given up, Conflict for one that might act twice.
    """
    row = await _take(session, job_id)
    if row.task_name not in REPEATABLE:
        raise Conflict("Это задание повторять нельзя: оно могло успеть подействовать.")
    await defer(session, row.task_name, lock=row.lock, queueing_lock=row.queueing_lock, **row.args)
    return str(row.task_name)


async def dismiss(session: AsyncSession, job_id: int) -> str:
    """Forgets a given-up job; returns its task."""
    return str((await _take(session, job_id)).task_name)
