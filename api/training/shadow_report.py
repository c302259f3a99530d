"""What a shadow showed: how often both models agree, and where they differ, the dearest difference first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, desc, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics.chance import Share
from api.db.models import ReviewDecisionRow, ReviewItemRow, ShadowReadingRow, ShadowRunRow
from api.errors import Conflict
from api.review.service import WITHOUT_DATA
from api.review.signals import COSTS
from api.training.labelling import label
from api.understanding.heard import FALLBACK

DEAREST = {
    "order": COSTS["corrected"],
    "repeat_order": COSTS["corrected"],
    "cancel_order": COSTS["corrected"],
    "affirm": COSTS["corrected"],
    "call_human": COSTS["handed_off"],
    "complaint": COSTS["handed_off"],
    FALLBACK: COSTS["fallback"],
}
"""How dear it is to take a message for this wrongly, or not to: a wrong line in an order, a person's time, words in
vain."""
OTHERWISE = COSTS["answered_otherwise"]
SHOWN = 50
EXAMPLES = 4
LOOKED_AT, TAUGHT = 200, 10
"""Messages of a group that are looked at for other wordings, and wordings that one label teaches."""
MATRIX = 10
"""Intents in the matrix: those that differ most often."""

reading = ShadowReadingRow


@dataclass(frozen=True)
class Difference:
    """Alike messages that both models took for something else. `label`: what a person said of them, an intent or a
    dismissal; `decision_id`: to undo it."""

    key: str
    live_intent: str
    intent: str
    times: int
    live_confidence: float
    confidence: float
    rank: float
    examples: list[str]
    label: str = ""
    decision_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Of the labelled differences, by messages: who was right."""

    candidate: int
    live: int
    neither: int

    @property
    def share(self) -> Share:
        return Share(self.candidate, self.candidate + self.live)


@dataclass(frozen=True)
class Matrix:
    """`cells[live][candidate]`: messages. Only intents that were told differently, the oftenest first."""

    live: list[str]
    candidate: list[str]
    cells: dict[str, dict[str, int]]
    more: int
    """Intents that differ too and do not fit."""


@dataclass(frozen=True)
class Report:
    run: ShadowRunRow
    same: Share
    missed: int
    """Messages that the candidate gave up on; `live_missed`: that the live model did."""
    live_missed: int
    differences: list[Difference]
    groups: int
    matrix: Matrix
    verdict: Verdict


async def report(session: AsyncSession, run: ShadowRunRow) -> Report:
    counted = await _counted(session, run.id)
    read, same = sum(counted.values()), sum(n for (live, other), n in counted.items() if live == other)
    differences = await _differences(session, run.id)
    return Report(
        run=run,
        same=Share(same, read),
        missed=sum(n for (_, other), n in counted.items() if other == FALLBACK),
        live_missed=sum(n for (live, _), n in counted.items() if live == FALLBACK),
        differences=differences[:SHOWN],
        groups=len(differences),
        matrix=_matrix(counted),
        verdict=_verdict(differences),
    )


async def _counted(session: AsyncSession, run_id: int) -> dict[tuple[str, str], int]:
    query = select(reading.live_intent, reading.intent, func.count()).where(reading.run_id == run_id)
    rows = await session.execute(query.group_by(reading.live_intent, reading.intent))
    return {(live, other): count for live, other, count in rows}


def price(live: str, other: str) -> Decimal:
    """How dear it would be if the worse of the two were wrong."""
    return max(DEAREST.get(live, OTHERWISE), DEAREST.get(other, OTHERWISE))


def _price(column: ColumnElement[str]) -> ColumnElement[Any]:
    return case(*((column == name, literal(float(cost))) for name, cost in DEAREST.items()), else_=float(OTHERWISE))


