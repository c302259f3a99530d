"""Conversations: who asks for a person and why, how quickly one answers, what is used, what is not understood."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics.chance import Middle
from api.analytics.scope import Scope, counted, middle, outside, row, rows, summary

MOST = 100
"""Rows of a table of phrases."""


async def reasons(session: AsyncSession, scope: Scope) -> dict[str, int]:
    """How often a person was wanted, by the reason; a manager who took a conversation unasked is none."""
    sql = f"""SELECT h.reason, count(*) AS times FROM handoffs h
        WHERE h.requested_at >= :start AND h.requested_at < :end AND h.reason <> 'taken_over' AND {counted("h")}
        GROUP BY h.reason"""
    return {one["reason"]: one["times"] for one in await rows(session, sql, scope)}


@dataclass(frozen=True)
class Waits:
    """How long a customer who wants a person waits until one takes the conversation, in seconds."""

    at_work: Middle
    outside: Middle
    never: int
    """Nobody took it; the customer went back to the assistant, or waits still."""


async def waits(session: AsyncSession, scope: Scope) -> Waits:
    found = await row(
        session,
        f"""WITH asked AS MATERIALIZED (
            SELECT extract(epoch FROM h.taken_at - h.requested_at) AS value, {outside("h.requested_at")} AS outside
            FROM handoffs h
            WHERE h.requested_at >= :start AND h.requested_at < :end AND h.reason <> 'taken_over' AND {counted("h")}
        ),
        early AS MATERIALIZED (SELECT value FROM asked WHERE NOT outside),
        late AS MATERIALIZED (SELECT value FROM asked WHERE outside),
        e AS ({summary("early", "early_")}), l AS ({summary("late", "late_")})
        SELECT e.*, l.*, (SELECT count(*) FROM asked WHERE value IS NULL) AS never FROM e, l""",
        scope,
    )
    return Waits(middle(found, "early_"), middle(found, "late_"), found["never"])


async def answer_seconds(session: AsyncSession, scope: Scope) -> Middle:
    """From a message to the assistant's answer to it."""
    sql = f"""WITH answers AS MATERIALIZED (
            SELECT (e.data->>'seconds')::float8 AS value FROM events e
            WHERE e.kind = 'turn' AND e.at >= :start AND e.at < :end AND {counted("e")}
        ) {summary("answers")}"""
    return middle(await row(session, sql, scope))


async def intents(session: AsyncSession, scope: Scope) -> dict[str, tuple[int, set[str]]]:
    """By intent how often it was meant, and by which customers."""
    sql = f"""SELECT e.data->>'intent' AS intent, count(*) AS times,
            array_agg(DISTINCT e.customer_id) FILTER (WHERE e.customer_id IS NOT NULL) AS customers
        FROM events e
        WHERE e.kind = 'turn' AND e.at >= :start AND e.at < :end AND {counted("e")}
        GROUP BY 1"""
    found = await rows(session, sql, scope)
    return {one["intent"] or "": (one["times"], set(one["customers"] or ())) for one in found}


@dataclass(frozen=True)
class Phrase:
    """Words that led nowhere or elsewhere."""

    phrase: str
    kind: str
    """order, catalogue: where nothing was found; corrected."""
    times: int
    customers: int
    last_at: datetime


async def missed(session: AsyncSession, scope: Scope) -> list[Phrase]:
    """What was looked for and not found, in orders and in the catalogue; the most wanted first."""
    sql = f"""SELECT lower(e.data->>'phrase') AS phrase,
            CASE WHEN e.kind = 'question' THEN 'order' ELSE 'catalogue' END AS kind,
            count(*) AS times, count(DISTINCT e.customer_id) AS customers, max(e.at) AS last_at
        FROM events e
        WHERE e.kind IN ('search_missed', 'question') AND e.at >= :start AND e.at < :end AND {counted("e")}
            AND (e.kind = 'search_missed' OR e.data->>'reason' = 'unknown') AND e.data->>'phrase' <> ''
        GROUP BY 1, 2 ORDER BY customers DESC, times DESC, phrase LIMIT {MOST}"""
    return [Phrase(**one) for one in await rows(session, sql, scope)]


async def missed_count(session: AsyncSession, scope: Scope) -> int:
    """How many searches led nowhere."""
    sql = f"""SELECT count(*) AS n FROM events e
        WHERE e.kind IN ('search_missed', 'question') AND e.at >= :start AND e.at < :end AND {counted("e")}
            AND (e.kind = 'search_missed' OR e.data->>'reason' = 'unknown') AND e.data->>'phrase' <> ''"""
    return int((await row(session, sql, scope))["n"])


@dataclass(frozen=True)
class Corrections:
    """Lines that the assistant put without asking and the customer mended right after."""

    count: int
    lines: int
    """Positions of the orders of the period."""


async def corrections(session: AsyncSession, scope: Scope) -> Corrections:
    sql = f"""SELECT count(*) FILTER (WHERE e.kind = 'line_corrected') AS count,
            coalesce(sum((e.data->>'lines')::int) FILTER (WHERE e.kind = 'order_confirmed'), 0)::int AS lines
        FROM events e
        WHERE e.kind IN ('line_corrected', 'order_confirmed') AND e.at >= :start AND e.at < :end AND {counted("e")}"""
    return Corrections(**await row(session, sql, scope))


async def corrected(session: AsyncSession, scope: Scope) -> list[Phrase]:
    """The words that were taken for the wrong goods, the commonest first."""
    sql = f"""SELECT lower(coalesce(e.data->>'phrase', '')) AS phrase, 'corrected' AS kind, count(*) AS times,
            count(DISTINCT e.customer_id) AS customers, max(e.at) AS last_at
        FROM events e
        WHERE e.kind = 'line_corrected' AND e.at >= :start AND e.at < :end AND {counted("e")}
        GROUP BY 1 ORDER BY times DESC, phrase LIMIT {MOST}"""
    return [Phrase(**one) for one in await rows(session, sql, scope)]
