"""«Люди»: who works in the console; one admin is always left."""

import asyncio
import re
from html import unescape

import httpx
import pytest
from sqlalchemy import func, select, update

from api.config import settings
from api.console import accounts, attempts, people
from api.console.attempts import TRIES, Visit
from api.db.models import AuditRow, LoginAttemptRow, StaffSessionRow, StaffUserRow
from api.db.session import staff_session
from api.errors import ApiError, Forbidden, TooMany
from tests.api.console.conftest import csrf_of, log_in

PAGE = "/console/system/people"
NEW = "корова на лугу 7"


@pytest.fixture
async def csrf(browser: httpx.AsyncClient) -> str:
    return csrf_of((await log_in(browser)).text)


async def person(login: str) -> StaffUserRow:
    async with staff_session() as session:
        return (await session.scalars(select(StaffUserRow).filter_by(login=login))).one()


async def add(browser: httpx.AsyncClient, csrf: str, login: str = "olga", role: str = "manager") -> str:
    """The temporary password as the page shows it."""
    answer = await browser.post(PAGE, data={"csrf": csrf, "login": login, "name": "Ольга <b>", "role": role})
    assert answer.status_code == 200 and "Ольга &lt;b&gt;" in answer.text
    return given_in(answer.text)


def given_in(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found is not None
    return unescape(found[1])


async def entered(login: str, password: str, network: str = "203.0.113.1") -> str | None:
    return await accounts.log_in(login, password, Visit(network), settings().clock.now())


async def actions() -> list[tuple[str, str]]:
    async with staff_session() as session:
        rows = await session.execute(select(AuditRow.action, AuditRow.subject).order_by(AuditRow.id))
        return [(row[0], row[1]) for row in rows][1:]


async def test_a_new_person_sets_a_password_of_their_own_before_all_else(browser: httpx.AsyncClient, csrf: str) -> None:
    password = await add(browser, csrf)
    assert password not in (await browser.get(PAGE)).text
    browser.cookies.clear()
    page = await browser.post("/console/login", data={"login": "olga", "password": password})
    assert page.url.path == "/console/me/password"
    assert (await browser.get("/console/conversations")).url.path == "/console/me/password"
    data = {"csrf": csrf_of(page.text), "old": password, "new": NEW, "again": NEW}
    assert (await browser.post("/console/me/password", data=data)).url.path == "/console/conversations"
    assert (await browser.get(PAGE)).status_code == 403
    assert [action for action, _ in await actions()] == ["person_add", "log_in", "password_change"]


async def test_a_temporary_password_does_not_lie_about_for_ever(browser: httpx.AsyncClient, csrf: str) -> None:
    password = await add(browser, csrf)
    async with staff_session() as session:
        given = StaffUserRow.password_changed_at - accounts.TEMPORARY
        await session.execute(update(StaffUserRow).filter_by(login="olga").values(password_changed_at=given))
    assert await entered("olga", password) is None


@pytest.mark.parametrize(
    ("login", "name", "role", "status"),
    [
        ("admin", "Двойник", "manager", 409),
        ("", "Ольга", "manager", 422),
        ("ольга", "Ольга", "manager", 422),
        ("a" * 33, "Ольга", "manager", 422),
        ("./run admin", "Ольга", "manager", 422),
        ("olga\n", " ", "manager", 422),
        ("olga", "и" * 61, "manager", 422),
        ("olga", "Оль\u202eга", "manager", 422),
        ("olga", "Ольга", "owner", 422),
    ],
)
async def test_who_cannot_be_added(
    browser: httpx.AsyncClient, csrf: str, login: str, name: str, role: str, status: int
) -> None:
    answer = await browser.post(PAGE, data={"csrf": csrf, "login": login, "name": name, "role": role})
    assert answer.status_code == status
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).select_from(StaffUserRow)) == 1


async def test_whoever_leaves_is_out_at_once(browser: httpx.AsyncClient, csrf: str) -> None:
    password = await add(browser, csrf)
    cookie = await entered("olga", password)
    olga = await person("olga")
    await browser.post(f"{PAGE}/{olga.id}/close", data={"csrf": csrf})
    async with staff_session() as session:
        found = await accounts.logged_in(session, accounts.session_of(str(cookie)), settings().clock.now())
        assert found is None and await session.get(StaffSessionRow, accounts.session_of(str(cookie))) is None
    assert await entered("olga", password) is None
    await browser.post(f"{PAGE}/{olga.id}/open", data={"csrf": csrf})
    assert await entered("olga", password)


