"""«Клиенты»: people, rights, numbers, logins, codes, invitations, requests; every change in the audit log."""

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from api.config import settings
from api.couriers.memory import MemoryCourier
from api.customers import identity
from api.db.models import (
    AuditRow,
    CompanyCodeRow,
    ContactLoginRow,
    ContactPhoneRow,
    ContactRow,
    ConversationRow,
    CustomerRow,
    OutboxRow,
    ProfileRequestRow,
    StaffUserRow,
)
from api.db.session import staff_session
from tests.api.console.conftest import csrf_of, log_in
from tests.api.customers.conftest import OLGA, bearer, people, policy, sms, visitor, work
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World

__all__ = ["people", "policy", "sms", "work"]

CARD = f"/console/customers/{PETRA}"


class Desk:
    """A manager at the customer's page."""

    def __init__(self, browser: httpx.AsyncClient, csrf: str) -> None:
        self.browser, self.csrf = browser, csrf

    async def do(self, path: str, **form: Any) -> httpx.Response:
        return await self.browser.post(f"{CARD}/{path}", data={"csrf": self.csrf, **form})


@pytest.fixture
async def desk(people: World, browser: httpx.AsyncClient) -> Desk:
    return Desk(browser, csrf_of((await log_in(browser)).text))


async def audited() -> list[tuple[str, str]]:
    async with staff_session() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.action != "log_in").order_by(AuditRow.id))
        return [(row.action, row.subject) for row in rows]


async def signed_in(people: World, contact: str, by: str) -> None:
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, people.conversations[PETRA])
        await identity.sign_in(session, row, PETRA, contact, by, settings().clock)


async def customer_of(people: World) -> str | None:
    async with staff_session() as session:
        return (await session.get_one(ConversationRow, people.conversations[PETRA])).customer_id


@pytest.mark.parametrize("wanted", ["кофейн", "Ольга", "8 900 111-22-33"])
async def test_a_customer_is_found_by_name_person_and_number(desk: Desk, wanted: str) -> None:
    page = await desk.browser.get("/console/customers", params={"q": wanted})
    assert "Кофейня у Петра" in page.text and "Берёзка" not in page.text


async def test_the_page_shows_people_and_is_kept_by_nobody(desk: Desk) -> None:
    page = await desk.browser.get(CARD)
    assert page.headers["cache-control"] == "no-store"
    assert "Ольга Савельева" in page.text and OLGA in page.text and "Павел" not in page.text


async def test_a_dismissed_person_is_out_at_once(desk: Desk, people: World) -> None:
    await signed_in(people, "olga", "login")
    await desk.do("contacts/olga/bar")
    assert await customer_of(people) is None
    assert "доступ закрыт" in (await desk.browser.get(CARD)).text
    await desk.do("contacts/olga/unbar")
    assert await customer_of(people) is None
    assert await audited() == [("contact_bar", "olga"), ("contact_unbar", "olga")]


async def test_a_number_is_bound_anew_and_its_sign_ins_end(desk: Desk, people: World) -> None:
    await signed_in(people, "olga", f"phone:{OLGA}")
    await desk.do("contacts/anna/phones", phone="8 900 111-22-33", take="true")
    assert await customer_of(people) is None
    async with staff_session() as session:
        rows = await session.scalars(select(ContactPhoneRow).filter_by(phone=OLGA, revoked_at=None))
        assert [row.contact_id for row in rows] == ["anna"]
    assert await audited() == [("phone_revoke", "olga"), ("phone_add", "anna")]


async def test_a_broken_number_is_refused_in_words(desk: Desk) -> None:
    answer = await desk.do("contacts/anna/phones", phone="1234")
    assert answer.status_code == 422
    assert "Номер нужен целиком" in answer.text


async def test_a_revoked_number_ends_only_its_own_sign_ins(desk: Desk, people: World) -> None:
    await signed_in(people, "olga", "login")
    await desk.do("contacts/olga/phones/revoke", phone=OLGA)
    assert await customer_of(people) == PETRA


async def test_a_manager_lets_a_number_open_its_chat_again(desk: Desk, people: World) -> None:
    await signed_in(people, "olga", f"phone:{OLGA}")
    await desk.do("contacts/olga/phones/revoke", phone=OLGA)
    chat = people.conversations[PETRA]
    await people.change(ConversationRow, {"id": chat}, phone=OLGA)
    await desk.do("contacts/anna/phones", phone=OLGA)
    assert "Снова узнавать по номеру" in (await desk.browser.get(CARD)).text
    # Not in the name of a person who has not got the number.
    assert (await desk.do(f"contacts/olga/chats/{chat}/trust")).status_code == 404
    await desk.do(f"contacts/anna/chats/{chat}/trust")
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, chat)).number_doubted_at is None
    assert "Снова узнавать" not in (await desk.browser.get(CARD)).text
    assert ("number_trust", "anna") in await audited()


