"""Logging in under attack: who is locked out and who is not, what a session is worth, passwords."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.config import settings
from api.console import accounts, attempts, passwords
from api.console.accounts import HALFWAY, IDLE, SESSION, ensure_first_admin
from api.console.attempts import LOGIN_TRIES, NETWORK_TRIES, TRIES, WINDOW, Visit
from api.console.browsers import known_as
from api.db.models import AuditRow, LoginAttemptRow, StaffSessionRow, StaffUserRow
from api.db.session import staff_session
from api.errors import TooMany
from tests.api.console.conftest import PASSWORD, csrf_of, log_in

NEW = "корова на лугу 7"


def visit(number: int, known: str = "") -> Visit:
    network = f"203.0.113.{number}"
    return Visit(network=network, counted=network, known=known)


async def entered(login: str, password: str, where: Visit) -> str | None:
    return await accounts.log_in(login, password, where, settings().clock.now())


async def rows() -> list[StaffSessionRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(StaffSessionRow)))


async def test_a_network_that_guesses_is_locked_out_and_no_other(browser: httpx.AsyncClient) -> None:
    for _ in range(TRIES):
        assert await entered("admin", "wrong", visit(1)) is None
    with pytest.raises(TooMany):
        await entered("admin", PASSWORD, visit(1))
    assert await entered("admin", PASSWORD, visit(2))
    async with staff_session() as session:
        locked = (await session.scalars(select(AuditRow).filter_by(action="login_locked"))).all()
    assert [(row.actor, row.subject) for row in locked] == [("admin", "203.0.113.1")]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing takes no time, for tests that count."""

    async def right(password: str, stored: str | None) -> bool:
        return password == PASSWORD and stored is not None

    monkeypatch.setattr(passwords, "right", right)


@pytest.mark.usefixtures("quick")
async def test_many_networks_at_once_do_not_lock_out_the_browser_that_was_here_before(
    browser: httpx.AsyncClient,
) -> None:
    await log_in(browser)
    known = browser.cookies["console_known"]
    for number in range(LOGIN_TRIES):
        assert await entered("admin", "wrong", visit(number)) is None
    with pytest.raises(TooMany):
        await entered("admin", PASSWORD, visit(200))
    assert await entered("admin", PASSWORD, visit(200, known))
    assert (await log_in(browser)).url.path == "/console/conversations"


@pytest.mark.usefixtures("quick")
async def test_a_known_browser_has_no_more_tries_than_another(browser: httpx.AsyncClient) -> None:
    known = attempts.mark("admin")
    for number in range(TRIES):
        assert await entered("admin", "wrong", visit(number, known)) is None
    with pytest.raises(TooMany):
        await entered("admin", PASSWORD, visit(99, known))
    assert await entered("admin", PASSWORD, visit(99))


@pytest.mark.parametrize("mark", ["of olga", "gAAAA-forged", "x" * 5000, "ы"])
async def test_a_mark_of_somebody_else_or_a_made_up_one_is_none(browser: httpx.AsyncClient, mark: str) -> None:
    strange = attempts.mark("olga") if mark == "of olga" else mark
    for _ in range(TRIES):
        await entered("admin", "wrong", visit(1))
    with pytest.raises(TooMany):
        await entered("admin", PASSWORD, visit(1, strange))


@pytest.mark.usefixtures("quick")
async def test_a_network_has_few_tries_at_all_logins_together(browser: httpx.AsyncClient) -> None:
    for number in range(NETWORK_TRIES):
        assert await entered(f"somebody-{number}", "wrong", visit(1)) is None
    with pytest.raises(TooMany):
        await entered("admin", PASSWORD, visit(1))
    everybody = Visit(network="127.0.0.1")  # behind a proxy that does not say whom it serves
    for number in range(NETWORK_TRIES + 1):
        assert await entered(f"somebody-{number}", "wrong", everybody) is None
    assert await entered("admin", PASSWORD, everybody)


async def test_attempts_at_the_same_moment_are_all_counted(browser: httpx.AsyncClient) -> None:
    made = await asyncio.gather(*(entered("admin", "wrong", visit(1)) for _ in range(12)), return_exceptions=True)
    assert len([one for one in made if one is None]) == TRIES
    assert all(one is None or isinstance(one, TooMany) for one in made)


@pytest.mark.usefixtures("quick")
async def test_the_lock_ends_by_itself(browser: httpx.AsyncClient) -> None:
    for _ in range(TRIES):
        await entered("admin", "wrong", visit(1))
    async with staff_session() as session:
        await session.execute(update(LoginAttemptRow).values(at=LoginAttemptRow.at - WINDOW))
    assert await entered("admin", PASSWORD, visit(1))


async def test_what_was_typed_as_a_login_is_not_kept(browser: httpx.AsyncClient) -> None:
    await browser.post("/console/login", data={"login": "my-secret-password", "password": "x"})
    async with staff_session() as session:
        kept = (await session.scalars(select(LoginAttemptRow.login))).one()
    assert kept.startswith("nobody:") and "secret" not in kept


