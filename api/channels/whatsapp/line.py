"""HTTP to the provider: its answers, and its failures as DeliveryError."""

from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from api.channels.errors import DeliveryError
from api.channels.whatsapp.failures import refusal, urgent

log = structlog.get_logger()

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


class Line:
    """The connections to one provider. `headers` prove who we are, and go with every request."""

    def __init__(self, headers: Mapping[str, str], proxy: str = "") -> None:
        self._http = httpx.AsyncClient(headers=dict(headers), proxy=proxy or None, timeout=TIMEOUT)

    async def call(
        self, method: str, url: str, body: Mapping[str, Any] | None = None, *, seconds: float | None = None
    ) -> dict[str, Any]:
        """One request; the answer's JSON object. Raises DeliveryError."""
        timeout = TIMEOUT if seconds is None else httpx.Timeout(seconds)
        try:
            response = await self._http.request(method, url, json=body, timeout=timeout)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        _checked(response)
        try:
            return dict(response.json())
        except (ValueError, TypeError) as error:
            # Taken, as far as we can know: asking again might say it twice.
            raise DeliveryError("Непонятный ответ WhatsApp.", permanent=True, evidence="no JSON object") from error

    async def download(self, url: str, most: int) -> bytes:
        """The bytes behind the address, at most so many. Redirects are not followed. Raises DeliveryError."""
        content = bytearray()
        try:
            # Not compressed: a small answer must not become a large file in memory.
            async with self._http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    _checked(response)
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > most:
                        raise too_large()
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        return bytes(content)

    async def close(self) -> None:
        await self._http.aclose()


def too_large() -> DeliveryError:
    return DeliveryError("Файл слишком большой.", permanent=True, evidence="file too large")


def _unreachable(error: httpx.HTTPError) -> DeliveryError:
    # The class only: the text may hold the address with its key.
    return DeliveryError("WhatsApp сейчас не отвечает.", permanent=False, evidence=type(error).__name__)


def _checked(response: httpx.Response) -> None:
    if response.is_success:
        return
    failed = refusal(response)
    if urgent(response):
        log.error("whatsapp.needs_a_person", evidence=failed.evidence)
    raise failed
