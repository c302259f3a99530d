"""The customers' own rating."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics.scope import Scope, counted, rows

LOW = 2
MOST = 50


@dataclass(frozen=True)
class Ratings:
    """Of those who were asked in the period."""

    asked: int
    scores: dict[int, int]
    """How many gave each of 1–5."""

    @property
    def given(self) -> int:
        return sum(self.scores.values())

    @property
    def mean(self) -> float | None:
        return sum(score * times for score, times in self.scores.items()) / self.given if self.given else None

    @property
    def low(self) -> int:
        return sum(times for score, times in self.scores.items() if score <= LOW)


async def ratings(session: AsyncSession, scope: Scope) -> Ratings:
    sql = f"""SELECT r.score, count(*) AS times FROM ratings r
        WHERE r.asked_at >= :start AND r.asked_at < :end AND {counted("r")} GROUP BY 1"""
    found = {one["score"]: one["times"] for one in await rows(session, sql, scope)}
    return Ratings(sum(found.values()), {score: found.get(score, 0) for score in range(1, 6)})


@dataclass(frozen=True)
class Word:
    """A rating that says something: a low one, or one with words."""

    at: datetime
    score: int
    comment: str
    customer: str
    conversation_id: UUID
    number: str | None


async def words(session: AsyncSession, scope: Scope) -> list[Word]:
    """The low ones first, then the newest."""
    sql = f"""SELECT r.rated_at AS at, r.score, r.comment, c.name AS customer, r.conversation_id, o.number
        FROM ratings r JOIN customers c ON c.id = r.customer_id JOIN orders o ON o.id = r.order_id
        WHERE r.asked_at >= :start AND r.asked_at < :end AND {counted("r")} AND r.score IS NOT NULL
            AND (r.comment <> '' OR r.score <= {LOW})
        ORDER BY r.score > {LOW}, r.rated_at DESC LIMIT {MOST}"""
    return [Word(**one) for one in await rows(session, sql, scope)]