@pytest.mark.parametrize("login", ["", "\0", "admin\0", "'; DROP TABLE staff_users; --", "a" * 100, "а́дмин", "\ud800"])
async def test_strange_logins_are_wrong_and_no_more(browser: httpx.AsyncClient, login: str) -> None:
    body = httpx.QueryParams({"login": login.encode("utf-8", "surrogatepass"), "password": "x" * 900})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.post("/console/login", content=str(body), headers=headers)
    assert answer.status_code in (403, 422)


async def test_an_unknown_login_takes_the_time_of_a_known_one(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = passwords._hasher.verify

    def noted(password: bytes, stored: str) -> bool:
        checked.append(stored)
        return real(password, stored)

    monkeypatch.setattr(passwords._hasher, "verify", noted)
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(active=False))
    for login in ("admin", "nobody-at-all"):
        assert await entered(login, PASSWORD, visit(1)) is None
    assert checked == [passwords._NOBODY] * 2


async def test_the_login_always_makes_a_new_session_and_keeps_only_its_digest(browser: httpx.AsyncClient) -> None:
    headers = {"Cookie": "console=planted-by-a-stranger"}
    form = {"login": "admin", "password": PASSWORD}
    await browser.post("/console/login", data=form, headers=headers)
    held = (await rows())[0]
    assert held.id == accounts.session_of(browser.cookies["console"])
    browser.cookies.clear()
    for stolen in (str(held.id), held.id.hex, "planted-by-a-stranger"):
        answer = await browser.get("/console/me", headers={"Cookie": f"console={stolen}"})
        assert answer.url.path == "/console/login"


@pytest.mark.parametrize(("column", "by"), [("seen_at", IDLE), ("expires_at", SESSION)])
async def test_a_session_ends_when_idle_and_in_any_case(browser: httpx.AsyncClient, column: str, by: timedelta) -> None:
    await log_in(browser)
    almost = by - timedelta(minutes=5)
    for passed, path in ((almost, "/console/me"), (timedelta(minutes=10), "/console/login")):
        async with staff_session() as session:
            await session.execute(update(StaffSessionRow).values({column: getattr(StaffSessionRow, column) - passed}))
            if column == "seen_at" and path == "/console/login":
                await session.execute(update(StaffSessionRow).values(seen_at=settings().clock.now() - by))
        assert (await browser.get("/console/me")).url.path == path


