"""A browser in front of the console, and the small distributor of the orders' tests."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.config import settings
from api.console import passwords
from api.console.accounts import ensure_first_admin
from api.db.session import staff_session
from tests.api.orders.conftest import world

__all__ = ["world"]

PASSWORD = "a-password-of-the-tests"


@pytest.fixture
async def browser(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    from api.main import app

    # A real password's cost is seconds of argon2 for each test; what is compared stays the same.
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))
    monkeypatch.setattr(settings(), "admin_password", PASSWORD)
    async with staff_session() as session:
        await ensure_first_admin(session)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", follow_redirects=True) as client:
        yield client


async def log_in(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.post("/console/login", data={"login": "admin", "password": PASSWORD})


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def turned(browser: httpx.AsyncClient, address: str) -> list[str]:
    """What the rows of a list say, page by page, as whoever presses «Дальше» reads them."""
    said: list[str] = []
    while address:
        page = (await browser.get(address)).text
        said += re.findall(r'<p class="said">(.*?)</p>', page, re.DOTALL)
        following = re.search(r'href="([^"]+)">Дальше', page)
        address = following[1].replace("&amp;", "&") if following else ""
    return said
