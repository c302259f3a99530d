"""What is counted: a period, without what is no business of a customer with the assistant."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics.chance import Middle, Z
from api.analytics.periods import Period
from api.config import settings
from api.deps.options import all_options
from api.domain.order import OUR_KEYS


@dataclass(frozen=True)
class Scope:
    """The parameters that every query shares. `opens`, `closes`: hours of the working day."""

    start: datetime
    end: datetime
    now: datetime
    excluded: list[str]
    opens: int
    closes: int
    saturday: bool
    zone: str


async def scope_of(session: AsyncSession, period: Period) -> Scope:
    """The period under the settings of the page «Система»."""
    # A plan made once for any period is a bad one for most: a day and a year are read in different ways.
    await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    known = await all_options(session)
    excluded = [name.strip() for name in known["figures_exclude"].split(",") if name.strip()]
    return Scope(
        start=period.start,
        end=period.end,
        now=settings().clock.now(),
        excluded=excluded,
        opens=known["work_from"],
        closes=known["work_to"],
        saturday=known["work_saturday"],
        zone=settings().timezone,
    )


def outside(moment: str) -> str:
    """SQL: whether the moment lies outside the working hours."""
    local = f"({moment} AT TIME ZONE :zone)"
    return (
        f"(extract(isodow FROM {local}) = 7 OR (extract(isodow FROM {local}) = 6 AND NOT :saturday)"
        f" OR extract(hour FROM {local}) < :opens OR extract(hour FROM {local}) >= :closes)"
    )


def counted(row: str) -> str:
    """SQL: whether a row with customer_id and conversation_id is of a customer, not of our own people or a trial."""
    return (
        f"({row}.customer_id IS NULL OR {row}.customer_id <> ALL(CAST(:excluded AS text[]))) AND"
        f" ({row}.conversation_id IS NULL OR {row}.conversation_id NOT IN"
        " (SELECT alert_conversation_id FROM staff_users WHERE alert_conversation_id IS NOT NULL))"
    )


OURS = f"""
    SELECT o.id, o.customer_id, o.conversation_id, o.created_at, o.total
    FROM orders o
    WHERE left(o.key, {len(OUR_KEYS)}) = '{OUR_KEYS}' AND o.status <> 'cancelled'
      AND o.created_at >= :start AND o.created_at < :end AND {counted("o")}
"""
"""SQL: the orders of the assistant in the period, but those that were withdrawn or went back into the cart."""


async def rows(session: AsyncSession, sql: str, scope: Scope, **more: Any) -> list[RowMapping]:
    """The query's rows by the names of their columns."""
    return list((await session.execute(text(sql), asdict(scope) | more)).mappings())


async def row(session: AsyncSession, sql: str, scope: Scope, **more: Any) -> RowMapping:
    """The only row of an aggregate."""
    return (await rows(session, sql, scope, **more))[0]


def summary(values: str, prefix: str = "") -> str:
    """SQL: one row about the column `value` of the CTE `values`, for `middle`; the bounds by rank (chance.ranks)."""
    half = f"{Z} * 0.5 / sqrt((SELECT nullif(count(value), 0) FROM {values})::float8)"
    ordered = "WITHIN GROUP (ORDER BY value)"
    return f"""SELECT count(value) AS {prefix}count, percentile_cont(0.5) {ordered} AS {prefix}median,
        percentile_disc(greatest(0, 0.5 - {half})) {ordered} AS {prefix}low,
        percentile_disc(least(1, 0.5 + {half})) {ordered} AS {prefix}high,
        percentile_cont(0.9) {ordered} AS {prefix}p90
    FROM {values}"""


def middle(found: RowMapping, prefix: str = "") -> Middle:
    """The Middle of a row of `summary`; numbers may come as Decimals."""
    known = {name: found[f"{prefix}{name}"] for name in ("median", "low", "high", "p90")}
    return Middle(found[f"{prefix}count"], **{name: None if v is None else float(v) for name, v in known.items()})
