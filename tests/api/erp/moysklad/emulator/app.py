"""Our МойСклад over real HTTP. As strict as its documentation; ../README.md tells how it was proved.

Facts: github.com/moysklad/api-remap-1.2-doc.
"""

import asyncio
import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response

from tests.api.erp.moysklad.emulator import documents, reports
from tests.api.erp.moysklad.emulator.lists import expanded, listed, shown
from tests.api.erp.moysklad.emulator.store import ROOT, MoyskladError, Row, Store

ENTITIES = (
    "product variant productfolder uom currency store organization counterparty employee customerorder invoiceout"
    " demand webhook saleschannel"
).split()
MOST_WEBHOOKS = 5


def create_app(store: Store) -> FastAPI:
    app = FastAPI()

    @app.api_route(ROOT + "/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
    async def answer(request: Request, path: str) -> Response:
        store.asked.append(f"{request.method} {path}?{request.url.query}")
        store.headers.append(dict(request.headers))
        if request.headers.get("accept-encoding", "").find("gzip") < 0:
            return Response(status_code=415)
        if store.limits.running >= store.limits.parallel:
            return _refused(
                store, MoyskladError(429, 1073, "Превышено ограничение на одновременное количество запросов")
            )
        if not store.limits.take(path):
            words = "Превышено ограничение на количество запросов в единицу времени"
            return _refused(store, MoyskladError(429, 1049, words), limited=True)
        store.limits.running += 1
        store.limits.most_running = max(store.limits.most_running, store.limits.running)
        store.limits.answered += 1
        try:
            return await _answered(store, request, path)
        except MoyskladError as error:
            return _refused(store, error)
        finally:
            store.limits.running -= 1

    return app


async def _answered(store: Store, request: Request, path: str) -> Response:
    _let_in(store, request)
    if store.faults.down:
        return Response("<html>503</html>", 503)
    if store.faults.slow_first_byte:
        await asyncio.sleep(store.faults.slow_first_byte)
    if store.faults.fail_next:
        status, code = store.faults.fail_next.pop(0)
        if code:
            raise MoyskladError(status, code, "Ошибка по заказу теста")
        return Response("<html>error</html>", status)
    body = await request.json() if request.method in ("POST", "PUT") else None
    creates = request.method == "POST" and path == "entity/customerorder"
    found = _handle(store, request.method, path, request.query_params, body)
    if creates and store.faults.slow_write:
        await asyncio.sleep(store.faults.slow_write)
    if creates and store.faults.lose_answer:
        store.faults.lose_answer -= 1
        return Response("", 504)
    return _json(store, found)


def _let_in(store: Store, request: Request) -> None:
    basic = base64.b64encode(b"admin@test:password").decode()
    known = (f"Bearer {store.token}", f"Basic {basic}")
    if store.faults.token_revoked or request.headers.get("authorization") not in known:
        raise MoyskladError(
            401, 1056, "Ошибка аутентификации: Неправильный пароль или имя пользователя или ключ авторизации"
        )
    if request.headers.get("accept", "*/*").replace(" ", "") not in ("*/*", "application/json;charset=utf-8"):
        raise MoyskladError(400, 1062, "Неверное значение заголовка 'Accept'")


def _json(store: Store, found: Any, status: int = 200) -> Response:
    data = gzip.compress(json.dumps(found, ensure_ascii=False).encode())
    headers = store.limits.headers(refused=False) | {"Content-Encoding": "gzip"}
    if status == 200 and store.faults.half_body:
        store.faults.half_body -= 1
        data = data[: len(data) // 2]
    return Response(data, status, headers, "application/json;charset=utf-8")


def _refused(store: Store, error: MoyskladError, *, limited: bool = False) -> Response:
    headers = store.limits.headers(refused=limited) | {"Content-Encoding": "gzip"}
    data = gzip.compress(json.dumps(error.body, ensure_ascii=False).encode())
    return Response(data, error.status, headers, "application/json;charset=utf-8")


def _handle(store: Store, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
    parts = path.strip("/").split("/")
    if parts[0] == "entity":
        return _entity(store, method, parts[1:], query, body)
    match parts:
        case ["context", "companysettings", "pricetype"]:
            return store.price_types
        case ["report", "stock", "bystore", "current"]:
            return reports.free_stock(store, query)
        case ["report", "stock", "all", "current"]:
            return reports.free_stock_of_all(store, query)
        case ["report", "counterparty", *rest]:
            return _balances(store, rest, query)
        case ["wizard", "customerorder"] if method == "POST" and not store.faults.no_wizard:
            return documents.evaluated(store, body, query.get("action", "").split(","))
    raise MoyskladError(404, 1002, f"Неопознанный путь: {path}")


def _balances(store: Store, rest: list[str], query: Mapping[str, str]) -> Any:
    people = store.rows["counterparty"]
    if rest:
        return reports.counterparty_report(store, store.find("counterparty", rest[0]))
    rows = {ref: reports.counterparty_report(store, row) for ref, row in people.items() if not row.get("archived")}
    return listed(store, "report", rows.values(), query, "report/counterparty")


def _entity(store: Store, method: str, parts: list[str], query: Mapping[str, str], body: Any) -> Any:
    kind = parts[0]
    if kind not in ENTITIES:
        raise MoyskladError(404, 1005, f"Неизвестный тип: {kind}")
    if kind in store.faults.hidden:
        raise MoyskladError(403, 1016, "Доступ запрещен: у вас нет прав на просмотр данного объекта")
    match method, parts[1:]:
        case "GET", []:
            return listed(store, kind, store.rows[kind].values(), query, f"entity/{kind}")
        case "GET", ["metadata"]:
            return store.metadata[kind]
        case "GET", ["metadata", "attributes"]:
            return listed(
                store, "attributemetadata", store.metadata[kind]["attributes"], query, f"entity/{kind}/metadata"
            )
        case "POST", []:
            return shown(store, _created(store, kind, body))
        case "GET", [ref]:
            row = shown(store, store.find(kind, ref))
            return expanded(store, row, query["expand"]) if query.get("expand") else row
        case "PUT", [ref]:
            return shown(store, _changed(store, kind, store.find(kind, ref), body))
        case _, [ref, "positions" | "contactpersons" as name, *rest]:
            return _part(store, method, store.find(kind, ref), (name, rest), query, body)
    raise MoyskladError(405, 1002, f"Неопознанный путь: {'/'.join(parts)}")


def _created(store: Store, kind: str, body: Row) -> Row:
    if kind == "customerorder":
        return documents.create_order(store, body)
    if kind == "webhook":
        same = [row for row in store.rows[kind].values() if _key(row) == (body["entityType"], body["action"])]
        if any(row["url"] == body["url"] for row in same) or len(same) >= MOST_WEBHOOKS or len(body["url"]) > 255:
            raise MoyskladError(
                400, 3006, "Ошибка сохранения объекта: нарушено ограничение уникальности параметра 'url'"
            )
        return store.add(kind, enabled=True, method="POST", **body)
    raise MoyskladError(400, 1011, f"Создание объектов типа '{kind}' не поддерживается")


def _changed(store: Store, kind: str, row: Row, body: Row) -> Row:
    if kind == "customerorder":
        return documents.change_order(store, row, body)
    if kind not in ("counterparty", "webhook"):
        raise MoyskladError(400, 1026, f"Обновление объектов типа '{kind}' не поддерживается")
    for field in body.pop("attributes", ()):
        ref = field["meta"]["href"].rsplit("/", 1)[-1]
        known = next(one for one in store.metadata[kind]["attributes"] if one["id"] == ref)
        others = [one for one in row.get("attributes", ()) if one["id"] != ref]
        row["attributes"] = [*others, known | {"value": field["value"]}]
    row |= body
    store.touch(row)
    return row


def _part(store: Store, method: str, row: Row, part: tuple[str, list[str]], query: Mapping[str, str], body: Any) -> Any:
    name, rest = part
    lines: list[Row] = row[name]
    match method, rest:
        case "GET", []:
            kind = {"positions": "customerorderposition", "contactpersons": "contactperson"}[name]
            path = f"{row['meta']['href']}/{name}".removeprefix(f"{store.base}/")
            return listed(store, kind, lines, query, path)
        case "POST", [] if name == "contactpersons":
            made = store.add("contactperson", **body)
            lines.append(made)
            store.touch(row)
            return [made]
        case "PUT", [ref] if name == "contactpersons":
            line = next((line for line in lines if line["id"] == ref), None)
            if line is None:
                raise MoyskladError(404, 1021, "Объект с типом 'contactperson' не найден")
            line |= body
            store.touch(row)
            return line
    raise MoyskladError(405, 1002, "Неопознанный путь")


def _key(row: Row) -> tuple[str, str]:
    return row["entityType"], row["action"]
