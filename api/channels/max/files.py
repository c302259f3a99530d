"""Fetching what a person attached. The address came from outside: only MAX's own file hosts are asked."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import httpx

from api.channels.errors import DeliveryError
from api.channels.max import failures

ASKED = "GET file"
MOST_REDIRECTS = 3
TOTAL_SECONDS = 60.0


async def fetch(http: httpx.AsyncClient, url: str, hosts: Sequence[str], most: int) -> bytes:
    """At most `most` bytes of the file. Raises DeliveryError; the address, which carries a signature, is not told."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            for _ in range(MOST_REDIRECTS + 1):
                _check(url, hosts)
                async with http.stream("GET", url) as response:
                    if not response.is_redirect:
                        return await _content(response, most)
                    url = urljoin(url, response.headers["location"])
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise failures.silence(ASKED, error) from error
    raise _refused("too many redirects")


def _check(url: str, hosts: Sequence[str]) -> None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise _refused("no address") from error
    if parts.scheme != "https" or parts.username is not None:
        raise _refused("not a plain https address")
    if not any(host == known or host.endswith(f".{known}") for known in hosts):
        raise _refused(f"{host[:100]} is none of MAX_FILE_HOSTS")


async def _content(response: httpx.Response, most: int) -> bytes:
    if response.status_code >= 500 or response.status_code == 429:
        raise failures.refused(failures.Refusal(ASKED, response.status_code))
    if not response.is_success:
        raise _refused(f"status {response.status_code}")
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > most:
            raise _refused(f"more than {most} bytes")
    return bytes(content)


def _refused(why: str) -> DeliveryError:
    return DeliveryError("Файл не получить.", permanent=True, evidence=f"{ASKED}: {why}")
