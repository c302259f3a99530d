"""Fetching what a person attached. The address came from outside: only MAX's own file hosts are asked."""

import asyncio
import re
from collections.abc import Sequence

import httpx

from api.channels.errors import DeliveryError
from api.channels.max import failures

_HOST = re.compile(r"[a-z0-9.-]+")
ASKED = "GET file"
MOST_REDIRECTS = 3
TOTAL_SECONDS = 60.0


async def fetch(http: httpx.AsyncClient, url: str, hosts: Sequence[str], most: int) -> bytes:
    """At most `most` bytes of the file. Raises DeliveryError; the address, which carries a signature, is not told."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            for _ in range(MOST_REDIRECTS + 1):
                async with http.stream("GET", checked(url, hosts)) as response:
                    if not response.has_redirect_location:
                        return await _content(response, most)
                    url = str(response.url.join(response.headers["location"]))
    except httpx.InvalidURL as error:
        raise _refused("no address") from error
    except (httpx.HTTPError, TimeoutError) as error:
        raise failures.silence(ASKED, error) from error
    raise _refused("too many redirects")


def checked(url: str, hosts: Sequence[str]) -> httpx.URL:
    """The address, when it is https and leads to one of the hosts, or below one: read by the parser that will ask it.

    Raises DeliveryError, and InvalidURL.
    """
    address = httpx.URL(url)
    host = address.host.lower()
    if address.scheme != "https" or address.userinfo:
        raise _refused("not a plain https address")
    if not _HOST.fullmatch(host) or not any(host == known or host.endswith(f".{known}") for known in hosts):
        raise _refused(f"{host[:100]} is none of MAX_FILE_HOSTS")
    return address


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