async def _differences(session: AsyncSession, run_id: int) -> list[Difference]:
    """By key and by what both took it for: dear × often × how sure the candidate is."""
    dear = func.greatest(_price(reading.live_intent.expression), _price(reading.intent.expression))
    rank = func.sum(reading.confidence * dear).label("rank")
    texts = func.array_agg(reading.text.distinct()).label("texts")
    query = (
        select(
            reading.key,
            reading.live_intent,
            reading.intent,
            func.count().label("times"),
            func.avg(reading.live_confidence).label("live_confidence"),
            func.avg(reading.confidence).label("confidence"),
            rank,
            texts,
        )
        .where(reading.run_id == run_id, reading.intent != reading.live_intent)
        .group_by(reading.key, reading.live_intent, reading.intent)
        .order_by(desc(rank), reading.key, reading.live_intent, reading.intent)
    )
    rows = (await session.execute(query)).all()
    labels = await _labels(session, {row.key for row in rows})
    return [
        Difference(
            key=row.key,
            live_intent=row.live_intent,
            intent=row.intent,
            times=row.times,
            live_confidence=row.live_confidence,
            confidence=row.confidence,
            rank=row.rank,
            examples=list(_wordings(row.texts).values())[:EXAMPLES],
            **_label(labels.get(row.key)),
        )
        for row in rows
    ]


def _words(text: str) -> str:
    """What tells wordings apart: «молоко 5» and «молоко 7» are one."""
    return " ".join("".join(sign if sign.isalpha() else " " for sign in text.casefold()).split())


def _wordings(texts: Iterable[str]) -> dict[str, str]:
    return {_words(text): text for text in texts}


def _label(decision: ReviewDecisionRow | None) -> dict[str, Any]:
    if decision is None:
        return {}
    return {"label": decision.data.get("intent") or decision.kind, "decision_id": decision.id}


async def _labels(session: AsyncSession, keys: Iterable[str]) -> dict[str, ReviewDecisionRow]:
    """The newest decision of each key that stands."""
    item, decision = ReviewItemRow, ReviewDecisionRow
    query = (
        select(item.key, decision)
        .join(decision, decision.id == item.decision_id)
        .where(item.key.in_(keys), decision.undone_at.is_(None))
        .order_by(decision.id)
    )
    return dict((await session.execute(query)).all())


async def label_difference(
    session: AsyncSession, run_id: int, key: str, deed: str, by: str, now: datetime
) -> ReviewDecisionRow:
    """Labels the alike messages that both models took otherwise, a few wordings of them. Raises Conflict for none."""
    query = select(reading).where(reading.run_id == run_id, reading.key == key, reading.intent != reading.live_intent)
    rows = (await session.scalars(query.order_by(reading.inbox_id.desc()).limit(LOOKED_AT))).all()
    if not rows:
        raise Conflict("Этого различия в отчёте уже нет.", code="gone")
    newest = list({_words(row.text): row for row in reversed(rows)}.values())[-TAUGHT:]
    return await label(session, "differs", key, {row.inbox_id: _guess(row) for row in newest}, deed, by, now)


def _guess(row: ShadowReadingRow) -> dict[str, Any]:
    other = {"intent": row.intent, "confidence": row.confidence}
    return {"intent": row.live_intent, "confidence": row.live_confidence, "ranking": [other]}


def _matrix(counted: dict[tuple[str, str], int]) -> Matrix:
    apart: dict[str, int] = {}
    for (live, other), count in counted.items():
        if live != other:
            apart[live] = apart.get(live, 0) + count
            apart[other] = apart.get(other, 0) + count
    ordered = sorted(apart, key=lambda name: (-apart[name], name))
    shown = ordered[:MATRIX]
    cells = {live: {other: counted.get((live, other), 0) for other in shown} for live in shown}
    rows = [name for name in shown if any(cells[name].values())]
    columns = [name for name in shown if any(cells[row][name] for row in rows)]
    return Matrix(rows, columns, cells, len(ordered) - len(shown))


def _verdict(differences: Iterable[Difference]) -> Verdict:
    right = {"candidate": 0, "live": 0, "neither": 0}
    for one in differences:
        # A dismissal says nothing of who was right.
        if one.label and one.label not in ("alias", *WITHOUT_DATA):
            who = "candidate" if one.label == one.intent else "live" if one.label == one.live_intent else "neither"
            right[who] += one.times
    return Verdict(**right)
