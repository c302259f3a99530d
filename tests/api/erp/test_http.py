"""What a backend asks of its caller is kept within reason."""

import time

import pytest
from pytest_httpserver import HTTPServer

from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, HttpLimits
from api.erp.moysklad.pace import MoyskladPace


async def test_a_wait_of_a_day_is_told_and_not_waited_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=503, headers={"Retry-After": "86400"})
    http = HttpClient(httpserver.url_for(""), limits=HttpLimits(attempts=3, first_wait=0.01))
    began = time.monotonic()
    with pytest.raises(ErpError) as busy:
        await http.get("/x", lambda answer: answer)
    assert (busy.value.permanent, busy.value.retry_after) == (False, 86400)
    assert time.monotonic() - began < 5
    await http.close()


def test_the_pace_is_never_held_back_for_long() -> None:
    pace = MoyskladPace(11)
    pace.after(Answer(429, b"", "GET /x", {"x-lognex-retry-after": "3600000"}))
    assert pace._until - time.monotonic() < 60