async def test_rights_are_set_and_prices_above_are_put_away(desk: Desk, people: World) -> None:
    await signed_in(people, "olga", "login")
    async with staff_session() as session:
        await session.execute(update(ConversationRow).values(last_seq=7))
    await desk.do("contacts/olga/rights", right=["people", "order", "everything"])
    async with staff_session() as session:
        assert (await session.get_one(ContactRow, "olga")).rights == ["order", "people"]
        assert (await session.get_one(ConversationRow, people.conversations[PETRA])).hidden_until == 7


async def test_a_password_is_shown_once(desk: Desk) -> None:
    page = await desk.do("contacts/olga/login", login="Olga")
    shown = re.search(r"пароль <strong>(\S+)</strong>", page.text)
    assert shown is not None
    assert shown[1] not in (await desk.browser.get(CARD)).text
    async with staff_session() as session:
        assert (await session.get_one(ContactLoginRow, "olga")).login == "olga"
    taken = await desk.do("contacts/anna/login", login="olga")
    assert taken.status_code == 409 and "уже занят" in taken.text


async def test_a_login_is_taken_away(desk: Desk, people: World) -> None:
    assert "Убрать логин" not in (await desk.browser.get(CARD)).text
    await desk.do("contacts/olga/login", login="olga")
    await signed_in(people, "olga", "login")
    assert "Убрать логин olga" in (await desk.browser.get(CARD)).text
    await desk.do("contacts/olga/login/remove")
    assert await customer_of(people) is None
    async with staff_session() as session:
        assert await session.get(ContactLoginRow, "olga") is None
    assert await audited() == [("login_set", "olga"), ("login_remove", "olga")]


async def test_a_code_is_issued_shown_once_and_revoked(desk: Desk) -> None:
    page = await desk.do("codes", days="30", uses="5")
    shown = re.search(r"Новый код: <strong>(\S+)</strong>", page.text)
    assert shown is not None
    again = (await desk.browser.get(CARD)).text
    assert shown[1] not in again and "осталось входов: 5" in again
    conversation, _ = await visitor(desk.browser, code=shown[1])
    async with staff_session() as session:
        row = (await session.scalars(select(CompanyCodeRow).filter_by(source="own"))).one()
    await desk.do(f"codes/{row.id}/revoke", end="true")
    me = await desk.browser.get("/v1/me", headers=bearer(conversation))
    assert me.json()["signed_in"] is False
    assert await audited() == [("code_issue", str(row.id)), ("code_revoke", str(row.id))]


async def test_who_is_in_by_a_code_can_be_put_out_whatever_became_of_it(desk: Desk) -> None:
    page = await desk.do("codes", days="30", uses="1")
    shown = re.search(r"Новый код: <strong>(\S+)</strong>", page.text)
    assert shown is not None
    conversation, _ = await visitor(desk.browser, code=shown[1])
    assert "входы кончились" in (await desk.browser.get(CARD)).text
    async with staff_session() as session:
        row = (await session.scalars(select(CompanyCodeRow).filter_by(source="own"))).one()
    await desk.do(f"codes/{row.id}/revoke")
    page = await desk.browser.get(CARD)
    assert "отозван" in page.text and "вошли по коду: 1" in page.text
    # Not from another company's page.
    other = f"/console/customers/{BEREZKA}/codes/{row.id}/end"
    assert (await desk.browser.post(other, data={"csrf": desk.csrf})).status_code == 404
    await desk.do(f"codes/{row.id}/end")
    me = await desk.browser.get("/v1/me", headers=bearer(conversation))
    assert me.json()["signed_in"] is False
    assert shown[1][:4] not in (await desk.browser.get(CARD)).text
    assert (await audited())[-1] == ("code_end", str(row.id))


