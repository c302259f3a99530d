"""The limits of МойСклад are kept, as they are told in its answers."""

import asyncio
import time

import pytest

from api.erp.http import Answer, HttpLimits
from api.erp.moysklad.pace import MoyskladPace
from tests.api.erp.moysklad.emulator.limits import Limits
from tests.api.erp.moysklad.emulator.store import Store
from tests.api.erp.moysklad.world import open_emulator


def answer(status: int = 200, **headers: str) -> Answer:
    return Answer(status, b"", "GET /x", {name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_user_token_of_september_2026_is_hardly_ever_refused(store: Store) -> None:
    """Weight 3: 15 requests in three seconds; we begin with the least that any token may.

    A busy machine may still bring a request into a window that is not over.
    """
    store.limits = Limits(weight=3)
    erp = open_emulator(store, limits=HttpLimits(concurrency=4), requests=11)
    began = time.monotonic()
    await asyncio.gather(*(erp.ping() for _ in range(36)))
    assert store.limits.refused <= 2
    assert store.limits.answered == 36
    assert 4.0 < time.monotonic() - began < 20.0
    await erp.close()


async def test_a_refusal_tells_when_to_come_back_and_is_repeated_once(store: Store) -> None:
    """Another process with the same token has emptied the bucket."""
    store.limits = Limits(units=1, window=0.5)
    erp = open_emulator(store, requests=1000)
    store.limits.take("entity/uom")
    await erp.ping()
    assert store.limits.refused == 1
    await erp.close()


async def test_never_more_at_once_than_the_settings_say(store: Store) -> None:
    store.faults.slow_first_byte = 0.05
    erp = open_emulator(store, limits=None, parallel=2)
    await asyncio.gather(*(erp.ping() for _ in range(12)))
    assert store.limits.most_running == 2
    await erp.close()


async def test_too_many_at_once_wait_a_second(store: Store) -> None:
    store.limits.parallel = 0
    erp = open_emulator(store)
    asking = asyncio.create_task(erp.ping())
    await asyncio.sleep(0.3)
    store.limits.parallel = 5
    await asking
    assert len(store.asked) == 2
    await erp.close()


@pytest.mark.parametrize(("limit", "known"), [("45", 45), ("22", 22), ("15", 15), ("11", 11), ("", 11)])
def test_the_price_of_a_request_is_learnt(limit: str, known: int) -> None:
    pace = MoyskladPace(11)
    assert pace.after(answer(x_ratelimit_limit=limit)) is None
    assert pace.requests == known


def test_the_times_in_the_headers_are_milliseconds() -> None:
    pace = MoyskladPace(11)
    assert pace.after(answer(429, x_lognex_retry_after="1500")) == 1.5
    assert pace.after(answer(429)) == 1.0
    assert pace.after(answer(200, x_ratelimit_remaining="0", x_lognex_reset="700")) == 0.7
    assert pace.after(answer(200, x_ratelimit_remaining="3", x_lognex_reset="700")) is None


def test_refusals_slow_down_and_success_speeds_up_again() -> None:
    """Others may send with the same token, or the header may count otherwise than it is written."""
    pace = MoyskladPace(45)
    for _ in range(3):
        pace.after(answer(429, x_ratelimit_limit="45"))
    assert pace.requests == 18
    for _ in range(50):
        pace.after(answer(429, x_ratelimit_limit="45"))
    assert pace.requests == 4
    for _ in range(1000):
        pace.after(answer(200, x_ratelimit_limit="45"))
    assert pace.requests == 45


async def test_a_heavy_report_costs_five_units() -> None:
    """Nine of them empty the bucket of a solution's token; the short report is a plain request."""
    pace = MoyskladPace(45)
    began = time.monotonic()
    for _ in range(9):
        await pace.before("/report/stock/all?limit=1000")
    assert time.monotonic() - began < 1.0
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pace.before("/report/stock/bystore/current"), 0.3)


async def test_every_request_says_gzip_and_the_only_accept_there_is(store: Store) -> None:
    erp = open_emulator(store)
    await erp.ping()
    (headers,) = store.headers
    assert headers["accept-encoding"] == "gzip"
    assert headers["accept"] == "application/json;charset=utf-8"
    await erp.close()
