"""The router of /demo/hs/bot: HTTP around the handlers."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.erp.demo.base import Base
from api.erp.demo.errors import ODataError
from api.erp.demo.hs import cards, lists, orders
from api.erp.demo.hs.bodies import CHANGE_KEY, KEY, CardIn, Draft, parse
from api.erp.demo.hs.desk import Desk
from api.erp.demo.hs.paging import parse_ask
from api.erp.demo.hs.problems import Json, Problem
from api.erp.demo.wire import CutConnection, HalfBody, read_body

ROOT = "/demo/hs/bot"

router = APIRouter(prefix=ROOT, include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """A request: the parts of its path, its query, its body."""

    parts: tuple[str, ...]
    options: dict[str, str]
    body: bytes


Handler = Callable[[Desk, Asked], tuple[int, Json]]


def _list(name: str) -> Handler:
    return lambda desk, asked: (200, lists.LISTS[name](desk, parse_ask(asked.options)))


def _get_order(desk: Desk, asked: Asked) -> tuple[int, Json]:
    return 200, orders.order(desk, orders.get(desk, _key(asked.parts[0], KEY)))


def _put_order(desk: Desk, asked: Asked) -> tuple[int, Json]:
    status, row = orders.put(desk, _key(asked.parts[0], KEY), parse(Draft, asked.body))
    return status, orders.order(desk, row)


def _cancel(desk: Desk, asked: Asked) -> tuple[int, Json]:
    return 200, orders.order(desk, orders.cancel(desk, _key(asked.parts[0], KEY)))


def _draft(desk: Desk, asked: Asked) -> tuple[int, Json]:
    return 200, orders.quote(desk, parse(Draft, asked.body))


def _card(desk: Desk, asked: Asked) -> tuple[int, Json]:
    customer, key = asked.parts
    return 200, {"subject_id": cards.put(desk, customer, _key(key, CHANGE_KEY), parse(CardIn, asked.body))}


def _key(text: str, pattern: str) -> str:
    if re.fullmatch(pattern, text, re.ASCII) is None:
        raise Problem("invalid", "Ключ: до 30 латинских букв, цифр и знаков «._:-».")
    return text


ROUTES: dict[str, dict[str, Handler]] = {
    **{f"/{name}": {"GET": _list(name)} for name in lists.LISTS},
    "/price-draft": {"POST": _draft},
    "/orders/([^/]+)": {"GET": _get_order, "PUT": _put_order},
    "/orders/([^/]+)/cancel": {"POST": _cancel},
    "/customers/([^/]+)/card/([^/]+)": {"PUT": _card},
}


@router.api_route("{path:path}", methods=["GET", "POST", "PATCH", "PUT", "DELETE"])
async def bot(request: Request, path: str) -> Response:
    """Every request of the service."""
    desk: Desk = request.app.state.desk
    failed = _failed(desk, request)
    if failed is not None:
        return failed
    try:
        status, body = await _answer(desk, request)
    except Problem as problem:
        return await _out(desk, problem.status, problem.body(), "application/problem+json")
    if request.method == "PUT" and desk.base.faults.take("lose_answer_after_create"):
        return CutConnection()
    return await _out(desk, status, body, "application/json")


def _failed(desk: Desk, request: Request) -> Response | None:
    """What the web server answers before the extension is reached."""
    base: Base = desk.base
    faults = base.faults.current()
    if faults.down:
        return CutConnection() if faults.down_mode == "drop" else Response("503", 503, media_type="text/html")
    if desk.faults.take("page_missing"):
        return Response("<html><body><h1>404 Not Found</h1></body></html>", 404, media_type="text/html")
    if desk.faults.take("rate_limited"):
        return Response("", 429, headers={"Retry-After": "1"})
    if desk.faults.current.revoked or not base.accepts(request.headers.get("authorization", "")):
        return Response("", 401, headers={"WWW-Authenticate": 'Basic realm="1C:Enterprise 8.3"'})
    failure = base.faults.take_failure()
    return None if failure is None else Response("Внутренняя ошибка сервера", failure, media_type="text/plain")


async def _answer(desk: Desk, request: Request) -> tuple[int, Json]:
    # The raw path: a slash inside an id comes as %2F.
    path = request.scope["raw_path"].decode("ascii", "replace").split("?")[0].removeprefix(ROOT)
    for pattern, methods in ROUTES.items():
        found = re.fullmatch(pattern, path)
        if found is None:
            continue
        handler = methods.get(request.method)
        if handler is None:
            raise Problem("invalid", f"Метод {request.method} здесь не нужен.", status=405)
        try:
            body = await read_body(request, desk.base.max_body)
        except ODataError as error:
            raise Problem("invalid", error.message, status=error.status) from error
        if request.method != "GET" and (delay := desk.base.faults.delay_of_write()):
            await asyncio.sleep(delay)
        query = request.scope["query_string"].decode("ascii", "replace")
        asked = Asked(tuple(unquote(part) for part in found.groups()), dict(parse_qsl(query)), body)
        return await run_in_threadpool(handler, desk, asked)
    raise Problem("missing", "Такого метода в сервисе нет.")


async def _out(desk: Desk, status: int, body: Json, media_type: str) -> Response:
    if seconds := desk.faults.current.slow_answer_seconds:
        await asyncio.sleep(seconds)
    text = json.dumps(body, ensure_ascii=False).encode()
    if desk.faults.take("half_body"):
        return HalfBody(text, status, media_type=media_type)
    headers = {"Retry-After": "5"} if status == 503 else {}
    return Response(text, status, headers, media_type)
