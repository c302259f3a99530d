"""The webhook: who may tell, when, how often, and what of it is heard. The demo base tells over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.domain.clock import FixedClock, SystemClock
from api.erp.demo.hs.webhook import signed
from api.erp.onec_http.backend import OneCHttp, open_onec_http
from api.erp.onec_http.settings import OnecHttpSettings
from api.erp.onec_http.webhook import MAX_BODY, WINDOW
from api.erp.port import Call, Data, Place, Reply
from tests.api.erp.onec_http.conftest import HsWorld
from tests.api.erp.onec_http.contract import Contract
from tests.api.erp.worlds import draft

ZONE = ZoneInfo("Europe/Moscow")
NOW = SystemClock(ZONE).now()
SECRET = "секрет-1"
BODY = json.dumps({"changes": [{"kind": "stock", "ids": ["p-1"]}, {"kind": "orders"}]}).encode()


def backend(secret: str = SECRET, clock: FixedClock | None = None) -> OneCHttp:
    settings = OnecHttpSettings(url="http://127.0.0.1:9", webhook_secret=SecretStr(secret))
    return open_onec_http(settings, Place("main", ZONE, clock or FixedClock(NOW), Path("exchange")))


async def stream(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


def call(
    body: bytes = BODY, headers: dict[str, str] | None = None, path: str = "changed", method: str = "POST"
) -> Call:
    given = signed(SECRET, body, NOW.timestamp()) if headers is None else headers
    return Call(method, path, {}, {name.lower(): value for name, value in given.items()}, stream(body))


async def test_what_is_signed_is_heard() -> None:
    reply = await backend().answer(call())
    assert (reply.status, reply.changed) == (200, frozenset({Data.STOCK, Data.ORDERS}))


async def test_another_secret_or_another_body_is_refused() -> None:
    erp, good = backend(), signed(SECRET, BODY, NOW.timestamp())
    for wrong in (
        call(headers=signed("другой", BODY, NOW.timestamp())),
        call(body=BODY + b" ", headers=good),
        call(headers=good | {"X-Bot-Timestamp": str(int(NOW.timestamp()) + 1)}),
        call(headers={"X-Bot-Timestamp": good["X-Bot-Timestamp"]}),
        call(headers=good | {"X-Bot-Signature": "sha256=подпись"}),
        call(headers={}),
    ):
        reply = await erp.answer(wrong)
        assert (reply.status, reply.changed) == (403, frozenset())
        assert "Подпись" in reply.body.decode()
    assert (await erp.answer(call())).status == 200  # a refused one is not remembered as heard


@pytest.mark.parametrize("seconds", [-WINDOW - 1, WINDOW + 1, -(10**9)])
async def test_an_old_or_early_message_is_refused(seconds: int) -> None:
    reply = await backend().answer(call(headers=signed(SECRET, BODY, NOW.timestamp() + seconds)))
    assert (reply.status, reply.changed) == (403, frozenset())
    assert "часы" in reply.body.decode()


async def test_a_replay_is_refused_and_a_repetition_signed_anew_is_heard() -> None:
    erp = backend()
    assert (await erp.answer(call())).status == 200
    reply = await erp.answer(call())
    assert (reply.status, reply.changed) == (403, frozenset())
    assert (await erp.answer(call(headers=signed(SECRET, BODY, NOW.timestamp() + 1)))).status == 200


async def test_kinds_that_are_not_known_are_passed_over() -> None:
    body = json.dumps({"changes": [{"kind": "weather", "ids": ["x"]}, {"kind": "prices"}], "new": 1}).encode()
    reply = await backend().answer(call(body))
    assert (reply.status, reply.changed) == (200, frozenset({Data.PRICES}))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"changes": 1}', b"{", b'{"changes":[{"ids":[]}]}', b"\xff"])
async def test_a_body_that_cannot_be_read(body: bytes) -> None:
    assert (await backend().answer(call(body))).status == 400


async def test_other_addresses_methods_and_lengths() -> None:
    erp = backend()
    assert (await erp.answer(call(path="else"))).status == 404
    assert (await erp.answer(call(method="GET"))).status == 405
    assert (await erp.answer(call(b"x" * (MAX_BODY + 1)))).status == 413
    assert (await backend(secret="").answer(call())).status == 403


@given(st.binary(max_size=200), st.dictionaries(st.sampled_from(["X-Bot-Timestamp", "X-Bot-Signature"]), st.text()))
def test_whatever_comes_is_answered_and_nothing_unsigned_is_heard(body: bytes, headers: dict[str, str]) -> None:
    reply = asyncio.run(backend().answer(call(body, headers)))
    assert (reply.status, reply.changed) == (403, frozenset())


async def test_signatures_are_forgotten_after_a_while() -> None:
    erp = backend()
    await erp.answer(call())
    erp._webhook._clock = FixedClock(NOW + timedelta(seconds=3 * WINDOW))
    later = signed(SECRET, BODY, NOW.timestamp() + 3 * WINDOW)
    assert (await erp.answer(call(headers=later))).status == 200
    assert len(erp._webhook._seen) == 1


async def test_the_base_tells_us_over_http(world: HsWorld, httpserver: HTTPServer) -> None:
    """The demo signs by itself, as the extension does; what it sends keeps the contract."""
    contract, heard = Contract(), list[Reply]()
    erp = backend(clock=FixedClock(SystemClock(ZONE).now()))

    def receive(request: Request) -> Response:
        body = request.get_data()
        schema = {"$ref": "#/components/schemas/Changed"}
        assert contract.errors(schema, json.loads(body)) == []
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard.append(asyncio.run(erp.answer(Call(request.method, "changed", {}, headers, stream(body)))))
        return Response(heard[-1].body, heard[-1].status)

    httpserver.expect_request("/erp/main/changed", method="POST").respond_with_handler(receive)
    target = {"url": httpserver.url_for("/erp/main/changed"), "secret": SECRET}
    (await world.control.post("/control/hs/webhook", json=target)).raise_for_status()
    await world.erp.place(draft(world))
    wrong = await world.control.post("/control/hs/webhook", json=target | {"secret": "другой"})
    assert wrong.json()["status"] == 403
    told = await world.control.post("/control/hs/webhook", json=target)
    assert told.json()["status"] == 200
    assert heard[-1].changed == {Data.ORDERS, Data.STOCK, Data.BALANCES}
    httpserver.check()
