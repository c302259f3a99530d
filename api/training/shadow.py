"""A candidate in the shadow: it sits in the free seat, reads what the live model has answered, and answers nothing.

The comparison is exact: what an utterance is taken for depends on the model and the words alone, never on the dialogue
before it (no policy and no tracker is asked), so the candidate is brought the very words that the live turn was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import DeploymentRow, InboxRow, ModelSlotRow, ShadowRunRow
from api.deps.audit import audit
from api.errors import ApiError, Conflict
from api.training import publishing, registry, slots

LONGEST = timedelta(days=14)
STOPPED, UNTIL, PUBLISHED, TAKEN = "stopped", "until", "published", "taken"


async def start(session: AsyncSession, version: str, until: datetime, by: str, now: datetime) -> ShadowRunRow:
    """Puts the candidate into the free seat; it reads what comes from now on. `slots.tell_seats` is to follow.

    The model that was live a few minutes ago makes room: going back to it takes a loading then. Raises NotFound for no
    such model, Conflict while the seat is not free.
    """
    if not now < until <= now + LONGEST:
        raise ApiError("Тень может читать от минуты до 14 дней.", status=422)
    candidate = registry.version(version).version
    if await publishing.under_way(session) is not None:
        raise Conflict("Сейчас меняется модель, которая отвечает клиентам. Дождитесь конца и запустите тень снова.")
    await slots.rows(session, now)
    if (await slots.live(session)).version == candidate:
        raise Conflict("Эта модель и так отвечает клиентам: сравнивать не с чем.")
    if await under_way(session) is not None:
        raise Conflict("Другой кандидат уже читает в тени. Остановите его или дождитесь конца.")
    await slots.occupy(session, candidate, "shadow", now)
    newest = await session.scalar(select(func.max(InboxRow.id))) or 0
    run = ShadowRunRow(at=now, by=by, version=candidate, until=until, after_inbox=newest)
    session.add(run)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("Другой кандидат уже читает в тени.") from error
    await audit(session, by, "shadow_start", candidate, until=until.isoformat(timespec="minutes"))
    return run


async def stop(session: AsyncSession, by: str, now: datetime) -> ShadowRunRow:
    """Ends the shadow that is under way; raises Conflict where there is none. `slots.tell_seats` is to follow."""
    run = await under_way(session)
    if run is None or not await end(session, run.id, STOPPED, now):
        raise Conflict("Тень уже не читает.")
    await audit(session, by, "shadow_stop", run.version)
    return run


async def under_way(session: AsyncSession, *, held: bool = False) -> ShadowRunRow | None:
    """The open run; `held`: nobody else changes it until the transaction ends."""
    query = select(ShadowRunRow).where(ShadowRunRow.ended_at.is_(None))
    if held:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def lost(session: AsyncSession, run: ShadowRunRow) -> str:
    """Why the candidate sits in the shadow no more: PUBLISHED or TAKEN; empty while it does."""
    if await seat_name(session, run) is not None:
        return ""
    slot, deployment = ModelSlotRow, DeploymentRow
    live = select(slot.name).where(slot.role == "live", slot.version == run.version)
    coming = select(deployment.id).where(deployment.ended_at.is_(None), deployment.version == run.version)
    published = await session.scalar(live) is not None or await session.scalar(coming) is not None
    return PUBLISHED if published else TAKEN


async def seat_name(session: AsyncSession, run: ShadowRunRow) -> str | None:
    """Where the candidate sits."""
    return await session.scalar(select(ModelSlotRow.name).filter_by(role="shadow", version=run.version))


async def end(session: AsyncSession, run_id: int, why: str, now: datetime) -> bool:
    """Ends the run and frees its seat, where it is still its own; False: it had ended already."""
    # First the seats, as whoever publishes does: two that wait for each other would wait for ever.
    await slots.rows(session, now)
    run = await under_way(session, held=True)
    if run is None or run.id != run_id:
        return False
    run.ended_at, run.ended_why, run.error = now, why, ""
    if (seat := await seat_name(session, run)) is not None:
        await slots.vacate(session, seat, now)
    await session.flush()
    return True


async def latest(session: AsyncSession, limit: int = 10) -> Sequence[ShadowRunRow]:
    """The newest runs first."""
    return (await session.scalars(select(ShadowRunRow).order_by(ShadowRunRow.id.desc()).limit(limit))).all()
