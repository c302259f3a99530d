"""Putting a model in and going back: what people ask for. The steps themselves are in deploying.py."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import DeploymentRow, ShadowRunRow
from api.deps.audit import audit
from api.errors import Conflict, Forbidden
from api.training import registry, slots
from api.worker import defer

JOB = "model.deploy"
BEFORE_TURNS = 10
"""Priority in the queue: going back is most urgent when customers' messages pile up."""
BUSY = "Сейчас уже вводится модель. Дождитесь, пока она встанет."


async def under_way(session: AsyncSession) -> DeploymentRow | None:
    """The deployment that has not ended yet."""
    return await session.scalar(select(DeploymentRow).where(DeploymentRow.ended_at.is_(None)))


async def publish(session: AsyncSession, version: str, by: str, now: datetime, reason: str = "") -> DeploymentRow:
    """Begins to put the model in. Raises NotFound, Conflict, or Forbidden when the gate refused it and no reason is
    given; whether this person may overrule the gate is the caller's to know.
    """
    found = registry.version(version)
    if found.passed is False and not reason.strip():
        raise Forbidden("Эта модель не прошла проверку. Ввести её может администратор, с причиной.")
    overruled = reason.strip() if found.passed is False else ""
    return await _begin(session, "publish", version, by, now, overruled)


async def roll_back(session: AsyncSession, by: str, now: datetime) -> DeploymentRow:
    """Begins to put the model before the live one in again; raises Conflict when there is none."""
    before = await previous(session)
    if not before:
        raise Conflict("Возвращаться не к чему: другой модели ещё не было.")
    registry.version(before)
    return await _begin(session, "roll_back", before, by, now)


async def previous(session: AsyncSession) -> str:
    """The version that a roll back would put in; empty: none."""
    done = select(DeploymentRow.kind, DeploymentRow.version).where(DeploymentRow.switched_at.is_not(None))
    return before_the_last([(row.kind, row.version) for row in await session.execute(done.order_by(DeploymentRow.id))])


def before_the_last(deployments: Iterable[tuple[str, str]]) -> str:
    """Of (kind, version), oldest first: what was live before what is. Going back twice goes back two steps."""
    lived: list[str] = []
    for kind, version in deployments:
        if kind == "roll_back" and version in lived:
            while lived[-1] != version:
                lived.pop()
        elif not lived or lived[-1] != version:
            lived.append(version)
    return lived[-2] if len(lived) > 1 else ""


async def in_use(session: AsyncSession) -> set[str]:
    """Versions that must not be deleted."""
    found = {slot.version for slot in await slots.all_slots(session)}
    found |= {await previous(session), registry.current()}
    if (going := await under_way(session)) is not None:
        found |= {going.version, going.previous}
    shadows = select(ShadowRunRow.version).where(ShadowRunRow.ended_at.is_(None))
    return (found | set(await session.scalars(shadows))) - {""}


async def _begin(
    session: AsyncSession, kind: str, version: str, by: str, now: datetime, reason: str = ""
) -> DeploymentRow:
    if await under_way(session) is not None:
        raise Conflict(BUSY)
    live = await slots.live(session)
    if not live.version:
        raise Conflict("Помощник ещё не запущен.")
    if live.version == version:
        raise Conflict("Эта модель и так отвечает клиентам.")
    row = DeploymentRow(at=now, by=by, kind=kind, version=version, previous=live.version, reason=reason)
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody else's, begun at the same moment
        raise Conflict(BUSY) from error
    await audit(session, by, f"model_{kind}", version, previous=live.version, reason=reason)
    await drive(session, row.id)
    return row


async def drive(session: AsyncSession, deployment_id: int) -> None:
    """Has a worker take the steps; one that waits already is enough."""
    await defer(session, JOB, lock=JOB, queueing_lock=JOB, priority=BEFORE_TURNS, deployment_id=deployment_id)
