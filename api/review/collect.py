"""Signs of misunderstandings become items of the review queue, each once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, String, cast, exists, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import EventRow, ReviewItemRow, SyncRunRow
from api.db.session import staff_session
from api.domain.privacy import masked
from api.review.likeness import key_of
from api.review.signals import COSTS, SIGNALS, Found, Signal

MARK = "review"
"""The name of the row that keeps up to when everything was looked through."""
AT_FIRST = timedelta(days=30)
AGAIN = timedelta(minutes=10)
"""Looked through once more each time: a transaction that began earlier may have committed later."""
SETTLED = timedelta(seconds=3)
"""Younger ones wait for the rest of their turn, which tells what was understood."""
BATCH = 200
MOST_BATCHES = 20
"""Of one signal in one run."""

Place = tuple[datetime, int]


async def collect(now: datetime) -> int:
    """Looks through what came since the last time; returns how many items are new. One transaction a batch."""
    until = now - SETTLED
    async with staff_session() as session:
        mark = await session.scalar(select(SyncRunRow.succeeded_at).filter_by(backend="main", name=MARK))
    since = (mark or until - AT_FIRST) - AGAIN
    made, reached = 0, until
    for signal in SIGNALS:
        place: Place | None = (since, 0)
        for _ in range(MOST_BATCHES):
            if place is None:
                break
            async with staff_session() as session:
                new, place = await _batch(session, signal, place, until)
            made += new
        reached = min(reached, place[0]) if place else reached
    async with staff_session() as session:
        await _what_was_meant(session, since)
        await _keep_mark(session, reached)
    return made


async def _batch(session: AsyncSession, signal: Signal, after: Place, until: datetime) -> tuple[int, Place | None]:
    """How many items it made, and where the next one begins; None: there is none."""
    row = signal.table
    source = literal(f"{signal.source}:") + cast(row.id, String)
    query = signal.rows.where(
        tuple_(row.at, row.id) > tuple_(literal(after[0]), literal(after[1], BigInteger)),
        row.at <= until,
        ~exists().where(ReviewItemRow.source == source),
    )
    rows = (await session.execute(query.order_by(row.at, row.id).limit(BATCH))).all()
    found = [(one[0], await signal.item(session, one)) for one in rows]
    items = [_item(signal, f"{signal.source}:{of.id}", item) for of, item in found if item is not None]
    made = await _store(session, [item for item in items if item["text"]])
    last = rows[-1][0] if len(rows) == BATCH else None
    return made, (last.at, last.id) if last is not None else None


def _item(signal: Signal, source: str, found: Found) -> dict[str, Any]:
    stranger = found.customer_id is None
    text, phrase = masked(found.text, stranger=stranger), masked(found.phrase, stranger=stranger)
    return {
        "at": found.at,
        "source": source,
        "kind": signal.kind,
        "conversation_id": found.conversation_id,
        "customer_id": found.customer_id,
        "inbox_id": found.inbox_id,
        "text": text if any(sign.isalpha() for sign in text) else "",
        "phrase": phrase,
        "key": key_of(signal.kind, text, phrase),
        "guess": found.guess,
        "meant": found.meant,
        "cost": COSTS[signal.kind],
    }


async def _store(session: AsyncSession, items: Sequence[dict[str, Any]]) -> int:
    if not items:
        return 0
    statement = insert(ReviewItemRow).values(items).on_conflict_do_nothing(index_elements=["source"])
    return len((await session.scalars(statement.returning(ReviewItemRow.id))).all())


async def _what_was_meant(session: AsyncSession, since: datetime) -> None:
    """An unknown product that the customer then chose from the nearest: whoever reviews it is told."""
    answer, item = EventRow, ReviewItemRow
    statement = update(item).where(
        answer.kind == "answer",
        answer.at > since,
        answer.data["reason"].astext == "unknown",
        answer.data["meant"]["sku"].astext.is_not(None),
        item.kind == "unknown_product",
        item.inbox_id == cast(answer.data["asked_in"].astext, BigInteger),
        item.phrase == answer.data["phrase"].astext,
        item.meant == {},
    )
    await session.execute(
        statement.values(meant=answer.data["meant"].op("-")("score")), execution_options={"synchronize_session": False}
    )


async def _keep_mark(session: AsyncSession, reached: datetime) -> None:
    row = {"name": MARK, "succeeded_at": reached}
    statement = insert(SyncRunRow).values(row)
    await session.execute(statement.on_conflict_do_update(index_elements=["backend", "name"], set_=row))
