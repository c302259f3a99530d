"""The router of /demo/odata/standard.odata: HTTP around reading and writing."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.erp.demo import reading, writing
from api.erp.demo.address import Target, parse_query, parse_target
from api.erp.demo.base import Base
from api.erp.demo.errors import ODataError, bad_option, bad_url, no_entity, no_right
from api.erp.demo.metadata import edmx
from api.erp.demo.schema import SCHEMA, Entity
from api.erp.demo.wire import CutConnection, HalfBody, read_body

ROOT = "/demo/odata/standard.odata"
_JSON = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
_FORMATS = ("json", "application/json")

router = APIRouter(prefix=ROOT, include_in_schema=False)


def json_answer(body: object, status: int = 200) -> Response:
    """A JSON body as 1C sends it: Cyrillic as it is."""
    answer = Response(json.dumps(body, ensure_ascii=False), status, media_type=None)
    answer.headers["content-type"] = _JSON
    answer.headers["dataserviceversion"] = "3.0"
    return answer


@router.api_route("{path:path}", methods=["GET", "POST", "PATCH", "PUT", "DELETE"])
async def odata(request: Request, path: str) -> Response:
    """Every request of the interface."""
    base: Base = request.app.state.base
    faults = base.faults.current()
    if faults.down:
        return (
            CutConnection()
            if faults.down_mode == "drop"
            else Response("<html><body><h1>503 Service Unavailable</h1></body></html>", 503, media_type="text/html")
        )
    if faults.password_revoked or not base.accepts(request.headers.get("authorization", "")):
        challenge = {"WWW-Authenticate": 'Basic realm="1C:Enterprise 8.3"'}
        return Response("", 401, headers=challenge)
    failure = base.faults.take_failure()
    try:
        if failure is not None:
            raise ODataError(failure, -1, "Внутренняя ошибка сервера.")
        return await _answer(base, request, path)
    except ODataError as error:
        return json_answer(error.body(), error.status)


async def _answer(base: Base, request: Request, path: str) -> Response:
    options = parse_query(request.scope["query_string"])
    data_format = options.get("$format", "json").split(";")[0]
    if data_format not in _FORMATS:
        raise bad_option("$format", f"формат не опубликован: {data_format}")
    if path and not path.startswith("/"):
        raise bad_url(path)
    root = f"{request.url.scheme}://{request.headers.get('host', '127.0.0.1')}{ROOT}"
    if request.method == "GET":
        answer = await run_in_threadpool(_get, base, root, path[1:], options)
        return await _spoilt(base, options, answer)
    target = parse_target(path[1:])
    body = await read_body(request, base.max_body)
    if delay := base.faults.delay_of_write():
        await asyncio.sleep(delay)
    if_match = request.headers.get("if-match")
    changed = await run_in_threadpool(_change, base, root, request.method, target, options, body, if_match)
    return CutConnection() if base.faults.take("lose_answer_after_write") else changed


async def _spoilt(base: Base, options: dict[str, str], answer: Response) -> Response:
    """What may happen to the answer of a read on its way."""
    faults = base.faults.current()
    if faults.later_pages_status and options.get("$skip", "0") != "0":
        return Response("<html><body>…</body></html>", faults.later_pages_status, media_type="text/html")
    if faults.slow_first_byte_seconds:
        await asyncio.sleep(faults.slow_first_byte_seconds)
    if base.faults.take("half_body"):
        return HalfBody(answer.body, answer.status_code, dict(answer.headers))
    return answer


def _seen(base: Base, name: str, options: dict[str, str]) -> Entity:
    """The object, as far as it is published and the user may see it."""
    faults = base.faults.current()
    if name == faults.unpublished:
        raise no_entity(name)
    if name == faults.forbidden or (name == faults.restricted and options.get("allowedOnly") != "true"):
        raise no_right(name)
    return reading.entity_of(name)


def _get(base: Base, root: str, path: str, options: dict[str, str]) -> Response:
    if path == "":
        sets = [{"name": name, "url": name} for name in SCHEMA if name != base.faults.current().unpublished]
        return json_answer({"odata.metadata": f"{root}/$metadata", "value": sets})
    if path == "$metadata":
        return Response(edmx(base.faults.current().unpublished), media_type="application/xml")
    target = parse_target(path)
    _seen(base, target.entity, options)
    if target.count:
        return Response(str(reading.count(base.store, target, options)), media_type="text/plain")
    found = reading.read(base.store, target, options)
    if target.entity == base.faults.current().restricted and isinstance(found.body, list):
        hidden = base.store.rows(target.entity)[-1]["Ref_Key"]
        found = replace(found, body=[row for row in found.body if row.get("Ref_Key") != hidden])
    return json_answer(_envelope(root, options, found))


def _envelope(root: str, options: dict[str, str], found: reading.Found) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "nometadata" not in options.get("$format", ""):
        body["odata.metadata"] = f"{root}/$metadata#{found.context}"
    if found.total is not None:
        body["odata.count"] = str(found.total)
    return body | (found.body if isinstance(found.body, dict) else {"value": found.body})


def _change(
    base: Base,
    root: str,
    method: str,
    target: Target,
    options: dict[str, str],
    body: bytes,
    if_match: str | None,
) -> Response:
    entity = _seen(base, target.entity, options)
    if target.table or target.count:
        raise bad_url(f"{target.entity}: метод {method} не применим")
    if method == "POST" and target.key:
        posted = writing.call(base, entity, target)
        return json_answer(_envelope(root, options, posted))
    if method == "POST":
        made = writing.create(base, entity, writing.parse_body(body))
        if base.faults.take("lose_answer_after_create"):
            return CutConnection()
        answer = json_answer(_envelope(root, options, reading.Found(f"{entity.name}/@Element", made)), 201)
        location = f"{root}/{entity.name}(guid'{made['Ref_Key']}')"
        # Raw UTF-8 in a header: it is what a live base sends, and what a careless client breaks on.
        answer.raw_headers.append((b"location", location.encode()))
        return answer
    if not target.key or target.tail:
        raise bad_url(f"{target.entity}: для метода {method} нужен ключ")
    if method == "DELETE":
        writing.delete(base, entity, target.key, if_match)
        return Response(status_code=204)
    values = writing.parse_body(body)
    changed = writing.change(base, entity, target.key, values, if_match, full=method == "PUT")
    return json_answer(_envelope(root, options, reading.Found(f"{entity.name}/@Element", changed)))