async def test_role_password_second_factor_and_lock_are_an_admins_to_change(
    browser: httpx.AsyncClient, csrf: str
) -> None:
    first = await add(browser, csrf)
    olga = await person("olga")
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).filter_by(login="olga").values(totp_secret="sealed"))
    for _ in range(TRIES):
        await entered("olga", "wrong")
    with pytest.raises(TooMany):
        await entered("olga", first)
    assert "подбирают пароль: 5" in (await browser.get(PAGE)).text
    await browser.post(f"{PAGE}/{olga.id}/unlock", data={"csrf": csrf})
    assert await entered("olga", first)
    await browser.post(f"{PAGE}/{olga.id}", data={"csrf": csrf, "name": "Ольга Петровна", "role": "trainer"})
    await browser.post(f"{PAGE}/{olga.id}/second-factor", data={"csrf": csrf})
    shown = await browser.post(f"{PAGE}/{olga.id}/password", data={"csrf": csrf})
    second = given_in(shown.text)
    olga = await person("olga")
    assert (olga.name, olga.role, olga.totp_secret, olga.must_change_password) == (
        "Ольга Петровна",
        "trainer",
        "",
        True,
    )
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).select_from(StaffSessionRow).filter_by(user_id=olga.id)) == 0
    assert await entered("olga", first) is None and await entered("olga", second)
    done = [action for action, subject in await actions() if subject == "olga"]
    assert done == ["person_add", "person_unlock", "person_change", "person_second_factor", "person_password"]


async def test_an_admin_changes_nothing_of_their_own_here(browser: httpx.AsyncClient, csrf: str) -> None:
    own = await person("admin")
    for path, more in (
        ("", {"name": "Я", "role": "manager"}),
        ("/close", {}),
        ("/password", {}),
        ("/second-factor", {}),
    ):
        answer = await browser.post(f"{PAGE}/{own.id}{path}", data={"csrf": csrf, **more})
        assert answer.status_code == 409
    assert (await browser.post(f"{PAGE}/{own.id + 100}/close", data={"csrf": csrf})).status_code == 404
    assert (await person("admin")).role == "admin" and await actions() == []


@pytest.mark.parametrize("close", [True, False])
async def test_of_two_admins_who_remove_each_other_one_is_left(
    browser: httpx.AsyncClient, csrf: str, close: bool
) -> None:
    await add(browser, csrf, role="admin")
    first, second = await person("admin"), await person("olga")

    async def removes(by: str, whom: int) -> None:
        async with staff_session() as session:
            if close:
                await people.deactivate(session, by, whom)
            else:
                await people.change(session, by, whom, "Кто-то", "manager")

    done = await asyncio.gather(removes("admin", second.id), removes("olga", first.id), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Forbidden]
    async with staff_session() as session:
        left = select(func.count()).select_from(StaffUserRow).filter_by(role="admin", active=True)
        assert await session.scalar(left) == 1


async def test_the_command_makes_an_admin_and_brings_one_back(browser: httpx.AsyncClient, csrf: str) -> None:
    now = settings().clock.now()
    async with staff_session() as session:
        given = await people.create(session, "./run admin", "boss", "Борис", "admin", now)
        with pytest.raises(ApiError):
            await people.rescue(session, "./run admin", "nobody", now)
    assert await entered("boss", given)
    async with staff_session() as session:
        values = {"active": False, "totp_secret": "sealed"}
        await session.execute(update(StaffUserRow).filter_by(login="boss").values(values))
        await attempts.begin("password", "boss", Visit("203.0.113.1"), now)
        assert await people.rescue(session, "./run admin", "boss", now, NEW) == NEW
    boss = await person("boss")
    assert (boss.active, boss.totp_secret, boss.must_change_password) == (True, "", False)
    async with staff_session() as session:
        assert not (await session.scalars(select(LoginAttemptRow).filter_by(login="boss", succeeded=False))).all()
    assert await entered("boss", given) is None and await entered("boss", NEW)
