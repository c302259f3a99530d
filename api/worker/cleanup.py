"""Once a day: what only guards against repeats and guesses is forgotten. Orders, events and messages stay."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from api.config import settings
from api.db.models import (
    InboxRow,
    LoginAttemptRow,
    OneTimeCodeRow,
    PresenceRow,
    ReadingRow,
    ReviewItemRow,
    ShadowReadingRow,
    SignInAttemptRow,
    SignInStepRow,
    StaffSessionRow,
    StoredResultRow,
)
from api.db.session import staff_session
from api.worker import app

RESULTS = timedelta(days=7)
"""A message is brought again within minutes; a week outlasts any outage of the worker."""
ATTEMPTS = timedelta(days=90)
REVIEWED = timedelta(days=180)
"""Readings, and what nobody found time to decide in half a year: the words and the goods are others by then."""
ABSENT = timedelta(hours=1)
JOBS_HOURS = 30 * 24


@app.periodic(cron="15 3 * * *")
@app.task(name="jobs.clean_up", queueing_lock="jobs.clean_up", lock="jobs.clean_up")
async def clean_up(timestamp: int = 0) -> None:
    """Stored results of handled messages, old attempts, ended logins, jobs that failed long ago."""
    await forget()
    await app.job_manager.delete_old_jobs(
        nb_hours=JOBS_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


async def forget() -> None:
    """The part in our own tables."""
    now = settings().clock.now()
    async with staff_session() as session:
        # A message that is not handled yet may still be brought again: nothing from it on is forgotten.
        kept = select(func.min(InboxRow.id)).where((InboxRow.at >= now - RESULTS) | InboxRow.handled_at.is_(None))
        newest = select(func.max(InboxRow.id) + 1)
        first_kept = func.coalesce(kept.scalar_subquery(), newest.scalar_subquery())
        await session.execute(delete(StoredResultRow).where(StoredResultRow.inbox_id < first_kept))
        await session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.at < now - ATTEMPTS))
        await session.execute(delete(OneTimeCodeRow).where(OneTimeCodeRow.issued_at < now - RESULTS))
        await session.execute(delete(SignInStepRow).where(SignInStepRow.at < now - RESULTS))
        await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now - ATTEMPTS))
        await session.execute(delete(ReadingRow).where(ReadingRow.at < now - REVIEWED))
        await session.execute(delete(ShadowReadingRow).where(ShadowReadingRow.at < now - REVIEWED))
        undecided = ReviewItemRow.decision_id.is_(None)
        await session.execute(delete(ReviewItemRow).where(undecided, ReviewItemRow.at < now - REVIEWED))
        await session.execute(delete(PresenceRow).where(PresenceRow.seen_at < now - ABSENT))
        await session.execute(delete(StaffSessionRow).where(StaffSessionRow.expires_at < now))
