"""Lists that change, or break off, while they are read."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.erp.errors import ErpError
from api.erp.http import HttpClient, HttpLimits
from api.erp.moysklad import client as protocol
from api.erp.moysklad.client import Client


def answering(server: HTTPServer, page: Callable[[int, int], tuple[list[str], int]]) -> Client:
    """`page`: the ids and the size that are answered to an offset and a limit."""

    def answer(request: Request) -> Response:
        ids, size = page(int(request.args["offset"]), int(request.args["limit"]))
        body = {"meta": {"size": size}, "rows": [{"id": ref} for ref in ids]}
        return Response(json.dumps(body), mimetype="application/json")

    server.expect_request("/entity/product").respond_with_handler(answer)
    return Client(HttpClient(server.url_for(""), limits=HttpLimits(attempts=1)), server.url_for(""))


async def read(client: Client) -> list[Any]:
    try:
        return [row["id"] async for row in client.rows("entity/product")]
    finally:
        await client.close()


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PAGE", 3)


async def test_a_row_deleted_between_two_pages_hides_no_other(httpserver: HTTPServer) -> None:
    """A product that is passed over is taken for withdrawn."""
    rows = list("abcdefgh")

    def page(offset: int, limit: int) -> tuple[list[str], int]:
        if offset and len(rows) == 8:
            del rows[:2]
        return rows[offset : offset + limit], len(rows)

    assert await read(answering(httpserver, page)) == list("abcdefgh")


@pytest.mark.parametrize("left", [0, 1])
async def test_a_list_that_ends_before_its_size_is_not_the_whole(httpserver: HTTPServer, left: int) -> None:
    def page(offset: int, limit: int) -> tuple[list[str], int]:
        return list("abcdefgh")[offset : min(offset + limit, 3 + left)], 8

    with pytest.raises(ErpError) as cut:
        await read(answering(httpserver, page))
    assert not cut.value.permanent
