"""The second factor: set up at the first login of an admin, asked for afterwards, good once, limited."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.config import settings
from api.console import accounts, second_factor
from api.console.attempts import CODE_TRIES, Visit
from api.console.sealed import seal, unseal
from api.db.models import AuditRow, StaffSessionRow, StaffUserRow
from api.db.session import staff_session
from api.errors import Conflict
from tests.api.console.conftest import PASSWORD, csrf_of, log_in

SET_UP = "/console/me/second-factor"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "admin_second_factor", "required")


def secret_of(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def sealed_of(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


async def set_up(browser: httpx.AsyncClient, page: str, **more: str) -> tuple[str, httpx.Response]:
    secret = secret_of(page)
    data = {"csrf": csrf_of(page), "sealed": sealed_of(page), "code": pyotp.TOTP(secret).now(), **more}
    return secret, await browser.post(SET_UP, data=data)


def next_code(secret: str) -> str:
    """Good already, and not the one that was just used up."""
    return pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=1)


async def user() -> StaffUserRow:
    async with staff_session() as session:
        return (await session.scalars(select(StaffUserRow).filter_by(login="admin"))).one()


@pytest.mark.parametrize(
    ("setting", "demo", "needed"),
    [("", True, False), ("", False, True), ("required", True, True), ("optional", False, False)],
)
def test_who_needs_one(monkeypatch: pytest.MonkeyPatch, setting: str, demo: bool, needed: bool) -> None:
    monkeypatch.setattr(settings(), "admin_second_factor", setting)
    monkeypatch.setattr(settings(), "demo", demo)
    assert settings().second_factor_required is needed


async def test_an_admin_is_led_to_set_it_up_and_gives_a_code_from_then_on(
    browser: httpx.AsyncClient, required: None
) -> None:
    page = await log_in(browser)
    assert page.url.path == SET_UP and "<svg" in page.text
    assert (await browser.get("/console/conversations")).url.path == SET_UP
    wrong = await browser.post(
        SET_UP, data={"csrf": csrf_of(page.text), "sealed": sealed_of(page.text), "code": "000000"}
    )
    assert wrong.status_code == 422 and secret_of(wrong.text) == secret_of(page.text)
    secret, done = await set_up(browser, wrong.text)
    assert done.url.path == "/console/conversations"
    kept = (await user()).totp_secret
    assert kept and secret not in kept and unseal("second factor", kept) == secret

    browser.cookies.clear()
    asked = await log_in(browser)
    assert asked.url.path == "/console/code" and "Разговоры" not in asked.text
    half = browser.cookies["console"]
    assert (await browser.get("/console/me")).url.path == "/console/code"
    used_up = pyotp.TOTP(secret).now()
    answer = await browser.post("/console/code", data={"csrf": csrf_of(asked.text), "code": used_up})
    assert answer.status_code == 403
    typed = next_code(secret)
    answer = await browser.post("/console/code", data={"csrf": csrf_of(asked.text), "code": f"{typed[:3]} {typed[3:]}"})
    assert answer.url.path == "/console/conversations"
    assert browser.cookies["console"] != half
    browser.cookies.clear()
    assert (await browser.get("/console/me", headers={"Cookie": f"console={half}"})).url.path == "/console/login"


async def test_a_code_is_good_once_also_at_the_same_moment(browser: httpx.AsyncClient) -> None:
    secret = pyotp.random_base32()
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(totp_secret=seal("second factor", secret)))
    at = datetime.now(UTC)
    code = pyotp.TOTP(secret).at(at)

    async def given_code() -> bool:
        async with staff_session() as session:
            person = (await session.scalars(select(StaffUserRow))).one()
            return await second_factor.accept(session, person, code, at)

    assert sorted(await asyncio.gather(*(given_code() for _ in range(4)))) == [False, False, False, True]


async def test_guessing_codes_is_limited_and_a_stranger_with_the_password_does_not_lock_out_a_known_browser(
    browser: httpx.AsyncClient,
) -> None:
    await log_in(browser)
    secret, _ = await set_up(browser, (await browser.get(SET_UP)).text, password=PASSWORD)
    now = settings().clock.now()
    for attempt in range(CODE_TRIES):
        cookie = await accounts.log_in("admin", PASSWORD, Visit(f"203.0.113.{attempt}"), now)
        async with staff_session() as session:
            half = await accounts.logged_in(session, accounts.session_of(cookie or ""), now)
        assert half is not None and half.pending == "code"
        assert await accounts.give_code(half, "000000", Visit("203.0.113.1"), now) is None
    stranger = Visit("203.0.113.99")
    page = await log_in(browser)
    async with staff_session() as session:
        held = await accounts.logged_in(session, accounts.session_of(browser.cookies["console"]), now)
    assert held is not None
    with pytest.raises(Exception, match="Слишком много"):
        await accounts.give_code(held, next_code(secret), stranger, now)
    answer = await browser.post("/console/code", data={"csrf": csrf_of(page.text), "code": next_code(secret)})
    assert answer.url.path == "/console/conversations"
    async with staff_session() as session:
        assert (await session.scalars(select(AuditRow).filter_by(action="login_locked"))).one().data == {"step": "code"}


async def test_half_a_login_is_over_in_minutes(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    await set_up(browser, (await browser.get(SET_UP)).text, password=PASSWORD)
    await log_in(browser)
    async with staff_session() as session:
        half = (await session.scalars(select(StaffSessionRow).filter_by(second_factor=False))).one()
    assert half.expires_at - half.created_at == timedelta(minutes=10)
    assert "этот браузер" not in (await browser.get("/console/me")).text


async def test_an_open_browser_alone_turns_it_neither_on_nor_off(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    page = (await browser.get(SET_UP)).text
    _, refused = await set_up(browser, page, password="wrong")
    assert refused.status_code == 422 and not (await user()).totp_secret
    _, done = await set_up(browser, page, password=PASSWORD)
    assert done.url.path == "/console/me" and "Включён" in done.text
    csrf = csrf_of(done.text)
    again = await browser.post(
        SET_UP, data={"csrf": csrf, "sealed": sealed_of(page), "code": "1", "password": PASSWORD}
    )
    assert again.status_code == 409
    assert (await browser.post(f"{SET_UP}/off", data={"csrf": csrf, "password": "wrong"})).status_code == 422
    assert (await user()).totp_secret
    await browser.post(f"{SET_UP}/off", data={"csrf": csrf, "password": PASSWORD})
    assert not (await user()).totp_secret


async def test_a_key_that_was_not_offered_to_this_person_is_refused(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    page = (await browser.get(SET_UP)).text
    secret = pyotp.random_base32()
    for sealed in ("", "forged", second_factor.offer("olga")[1], seal("second factor", f"admin {secret}")):
        data = {"csrf": csrf_of(page), "sealed": sealed or "-", "code": pyotp.TOTP(secret).now(), "password": PASSWORD}
        assert (await browser.post(SET_UP, data=data)).status_code == 409
    assert not (await user()).totp_secret


async def test_another_secret_key_is_told_and_lets_nobody_in(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log_in(browser)
    secret, _ = await set_up(browser, (await browser.get(SET_UP)).text, password=PASSWORD)
    page = await log_in(browser)
    monkeypatch.setattr(settings(), "secret_key", "another-key-of-the-server")
    answer = await browser.post("/console/code", data={"csrf": csrf_of(page.text), "code": next_code(secret)})
    assert answer.status_code == 409 and "./run admin reset admin" in answer.text


@given(st.integers(0, 2**33), st.integers(-5, 5))
def test_a_code_is_good_in_its_period_and_the_ones_beside_it(seconds: int, away: int) -> None:
    totp = pyotp.TOTP(SECRET)
    at = datetime.fromtimestamp(seconds, UTC)
    step = totp.timecode(at) + away
    if step < 0 or totp.timecode(at) < 1:
        return
    found = second_factor.step_of(SECRET, totp.generate_otp(step), at)
    assert (found == step) if abs(away) <= 1 else found != step


@given(st.text(max_size=12))
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    if re.fullmatch(r"\s*(\d\s*){6}", typed, re.ASCII) is None:
        assert second_factor.step_of(SECRET, typed, datetime(2025, 12, 15, tzinfo=UTC)) is None


@given(st.text(max_size=100), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_is_read_for_the_same_purpose_only(text: str, purpose: str, other: str) -> None:
    sealed = seal(purpose, text)
    assert unseal(purpose, sealed) == text
    assert unseal(other, sealed) == (text if other == purpose else None)
    assert unseal(purpose, sealed[:-2]) is None


def test_an_offer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    secret, sealed = second_factor.offer("admin")
    assert second_factor.offered("admin", sealed) == secret
    monkeypatch.setattr(second_factor, "OFFER", timedelta(seconds=-1))
    with pytest.raises(Conflict):
        second_factor.offered("admin", sealed)
