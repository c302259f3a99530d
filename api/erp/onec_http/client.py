"""The HTTP service of the extension: pages, objects, writes. Knows the protocol, not what the data mean."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.erp.errors import ErpError
from api.erp.http import Answer, HttpClient, percent
from api.erp.onec_http.refusals import refusal
from api.erp.onec_http.wire import Page, first_error

T = TypeVar("T", bound=BaseModel)

PAGE = 1000
CUT = "Ответ 1С оборвался."
OTHERWISE = "1С отвечает не по договору: версии бота и расширения разошлись."
OVERLAP = timedelta(minutes=10)
"""1C's clock may be slow, and a change of a long transaction is dated when it began."""
IDS_IN_ONE, IDS_LENGTH = 40, 1500
"""Ids in one request: a longer address is refused by IIS (2,048 characters)."""


class BotClient:
    """One base with the extension. Raises ErpError."""

    def __init__(self, http: HttpClient, page: int = PAGE) -> None:
        self._http = http
        self._page = page

    async def close(self) -> None:
        """Gives back the connections."""
        await self._http.close()

    async def read(self, path: str, kind: type[T], **options: str) -> T:
        """One object or one page."""
        query = "&".join(f"{name}={percent(value)}" for name, value in options.items())
        return await self._http.get(f"{path}?{query}" if query else path, _parser(kind))

    async def rows(
        self, path: str, kind: type[T], since: datetime | None = None, ids: Sequence[str] | None = None
    ) -> AsyncIterator[T]:
        """All items of a list, page by page; with `ids` only these."""
        options = {"limit": str(self._page)}
        if since is not None:
            options["since"] = (since - OVERLAP).isoformat()
        for portion in [None] if ids is None else portions(ids):
            only = {} if portion is None else {"ids": ",".join(portion)}
            async for item in self._pages(path, kind, options | only):
                yield item

    async def _pages(self, path: str, kind: type[T], options: dict[str, str]) -> AsyncIterator[T]:
        cursor: str | None = ""
        known: set[str | None] = {cursor}
        while cursor is not None:
            page = await self.read(path, Page[kind], **options, **({"cursor": cursor} if cursor else {}))  # type: ignore[valid-type]
            for item in page.items:
                yield item
            cursor = page.next
            if cursor is not None and cursor in known:
                raise ErpError(OTHERWISE, permanent=True, evidence=f"{path}: the cursor {cursor!r} comes again")
            known |= {cursor}

    async def write(self, method: str, path: str, kind: type[T], body: dict[str, Any] | None = None) -> T:
        """Sends once; `path` is already encoded."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return await self._http.send(method, path, _parser(kind), sent)


def part(text: str) -> str:
    """An id as a part of a path."""
    return percent(text).replace("/", "%2F")


def portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """Distinct ids, as many as fit into one address."""
    portion: list[str] = []
    for ref in dict.fromkeys(ids):
        if portion and (len(portion) >= IDS_IN_ONE or len(percent(",".join([*portion, ref]))) > IDS_LENGTH):
            yield portion
            portion = []
        portion.append(ref)
    if portion:
        yield portion


def _parser(kind: type[T]) -> Callable[[Answer], T]:
    """Reads an answer as this kind. Half an answer may be whole the next time; a strange one stays strange."""

    def parse(answer: Answer) -> T:
        if answer.status >= 400:
            raise refusal(answer)
        try:
            data = json.loads(answer.text)
        except ValueError as error:
            raise ErpError(CUT, permanent=False, evidence=answer.evidence) from error
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            where = first_error(error.errors(include_url=False, include_input=False))
            raise ErpError(OTHERWISE, permanent=True, evidence=f"{answer.asked}: {where}") from error

    return parse
