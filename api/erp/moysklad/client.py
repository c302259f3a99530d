"""МойСклад's JSON API: pages, filters, links. Knows the protocol, not what the data mean."""

import json
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, percent
from api.erp.moysklad.refusals import CUT, named, refusal
from api.erp.moysklad.rows import Row, text

T = TypeVar("T")

PAGE = 1000
EXPANDED = 100
"""The longest page on which МойСклад still expands links; on a longer one it leaves them as they are, in silence."""
PORTION, ROOM = 100, 5000
"""Values in one filter, and their length when encoded: an address with its headers may have 8 KB."""

HEADERS = {
    # Another coding, or none, is answered with 415 and an empty body; another Accept with the error 1062.
    "Accept-Encoding": "gzip",
    "Accept": "application/json;charset=utf-8",
}


class Client:
    """One account. Raises ErpError; Refused when МойСклад itself answered with an error."""

    def __init__(self, http: HttpClient, base: str, *, echo: str = "") -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._writing = {"X-Lognex-WebHook-DisableByPrefix": echo} if echo else {}

    async def close(self) -> None:
        """Gives back the connections."""
        await self._http.close()

    def href(self, path: str) -> str:
        """The address of an object: «entity/store/…»; МойСклад refuses links to another server."""
        return f"{self._base}/{path}"

    def link(self, kind: str, ref: str) -> dict[str, Any]:
        """A link to an object, as bodies want it."""
        return self.meta(f"entity/{kind}/{ref}", kind)

    def meta(self, path: str, kind: str) -> dict[str, Any]:
        """A link to what is not an entity of its own: a state, an additional field."""
        return {"meta": {"href": self.href(path), "type": kind, "mediaType": "application/json"}}

    async def rows(
        self, path: str, filters: Iterable[str] = (), *, expand: str = "", order: str = ""
    ) -> AsyncIterator[Row]:
        """All rows of a list, page by page. Conditions on one field are alternatives."""
        limit = EXPANDED if expand else PAGE
        options = {"filter": ";".join(filters), "expand": expand, "order": order, "limit": str(limit)}
        seen, offset, again = set[str](), 0, 0
        while True:
            page = await self.get(path, options | {"offset": str(offset - again)})
            rows, size = _listed(page, path)
            if again and (not rows or text(rows[0], "id") not in seen):
                # Rows were deleted meanwhile: the others have moved up, behind what was read.
                offset = max(0, offset - limit)
                again = min(again, offset)
                continue
            for row in rows:
                # A row that is added between two pages moves the others: one may come twice.
                ref = text(row, "id")
                if not ref or ref not in seen:
                    yield row
                if ref:
                    seen.add(ref)
            offset += len(rows) - again
            if offset >= size:
                return
            if len(rows) <= again:
                raise ErpError(CUT, permanent=False, evidence=f"{path}: nothing after {offset} of {size}")
            # The last row comes again, to see that nothing has moved.
            again = 1 if text(rows[-1], "id") else 0

    async def nested(self, row: Row, field: str, path: str) -> list[Row]:
        """The rows of an expanded part; an expanded part has a hundred of them at most, the rest is asked for."""
        part = row.get(field) or {}
        rows: list[Row] = list(part.get("rows") or ())
        if len(rows) >= int((part.get("meta") or {}).get("size") or 0):
            return rows
        return [row async for row in self.rows(path)]

    async def get(self, path: str, options: Mapping[str, str] | None = None) -> Any:
        """One object, or a report that comes as one list."""
        return await _named(self._http.get(_path(path, options or {}), _read))

    async def post(self, path: str, body: Any, options: Mapping[str, str] | None = None) -> Any:
        """Creates, or asks with a body. Never repeated."""
        return await self._send("POST", _path(path, options or {}), body)

    async def put(self, path: str, body: Any) -> Any:
        """Changes the fields that the body has."""
        return await self._send("PUT", _path(path, {}), body)

    async def _send(self, method: str, path: str, body: Any) -> Any:
        data = json.dumps(body, ensure_ascii=False, default=_number).encode()
        return await _named(self._http.send(method, path, _read, data, self._writing))


def one_of(field: str, values: Iterable[str]) -> list[str]:
    """Conditions that the field has one of the values."""
    return [f"{field}={escaped(value)}" for value in values]


def escaped(value: str) -> str:
    r"""A value inside a filter, where «;» is written as «\;»."""
    return value.replace(";", r"\;")


def portions(values: Iterable[str]) -> Iterator[list[str]]:
    """Values in lists that fit into one filter, without repeats."""
    portion, room = list[str](), ROOM
    for value in dict.fromkeys(values):
        length = len(percent(value))
        if portion and (len(portion) == PORTION or length > room):
            yield portion
            portion, room = [], ROOM
        portion.append(value)
        room -= length
    if portion:
        yield portion


def _listed(page: Any, path: str) -> tuple[list[Row], int]:
    """The rows of a page, and how many there are in all."""
    rows = page.get("rows") if isinstance(page, dict) else None
    size = page.get("meta", {}).get("size") if isinstance(page, dict) else None
    if not isinstance(rows, list) or not isinstance(size, int):
        raise ErpError(CUT, permanent=False, evidence=f"{path}: no list")
    return rows, size


async def _named(call: Awaitable[T]) -> T:
    try:
        return await call
    except ErpError as error:
        other = named(error)
        if other is error:
            raise
        raise other from error


def _path(path: str, options: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={percent(value)}" for name, value in options.items() if value)
    return f"/{path}?{query}" if query else f"/{path}"


def _read(answer: Answer) -> Any:
    if answer.status >= 400:
        raise refusal(answer)
    try:
        return json.loads(answer.text, parse_float=Decimal)
    except ValueError as error:
        raise ErpError(CUT, permanent=False, evidence=answer.evidence) from error


def _number(value: Any) -> int | float:
    """JSON has no decimals: up to fifteen digits a float writes back what was read."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return int(value) if value == value.to_integral_value() else float(value)
