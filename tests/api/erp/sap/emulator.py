"""A gateway of SAP S/4HANA that answers real HTTP: logon, CSRF tokens, OData version 2, faults."""

import asyncio
import base64
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI, Request, Response

from tests.api.erp.sap.conditions import Invalid
from tests.api.erp.sap.sales import Refusal, Sales
from tests.api.erp.sap.schema import SETS, metadata, services
from tests.api.erp.sap.tables import ELSEWHERE, PREFIX, Row, Tables

USER, PASSWORD, CLIENT = "BOT_ORDERS", "пароль", "100"
COOKIES = ("SAP_SESSIONID_Q7X_100", "sap-usercontext-q7x")
"""Nobody may know these names."""
_KEY = re.compile(r"(\w+)\((.*)\)")
_PART = re.compile(r"(\w+)='((?:[^']|'')*)'")


@dataclass
class Faults:
    """Switches and counts of what goes wrong next."""

    down: bool = False
    revoked: bool = False
    lose_answer: int = 0
    """So many creates are done, but answered by a proxy with 504."""
    fail: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Method → answers (status, message) that come instead of work."""
    half_body: int = 0
    slow: float = 0.0
    too_many: int = 0
    lose_page: bool = False
    """What `__next` names is empty."""
    lose_rest: bool = False
    """So is everything behind the first rows."""
    late_write: float = 0.0
    """Seconds between the look at a new order and its keeping."""
    token_with_error: bool = False
    closed: set[str] = field(default_factory=set)
    """Services that our user may not call."""
    inactive: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)
    """«Set.Field» that the release does not have."""
    html: bool = False


class Emulator:
    """The system. `page`: rows that a service tells at once; `counts`: whether it knows `$inlinecount`."""

    def __init__(self, page: int = 100) -> None:
        self.tables = Tables()
        self.sales = Sales(self.tables)
        self.faults = Faults()
        self.page = page
        self.counts = True
        self.sessions: dict[str, str] = {}
        self.asked: list[str] = []
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self._answer, methods=["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"])

    async def _answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url.path.removeprefix(PREFIX)}?{request.url.query}")
        if self.faults.slow:
            await asyncio.sleep(self.faults.slow)
        early = self._fault(request) or self._logon(request)
        if early is not None:
            return early
        session, new = self._session(request)
        headers = {}
        if request.headers.get("x-csrf-token", "").casefold() == "fetch":
            headers["x-csrf-token"] = self.sessions[session]
        elif request.method not in ("GET", "HEAD") and request.headers.get("x-csrf-token") != self.sessions[session]:
            return Response("CSRF token validation failed", 403, {"x-csrf-token": "Required"}, "text/plain")
        response = await self._worked(request)
        response.headers.update(headers)
        if new:
            for name in COOKIES:
                response.set_cookie(name, session, path="/", httponly=True)
        return response

    def _fault(self, request: Request) -> Response | None:
        faults = self.faults
        if faults.down:
            return Response("<html>Service cannot be reached</html>", 503, media_type="text/html")
        if faults.too_many:
            faults.too_many -= 1
            return Response("Too many requests", 429, {"retry-after": "0"})
        if faults.html:
            return Response("<html>Logon</html>", 200, media_type="text/html")
        if planned := faults.fail.get(request.method):
            status, code = planned.pop(0)
            return error(Refusal(status, code, "ACME GmbH: the order of this customer cannot be processed"))
        return None

    def _logon(self, request: Request) -> Response | None:
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.faults.revoked or request.headers.get("authorization") != f"Basic {expected}":
            return Response("<html>Logon failed</html>", 401, {"www-authenticate": "Basic"}, "text/html")
        if CLIENT not in (request.query_params.get("sap-client"), request.headers.get("sap-client")):
            return Response("<html>Client is not available</html>", 401, media_type="text/html")
        return None

    def _session(self, request: Request) -> tuple[str, bool]:
        told = {request.cookies.get(name) for name in COOKIES}
        if len(told) == 1 and (known := told.pop()) in self.sessions:
            return str(known), False
        session = secrets.token_hex(8)
        self.sessions[session] = secrets.token_urlsafe(12)
        return session, True

    async def _worked(self, request: Request) -> Response:
        service, _, resource = request.url.path.removeprefix(f"{PREFIX}/").partition("/")
        if service in self.faults.closed:
            return error(Refusal(403, "/IWFND/CM_CONSUMER/101", f"No authorization to access service {service}"))
        if service not in services() or service in self.faults.inactive:
            return error(Refusal(404, "/IWFND/MED/170", f"No service found for namespace '', name '{service}'"))
        try:
            return await self._resource(request, service, resource)
        except Refusal as refusal:
            return error(refusal)
        except Invalid as invalid:
            return error(Refusal(400, "/IWBEP/CM_MGW_RT/176", f"Invalid query: {invalid}"))
        except KeyError as unknown:
            return error(Refusal(400, "/IWBEP/CM_MGW_RT/021", f"Property {unknown} not found"))

    async def _resource(self, request: Request, service: str, resource: str) -> Response:
        if resource == "":
            status = 500 if self.faults.token_with_error else 200
            return Response(json.dumps({"d": {"EntitySets": []}}), status, media_type="application/json")
        if resource == "$metadata":
            return Response(metadata(service, frozenset(self.faults.without)), media_type="application/xml")
        options = dict(request.query_params)
        found = _KEY.fullmatch(resource)
        name = found[1] if found else resource
        if name not in SETS or SETS[name].service != service:
            raise Refusal(404, "/IWBEP/CM_MGW_RT/020", f"Resource not found for the segment '{name}'")
        if found:
            return await self._entity(request, name, found[2], options)
        if request.method == "POST":
            return await self._create(name, await request.json())
        return self._list(name, options, service)

    async def _entity(self, request: Request, name: str, inside: str, options: dict[str, str]) -> Response:
        keys = SETS[name].keys
        told = dict(_PART.findall(inside)) or {keys[0]: inside.strip("'")}
        row = self.tables.one(name, told)
        if row is None:
            raise Refusal(404, "/IWBEP/CM_MGW_RT/020", "Resource not found for segment")
        if request.method != "PATCH":
            return ok(self.tables.told(name, row, options))
        if name != "A_SalesOrderItem":
            raise Refusal(405, "/IWBEP/CM_MGW_RT/021", "Method not allowed")
        self.sales.patch_item(row, await request.json(), request.headers.get("if-match", ""))
        return Response(status_code=204)

    async def _create(self, name: str, body: Row) -> Response:
        if name == "A_SalesOrderSimulation":
            return ok(self.sales.simulate(body), 201)
        if name != "A_SalesOrder":
            raise Refusal(405, "/IWBEP/CM_MGW_RT/021", "Method not allowed")
        if self.faults.late_write:
            await asyncio.sleep(self.faults.late_write)
        row = self.sales.create(body)
        if self.faults.lose_answer:
            self.faults.lose_answer -= 1
            return Response("<html>Gateway time-out</html>", 504, media_type="text/html")
        return ok(self.tables.told(name, row, {"$expand": "to_Item"}), 201)

    def _list(self, name: str, options: dict[str, str], service: str) -> Response:
        rows = self.tables.query(name, options)
        total, skip = len(rows), int(options.get("$skip", 0))
        rows = rows[skip : skip + int(options["$top"])] if "$top" in options else rows[skip:]
        start = int(options.get("$skiptoken", 0))
        page = rows[start : start + self.page]
        if (start and self.faults.lose_page) or (skip and self.faults.lose_rest):
            page, rows = [], []
        told = [self.tables.told(name, row, options) for row in page]
        if name == "A_SalesOrder":
            for row in page:
                self.sales.looked(row)
        data: Row = {"results": told}
        if self.counts and options.get("$inlinecount") == "allpages":
            data["__count"] = str(total)
        if start + len(page) < len(rows):
            following = options | {"$skiptoken": str(start + len(page))}
            query = "&".join(
                f"{option}={quote(value)}" for option, value in following.items() if option != "sap-client"
            )
            data["__next"] = f"{ELSEWHERE}{PREFIX}/{service}/{name}?{query}"
        if self.faults.half_body:
            self.faults.half_body -= 1
            whole = json.dumps({"d": data})
            return Response(whole[: len(whole) // 2], media_type="application/json")
        return ok(data)


def ok(data: Any, status: int = 200) -> Response:
    return Response(json.dumps({"d": data}, ensure_ascii=False), status, media_type="application/json")


def error(refusal: Refusal) -> Response:
    """The shape of an SAP gateway's errors."""
    details = [{"code": code, "message": refusal.words, "severity": "error"} for code in refusal.details]
    body = {
        "error": {
            "code": refusal.code,
            "message": {"lang": "en", "value": refusal.words},
            "innererror": {"transactionid": "0", "errordetails": details},
        }
    }
    return Response(json.dumps(body), refusal.status, media_type="application/json")


class Server:
    """The emulator on a port of its own, in a thread of its own."""

    def __init__(self, app: FastAPI, port: int) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the emulator did not start")
            threading.Event().wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)