async def test_an_invitation_has_a_link_a_qr_and_the_words(desk: Desk, policy: Callable[..., None]) -> None:
    policy(invite_telegram="prodexpress_bot", invite_whatsapp="79000000001", invite_web="https://shop.example/")
    page = (await desk.do("contacts/olga/invitation")).text
    assert "Теперь заказы можно оформлять и через Telegram, WhatsApp или чат на сайте" in page
    assert "По телефону заказать можно, как и раньше. Если что — менеджер всегда на связи: Анна" in page
    code = re.search(r"https://t\.me/prodexpress_bot\?start=([A-Z0-9-]+)", page)
    assert code is not None
    assert f"https://shop.example/?code={code[1]}" in page
    assert page.count("<svg") == 3
    _, headers = await visitor(desk.browser, code=code[1])
    async with staff_session() as session:
        row = (await session.scalars(select(ConversationRow).filter_by(contact_id="olga"))).one()
    assert row.signed_in_by.startswith("code:") and headers


async def test_an_invitation_goes_out_by_mail(
    desk: Desk, sms: MemoryCourier, work: Callable[[], Any], people: World
) -> None:
    assert "Отправить на почту" in (await desk.browser.get(CARD)).text
    await desk.do("contacts/olga/invitation/email")
    await work()
    (letter,) = sms.letters
    assert letter.to == "olga@petra.example" and "Вот ссылка на бота: http://127.0.0.1" in letter.text
    jobs = [args for name, args in await people.jobs() if name == "invitations.send"]
    assert jobs == []
    assert (await desk.do("contacts/pavel/invitation/email")).status_code == 404


async def test_a_request_is_decided_and_the_customer_hears_of_it(desk: Desk, people: World) -> None:
    conversation = people.conversations[PETRA]
    await people.add(
        ProfileRequestRow(
            at=NOW, customer_id=PETRA, conversation_id=conversation, kind="address", data={"text": "<b>переехали</b>"}
        )
    )
    assert "ждут решения: 1" in (await desk.browser.get("/console/")).text
    page = (await desk.browser.get(CARD)).text
    assert "&lt;b&gt;переехали" in page
    await desk.do("requests/1/done")
    await desk.do("requests/1/refused")
    async with staff_session() as session:
        said = (await session.scalars(select(OutboxRow.text))).all()
        assert (await session.get_one(ProfileRequestRow, 1)).state == "done"
    assert said == ["Готово: адрес, точка."]


FORMS = (
    "contacts", "contacts/olga/rights", "contacts/olga/bar", "contacts/olga/unbar", "contacts/olga/phones",
    "contacts/olga/phones/revoke", "contacts/olga/login", "contacts/olga/login/remove",
    "contacts/olga/invitation", "contacts/olga/invitation/email",
    f"contacts/olga/chats/{UUID(int=1)}/trust", "codes", "codes/1/revoke", "codes/1/end", "requests/1/done",
    "card", "card/1/ours",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
async def test_forms_are_of_this_session_only(desk: Desk, form: str) -> None:
    data = {
        "csrf": "forged",
        "name": "x",
        "phone": OLGA,
        "login": "olga",
        "field": "address",
        "subject": "x",
        "after": "y",
    }
    assert (await desk.browser.post(f"{CARD}/{form}", data=data)).status_code == 403
    assert await audited() == []


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith("contacts/")])
async def test_people_of_another_customer_are_not_reached_from_here(desk: Desk, form: str) -> None:
    data = {"csrf": desk.csrf, "phone": OLGA, "login": "olga"}
    answer = await desk.browser.post(f"/console/customers/{BEREZKA}/{form}", data=data)
    assert answer.status_code == 404
    assert await audited() == []


async def test_a_trainer_sees_no_customers(desk: Desk) -> None:
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="trainer"))
    for door in ("/console/customers", CARD):
        answer = await desk.browser.get(door)
        assert answer.status_code == 403 and "Петра" not in answer.text
    assert (await desk.do("contacts/olga/bar")).status_code == 403


@pytest.mark.parametrize("name", ["ИП Жуков/Север", "№ 7?#1 & 50%"])
async def test_ids_are_any_strings_of_the_accounting_system(people: World, desk: Desk, name: str) -> None:
    """Whom nobody can bar is in for ever: SAP's people are called «customer/person», a folder's customers by name."""
    await people.add(
        CustomerRow(id=name, name=name, active=True), ContactRow(id=f"{name}/7", customer_id=name, name="Ян")
    )
    page = (await desk.browser.get("/console/customers", params={"q": name})).text
    (link,) = re.findall(r'href="(/console/customers/[^"]+)"', page)
    shown = (await desk.browser.get(html.unescape(link))).text
    (bar,) = re.findall(r'action="([^"]+/bar)"', shown)
    answer = await desk.browser.post(html.unescape(bar), data={"csrf": desk.csrf}, follow_redirects=True)
    assert answer.status_code == 200
    assert "доступ закрыт" in answer.text
