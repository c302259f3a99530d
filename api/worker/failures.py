"""Why a job was given up: the queue itself keeps only that it was."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from procrastinate import JobContext
from sqlalchemy.exc import SQLAlchemyError

from api.config import settings
from api.db.session import staff_session
from api.deps.events import record

log = structlog.get_logger()

LONGEST = 300
LONG_NUMBER = re.compile(r"\+?\d{10,}")
"""May be a telephone."""


async def note_failure(call_next: Callable[[], Awaitable[Any]], context: JobContext, _: object) -> Any:
    """Around every job of a worker: what ends it for good is kept as an event `job_failed`."""
    try:
        return await call_next()
    except Exception as error:
        if _gives_up(context, error):
            await _keep(context, error)
        raise


def _gives_up(context: JobContext, error: Exception) -> bool:
    if context.task is None or context.job is None:
        return False
    return context.task.get_retry_exception(exception=error, job=context.job) is None


def why(error: Exception) -> str:
    """The error in one line for staff. The first only: a database's further lines quote the values."""
    lines = str(error).strip().splitlines()
    words = LONG_NUMBER.sub("•••", lines[0]) if lines else ""
    return f"{type(error).__name__}: {words}"[:LONGEST] if words else type(error).__name__


async def _keep(context: JobContext, error: Exception) -> None:
    assert context.job is not None
    try:
        async with staff_session() as session:
            await record(
                session,
                settings().clock,
                "job_failed",
                job=context.job.id,
                task=context.job.task_name,
                why=why(error),
            )
    except (SQLAlchemyError, OSError) as trouble:
        # The job's own error is what matters; a database that is away may be that very error.
        log.warning("job.failure_not_kept", job=context.job.id, error=str(trouble))
