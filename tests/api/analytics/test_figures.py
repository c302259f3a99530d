"""The figures against a count by hand of the same invented days."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.analytics import order_rows, periods, rating_rows, talk_rows
from api.analytics.scope import Scope, scope_of
from api.config import Settings
from api.db.session import dispose_engines, staff_session
from api.domain.clock import FixedClock
from tests.api.analytics.invented import ATTEMPTS, CUSTOMERS, SPAN_MINUTES, Attempt, keep
from tests.api.conftest import KEPT
from tests.api.orders.conftest import NOW

PERIODS = st.sampled_from(("yesterday", "today", "week", "week", "days30", "month"))
PHASES = (Phase.explicit, Phase.generate)
"""A database behind every example: making a failing one smaller would take an hour."""
ELSEWHERE = st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.integers(1, SPAN_MINUTES)), max_size=4)


@pytest.fixture(autouse=True)
def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "clock", FixedClock(NOW))


def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [name for (name,) in found if name not in KEPT]
        connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")


def is_outside(moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo("Europe/Moscow"))
    return local.isoweekday() >= 6 or not 9 <= local.hour < 18


@settings(max_examples=25, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(attempts=st.lists(ATTEMPTS, max_size=30), elsewhere=ELSEWHERE, kind=PERIODS)
async def test_figures_are_what_a_count_by_hand_gives(
    database: str, attempts: list[Attempt], elsewhere: list[tuple[str, int]], kind: str
) -> None:
    empty(database)
    await keep(attempts, elsewhere)
    period = periods.chosen(kind, NOW)
    orders = [one for one in attempts if one.is_order and period.start <= one.ended < period.end]
    async with staff_session() as session:
        scope = await scope_of(session, period)
        totals = await order_rows.totals(session, scope)
        _check_totals(totals, orders)
        channels = {channel: n for channel, n, _, _ in await order_rows.by_channel(session, scope)}
        assert channels == Counter(one.channel for one in orders)
        hours = Counter((one.ended.astimezone(NOW.tzinfo).hour, one.channel) for one in orders)
        assert await order_rows.by_hour(session, scope) == hours
        days = {day: n for day, (n, _) in (await order_rows.by_day(session, scope)).items()}
        assert days == Counter(one.ended.astimezone(NOW.tzinfo).date() for one in orders)
        await _check_reach(session, scope, orders, elsewhere)
        await _check_funnel(session, scope, attempts)
        await _check_people(session, scope, attempts)
    await dispose_engines()


def _check_totals(totals: order_rows.Totals, orders: list[Attempt]) -> None:
    assert (totals.orders, totals.total) == (len(orders), sum(one.total for one in orders))
    assert totals.customers == len({one.customer for one in orders})
    assert totals.outside.part == sum(is_outside(one.ended) for one in orders)
    assert totals.repeated.part == sum(one.repeated for one in orders)
    assert totals.unasked.part == sum(one.questions == 0 for one in orders)
    touchless = [one for one in orders if not one.questions and not one.corrected and not one.person]
    assert (totals.touchless.part, totals.touchless.whole) == (len(touchless), len(orders))
    seconds = [one.took * 60 for one in orders]
    assert totals.seconds.count == len(seconds)
    assert totals.seconds.median == (median(seconds) if seconds else None)
    assert totals.messages.median == (median(one.messages for one in orders) if orders else None)
    changed = [one.lines for one in orders if one.repeated]
    assert totals.changed.median == (median(changed) if changed else None)
    if seconds:
        assert totals.seconds.low is not None
        assert totals.seconds.high is not None
        assert totals.seconds.low <= median(seconds) <= totals.seconds.high


async def _check_reach(session, scope: Scope, orders: list[Attempt], elsewhere: list[tuple[str, int]]) -> None:  # type: ignore[no-untyped-def]
    ours = {one.customer for one in orders}
    others = [
        customer
        for customer, minutes in elsewhere
        if customer != "trial" and scope.start <= NOW - timedelta(minutes=minutes) < scope.end
    ]
    reach = await order_rows.reach(session, scope)
    assert reach == order_rows.Reach(
        active=len(ours | set(others)),
        through_us=len(ours),
        only_elsewhere=len(set(others) - ours),
        orders=len(orders),
        orders_elsewhere=len(others),
    )


async def _check_funnel(session, scope: Scope, attempts: list[Attempt]) -> None:  # type: ignore[no-untyped-def]
    begun = [one for one in attempts if one.counts and scope.start <= one.began + timedelta(seconds=1) < scope.end]
    outcomes: Counter[str] = Counter()
    for one in begun:
        last = one.ended if one.end else one.began
        if one.end:
            outcomes[one.end] += 1
        else:
            outcomes["open" if NOW - last < timedelta(hours=24, seconds=-1) else one.steps[-1]] += 1
    funnel = await order_rows.funnel(session, scope)
    assert funnel.started == len(begun)
    assert (funnel.confirmed, funnel.open) == (outcomes.pop("confirmed", 0), outcomes.pop("open", 0))
    assert funnel.left == dict(outcomes)
    assert funnel.asked == sum("questions" in one.steps for one in begun)
    pressed = [
        one for one in begun if one.end == "confirmed" or any(s.startswith(("refused", "erp")) for s in one.steps)
    ]
    assert funnel.pressed == len(pressed)


async def _check_people(session, scope: Scope, attempts: list[Attempt]) -> None:  # type: ignore[no-untyped-def]
    asked = [
        one
        for one in attempts
        if one.counts and one.person and scope.start <= one.began + timedelta(seconds=20) < scope.end
    ]
    assert await talk_rows.reasons(session, scope) == ({"asked": len(asked)} if asked else {})
    waits = await talk_rows.waits(session, scope)
    assert waits.at_work.count + waits.outside.count == len(asked)
    assert waits.never == 0
    mended = [
        one
        for one in attempts
        if one.counts and one.corrected and scope.start <= one.began + timedelta(seconds=30) < scope.end
    ]
    assert (await talk_rows.corrections(session, scope)).count == len(mended)
    rated = [
        one
        for one in attempts
        if one.counts and one.end == "confirmed" and one.score and scope.start <= one.ended < scope.end
    ]
    ratings = await rating_rows.ratings(session, scope)
    assert ratings.scores == {score: sum(one.score == score for one in rated) for score in range(1, 6)}
    assert len(await rating_rows.words(session, scope)) == sum((one.score or 0) <= 2 for one in rated)
