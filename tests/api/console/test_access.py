"""Every address of the console, as the application itself lists them, with a session of each role.

A page that is added under /console belongs to a section, or is named here; else these tests fail.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import delete, select, update
from starlette.routing import BaseRoute

from api.console import access, accounts
from api.console.access import PENDING, ROLES, SECTIONS
from api.db.models import AuditRow, StaffSessionRow, StaffUserRow
from api.db.session import staff_session
from api.main import app
from tests.api.console.conftest import csrf_of, log_in

OPEN = {("GET", "/console/login"), ("POST", "/console/login"), ("GET", "/console/static/{name:path}")}
"""Without a login."""
OWN = {
    ("GET", "/console/"),
    ("POST", "/console/logout"),
    ("GET", "/console/code"),
    ("POST", "/console/code"),
    ("GET", "/console/me"),
    ("POST", "/console/me/sessions/{session_id}/end"),
    ("POST", "/console/me/sessions/end"),
    ("GET", "/console/me/password"),
    ("POST", "/console/me/password"),
    ("GET", "/console/me/second-factor"),
    ("POST", "/console/me/second-factor"),
    ("POST", "/console/me/second-factor/off"),
}
"""Of whoever is logged in, in every role."""
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
PLAIN = {"Accept": "application/json"}


@dataclass(frozen=True)
class Door:
    method: str
    pattern: str
    path: str
    for_trainers: bool
    for_admins: bool

    @property
    def roles(self) -> frozenset[str]:
        """Who may come in; empty: the address is nobody's."""
        if (self.method, self.pattern) in OWN:
            return frozenset(ROLES)
        found = [roles for address, _, roles in SECTIONS if f"{self.path}/".startswith(f"{address}/")]
        assert len(found) <= 1, self
        closed = {"manager", "trainer"} if self.for_admins else {"manager"} if self.for_trainers else set()
        return frozenset().union(*found) - closed


def routes(of: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Those of included routers too."""
    for route in of:
        nested = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if nested:
            yield from routes(nested)
        else:
            yield route


def sample(annotation: object) -> str:
    """Something that stands at this place of an address."""
    if annotation is UUID:
        return str(uuid4())
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return str(next(iter(annotation)).value)
    return "1"


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def doors() -> list[Door]:
    found = []
    for route in routes(app.routes):
        if not getattr(route, "path", "").startswith("/console"):
            continue
        assert isinstance(route, APIRoute), f"{route}: not a page that these tests know how to open"
        path = route.path_format
        for field in route.dependant.path_params:
            path = path.replace(f"{{{field.alias}}}", sample(field.field_info.annotation))
        asked = [*calls(route.dependant)]
        limits = access.trainer in asked, access.admin in asked
        found += [Door(method, route.path, path, *limits) for method in sorted(route.methods - {"HEAD"})]
    return found


DOORS = doors()
CLOSED = [door for door in DOORS if (door.method, door.pattern) not in OPEN]


async def enter(browser: httpx.AsyncClient, role: str) -> str:
    """Logs in and takes the role; the session's token."""
    page = await log_in(browser)
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role=role))
    return csrf_of(page.text)


def test_the_walk_sees_the_pages() -> None:
    seen = {(door.method, door.pattern) for door in DOORS}
    assert seen >= OPEN | OWN
    assert ("POST", "/console/conversations/{conversation_id:uuid}/reply") in seen
    assert len(CLOSED) > 40


def test_every_address_is_somebodys() -> None:
    assert [door for door in CLOSED if not door.roles] == []


