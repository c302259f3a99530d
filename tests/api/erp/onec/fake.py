"""Answers in 1C's shape from a plain HTTP server: what the demo 1C does not do."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pytest_httpserver import HTTPServer, URIPattern
from werkzeug import Request, Response

from api.domain.clock import FixedClock
from api.erp.http import HttpClient, HttpLimits
from api.erp.onec import names
from api.erp.onec.backend import OneC
from api.erp.onec.client import ODataClient
from api.erp.onec.names import Table

T = TypeVar("T")

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2025, 12, 15, 12, 0, tzinfo=ZONE)
QUICK = HttpLimits(first_wait=0.01, attempts=2, read=2)
EMPTY = "00000000-0000-0000-0000-000000000000"


def ref(number: int) -> str:
    return f"{number:08d}-1111-4222-8333-444444444444"


def answer(rows: list[dict[str, Any]]) -> Response:
    return Response(json.dumps({"odata.metadata": "x", "value": rows}, ensure_ascii=False), mimetype="application/json")


def error(status: int, code: int, words: str) -> Response:
    body = {"odata.error": {"code": str(code), "message": {"lang": "ru", "value": words}}}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")


def client(server: HTTPServer, *, page: int = 500, limits: HttpLimits = QUICK) -> ODataClient:
    http = HttpClient(server.url_for("/base/odata/standard.odata"), user="бот", password="пароль", limits=limits)
    return ODataClient(http, names.load(), page)


def onec(server: HTTPServer, **options: Any) -> OneC:
    return OneC(client(server, **options), zone=ZONE, clock=FixedClock(NOW))


class AnyPath(URIPattern):
    def match(self, uri: str) -> bool:
        return True


class Base:
    """Rows by entity name; virtual tables by «entity/function». Remembers what it was asked, in readable form."""

    def __init__(self, server: HTTPServer, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.rows = rows
        self.asked: list[str] = []
        self.raw: list[str] = []
        self.refuse: Callable[[str], Response | None] = lambda address: None
        server.expect_request(AnyPath()).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        raw = request.environ["RAW_URI"] if "RAW_URI" in request.environ else request.environ["REQUEST_URI"]
        address = unquote(raw).split("/standard.odata/")[1]
        self.asked.append(address)
        self.raw.append(raw)
        if (refused := self.refuse(address)) is not None:
            return refused
        path = address.split("?")[0]
        rows = self.rows.get(path.split("(")[0], [])
        top, skip = int(request.args.get("$top", 10**6)), int(request.args.get("$skip", 0))
        return answer(rows[skip : skip + top])


def row(table: Table, **ours: object) -> dict[str, Any]:
    """A row of 1C told by our names; what is not named is empty, as 1C has it."""
    empty = {name: EMPTY if name.endswith("_Key") else "" for name in (*table.names.values(), "DataVersion") if name}
    return empty | {table[name]: value for name, value in ours.items()}


async def all_of(rows: AsyncIterator[T]) -> list[T]:
    return [found async for found in rows]
