"""The one place where the accounting-system side speaks HTTP.

Reads are repeated, writes never: a write whose answer was lost may have been done. A backend that stays silent is left
alone for some seconds (api/erp/breaker.py): calls fail at once then. Redirects are not followed, and the Location
header is never looked at: 1C sends it as raw Cyrillic.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote

import httpx
import stamina

from api.erp.breaker import SILENT, Breaker, BreakerLimits, Open
from api.erp.errors import ErpError, Reason

T = TypeVar("T")

BUSY = "Учётная система занята."
NOT_LET_IN = "Учётная система не принимает пользователя бота: проверьте имя и пароль."
NO_RIGHT = "Учётная система не даёт пользователю бота нужного права."
MOVED = "По этому адресу учётной системы нет: проверьте адрес публикации."

LONGEST_WAIT = 15.0
"""Seconds that a reading waits when it is asked to come back later; a longer wait is the caller's to plan."""

# 402: 1C has no free licence for one more session.
BUSY_STATUSES = frozenset((402, 408, 425, 429, 502, 503, 504))


@dataclass(frozen=True)
class HttpLimits:
    """Seconds and counts. `concurrency` is small on purpose: each session of 1C holds a licence."""

    connect: float = 3.0
    read: float = 20.0
    total: float = 120.0
    concurrency: int = 4
    attempts: int = 3
    first_wait: float = 0.2


@dataclass(frozen=True)
class Answer:
    """What came back: a status that the adapter has to judge (2xx, 400, 404, 409, 500 …) and the body."""

    status: int
    body: bytes
    asked: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in any case."""

    @property
    def text(self) -> str:
        """The body as text; some servers put a byte order mark before it."""
        return self.body.decode("utf-8-sig", errors="replace")

    @property
    def evidence(self) -> str:
        """For a log: what was asked and how the answer begins."""
        return f"{self.asked} → {self.status}: {self.text[:500]}"


def percent(text: str) -> str:
    """UTF-8 percent-encoding for a part of an address; a space is %20, because a real 1C refused «+»."""
    return quote(text, safe="$()',:=")


class Pace(Protocol):
    """A backend's own limit on requests."""

    async def before(self, path: str) -> None:
        """Waits until the request may go."""

    def after(self, answer: Answer) -> float | None:
        """Learns from the answer; the seconds it asks to wait, or None."""


class RetryAfter:
    """No limit of its own; what the standard header asks for is kept."""

    async def before(self, path: str) -> None:
        """See Pace."""

    def after(self, answer: Answer) -> float | None:
        """See Pace."""
        asked = answer.headers.get("retry-after", "")
        return float(asked) if asked.isdigit() else None


