"""The job queue: the procrastinate app, and how a job is deferred inside the transaction it belongs to.

Jobs are named `noun.verb`; the modules of `TASKS` define them.
"""

from datetime import timedelta
from typing import Any

import procrastinate
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.session import Role

TASKS = [
    "api.customers.jobs",
    "api.orders.jobs",
    "api.accounting.jobs",
    "api.conversations.jobs",
    "api.conversations.delivery",
    "api.conversations.receipts",
    "api.conversations.watch",
    "api.notifications.jobs",
    "api.review.jobs",
    "api.training.jobs",
    "api.worker.cleanup",
]

DEFAULT, OUT, READINGS, TRAINING = "default", "out", "readings", "training"
QUEUES = {"messages": OUT, "notifications": OUT, "alerts": OUT, "accounting": READINGS, "training": TRAINING}
"""By the noun of a job the queue that it goes by, where it is not the default one."""

HEARERS = ["api.catalog.snapshot:snapshots"]
"""What of a worker listens to PostgreSQL's notices."""

BESIDE = ["api.conversations.watch:watch_from_the_start", "api.conversations.polling:poll_channels"]
"""What a worker does beside its jobs, from its start until it is told to stop."""


def conninfo() -> str:
    """The queue's own connection: the staff role, without SQLAlchemy's driver name."""
    url = make_url(settings().database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return make_conninfo(url, options=f"-c role={Role.STAFF.value}")


app = procrastinate.App(connector=procrastinate.PsycopgConnector(), import_paths=TASKS)


async def defer(
    session: AsyncSession,
    task_name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_in: timedelta | None = None,
    priority: int = 0,
    **args: Any,
) -> None:
    """Inserts the job in the session's transaction: it exists exactly if the transaction commits.

    A job with the same `queueing_lock` that still waits makes this a no-op. Of the jobs that wait for one lock the
    one with the highest `priority` comes first.
    """
    connection = await (await session.connection()).get_raw_connection()
    job = app.configure_task(
        task_name,
        queue=QUEUES.get(task_name.split(".")[0], DEFAULT),
        priority=priority,
        lock=lock,
        queueing_lock=queueing_lock,
        schedule_in={"seconds": schedule_in.total_seconds()} if schedule_in else None,
        connection=connection.driver_connection,
    )
    if queueing_lock is None:
        await job.defer_async(**args)
        return
    try:
        async with session.begin_nested():
            # The savepoint is made when the session's connection is asked for: the queue goes past the session.
            await session.connection()
            await job.defer_async(**args)
    except procrastinate.exceptions.AlreadyEnqueued:
        return
