"""How often and how much at once; over HTTP, and by the laws of the count."""

from collections.abc import Callable
from itertools import count
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from api.conversations import rates as limits
from api.conversations.rates import Pace, Rates
from api.deps.addresses import address_of, network_of
from api.errors import TooMany

Conversation = tuple[UUID, dict[str, str]]
FromAddress = Callable[[str], httpx.AsyncClient]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls come a millisecond after another, however slow the machine is."""
    milliseconds = count()
    monkeypatch.setattr(limits.rates, "_now", lambda: next(milliseconds) / 1000)


def connection(host: str | None) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (host, 1) if host is not None else None})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_whom_an_address_stands_for(host: str | None, address: str) -> None:
    assert address_of(connection(host)) == address
    # Attempts to sign in are counted for this machine as well.
    loopback = {"127.0.0.1": "127.0.0.1", "::1": "::1", "::ffff:127.0.0.1": "127.0.0.1"}
    assert network_of(connection(host)) == loopback.get(str(host), address)


@given(
    every=st.integers(1, 50).map(lambda tenths: tenths / 10),
    burst=st.integers(1, 20),
    steps=st.lists(st.integers(0, 100).map(lambda tenths: tenths / 10), max_size=60),
)
def test_no_window_holds_more_than_the_burst_and_its_time(every: float, burst: int, steps: list[float]) -> None:
    now, taken = 0.0, []
    rates = Rates(lambda: now)
    for step in steps:
        now += step
        try:
            rates.take(Pace(every, burst), "a")
            taken.append(now)
        except TooMany as error:
            wait = error.retry_after or 0
            assert wait > 0
            now += wait + 1e-6
            rates.take(Pace(every, burst), "a")  # after the wait that was told it goes through
            taken.append(now)
    for first, start in enumerate(taken):
        for last, end in enumerate(taken[first:], start=1):
            assert last <= burst + (end - start) / every + 1e-3


def test_keys_and_kinds_do_not_count_for_each_other() -> None:
    rates, once, twice = Rates(lambda: 0.0), Pace(10, 1), Pace(10, 2)
    rates.take(once, "a")
    rates.take(once, "b")
    rates.take(twice, "a")
    for _ in range(5):
        rates.take(once, "")  # nobody to count for
    with pytest.raises(TooMany):
        rates.take(once, "a")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 10)
    rates = Rates(lambda: 0.0)
    for number in range(1_000):
        rates.take(Pace(1, 1), str(number))
    assert len(rates._next) == 10


def test_places_are_given_back_also_after_an_error() -> None:
    rates = Rates()
    with pytest.raises(ZeroDivisionError), rates.hold("a", 1) as free:
        assert free
        with rates.hold("a", 1) as second:
            assert not second
        raise ZeroDivisionError
    with rates.hold("a", 1) as free:
        assert free


async def test_sessions_of_one_address(customer: str, from_address: FromAddress) -> None:
    async with from_address("203.0.113.7") as client, from_address("203.0.113.8") as other:
        answers = [await client.post("/webchat/session", json={}) for _ in range(61)]
        assert [answer.status_code for answer in answers] == [200] * 60 + [429]
        assert answers[-1].headers["retry-after"] in ("1", "2")
        assert answers[-1].json()["error"]["message"] == "Слишком много запросов. Подождите немного."
        assert (await other.post("/webchat/session", json={})).status_code == 200


async def test_one_visitor_that_resumes_without_end(web: httpx.AsyncClient, conversation: Conversation) -> None:
    visitor = conversation[1]["Authorization"].removeprefix("Bearer ")
    codes = [(await web.post("/webchat/session", json={"visitor": visitor})).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]


async def test_messages_of_one_address_over_many_conversations(customer: str, from_address: FromAddress) -> None:
    async with from_address("203.0.113.7") as client:
        codes = []
        while 429 not in codes and len(codes) < 400:
            forged = {"Authorization": "Bearer forged"}
            answer = await client.post("/webhooks/webchat", headers=forged, content=b"{}")
            codes.append(answer.status_code)
    assert set(codes[:200]) == {401}
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_messages_of_one_conversation(web: httpx.AsyncClient, conversation: Conversation) -> None:
    def body() -> dict[str, str]:
        return {"id": str(uuid4()), "text": "ещё"}

    answers = [await web.post("/webhooks/webchat", json=body(), headers=conversation[1]) for _ in range(20)]
    # The unseen /start of the session is the first of the twenty.
    assert [answer.status_code for answer in answers] == [200] * 19 + [429]
    assert answers[-1].headers["retry-after"] == "10"


async def test_reading_in_a_tight_loop(web: httpx.AsyncClient, conversation: Conversation) -> None:
    codes = [(await web.get("/webchat/messages", headers=conversation[1])).status_code for _ in range(130)]
    assert codes[:100] == [200] * 100
    assert 429 in codes


async def test_who_does_not_name_itself_is_not_counted_as_everybody(web: httpx.AsyncClient) -> None:
    """A proxy on this machine that names nobody: all customers come from 127.0.0.1."""
    codes = {(await web.post("/webchat/session", json={})).status_code for _ in range(70)}
    assert codes == {200}
