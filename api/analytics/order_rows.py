"""Orders: how many, when, how quickly, with how much ado; and at which step those are left that never come about."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics.chance import Middle, Share
from api.analytics.scope import OURS, Scope, counted, middle, outside, row, rows, summary
from api.orders.progress import STALE

FACTS = f"""
    WITH o AS ({OURS}),
    e AS (
        SELECT (data->>'order_id')::bigint AS order_id, data FROM events
        WHERE kind = 'order_confirmed' AND at >= :start - interval '1 day' AND at < :end + interval '1 day'
    ),
    corrected AS (
        SELECT conversation_id, at FROM events
        WHERE kind = 'line_corrected' AND at >= :start - interval '3 days' AND at < :end
    ),
    facts AS MATERIALIZED (
        SELECT o.*, e.data, (e.data->>'began')::timestamptz AS began, {outside("o.created_at")} AS outside,
            (e.data->>'repeated')::boolean AS repeated,
            (e.data->>'changed')::int AS changed,
            (e.data->>'questions')::int AS questions,
            coalesce(e.data ? 'began', false) AS known
        FROM o
        LEFT JOIN e ON e.order_id = o.id
    )
"""
"""SQL: the orders of the period with what is known of how each came about."""
_MESSAGES = """(
    SELECT count(*) FROM inbox i
    WHERE i.conversation_id = f.conversation_id AND i.at >= f.began AND i.at <= f.created_at AND i.seq > 0
)"""
_CORRECTED = """EXISTS (
    SELECT 1 FROM corrected c
    WHERE c.conversation_id = f.conversation_id AND c.at >= f.began AND c.at <= f.created_at
)"""
_PERSON = """EXISTS (
    SELECT 1 FROM handoffs h
    WHERE h.conversation_id = f.conversation_id AND h.requested_at <= f.created_at
        AND coalesce(h.closed_at, 'infinity') >= f.began
)"""


@dataclass(frozen=True)
class Totals:
    """Of the orders of a period."""

    orders: int
    total: Decimal
    """Roubles."""
    customers: int
    outside: Share
    repeated: Share
    touchless: Share
    """Without a question, a correction or a person, of those whose making is known."""
    unasked: Share
    """Without a question."""
    seconds: Middle
    """From the first message of an order to «Оформить»."""
    messages: Middle
    changed: Middle
    """Positions that a repeated order differs in from the one it repeats."""


async def totals(session: AsyncSession, scope: Scope) -> Totals:
    made = await row(
        session,
        f"""{FACTS}, t AS (
            SELECT count(*) AS orders, coalesce(sum(total), 0) AS total, count(DISTINCT customer_id) AS customers,
                count(*) FILTER (WHERE outside) AS outside,
                count(repeated) AS repeat_known, count(*) FILTER (WHERE repeated) AS repeated,
                count(*) FILTER (WHERE known) AS known, count(*) FILTER (WHERE known AND questions = 0) AS unasked,
                count(*) FILTER (WHERE known AND questions = 0 AND NOT {_CORRECTED} AND NOT {_PERSON}) AS touchless
            FROM facts f
        ),
        seconds AS MATERIALIZED (SELECT extract(epoch FROM created_at - began) AS value FROM facts WHERE known),
        messages AS MATERIALIZED (SELECT {_MESSAGES} AS value FROM facts f WHERE known),
        changed AS MATERIALIZED (SELECT changed AS value FROM facts WHERE known AND repeated),
        s AS ({summary("seconds", "seconds_")}), m AS ({summary("messages", "messages_")}),
        c AS ({summary("changed", "changed_")})
        SELECT * FROM t, s, m, c""",
        scope,
    )
    known = int(made["known"])
    return Totals(
        orders=made["orders"],
        total=Decimal(made["total"]),
        customers=made["customers"],
        outside=Share(made["outside"], made["orders"]),
        repeated=Share(made["repeated"], made["repeat_known"]),
        touchless=Share(made["touchless"], known),
        unasked=Share(made["unasked"], known),
        seconds=middle(made, "seconds_"),
        messages=middle(made, "messages_"),
        changed=middle(made, "changed_"),
    )


@dataclass(frozen=True)
class Reach:
    """Whose orders come by the assistant, and whose by telephone or manager."""

    active: int
    """Customers with any order in the period."""
    through_us: int
    only_elsewhere: int
    orders: int
    orders_elsewhere: int


async def reach(session: AsyncSession, scope: Scope) -> Reach:
    found = await row(
        session,
        f"""WITH all_orders AS (
            SELECT o.customer_id, left(o.key, 4) = 'erp:' AS elsewhere FROM orders o
            WHERE o.created_at >= :start AND o.created_at < :end AND o.status <> 'cancelled' AND {counted("o")}
        ), by_customer AS (
            SELECT customer_id, count(*) FILTER (WHERE elsewhere) AS elsewhere,
                count(*) FILTER (WHERE NOT elsewhere) AS ours
            FROM all_orders GROUP BY customer_id
        )
        SELECT count(*) AS active, count(*) FILTER (WHERE ours > 0) AS through_us,
            count(*) FILTER (WHERE ours = 0) AS only_elsewhere,
            coalesce(sum(ours), 0)::int AS orders, coalesce(sum(elsewhere), 0)::int AS orders_elsewhere
        FROM by_customer""",
        scope,
    )
    return Reach(**found)


async def by_channel(session: AsyncSession, scope: Scope) -> list[tuple[str, int, Decimal, int]]:
    """Channel, orders, roubles, customers; the busiest first."""
    sql = f"""WITH o AS ({OURS})
        SELECT c.channel, count(*) AS orders, sum(o.total) AS total, count(DISTINCT o.customer_id) AS customers
        FROM o JOIN conversations c ON c.id = o.conversation_id GROUP BY c.channel ORDER BY orders DESC, c.channel"""
    found = await rows(session, sql, scope)
    return [(one["channel"], one["orders"], Decimal(one["total"]), one["customers"]) for one in found]


async def by_hour(session: AsyncSession, scope: Scope) -> dict[tuple[int, str], int]:
    """Orders by hour of the day and channel."""
    sql = f"""WITH o AS ({OURS})
        SELECT extract(hour FROM o.created_at AT TIME ZONE :zone)::int AS hour, c.channel, count(*) AS orders
        FROM o JOIN conversations c ON c.id = o.conversation_id GROUP BY 1, 2"""
    return {(one["hour"], one["channel"]): one["orders"] for one in await rows(session, sql, scope)}


async def by_day(session: AsyncSession, scope: Scope) -> dict[date, tuple[int, Decimal]]:
    """Orders and roubles of each day that had any."""
    sql = f"""WITH o AS ({OURS})
        SELECT (o.created_at AT TIME ZONE :zone)::date AS day, count(*) AS orders, sum(o.total) AS total
        FROM o GROUP BY 1"""
    return {one["day"]: (one["orders"], Decimal(one["total"])) for one in await rows(session, sql, scope)}


LONGEST = timedelta(days=7)
"""An attempt is followed for so long after the period."""


@dataclass(frozen=True)
class Funnel:
    """What became of the orders that were begun in the period."""

    started: int
    asked: int
    """Something had to be asked on the way."""
    ready: int
    """The whole cart was shown, with «Оформить»."""
    pressed: int
    confirmed: int
    open: int
    """Still being written."""
    left: dict[str, int]
    """Where the others were left: `questions`, `ready`, `refused:<code>`, `erp_down`, `changed`, `emptied`."""

    @property
    def conversion(self) -> Share:
        """Of those that are over."""
        return Share(self.confirmed, self.started - self.open)


async def funnel(session: AsyncSession, scope: Scope) -> Funnel:
    found = await rows(
        session,
        f"""WITH started AS (
            SELECT e.data->>'attempt' AS attempt, min(e.at) AS at FROM events e
            WHERE e.kind = 'order_started' AND e.at >= :start AND e.at < :end AND {counted("e")} GROUP BY 1
        ), steps AS (
            SELECT data->>'attempt' AS attempt, id, at, kind,
                CASE WHEN kind = 'order_confirmed' THEN 'confirmed' WHEN kind = 'order_dropped' THEN 'emptied'
                    WHEN data->>'step' = 'refused' THEN 'refused:' || (data->>'code') ELSE data->>'step' END AS step
            FROM events
            WHERE kind IN ('order_step', 'order_dropped', 'order_confirmed') AND at >= :start AND at < :followed
        ), ends AS (
            SELECT s.attempt, (array_agg(t.step ORDER BY t.id DESC))[1] AS step, coalesce(max(t.at), min(s.at)) AS at,
                bool_or(t.step = 'questions') AS asked, bool_or(t.step IN ('ready', 'confirmed')) AS ready,
                bool_or(t.step IN ('confirmed', 'erp_down') OR t.step LIKE 'refused:%') AS pressed
            FROM started s LEFT JOIN steps t ON t.attempt = s.attempt GROUP BY s.attempt
        )
        SELECT CASE WHEN step IN ('confirmed', 'emptied') OR at <= :idle THEN coalesce(step, 'questions')
                ELSE 'open' END AS outcome,
            count(*) AS attempts, count(*) FILTER (WHERE asked) AS asked, count(*) FILTER (WHERE ready) AS ready,
            count(*) FILTER (WHERE pressed) AS pressed
        FROM ends GROUP BY 1""",
        scope,
        followed=scope.end + LONGEST,
        idle=scope.now - STALE,
    )
    outcomes = {one["outcome"]: one["attempts"] for one in found}
    return Funnel(
        started=sum(outcomes.values()),
        asked=sum(one["asked"] for one in found),
        ready=sum(one["ready"] for one in found),
        pressed=sum(one["pressed"] for one in found),
        confirmed=outcomes.get("confirmed", 0),
        open=outcomes.get("open", 0),
        left={step: n for step, n in outcomes.items() if step not in ("confirmed", "open")},
    )
