"""Codes, invitations, passwords: re-used, expired, revoked, another's, guessed."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from api.config import settings
from api.customers import codes, identity, logins
from api.db.models import AuditRow, CompanyCodeRow, ContactLoginRow, ContactRow, ConversationRow, SignInAttemptRow
from api.db.session import staff_session
from api.errors import Forbidden
from tests.api.customers.conftest import OLGA, PETRA_CODE, bearer, chat, visitor
from tests.api.isolation.conftest import PETRA_MILK, milk_price, shut
from tests.api.orders.conftest import BEREZKA, PETRA, World

Later = Callable[[timedelta], None]
Policy = Callable[..., None]


async def issue(**limits: object) -> tuple[int, str]:
    async with staff_session() as session:
        row, code = await codes.issue(session, PETRA, "anna", **limits)  # type: ignore[arg-type]
    return row.id, code


async def enter(web: httpx.AsyncClient, code: str) -> httpx.Response:
    conversation, _ = await visitor(web)
    return await web.post("/v1/session/sign-in", json={"code": code}, headers=bearer(conversation))


async def test_an_issued_code_is_kept_as_a_digest_only(web: httpx.AsyncClient) -> None:
    _, code = await issue()
    assert re.fullmatch(r"([ABCEHKMPTX2345679]{4}-){2}[ABCEHKMPTX2345679]{4}", code)
    async with staff_session() as session:
        row = (await session.scalars(select(CompanyCodeRow).filter_by(source="own"))).one()
    assert code not in repr(vars(row)) and row.hint == code[:4]
    assert (await enter(web, code.lower().replace("-", " "))).status_code == 200


async def test_a_code_is_used_up(web: httpx.AsyncClient) -> None:
    _, code = await issue(uses=2)
    assert [(await enter(web, code)).status_code for _ in range(3)] == [200, 200, 403]


async def test_a_code_expires(web: httpx.AsyncClient, later: Later) -> None:
    _, code = await issue(expires_at=settings().clock.now() + timedelta(days=1))
    assert (await enter(web, code)).status_code == 200
    later(timedelta(days=1, minutes=1))
    assert (await enter(web, code)).status_code == 403


async def test_a_revoked_code_opens_nothing_and_ends_what_it_opened(web: httpx.AsyncClient) -> None:
    key, code = await issue()
    conversation, _ = await visitor(web, code=code)
    other, _ = await visitor(web, code=PETRA_CODE)
    async with staff_session() as session:
        row = (await session.scalars(select(CompanyCodeRow).filter_by(id=key))).one()
        assert await codes.revoke(session, row, settings().clock, end_sign_ins=True) == 1
    assert await shut(web, bearer(conversation, PETRA))
    assert (await web.get("/v1/session", headers=bearer(conversation))).json()["closed"] == "code"
    assert (await enter(web, code)).status_code == 403
    assert await milk_price(web, bearer(other, PETRA)) == PETRA_MILK


async def test_a_code_that_went_to_another_company_leads_there_only(web: httpx.AsyncClient) -> None:
    async with staff_session() as session:
        row = await session.get_one(CompanyCodeRow, codes.digest(PETRA_CODE))
        row.customer_id = BEREZKA
    assert (await enter(web, PETRA_CODE)).json()["customer"]["name"] == "ООО «Берёзка»"


async def test_an_invitation_is_of_one_person(web: httpx.AsyncClient) -> None:
    _, code = await issue(contact_id="olga")
    conversation, _ = await visitor(web, code=code)
    assert (await chat(conversation)).contact_id == "olga"
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).barred_at = settings().clock.now()
    assert await shut(web, bearer(conversation, PETRA))
    assert (await enter(web, code)).status_code == 403


async def test_an_invitation_does_not_outlive_the_move_to_another_company(web: httpx.AsyncClient) -> None:
    _, code = await issue(contact_id="olga")
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).customer_id = BEREZKA
    refused = await enter(web, code)
    assert refused.json()["error"]["code"] == "wrong_code"
    # Nor does anything else bind a company to another's person.
    conversation, _ = await visitor(web)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, conversation)
        with pytest.raises(Forbidden):
            await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    assert (await chat(conversation)).customer_id is None


async def test_a_wrong_code_tells_nothing_and_locks_out(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web)
    headers = bearer(conversation)
    texts = set()
    for number in range(5):
        answer = await web.post("/v1/session/sign-in", json={"code": f"KOFE-PETR{number}"}, headers=headers)
        texts.add(answer.json()["error"]["message"])
    assert texts == {"Такого кода нет. Проверьте, пожалуйста, или позовите менеджера."}
    right = await web.post("/v1/session/sign-in", json={"code": PETRA_CODE}, headers=headers)
    assert right.status_code == 429
    async with staff_session() as session:
        locked = (await session.scalars(select(AuditRow).filter_by(action="sign_in_locked"))).one()
    assert (locked.subject, locked.data["locked"]) == (str(conversation), "conversation")


async def _login(contact: str, login: str) -> str:
    async with staff_session() as session:
        return await logins.set_login(session, contact, login, settings().clock)


async def _link(web: httpx.AsyncClient, headers: dict[str, str]) -> str:
    answer = await web.post("/v1/session/login-link", headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"]).removeprefix(settings().public_base_url)


async def _submit(web: httpx.AsyncClient, path: str, login: str, password: str) -> httpx.Response:
    page = await web.get(path)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None, page.text
    form = {"csrf": csrf[1], "login": login, "password": password}
    return await web.post(path, data=form)


def _number(page: httpx.Response) -> str:
    shown = re.search(r'class="number"[^>]*>(\d{3}) (\d{3})<', page.text)
    assert shown is not None, page.text
    return shown[1] + shown[2]


async def _enter(web: httpx.AsyncClient, conversation: UUID, number: str) -> httpx.Response:
    return await web.post("/v1/session/one-time-code", json={"code": number}, headers=bearer(conversation))


async def test_a_password_signs_in_the_chat_of_its_link(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="login")
    password = await _login("olga", "Olga@petra")
    conversation, _ = await visitor(web)
    path = await _link(web, bearer(conversation))
    assert (await _submit(web, path, "olga@petra", "wrong")).status_code == 403
    done = await _submit(web, path, "OLGA@petra ", password)
    assert (await _enter(web, conversation, _number(done))).json()["step"] == "signed_in"
    assert await milk_price(web, bearer(conversation, PETRA)) == PETRA_MILK
    assert (await chat(conversation)).contact_id == "olga"
    # The link is used up, and nothing on the page asks for other hosts.
    assert (await web.get(path)).status_code == 404
    assert "default-src 'none'" in done.headers["content-security-policy"]


async def test_a_link_that_another_person_sent_lets_that_person_in_by_nothing_but_the_number(
    web: httpx.AsyncClient, policy: Policy, later: Later
) -> None:
    policy(sign_in_ways="login")
    password = await _login("olga", "olga")
    attacker, _ = await visitor(web)
    async with staff_session() as session:
        (await session.get_one(ConversationRow, attacker)).name = "Служба поддержки"
    path = await _link(web, bearer(attacker))
    form = (await web.get(path)).text
    # The attacker's own words stand nowhere, and the warning stands before the fields.
    assert "Служба" not in form and form.index("прислал кто-то другой") < form.index("<form")
    done = await _submit(web, path, "olga", password)
    number = _number(done)
    assert "Никому его не сообщайте" in done.text
    assert await shut(web, bearer(attacker, PETRA)) and await shut(web, bearer(attacker))
    view = (await web.get("/v1/session", headers=bearer(attacker))).json()
    assert (view["step"], view["sent_by"], view["me"]) == ("code_sent", ["page"], None)
    # In the victim's own chat it opens nothing, and it cannot be guessed.
    victim, _ = await visitor(web)
    assert (await _enter(web, victim, number)).status_code == 403
    wrong = "000000" if number != "000000" else "000001"
    tried = [(await _enter(web, attacker, wrong)).json()["error"]["code"] for _ in range(5)]
    assert set(tried) == {"wrong_page_number"}
    assert (await _enter(web, attacker, number)).json()["error"]["code"] == "page_number_over"
    assert (await chat(attacker)).customer_id is None


@pytest.mark.parametrize("spoiled", ["late", "new password", "dismissed"])
async def test_the_number_of_the_page_is_good_while_the_password_is(
    web: httpx.AsyncClient, policy: Policy, later: Later, spoiled: str
) -> None:
    policy(sign_in_ways="login")
    password = await _login("olga", "olga")
    conversation, _ = await visitor(web)
    number = _number(await _submit(web, await _link(web, bearer(conversation)), "olga", password))
    if spoiled == "late":
        later(timedelta(minutes=11))
    elif spoiled == "new password":
        await _login("olga", "olga")
    else:
        async with staff_session() as session:
            (await session.get_one(ContactRow, "olga")).barred_at = settings().clock.now()
    assert (await _enter(web, conversation, number)).status_code == 403
    assert (await chat(conversation)).customer_id is None


async def test_who_is_in_needs_no_link(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="login,code")
    conversation, _ = await visitor(web, code=PETRA_CODE)
    answer = await web.post("/v1/session/login-link", headers=bearer(conversation, PETRA))
    assert answer.json()["error"]["code"] == "already_in"


async def test_a_link_is_good_for_its_chat_and_a_quarter_of_an_hour(
    web: httpx.AsyncClient, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(sign_in_ways="login")
    conversation, _ = await visitor(web)
    first = await _link(web, bearer(conversation))
    second = await _link(web, bearer(conversation))
    assert (await web.get(first)).status_code == 404
    assert (await web.get(second)).status_code == 200
    assert (await web.get(second[:-2] + "xx")).status_code == 404
    from api.conversations import login_link

    monkeypatch.setattr(login_link, "LIFETIME_SECONDS", -1)
    assert (await web.get(second)).status_code == 404


async def test_a_form_of_another_browser_signs_nobody_in(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="login")
    password = await _login("olga", "olga")
    conversation, _ = await visitor(web)
    path = await _link(web, bearer(conversation))
    answer = await web.post(path, data={"csrf": "forged", "login": "olga", "password": password})
    assert answer.status_code == 403
    assert (await chat(conversation)).customer_id is None


async def test_passwords_lock_out_the_person_in_every_chat(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="login", sign_in_tries=3)
    password = await _login("olga", "olga")
    statuses = []
    for _ in range(3):
        conversation, _ = await visitor(web)
        path = await _link(web, bearer(conversation))
        statuses += [(await _submit(web, path, "olga", "wrong")).status_code for _ in range(2)]
    assert statuses == [403] * 6
    conversation, _ = await visitor(web)
    path = await _link(web, bearer(conversation))
    assert (await _submit(web, path, "olga", password)).status_code == 429
    async with staff_session() as session:
        rows = (await session.scalars(select(SignInAttemptRow))).all()
        hashed = (await session.get_one(ContactLoginRow, "olga")).password_hash
    assert {row.contact_id for row in rows} == {"olga"}
    assert hashed.startswith("$argon2") and password not in hashed


async def test_a_new_password_ends_what_the_old_one_opened(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="login")
    password = await _login("olga", "olga")
    conversation, _ = await visitor(web)
    page = await _submit(web, await _link(web, bearer(conversation)), "olga", password)
    await _enter(web, conversation, _number(page))
    other, _ = await visitor(web)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, other)
        await identity.sign_in(session, row, PETRA, "olga", f"phone:{OLGA}", settings().clock)
    await _login("olga", "olga")
    assert await shut(web, bearer(conversation, PETRA))
    assert (await web.get("/v1/session", headers=bearer(conversation))).json()["closed"] == "login"
    assert await milk_price(web, bearer(other, PETRA)) == PETRA_MILK


FromAddress = Callable[[str], httpx.AsyncClient]


async def test_the_lock_out_does_not_tell_which_logins_there_are(
    people: World, policy: Policy, from_address: FromAddress
) -> None:
    policy(sign_in_ways="login", sign_in_tries=2)
    await _login("olga", "olga")
    seen = []
    for name in ("olga", "nobody"):
        for number in range(6):
            async with from_address(f"198.51.100.{len(seen)}") as web:
                conversation, _ = await visitor(web)
                tried = await _submit(web, await _link(web, bearer(conversation)), name, f"wrong-{number}")
            seen.append(tried.status_code)
    assert seen[:6] == seen[6:] == [403] * 4 + [429] * 2
    async with staff_session() as session:
        rows = (await session.scalars(select(SignInAttemptRow.contact_id))).all()
    assert len(set(rows)) == 2 and "nobody" not in rows


async def test_a_network_of_ipv6_is_one_address(people: World, policy: Policy, from_address: FromAddress) -> None:
    policy(sign_in_ways="login,code", sign_in_tries=2)
    entered, submitted = [], []
    for number in range(1, 10):
        async with from_address(f"2001:db8:0:1::{number:x}") as web:
            entered.append((await web.post("/webchat/session", json={"code": f"WRONG-{number}"})).status_code)
    for number in range(1, 10):
        async with from_address(f"2001:db8:0:2::{number:x}") as web:
            conversation, _ = await visitor(web)
            path = await _link(web, bearer(conversation))
            submitted.append((await _submit(web, path, f"guess-{number}", "wrong")).status_code)
    assert entered == submitted == [403] * 8 + [429]


async def test_without_the_way_there_is_no_page(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web)
    assert (await web.post("/v1/session/login-link", headers=bearer(conversation))).status_code == 403


async def test_an_invitation_to_another_company_is_followed_once(web: httpx.AsyncClient) -> None:
    conversation, browser = await visitor(web, code=PETRA_CODE)
    async with staff_session() as session:
        _, code = await codes.issue(session, BEREZKA, "anna", contact_id="pavel", uses=1)
    headers = bearer(conversation, PETRA)
    assert (await web.post("/v1/session/sign-in", json={"code": "NO-CODE"}, headers=headers)).status_code == 403
    assert await milk_price(web, headers) == PETRA_MILK
    moved = await web.post("/v1/session/sign-in", json={"code": code}, headers=headers)
    assert moved.json()["customer"]["name"] == "ООО «Берёзка»"
    # The message is brought again, and the browser comes back with the code: neither needs another use.
    again = await web.post("/v1/session/sign-in", json={"code": code}, headers=bearer(conversation))
    assert again.status_code == 200
    token = browser["Authorization"].removeprefix("Bearer ")
    resumed = await web.post("/webchat/session", json={"visitor": token, "code": code})
    assert resumed.json()["conversation"] == str(conversation)
    assert await shut(web, headers)
    assert (await enter(web, code)).status_code == 403