async def test_without_a_login_every_address_leads_to_the_login(browser: httpx.AsyncClient) -> None:
    browser.follow_redirects = False
    for door in CLOSED:
        answer = await browser.request(door.method, door.path, headers=PLAIN)
        assert (answer.status_code, answer.headers.get("location")) == (303, access.LOGIN), door


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reaches_what_is_its_own_and_nothing_else(browser: httpx.AsyncClient, role: str) -> None:
    csrf = await enter(browser, role)
    for door in CLOSED:
        if role not in door.roles:
            data = {"csrf": csrf} if door.method in CHANGES else None
            answer = await browser.request(door.method, door.path, data=data, headers=PLAIN)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role"), door
    assert await actions() == ["log_in"]
    for door in CLOSED:
        if role in door.roles and door.method == "GET":
            with contextlib.suppress(TimeoutError):  # a stream of events never ends: it was opened
                async with asyncio.timeout(5):
                    answer = await browser.get(door.path, headers=PLAIN)
                    assert answer.status_code < 500 and answer.status_code != 403, door


async def test_no_change_without_the_sessions_own_token(browser: httpx.AsyncClient) -> None:
    csrf = await enter(browser, "admin")
    forms: list[dict[str, Any]] = [
        {},
        {"data": {"csrf": "forged"}},
        {"data": {"csrf": "й"}},
        {"params": {"csrf": csrf}},  # what stands in an address ends up in logs
        {"json": {"csrf": csrf}},
    ]
    for door in CLOSED:
        if door.method in CHANGES:
            for form in forms:
                answer = await browser.request(door.method, door.path, headers=PLAIN, **form)
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf"), (door, form)
    assert await actions() == ["log_in"]


@pytest.mark.parametrize("pending", PENDING)
async def test_a_login_that_is_not_complete_opens_its_next_step_only(
    browser: httpx.AsyncClient, pending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    csrf = await enter(browser, "admin")
    browser.follow_redirects = False
    async with staff_session() as session:
        if pending == "code":
            await session.execute(update(StaffSessionRow).values(second_factor=False))
        if pending == "password":
            await session.execute(update(StaffUserRow).values(must_change_password=True))
    if pending == "second-factor":
        monkeypatch.setattr(accounts.settings(), "admin_second_factor", "required")
    for door in CLOSED:
        if door.pattern in (PENDING[pending], "/console/logout"):
            continue
        data = {"csrf": csrf} if door.method in CHANGES else None
        answer = await browser.request(door.method, door.path, data=data, headers=PLAIN)
        assert (answer.status_code, answer.headers.get("location")) == (303, PENDING[pending]), door
    assert (await browser.get(PENDING[pending])).status_code == 200
    assert await actions() == ["log_in"]


async def test_a_session_that_was_ended_opens_nothing(browser: httpx.AsyncClient) -> None:
    csrf = await enter(browser, "admin")
    async with staff_session() as session:
        await session.execute(delete(StaffSessionRow))
    answer = await browser.post("/console/system/people", data={"csrf": csrf})
    assert answer.url.path == access.LOGIN


async def test_a_token_in_the_header_is_as_good(browser: httpx.AsyncClient) -> None:
    csrf = await enter(browser, "admin")
    answer = await browser.post("/console/logout", headers={"X-CSRF-Token": csrf})
    assert answer.url.path == access.LOGIN and answer.status_code == 200


async def actions() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


async def test_a_person_is_told_in_a_page_and_led_back(browser: httpx.AsyncClient) -> None:
    await enter(browser, "trainer")
    headers = {"Accept": "text/html", "Referer": "http://api/console/words?revoked=true"}
    refused = await browser.get("/console/system/people", headers=headers)
    assert refused.status_code == 403 and refused.headers["content-type"].startswith("text/html")
    assert "Раздел «Система» вам недоступен" in refused.text
    assert 'href="/console/words?revoked=true"' in refused.text
    assert 'href="/console/conversations"' not in refused.text  # the menu is the role's
    for path, status in (("/console/nowhere", 404), ("/console/conversations/no-uuid", 404)):
        answer = await browser.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status and 'href="/console/" role="button"' in answer.text
    strange = await browser.get(
        "/console/nowhere", headers={"Accept": "text/html", "Referer": "https://evil.example/console/x"}
    )
    assert "evil" not in strange.text
    assert (await browser.get("/console/nowhere", headers=PLAIN)).json() == {"detail": "Not Found"}
