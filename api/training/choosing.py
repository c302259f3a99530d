"""What to label next: a job looks through the last month and keeps the best in order; the page only reads them."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import Row, delete, exists, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import LabelChoiceRow, ReviewDecisionRow, ReviewItemRow, SyncRunRow
from api.db.session import staff_session
from api.domain.privacy import masked
from api.errors import Conflict
from api.review import service
from api.review.likeness import key_of
from api.review.signals import guess_of
from api.training import selection
from api.training.dataset import files
from api.training.dataset.errors import Unreadable
from api.training.labelling import label
from api.training.selection import Heard
from api.understanding.heard import FALLBACK

log = structlog.get_logger()

MARK = "choices"
"""The name of the row that keeps when this was done last."""
WINDOW = timedelta(days=30)
"""Also how long what was labelled covers what is like it."""
POOL = 1500
KEPT = 200
OFFERED = 20
WORDINGS = 5
SURE = 0.15
"""Whatever the model doubts less teaches it nothing, however often it is said."""
RESTS = 20
"""So many times as long as a choice took, the next one waits: at most a twentieth of one core goes into it."""
OURS = ("chosen", "differs")

_HEARD = text(r"""
WITH answered AS (
    SELECT (data->>'inbox')::bigint AS id FROM events
    WHERE kind = 'answer' AND at > :since AND data->>'by' = 'message' AND data->>'inbox' IS NOT NULL
), differing AS (
    SELECT DISTINCT ON (inbox_id) inbox_id, intent FROM shadow_readings
    WHERE intent <> live_intent AND at > :since ORDER BY inbox_id, run_id DESC
), heard AS (
    SELECT message.id, message.at, message.text, differing.intent AS differs,
        btrim(regexp_replace(lower(message.text), '[\W\d_]+', ' ', 'g')) AS said,
        message.extra->>'customer' IS NULL AS stranger,
        coalesce(message.extra->>'customer', message.conversation_id::text) AS who,
        CASE turn.data#>>'{ranking,0,0}' WHEN :fallback THEN (turn.data->'ranking') - 0
            ELSE turn.data->'ranking' END AS ranking
    FROM events turn
    JOIN inbox message ON message.id = (turn.data->>'inbox')::bigint
    LEFT JOIN differing ON differing.inbox_id = message.id
    WHERE turn.kind = 'turn' AND turn.at > :since AND message.payload = '' AND message.text ~ '[^\W\d_]'
        AND jsonb_array_length(turn.data->'ranking') > 0
        AND NOT EXISTS (SELECT FROM answered WHERE answered.id = message.id)
        AND NOT EXISTS (SELECT FROM review_items item WHERE item.inbox_id = message.id
            AND (item.decision_id IS NOT NULL OR item.kind NOT IN ('chosen', 'differs')))
), wordings AS (
    SELECT count(*) AS times, array_agg(DISTINCT who) AS people, max(at) AS last_at, max(differs) AS differs,
        (array_agg(id ORDER BY id DESC))[1] AS id, (array_agg(text ORDER BY id DESC))[1] AS text,
        (array_agg(ranking ORDER BY id DESC))[1] AS ranking, bool_or(stranger) AS stranger
    FROM heard GROUP BY said
)
SELECT * FROM wordings
ORDER BY (1 - coalesce((ranking#>>'{0,1}')::float, 1) + coalesce((ranking#>>'{1,1}')::float, 0)
    + CASE WHEN differs IS NULL THEN 0 ELSE 0.5 END) * ln(1 + times) DESC, id
LIMIT :pool
""")
"""Typed messages by their words without figures, the most doubtful and frequent first. What answered a question of ours
was understood by the question; what was labelled or waits in «Непонятое» is no news."""


@dataclass(frozen=True)
class _Group:
    """Wordings of one key, the newest first."""

    heard: Heard
    inbox_ids: list[int]
    last_at: datetime


async def choose(now: datetime) -> int:
    """Chooses anew unless it was done just now; returns how many are kept."""
    async with staff_session() as session:
        last = await session.get(SyncRunRow, ("main", MARK))
        if last is not None and _rests(last, now):
            return last.rows
        began = perf_counter()
        groups = await _pool(session, now - WINDOW)
        known = [one.text for one in await service.examples(session) if one.at > now - WINDOW]
    # Seconds of arithmetic: no transaction waits for them, and no turn that this worker answers meanwhile.
    rows = await asyncio.to_thread(_rows, groups, known)
    took = timedelta(seconds=perf_counter() - began)
    async with staff_session() as session:
        await session.execute(delete(LabelChoiceRow))
        if rows:
            await session.execute(insert(LabelChoiceRow), rows)
        mark = {"name": MARK, "started_at": now, "finished_at": now + took, "succeeded_at": now, "rows": len(rows)}
        await session.execute(
            upsert(SyncRunRow).values(mark).on_conflict_do_update(index_elements=["backend", "name"], set_=mark)
        )
    return len(rows)


def _rests(last: SyncRunRow, now: datetime) -> bool:
    if last.started_at is None or last.finished_at is None:
        return False
    return now < last.finished_at + RESTS * (last.finished_at - last.started_at)


async def _pool(session: AsyncSession, since: datetime) -> list[_Group]:
    """What may be labelled, by key: nothing that is labelled, waits for a decision, or is sure."""
    heard = (await session.execute(_HEARD, {"since": since, "pool": POOL, "fallback": FALLBACK})).all()
    wordings, in_files = await asyncio.to_thread(_keyed, heard)
    item = ReviewItemRow
    taken = in_files | set(await session.scalars(select(item.key).where(item.key.in_(wordings), _taken(item))))
    groups = [_group(key, rows) for key, rows in wordings.items() if key not in taken]
    return [one for one in groups if selection.doubt(one.heard.ranking, one.heard.differs) >= SURE]


def _keyed(heard: Sequence[Row[Any]]) -> tuple[dict[str, list[Row[Any]]], set[str]]:
    """Wordings by key, and the keys of what stands in the reviewed files."""
    wordings: dict[str, list[Row[Any]]] = {}
    for row in heard:
        said = masked(row.text, stranger=row.stranger)
        if any(sign.isalpha() for sign in said):
            wordings.setdefault(_key(said), []).append(row)
    try:
        reviewed = files.read(settings().training_root)
    except Unreadable as error:
        # The checks tell it; meanwhile a labelled utterance may be offered again, which harms nobody.
        log.warning("labels.unreadable", error=str(error))
        reviewed = []
    return wordings, {_key(one.text) for one in reviewed}


def _taken(item: type[ReviewItemRow]) -> Any:
    """It is decided, or another reason has put it into the queue."""
    return item.decision_id.is_not(None) | item.kind.not_in(OURS)


@lru_cache(maxsize=20_000)
def _key(said: str) -> str:
    return key_of("chosen", said)


def _group(key: str, rows: Sequence[Row[Any]]) -> _Group:
    rows = sorted(rows, key=lambda row: -row.id)
    newest = rows[0]
    heard = Heard(
        key=key,
        text=masked(newest.text, stranger=newest.stranger),
        times=sum(row.times for row in rows),
        people=len({who for row in rows for who in row.people}),
        ranking=tuple((name, float(share)) for name, share in newest.ranking),
        differs=next((row.differs for row in rows if row.differs), ""),
    )
    return _Group(heard, [row.id for row in rows[:WORDINGS]], max(row.last_at for row in rows))


def _rows(groups: Iterable[_Group], known: Sequence[str]) -> list[dict[str, Any]]:
    of_key = {one.heard.key: one for one in groups}
    chosen = selection.choose([one.heard for one in of_key.values()], KEPT, known)
    return [
        {
            "place": place,
            "key": one.heard.key,
            "text": one.heard.text,
            "inbox_ids": of_key[one.heard.key].inbox_ids,
            "times": one.heard.times,
            "people": one.heard.people,
            "last_at": of_key[one.heard.key].last_at,
            "ranking": [list(pair) for pair in one.heard.ranking],
            "differs": one.heard.differs,
            "doubt": one.doubt,
            "alike": one.alike,
            "alike_times": one.alike_times,
        }
        for place, one in enumerate(chosen, 1)
    ]


async def offered(session: AsyncSession, limit: int = OFFERED) -> Sequence[LabelChoiceRow]:
    """The best that nobody labelled since they were chosen."""
    item, row = ReviewItemRow, LabelChoiceRow
    query = select(row).where(~exists().where(item.key == row.key, _taken(item))).order_by(row.place).limit(limit)
    return (await session.scalars(query)).all()


async def label_choice(session: AsyncSession, key: str, deed: str, by: str, now: datetime) -> ReviewDecisionRow:
    """Labels an utterance that was offered, with its other wordings. Raises Conflict where it is not any more."""
    row = await session.scalar(select(LabelChoiceRow).where(LabelChoiceRow.key == key))
    if row is None:
        raise Conflict("Этого сообщения в списке уже нет: список обновился.", code="gone")
    guesses = dict.fromkeys(row.inbox_ids, guess_of(row.ranking))
    return await label(session, "chosen", key, guesses, deed, by, now)
