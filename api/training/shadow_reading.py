"""The shadow's job: messages that the live model has answered are brought to the candidate, each reading kept once.

Nothing of it stands in a turn's way: a seat that is down or slow makes the readings late, never the answers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.jobs import escaped
from api.db.models import InboxRow, ShadowReadingRow, ShadowRunRow
from api.db.session import staff_session
from api.deps import seats
from api.review.intents import BY_NAME
from api.review.likeness import key_of
from api.training import seat, shadow, slots
from api.training.labelling import heard_text
from api.training.seat import Heard
from api.understanding.heard import FALLBACK

log = structlog.get_logger()

BATCH = seat.AT_ONCE
MOST_BATCHES = 20
TYPED = (*BY_NAME, FALLBACK)
"""What words can be taken for. A button and a file carry an intent of their own, which no model has read."""
SETTLED = timedelta(seconds=30)
ANSWERED = timedelta(minutes=15)
"""Messages are not answered in the order of their numbers: younger ones may yet be, and are waited for."""
AFTERWARDS = timedelta(hours=1)
"""So long after its end a shadow may still catch up with what came before it."""

ABSENT = "Кандидат загружается или не отвечает. Сообщения не пропадут: он прочтёт их, как только ответит."
BROKEN = "Кандидат не загрузился: {why}. Остановите тень и проверьте модель на вкладке «Модели»."
ANOTHER = "На втором месте пока другая модель: {model}. Ждём, когда загрузится кандидат."
SILENT = "Кандидат не успел ответить. Сообщения не пропадут, попробуем ещё раз."


async def read(now: datetime) -> int:
    """Brings what came since to the candidate; returns how many messages were read. One transaction a batch."""
    done = 0
    for _ in range(MOST_BATCHES):
        async with staff_session() as session:
            run = await shadow.under_way(session)
            if run is None:
                return done
            why = await shadow.lost(session, run)
            name = await shadow.seat_name(session, run) or ""
            reached = await _reached(session, run, now)
            batch = await _unread(session, run)
            if why or _over(run, now, left=bool(batch)):
                await shadow.end(session, run.id, why or shadow.UNTIL, now)
        if why or run.ended_at:
            await slots.tell_seats()
            return done
        parsed, error = await _parsed(name, run.version, batch)
        async with staff_session() as session:
            done += await keep(session, run.id, list(zip(batch, parsed, strict=False)), reached, error, now)
        if len(parsed) < BATCH:
            break
    return done


def _over(run: ShadowRunRow, now: datetime, *, left: bool) -> bool:
    """Its time has passed and nothing is left to read, or nobody could read it for long."""
    return now >= run.until + (AFTERWARDS if left else SETTLED)


async def _parsed(name: str, version: str, batch: Sequence[InboxRow]) -> tuple[list[Heard], str]:
    """What the candidate makes of each message, or none and why not, for a trainer."""
    url = seats.url_of(name)
    there = await seat.standing(url)
    if there is None:
        failed = slots.failure(slots.root(), name, version)
        return [], BROKEN.format(why=failed) if failed else ABSENT
    if there.model != version:
        return [], ANOTHER.format(model=there.model or "никакой")
    if not batch:
        return [], ""
    try:
        answered, heard = await seat.parse(url, [escaped(message.text) for message in batch])
    except seat.SeatError as error:
        log.info("shadow.seat_down", seat=name, evidence=str(error))
        return [], SILENT
    whole = answered == version and len(heard) == len(batch)
    return (heard, "") if whole else ([], ANOTHER.format(model=answered))


async def _reached(session: AsyncSession, run: ShadowRunRow, now: datetime) -> int:
    """The highest number up to which nothing can become readable any more, once the unread ones are read."""
    row = InboxRow
    fresh = or_(row.at > now - SETTLED, and_(row.handled_at.is_(None), row.at > now - ANSWERED))
    lowest, highest = (
        await session.execute(select(func.min(row.id).filter(fresh), func.max(row.id)).where(row.id > run.after_inbox))
    ).one()
    return int(lowest - 1 if lowest is not None else highest or run.after_inbox)


async def _unread(session: AsyncSession, run: ShadowRunRow) -> Sequence[InboxRow]:
    """The oldest typed messages that the live model answered and the candidate did not read."""
    row, reading = InboxRow, ShadowReadingRow
    query = select(row).where(
        row.id > run.after_inbox,
        row.at < run.until,
        row.payload == "",
        row.text != "",
        row.handled_at.is_not(None),
        row.intent.in_(TYPED),
        ~exists().where(reading.run_id == run.id, reading.inbox_id == row.id),
    )
    return (await session.scalars(query.order_by(row.id).limit(BATCH))).all()


async def keep(
    session: AsyncSession,
    run_id: int,
    readings: Sequence[tuple[InboxRow, Heard]],
    reached: int,
    error: str,
    now: datetime,
) -> int:
    """Stores the readings and how far they go; returns how many, none where the run has ended meanwhile."""
    run = await shadow.under_way(session, held=True)
    if run is None or run.id != run_id:
        return 0
    run.error = error
    if readings:
        values = [_values(run, message, heard, now) for message, heard in readings]
        await session.execute(insert(ShadowReadingRow).values(values).on_conflict_do_nothing())
    if not error:
        full = len(readings) == BATCH
        run.after_inbox = max(run.after_inbox, min(reached, readings[-1][0].id) if full else reached)
    return len(readings)


def _values(run: ShadowRunRow, message: InboxRow, heard: Heard, now: datetime) -> dict[str, Any]:
    text = heard_text(message)
    return {
        "run_id": run.id,
        "inbox_id": message.id,
        "at": now,
        "text": text,
        "live_version": message.model,
        "live_intent": message.intent,
        "live_confidence": message.confidence or 0.0,
        "intent": heard.intent,
        "confidence": round(heard.confidence, 4),
        "key": key_of("differs", text) if heard.intent != message.intent else "",
    }