class HttpClient:
    """A client of one backend; cookies stay with it.

    Environment proxies are not used: the system stands in the company's network.
    """

    def __init__(
        self,
        base: str,
        *,
        user: str = "",
        password: str = "",
        headers: Mapping[str, str] | None = None,
        limits: HttpLimits | None = None,
        pace: Pace | None = None,
        breaker: BreakerLimits | None = None,
    ) -> None:
        self.limits = limits or HttpLimits()
        self._base = base.rstrip("/")
        self._breaker = Breaker(self._base, breaker)
        self._slots = asyncio.Semaphore(self.limits.concurrency)
        self._pace = pace or RetryAfter()
        self._client = httpx.AsyncClient(
            auth=httpx.BasicAuth(user, password) if user else None,
            timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
            limits=httpx.Limits(max_connections=self.limits.concurrency),
            headers={"Accept": "application/json"} | dict(headers or {}),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Gives back the connections."""
        await self._client.aclose()

    async def get(self, path: str, parse: Callable[[Answer], T], headers: Mapping[str, str] | None = None) -> T:
        """Reads; `path` is already encoded. A transient ErpError, also one that `parse` raises, is tried again."""
        async with self._breaker.call():
            async for attempt in self._attempts():
                with attempt:
                    return parse(await self._exchange("GET", path, None, headers))
        raise AssertionError("stamina either returns or raises")

    async def stream(self, path: str, check: Callable[[Answer], None]) -> AsyncGenerator[bytes]:
        """Reads an answer of any size piece by piece; it holds one of the `concurrency` places until it is closed.

        Until the first piece it is tried again like `get`, later never. `check` raises what a status of 4xx or 5xx
        means.
        """
        async with self._slots:
            response = await self._opened(path, check)
            try:
                async for piece in response.aiter_bytes():
                    yield piece
            except httpx.RequestError as error:
                raise ErpError(SILENT, permanent=False, evidence=f"GET {unquote(path)}: {error!r}") from error
            finally:
                await response.aclose()

    async def _opened(self, path: str, check: Callable[[Answer], None]) -> httpx.Response:
        async with self._breaker.call():
            async for attempt in self._attempts():
                with attempt:
                    return await self._open(path, check)
        raise AssertionError("stamina either returns or raises")

    async def _open(self, path: str, check: Callable[[Answer], None]) -> httpx.Response:
        asked = f"GET {unquote(path)}"
        await self._pace.before(path)
        self._breaker.check()
        try:
            response = await self._client.send(self._client.build_request("GET", self._base + path), stream=True)
            if response.status_code < 300:
                return response
            try:
                async with asyncio.timeout(self.limits.read):
                    answer = Answer(response.status_code, await response.aread(), asked, response.headers)
            finally:
                await response.aclose()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ErpError(MOVED, permanent=True, evidence=f"{asked}: {error!r}") from error
        except (httpx.RequestError, TimeoutError) as error:
            raise ErpError(SILENT, permanent=False, evidence=f"{asked}: {error!r}") from error
        _check(answer, self._pace.after(answer))
        check(answer)
        raise ErpError(SILENT, permanent=False, evidence=answer.evidence)

    def _attempts(self) -> AsyncIterator[stamina.Attempt]:
        return stamina.retry_context(
            on=_may_pass,
            attempts=self.limits.attempts,
            timeout=self.limits.total,
            wait_initial=self.limits.first_wait,
            wait_jitter=self.limits.first_wait,
        )

    async def send(
        self,
        method: str,
        path: str,
        parse: Callable[[Answer], T],
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Writes, once. After a transient ErpError nobody knows whether it was done: look before repeating."""
        async with self._breaker.call():
            return parse(await self._exchange(method, path, body, headers))

    async def _exchange(self, method: str, path: str, body: bytes | None, more: Mapping[str, str] | None) -> Answer:
        asked = f"{method} {unquote(path)}"
        headers = {} if body is None else {"Content-Type": "application/json; charset=utf-8"}
        headers |= more or {}
        await self._pace.before(path)
        try:
            async with self._slots, asyncio.timeout(self.limits.total):
                self._breaker.check()
                response = await self._client.request(method, self._base + path, content=body, headers=headers)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ErpError(MOVED, permanent=True, evidence=f"{asked}: {error!r}") from error
        except (httpx.RequestError, TimeoutError) as error:
            raise ErpError(SILENT, permanent=False, evidence=f"{asked}: {error!r}") from error
        answer = Answer(response.status_code, response.content, asked, response.headers)
        _check(answer, self._pace.after(answer))
        return answer


def _may_pass(error: Exception) -> bool | float:
    """Whether to try again, after the seconds that the backend named, if any and not too many for who waits here."""
    if not isinstance(error, ErpError) or error.permanent or isinstance(error, Open):
        return False
    if (error.retry_after or 0) > LONGEST_WAIT:
        return False
    return error.retry_after or True


def _check(answer: Answer, retry_after: float | None) -> None:
    """Raises what means the same with every backend."""
    if answer.status in BUSY_STATUSES:
        raise ErpError(BUSY, permanent=False, evidence=answer.evidence, retry_after=retry_after)
    if answer.status == 401:
        raise ErpError(NOT_LET_IN, permanent=True, evidence=answer.evidence, reason=Reason.RIGHTS)
    if answer.status == 403:
        raise ErpError(NO_RIGHT, permanent=True, evidence=answer.evidence, reason=Reason.RIGHTS)
    if 300 <= answer.status < 400:
        raise ErpError(MOVED, permanent=True, evidence=answer.evidence)
