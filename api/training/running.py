"""A training of the console, in the process `trainer`: the course in a thread, its progress into `training_runs`."""

import asyncio
from datetime import datetime
from threading import Event, Lock
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from api.config import settings
from api.db.models import TrainingRunRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import ApiError
from api.training import publishing, registry, slots
from api.training.course import TITLES, Busy, Course, CourseFailed, Outcome, Stopped
from api.training.dataset.collecting import collect
from api.training.runs import LOST_WORDS

log = structlog.get_logger()

BEAT_SECONDS = 0.5
"""So often progress is written, where there is any, and a wish to stop is looked for."""
SILENT_BEATS = 10
"""Without progress every so many beats leave a sign of life."""
LONGEST_LOG = 20_000
LONGEST_LINE = 500
OUR_ERROR = "Ошибка программы. Подробности — в журнале тренера и в «Системе»."
STOP_SECONDS = 5
"""Less than a worker waits before it kills its jobs."""


class Progress:
    """What the course says, from its thread to the database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._step, self._line, self._log = "", "", ""
        self._new = False

    def step(self, name: str) -> None:
        """A step begins."""
        self._add(f"— {TITLES[name]}", step=name)

    def line(self, words: str) -> None:
        """Progress within it."""
        self._add(words)

    def news(self) -> dict[str, Any]:
        """Columns to write; empty where nothing was said since the last time."""
        with self._lock:
            if not self._new:
                return {}
            self._new = False
            return {"step": self._step, "line": self._line, "log": self._log}

    def _add(self, words: str, step: str = "") -> None:
        # PostgreSQL's texts hold no NUL.
        line = words.replace("\0", "")[:LONGEST_LINE].rstrip()
        with self._lock:
            self._step = step or self._step
            if line.strip():
                self._line = line.strip().removeprefix("— ")
                self._log = (self._log + line + "\n")[-LONGEST_LOG:]
            self._new = True


async def work(run_id: int) -> None:
    """Takes a run that waits to its end. One that had begun before lost its trainer and is over."""
    root, by = settings().training_root, await _claimed(run_id)
    if by is None:
        return
    progress, stop = Progress(), Event()
    ended: dict[str, Any] = {"state": "failed", "line": LOST_WORDS}
    try:
        await _collected(progress, by)
        live = await _live()
        course = Course(root, progress, stop)
        holder = f"{by}, консоль, с {_now():%H:%M %d.%m}"
        thread = asyncio.create_task(asyncio.to_thread(course.run, live, holder))
        ended = await _followed(run_id, thread, progress, stop)
    except ApiError as error:
        ended = {"state": "failed", "line": error.message}
    except Exception:
        ended = {"state": "failed", "line": OUR_ERROR}
        raise
    finally:
        # Told to stop by whoever stops the worker, it still says so.
        await asyncio.shield(_end(run_id, progress, ended))
    await _forget()


async def _followed(run_id: int, course: "asyncio.Task[Outcome]", progress: Progress, stop: Event) -> dict[str, Any]:
    """Columns of the end."""
    beats = 0
    try:
        while not (await asyncio.wait({course}, timeout=BEAT_SECONDS))[0]:
            beats += 1
            if not stop.is_set() and not await _beat(run_id, progress.news(), beats):
                stop.set()
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({course}, timeout=STOP_SECONDS)
        raise
    try:
        return _columns(course.result())
    except Stopped:
        return {"state": "stopped", "line": "Остановлено."}
    except Busy as error:
        return {"state": "failed", "line": error.message}
    except CourseFailed as error:
        log.warning("training.failed", run=run_id, step=error.step, why=error.message, evidence=error.evidence)
        progress.line(error.evidence)
        return {"state": "failed", "line": error.message}


def _columns(outcome: Outcome) -> dict[str, Any]:
    passed = outcome.verdict.passed
    return {
        "state": "passed" if passed else "refused",
        "line": "Модель прошла проверку." if passed else "Модель не прошла проверку.",
        "version": outcome.version,
        "compared_with": outcome.compared_with,
        "verdict": outcome.verdict.to_json(),
    }


async def _claimed(run_id: int) -> str | None:
    """Whose run it is; None: it is not to be begun."""
    now = _now()
    ours = update(TrainingRunRow).where(TrainingRunRow.id == run_id, TrainingRunRow.ended_at.is_(None))
    begun = {"state": "running", "started_at": now, "beat_at": now}
    async with staff_session() as session:
        fresh = ours.where(TrainingRunRow.state == "queued").values(**begun)
        by = await session.scalar(fresh.returning(TrainingRunRow.by))
        if by is None:
            # The queue gives a job out again only when its worker is dead.
            await session.execute(ours.values(state="failed", line=LOST_WORDS, ended_at=now))
    return by


async def _live() -> str:
    """The version that serves; before the first start has told it, the one that a start begins with."""
    async with staff_session() as session:
        return (await slots.live(session)).version or registry.current()


async def _forget() -> None:
    """Models that were trained and never put in pile up too."""
    async with staff_session() as session:
        in_use = await publishing.in_use(session)
    registry.prune(in_use)


async def _collected(progress: Progress, by: str) -> None:
    progress.step("collect")
    async with staff_session() as session:
        done = await collect(session, settings().training_root, _now())
        counts = {"added": done.added, "withdrawn": done.withdrawn, "refused": len(done.refused)}
        await audit(session, by, "examples_collect", "", **{name: str(count) for name, count in counts.items()})
    progress.line(f"Новых примеров: {done.added}, убрано: {done.withdrawn}, не взято: {len(done.refused)}.")
    for one in done.refused:
        progress.line(f"«{one.text}»: {one.words}")


async def _beat(run_id: int, news: dict[str, Any], number: int) -> bool:
    """Leaves a sign of life; False: it is to stop, because somebody wants it or the run is not its own any more."""
    beat = update(TrainingRunRow).where(TrainingRunRow.id == run_id, TrainingRunRow.ended_at.is_(None))
    try:
        async with staff_session() as session:
            if news or number % SILENT_BEATS == 0:
                found = beat.values(beat_at=_now(), **news).returning(TrainingRunRow.stop_wanted)
                wanted = await session.scalar(found)
            else:
                open_run = (TrainingRunRow.id == run_id, TrainingRunRow.ended_at.is_(None))
                wanted = await session.scalar(select(TrainingRunRow.stop_wanted).where(*open_run))
    except (SQLAlchemyError, OSError) as error:
        # The training goes on while the database is away; a lost line of progress comes with the next one.
        log.warning("training.beat_failed", run=run_id, error=type(error).__name__)
        return True
    return wanted is False


async def _end(run_id: int, progress: Progress, columns: dict[str, Any]) -> None:
    """Nothing where the run was ended meanwhile by somebody else."""
    ours = update(TrainingRunRow).where(TrainingRunRow.id == run_id, TrainingRunRow.ended_at.is_(None))
    now = _now()
    async with staff_session() as session:
        await session.execute(ours.values(**(progress.news() | columns), beat_at=now, ended_at=now))


def _now() -> datetime:
    return settings().clock.now()