async def test_cookies_are_for_the_console_alone(browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.follow_redirects = False
    form = {"login": "admin", "password": PASSWORD}

    def cookies(answer: httpx.Response) -> list[str]:
        return [cookie for cookie in answer.headers.get_list("set-cookie") if "Max-Age=0" not in cookie]

    plain = cookies(await browser.post("/console/login", data=form))
    for cookie in plain:
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/console" in cookie
        assert "Secure" not in cookie
    session, known = sorted(plain, key=lambda cookie: "console_known" in cookie)[-2:]
    assert "Max-Age" not in session and "Max-Age" in known
    tls = await browser.post("https://api/console/login", data=form)
    assert all("Secure" in cookie for cookie in cookies(tls))
    monkeypatch.setattr(settings(), "public_url", "https://bot.example")
    behind = await browser.post("/console/login", data=form)  # the proxy does not say that it speaks https
    assert all("Secure" in cookie for cookie in cookies(behind))
    local = await browser.post("http://127.0.0.1/console/login", data=form)
    assert not any("Secure" in cookie for cookie in cookies(local))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_cannot_log_its_visitor_in(browser: httpx.AsyncClient, site: str) -> None:
    form = {"login": "admin", "password": PASSWORD}
    answer = await browser.post("/console/login", data=form, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403 and not await rows()


async def test_the_page_that_was_asked_for_comes_after_the_login(browser: httpx.AsyncClient) -> None:
    await browser.get("/console/words?phrase=%D1%81%D0%B3%D1%83%D1%85%D0%B0", headers={"Accept": "text/html"})
    answer = await log_in(browser)
    assert str(answer.url) == "http://api/console/words?phrase=%D1%81%D0%B3%D1%83%D1%85%D0%B0"
    assert (await log_in(browser)).url.path == "/console/conversations"  # once


@pytest.mark.parametrize(
    "planted",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/console//evil.example",
        "/console/../../evil",
        "/console/\\evil.example",
        "%2F%2Fevil.example/console/",
        "/console/%0d%0aLocation:%20https://evil.example",
        "javascript:alert(1)//console/",
        "/console/login",
        "/chat",
    ],
)
async def test_the_login_leads_nowhere_else(browser: httpx.AsyncClient, planted: str) -> None:
    browser.follow_redirects = False
    form = {"login": "admin", "password": PASSWORD}
    answer = await browser.post("/console/login", data=form, headers={"Cookie": f"console_wanted={planted}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")


async def test_a_new_password_ends_every_other_session(browser: httpx.AsyncClient) -> None:
    other = await entered("admin", PASSWORD, visit(1))
    csrf = csrf_of((await log_in(browser)).text)
    before = browser.cookies["console"]

    async def change(old: str, new: str, again: str) -> httpx.Response:
        data = {"csrf": csrf, "old": old, "new": new, "again": again}
        return await browser.post("/console/me/password", data=data)

    for old, new, again in (
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, NEW + "!"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        (PASSWORD, "admin1234567", "admin1234567"),
        (PASSWORD, PASSWORD, PASSWORD),
    ):
        answer = await change(old, new, again)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, (old, new)
    changed = await change(PASSWORD, NEW, NEW)
    assert changed.url.path == "/console/me" and browser.cookies["console"] != before
    assert len(await rows()) == 1
    for ended in (before, str(other)):
        async with staff_session() as session:
            found = await accounts.logged_in(session, accounts.session_of(ended), settings().clock.now())
        assert found is None
    assert await entered("admin", PASSWORD, visit(2)) is None
    assert await entered("admin", NEW, visit(2))


async def test_guessing_the_old_password_in_an_open_browser_is_limited(browser: httpx.AsyncClient) -> None:
    csrf = csrf_of((await log_in(browser)).text)
    data = {"csrf": csrf, "old": "wrong", "new": NEW, "again": NEW}
    answers = [(await browser.post("/console/me/password", data=data)).status_code for _ in range(TRIES + 1)]
    assert answers == [422] * TRIES + [429]


async def test_what_a_person_set_outlives_the_next_start(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "admin_password", "another-of-the-environment")
    async with staff_session() as session:
        await ensure_first_admin(session)
    assert await entered("admin", "another-of-the-environment", visit(1))
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(password_changed_at=settings().clock.now(), role="manager"))
        session.add(StaffUserRow(login="olga", name="Ольга", role="admin", password_hash="x"))
    monkeypatch.setattr(settings(), "admin_password", PASSWORD)
    async with staff_session() as session:
        await ensure_first_admin(session)
        user = (await session.scalars(select(StaffUserRow).filter_by(login="admin"))).one()
    assert user.role == "manager"
    assert await entered("admin", PASSWORD, visit(1)) is None


async def test_the_person_sees_their_sessions_and_ends_them(browser: httpx.AsyncClient) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 <script>"
    await accounts.log_in("admin", PASSWORD, Visit("203.0.113.9", browser=agent), settings().clock.now())
    csrf = csrf_of((await log_in(browser)).text)
    page = (await browser.get("/console/me")).text
    assert "Chrome, Windows" in page and "203.0.113.9" in page and "<script>" not in page
    assert page.count("этот браузер") == 1
    theirs = next(row.id for row in await rows() if row.address == "203.0.113.9")
    await browser.post(f"/console/me/sessions/{theirs}/end", data={"csrf": csrf})
    assert theirs not in {row.id for row in await rows()}
    async with staff_session() as session:
        stranger = StaffUserRow(login="olga", name="Ольга", role="admin", password_hash="x")
        session.add(stranger)
        await session.flush()
        cookie = await accounts.open_session(session, stranger, Visit(), settings().clock.now(), full=True)
    await browser.post(f"/console/me/sessions/{accounts.session_of(cookie)}/end", data={"csrf": csrf})
    assert len(await rows()) == 2  # not another person's
    answer = await browser.post("/console/me/sessions/end", data={"csrf": csrf})
    assert answer.url.path == "/console/login" and [row.user_id for row in await rows()] == [stranger.id]


@given(st.text(max_size=40), st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=2, max_size=12))
def test_a_password_that_is_taken_is_long_varied_and_not_the_login(password: str, login: str) -> None:
    try:
        passwords.check(password, login)
    except passwords.WeakPassword:
        return
    assert len(password) >= 12 and len(set(password)) >= 5
    assert password.casefold().strip("0123456789") != login


@given(st.sampled_from(["a", "admin", "olga.p"]))
def test_a_made_password_is_good_enough(login: str) -> None:
    passwords.check(passwords.made(), login)


async def test_a_password_is_the_same_however_its_letters_are_put_together() -> None:
    kept = await passwords.kept("мой чайник ёлка")
    assert await passwords.right("мои\u0306 чаи\u0306ник е\u0308лка", kept)
    assert not await passwords.right("мои чаиник елка", kept)
    assert not await passwords.right("x" * 201, kept)
    assert not await passwords.right("", None)


@given(st.text(max_size=300))
def test_any_browser_has_a_name(agent: str) -> None:
    assert known_as(agent)


def test_half_a_login_is_short() -> None:
    assert HALFWAY < WINDOW < IDLE < SESSION
