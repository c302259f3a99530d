"""OData version 2 as an SAP gateway speaks it: pages, entities, writes with token and version. Knows no meaning."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from api.erp.errors import ErpError, Reason
from api.erp.http import Answer, HttpClient, percent
from api.erp.sap.records import Record
from api.erp.sap.refusals import Refused, refusal
from api.erp.sap.session import FETCH, Session, wants_new_token

T = TypeVar("T")

ROOT = "/sap/opu/odata/sap"
PAGE = 500
CUT = "Ответ SAP оборвался или это не ответ SAP."
MISSING_ROWS = "SAP отдала не все строки."
NO_TOKEN = "SAP не дала ключ для записи (CSRF)."


@dataclass(frozen=True)
class Set:
    """An entity set and the key by which its pages are ordered."""

    service: str
    name: str
    order: str

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"


class ODataClient:
    """One system. Raises ErpError; Refused when SAP itself answered with an error."""

    def __init__(
        self,
        http: HttpClient,
        session: Session,
        constants: Mapping[str, str],
        own: Mapping[str, Reason],
        page: int = PAGE,
    ) -> None:
        self._http = http
        self._session = session
        self._constants = dict(constants)
        self._own = dict(own)
        self._page = page
        self._fetching = asyncio.Lock()

    async def close(self) -> None:
        """Gives back the connections."""
        await self._http.close()

    async def rows(self, of: Set, where: str = "", **options: str) -> AsyncIterator[Record]:
        """All rows that satisfy the condition. `options`: select, expand.

        Services differ in whether they page by themselves: we ask for pages, follow `__next` where it is told, and
        count, because a page that was lost on the way must not look like the end.
        """
        query = {"$format": "json", "$orderby": of.order} | {f"${name}": value for name, value in options.items()}
        if where:
            query["$filter"] = where
        seen = 0
        while True:
            told = query | {"$inlinecount": "allpages", "$top": str(self._page), "$skip": str(seen)}
            answer = await self._http.get(self._path(of.path, told), self._list)
            total, before = answer.count, seen
            while True:
                for row in answer.rows:
                    yield Record(row)
                seen += len(answer.rows)
                if not answer.following:
                    break
                answer = await self._http.get(self._follow(of.path, answer.following), self._list)
            if seen >= total if total is not None else seen - before < self._page:
                return
            if seen == before:
                raise ErpError(MISSING_ROWS, permanent=False, evidence=f"{of.path}: {seen} of {total}")

    async def first(self, of: Set, where: str = "", **options: str) -> Record | None:
        """Any one row, or None."""
        query = {"$format": "json", "$top": "1"} | {f"${name}": value for name, value in options.items()}
        if where:
            query["$filter"] = where
        rows = (await self._http.get(self._path(of.path, query), self._list)).rows
        return Record(rows[0]) if rows else None

    async def entity(self, of: Set, key: str, expand: str = "") -> Record | None:
        """One entity, or None when there is none."""
        query = {"$format": "json"} | ({"$expand": expand} if expand else {})
        try:
            return Record(await self._http.get(self._path(of.path, query, key), self._entity))
        except Refused as error:
            if error.is_missing:
                return None
            raise

    async def metadata(self, service: str) -> str:
        """The service's own description, XML."""
        return await self._http.get(self._path(f"/{service}/$metadata", {}), self._text, {"Accept": "application/xml"})

    async def create(self, of: Set, values: Mapping[str, Any]) -> Record:
        """A new entity with all that is under it (deep insert)."""
        body = json.dumps(values, ensure_ascii=False).encode()
        return Record(await self._write("POST", of, "", self._written, body, {}))

    async def change(self, of: Set, key: str, values: Mapping[str, Any], etag: str) -> None:
        """Some fields of an entity, if it is still the version that was read."""
        body = json.dumps(values, ensure_ascii=False).encode()
        await self._write("PATCH", of, key, self._done, body, {"If-Match": etag})

    async def ready_to_write(self, service: str) -> None:
        """Returns when a write would be let through the protection against forged requests."""
        await self._need_token(service)

    async def _write(
        self, method: str, of: Set, key: str, parse: Callable[[Answer], T], body: bytes, headers: Mapping[str, str]
    ) -> T:
        path = self._path(of.path, {}, key)
        await self._need_token(of.service)
        token = self._session.token
        try:
            return await self._http.send(method, path, parse, body, dict(headers) | self._session.headers)
        except ErpError as error:
            if not wants_new_token(error):
                raise
        # The session had ended; nothing was written.
        self._session.forget(token)
        await self._need_token(of.service)
        try:
            return await self._http.send(method, path, parse, body, dict(headers) | self._session.headers)
        except ErpError as error:
            if wants_new_token(error):
                raise ErpError(NO_TOKEN, permanent=False, evidence=error.evidence) from error
            raise

    async def _need_token(self, service: str) -> None:
        """Fetches a token where there is none. One fetch serves all who wait for it.

        A system with the protection switched off gives none, and asks for none.
        """
        async with self._fetching:
            if self._session.token:
                return
            try:
                await self._http.get(self._path(f"/{service}/", {"$format": "json"}), lambda answer: None, FETCH)
            except ErpError:
                if not self._session.token:
                    raise

    def _path(self, path: str, query: Mapping[str, str], key: str = "") -> str:
        told = "&".join(f"{name}={percent(value)}" for name, value in {**query, **self._constants}.items())
        return path + percent(key) + (f"?{told}" if told else "")

    def _follow(self, path: str, following: str) -> str:
        """Only the query of `__next`: behind a proxy it names a host that we cannot reach."""
        query = urlsplit(following).query
        missing = [f"{name}={percent(value)}" for name, value in self._constants.items() if f"{name}=" not in query]
        return f"{path}?{'&'.join((query, *missing))}"

    def _check(self, answer: Answer, *, reading: bool) -> None:
        if answer.status >= 400:
            raise refusal(answer, self._own, reading=reading)

    def _text(self, answer: Answer) -> str:
        self._check(answer, reading=True)
        return answer.text

    def _done(self, answer: Answer) -> None:
        self._check(answer, reading=False)

    def _written(self, answer: Answer) -> dict[str, Any]:
        self._check(answer, reading=False)
        return _data(answer)

    def _entity(self, answer: Answer) -> dict[str, Any]:
        self._check(answer, reading=True)
        return _data(answer)

    def _list(self, answer: Answer) -> "_Page":
        self._check(answer, reading=True)
        data = _data(answer)
        rows = data.get("results")
        if not isinstance(rows, list):
            raise ErpError(CUT, permanent=False, evidence=answer.evidence)
        return _Page(rows, int(data["__count"]) if "__count" in data else None, str(data.get("__next", "")))


@dataclass(frozen=True)
class _Page:
    rows: list[dict[str, Any]]
    count: int | None
    following: str


def _data(answer: Answer) -> dict[str, Any]:
    """What stands under «d»."""
    try:
        data = json.loads(answer.text)["d"]
    except (ValueError, KeyError, TypeError) as error:
        raise ErpError(CUT, permanent=False, evidence=answer.evidence) from error
    if isinstance(data, list):
        return {"results": data}
    if not isinstance(data, dict):
        raise ErpError(CUT, permanent=False, evidence=answer.evidence)
    return data
