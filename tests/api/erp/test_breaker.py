"""The circuit breaker inside the HTTP client: when it opens, what it spares, how it closes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.erp.breaker import SILENT, BreakerLimits, Open
from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, HttpLimits
from tests.api.erp.conftest import free_port

ATTEMPTS = 3
QUICK = HttpLimits(read=0.5, total=2, attempts=ATTEMPTS, first_wait=0.001)
OPEN_SECONDS = 0.3
FAILURES = 5


class Server:
    """A backend whose mood is set by the test; it counts who knocks."""

    def __init__(self, http: HTTPServer) -> None:
        self.status, self.headers, self.asked, self.seconds = 200, dict[str, str](), 0, 0.0
        self.url = http.url_for("").rstrip("/")
        http.expect_request("/x").respond_with_handler(self._answer)

    def _answer(self, _: Request) -> Response:
        self.asked += 1
        if self.seconds:
            import time

            time.sleep(self.seconds)
        return Response("да", self.status, self.headers)


@pytest.fixture
def server(httpserver: HTTPServer) -> Server:
    return Server(httpserver)


@pytest.fixture
async def client(server: Server) -> AsyncIterator[HttpClient]:
    opened = HttpClient(server.url, limits=QUICK, breaker=BreakerLimits(FAILURES, OPEN_SECONDS))
    yield opened
    await opened.close()


def judge(answer: Answer) -> str:
    if answer.status == 400:
        raise ErpError("Нет.", permanent=True)
    if answer.status == 500:
        raise ErpError("Не вышло.", permanent=False)
    return answer.text


async def failed(client: HttpClient) -> ErpError:
    with pytest.raises(ErpError) as error:
        await client.get("/x", judge)
    return error.value


async def open_it(client: HttpClient) -> None:
    for _ in range(FAILURES):
        assert not isinstance(await failed(client), Open)
    assert isinstance(await failed(client), Open)


@pytest.mark.parametrize("status", [500, 503])
async def test_calls_not_their_attempts_are_counted_and_then_nobody_knocks(
    server: Server, client: HttpClient, status: int
) -> None:
    server.status = status
    await open_it(client)
    assert server.asked == FAILURES * ATTEMPTS
    error = await failed(client)
    assert (error.message, error.permanent) == (SILENT, False)
    assert error.retry_after is not None and 0 < error.retry_after <= OPEN_SECONDS
    with pytest.raises(Open):
        await client.send("POST", "/x", judge, b"{}")
    assert server.asked == FAILURES * ATTEMPTS


async def test_a_closed_port_opens_it_too() -> None:
    client = HttpClient(f"http://127.0.0.1:{free_port()}", limits=QUICK, breaker=BreakerLimits(2, 60))
    kinds = [type(await failed(client)) for _ in range(4)]
    assert kinds == [ErpError, ErpError, Open, Open]
    await client.close()


async def test_a_write_counts_like_a_read(server: Server, client: HttpClient) -> None:
    server.status = 503
    for _ in range(FAILURES):
        with pytest.raises(ErpError):
            await client.send("POST", "/x", judge, b"{}")
    assert server.asked == FAILURES
    assert isinstance(await failed(client), Open)


@pytest.mark.parametrize(("status", "headers"), [(400, {}), (401, {}), (403, {}), (429, {"Retry-After": "0"})])
async def test_a_refusal_is_an_answer(server: Server, client: HttpClient, status: int, headers: dict[str, str]) -> None:
    server.status, server.headers = status, headers
    for _ in range(FAILURES + 2):
        assert not isinstance(await failed(client), Open)


async def test_a_success_forgets_the_failures_before_it(server: Server, client: HttpClient) -> None:
    for _ in range(3):
        server.status = 500
        for _ in range(FAILURES - 1):
            await failed(client)
        server.status = 200
        assert await client.get("/x", judge) == "да"


async def test_a_fault_of_ours_is_not_the_backends(server: Server, client: HttpClient) -> None:
    def broken(_: Answer) -> str:
        raise KeyError("a bug")

    for _ in range(FAILURES + 1):
        with pytest.raises(KeyError):
            await client.get("/x", broken)


async def test_one_probe_alone_and_what_comes_of_it(server: Server, client: HttpClient) -> None:
    server.status = 500
    await open_it(client)
    await asyncio.sleep(OPEN_SECONDS + 0.05)
    asked = server.asked
    assert not isinstance(await failed(client), Open)
    assert server.asked == asked + ATTEMPTS
    assert isinstance(await failed(client), Open)  # open again, for as long

    await asyncio.sleep(OPEN_SECONDS + 0.05)
    server.status, server.seconds, asked = 200, 0.2, server.asked
    answers = await asyncio.gather(*(client.get("/x", judge) for _ in range(6)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["Open"] * 5 + ["str"]
    assert server.asked == asked + 1
    server.seconds = 0
    assert await asyncio.gather(*(client.get("/x", judge) for _ in range(6))) == ["да"] * 6


async def test_who_waited_for_a_place_does_not_knock_any_more(server: Server) -> None:
    limits = HttpLimits(read=0.2, total=2, attempts=1, concurrency=1)
    client = HttpClient(server.url, limits=limits, breaker=BreakerLimits(2, 60))
    server.seconds = 0.4
    answers = await asyncio.gather(*(client.get("/x", judge) for _ in range(5)), return_exceptions=True)
    assert [type(one).__name__ for one in answers] == ["ErpError"] * 2 + ["Open"] * 3
    assert server.asked == 2
    await client.close()


async def test_a_ping_that_was_broken_off_counts(server: Server, client: HttpClient) -> None:
    server.seconds = 0.2
    for _ in range(FAILURES):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get("/x", judge)
    assert isinstance(await failed(client), Open)
