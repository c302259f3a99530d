"""Trainings of the console: begun, stopped, looked through. What runs them is running.py, in the process `trainer`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import TrainingRunRow
from api.deps.audit import audit
from api.errors import Conflict, NotFound
from api.worker import defer

JOB = "training.run"
LOST = timedelta(seconds=60)
"""A run without a sign of life for so long has no trainer any more."""
LOST_WORDS = "Тренер остановился во время обучения. Начните его ещё раз."
SHOWN = 30


async def start(session: AsyncSession, by: str, now: datetime, note: str = "") -> TrainingRunRow:
    """Wishes a training. Raises Conflict while another one is under way."""
    await end_lost(session, now)
    row = TrainingRunRow(at=now, by=by, note=note.strip()[:500])
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        going = await under_way(session)
        who = f": {going.by}, с {going.at:%H:%M %d.%m}" if going else ""
        raise Conflict(f"Обучение уже идёт{who}.") from error
    await audit(session, by, "train_start", str(row.id))
    await defer(session, JOB, lock=JOB, run_id=row.id)
    return row


async def stop(session: AsyncSession, run_id: int, by: str, now: datetime) -> None:
    """Stops it: one that nobody has begun, or whose trainer is gone, at once. Raises NotFound, Conflict."""
    row = await run(session, run_id, lock=True)
    if row.ended_at is not None:
        raise Conflict("Это обучение уже закончилось.")
    row.stop_wanted = True
    if row.state == "queued" or row.beat_at is None or row.beat_at < now - LOST:
        row.state, row.ended_at, row.line = "stopped", now, "Остановлено."
    await audit(session, by, "train_stop", str(row.id))


async def under_way(session: AsyncSession) -> TrainingRunRow | None:
    """The training that has not ended."""
    return await session.scalar(select(TrainingRunRow).where(TrainingRunRow.ended_at.is_(None)))


async def run(session: AsyncSession, run_id: int, *, lock: bool = False) -> TrainingRunRow:
    """Raises NotFound."""
    row = await session.get(TrainingRunRow, run_id, with_for_update=lock, populate_existing=True)
    if row is None:
        raise NotFound("Такого обучения нет.")
    return row


async def newest(session: AsyncSession, limit: int = SHOWN) -> Sequence[TrainingRunRow]:
    """The newest first."""
    query = select(TrainingRunRow).order_by(TrainingRunRow.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def end_lost(session: AsyncSession, now: datetime) -> None:
    """A run whose trainer died is over: what it had begun, the next one uses or makes anew."""
    lost = update(TrainingRunRow).where(TrainingRunRow.ended_at.is_(None), TrainingRunRow.beat_at < now - LOST)
    await session.execute(lost.values(state="failed", line=LOST_WORDS, ended_at=now))
