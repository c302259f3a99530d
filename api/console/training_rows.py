"""What the pages of «Обучение» read from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.training_card import reasons
from api.console.training_words import RUN_STATES
from api.db.models import DeploymentRow, ReviewDecisionRow, TrainingRunRow
from api.review.service import TAUGHT_BY
from api.training import runs

SILENT = timedelta(minutes=2)
"""Without a sign of life for so long, the trainer is told to be silent."""
LATE = timedelta(seconds=30)


@dataclass(frozen=True)
class Run:
    """A training as it is shown."""

    row: TrainingRunRow
    by: str
    lasted: str
    silent: bool

    @property
    def state(self) -> str:
        return RUN_STATES.get(self.row.state, self.row.state)

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None

    @property
    def reasons(self) -> list[str]:
        """The gate's."""
        return reasons(self.row.verdict)

    @property
    def address(self) -> str:
        return f"/console/training/runs/{self.row.id}"


def clocked(span: timedelta) -> str:
    """«1:05», «1:02:05»: hours only when there are any."""
    seconds = max(int(span.total_seconds()), 0)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _run(row: TrainingRunRow, people: dict[str, str], now: datetime) -> Run:
    began = row.started_at or row.at
    heard = row.beat_at or began
    waits = LATE if row.state == "queued" else SILENT
    silent = row.ended_at is None and now - heard > waits
    return Run(row, people.get(row.by, row.by), clocked((row.ended_at or now) - began), silent)


async def newest(session: AsyncSession, people: dict[str, str], now: datetime) -> list[Run]:
    """The newest first."""
    return [_run(row, people, now) for row in await runs.newest(session)]


async def run(session: AsyncSession, run_id: int, people: dict[str, str], now: datetime) -> Run:
    """Raises NotFound."""
    return _run(await runs.run(session, run_id), people, now)


async def unwritten(session: AsyncSession) -> int:
    """Decisions of people that are in no file of examples yet."""
    query = select(func.count()).where(
        ReviewDecisionRow.kind.in_(TAUGHT_BY),
        ReviewDecisionRow.written_at.is_(None),
        ReviewDecisionRow.undone_at.is_(None),
    )
    return await session.scalar(query) or 0


async def deployments(session: AsyncSession, limit: int = 10) -> Sequence[DeploymentRow]:
    """Changes of the model that serves, the newest first."""
    return (await session.scalars(select(DeploymentRow).order_by(DeploymentRow.id.desc()).limit(limit))).all()


async def put_in(session: AsyncSession, version: str) -> DeploymentRow | None:
    """The change that put in the model which serves."""
    query = (
        select(DeploymentRow)
        .where(DeploymentRow.version == version, DeploymentRow.switched_at.is_not(None))
        .order_by(DeploymentRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
