"""The one place that speaks HTTP with MAX. Nothing is repeated here: what got no answer may have been done."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from api.channels.max import failures
from api.channels.max.answers import Done
from api.channels.max.failures import Refusal
from api.channels.max.settings import MaxSettings
from api.channels.max.trust import context

log = structlog.get_logger()

Shape = TypeVar("Shape", bound=BaseModel)

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 25.0


class MaxClient:
    """Calls of the API; each raises DeliveryError and nothing else. The token travels in the header only."""

    def __init__(self, settings: MaxSettings) -> None:
        self._base = settings.api_url.rstrip("/")
        self._headers = {"Authorization": settings.token}
        self.http = httpx.AsyncClient(
            verify=context(settings.ca_file),
            proxy=settings.proxy or None,
            timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )
        """Without the token: files are fetched with it too."""

    async def close(self) -> None:
        """Gives back the connections."""
        await self.http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        shape: type[Shape],
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        wait: float = 0.0,
    ) -> Shape:
        """One request and its answer. `wait`: seconds that MAX may think longer than usual."""
        asked, total = f"{method} {path}", TOTAL_SECONDS + wait
        try:
            async with asyncio.timeout(total):
                response = await self.http.request(
                    method, self._base + path, params=query, json=body, headers=self._headers, timeout=total
                )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise failures.silence(asked, error) from error
        if not response.is_success:
            raise self._refused(asked, response)
        try:
            return shape.model_validate_json(response.content)
        except ValidationError as error:
            raise failures.unreadable(asked, str(error.errors(include_input=False, include_url=False))) from error

    async def change(self, method: str, path: str, **what: Any) -> None:
        """A call that answers with no more than success."""
        done = await self.call(method, path, Done, **what)
        if not done.success:
            raise failures.refused(Refusal(f"{method} {path}", 200, message=done.message))

    def _refused(self, asked: str, response: httpx.Response) -> Exception:
        code, message = _words(response)
        error = failures.refused(Refusal(asked, response.status_code, code, message, _retry_after(response)))
        if error.retry_after == failures.TOKEN_SECONDS and error.whole_channel:
            log.error("max.token_refused", evidence=error.evidence)
        return error


def _words(response: httpx.Response) -> tuple[str, str]:
    """Code and message of an error; of what is none of MAX's the beginning."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "code" in answer:
        return str(answer["code"]), str(answer.get("message", ""))
    return "", response.text[:200]


def _retry_after(response: httpx.Response) -> float | None:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdigit() else None
