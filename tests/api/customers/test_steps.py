"""Signing in by a number: known, unknown, of several companies, shared; with a code and without."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.config import settings
from api.conversations import jobs
from api.couriers.memory import MemoryCourier
from api.customers import phones
from api.db.models import ContactRow, SignInAttemptRow
from api.db.session import staff_session
from tests.api.conversations.conftest import Work
from tests.api.customers.conftest import (
    IVAN,
    OLGA,
    PETRA_CODE,
    SHARED,
    Assistant,
    Person,
    bearer,
    chat,
    chat_of,
    visitor,
)
from tests.api.orders.conftest import BEREZKA, PETRA

Policy = Callable[..., None]
Later = Callable[[timedelta], None]


async def session_of(web: httpx.AsyncClient, person: Person) -> Any:
    conversation = await chat_of(person.name)
    answer = await web.get("/v1/session", headers=bearer(conversation.id, conversation.customer_id))
    return answer.json()


async def press(web: httpx.AsyncClient, person: Person, path: str, **body: str) -> httpx.Response:
    conversation = await chat_of(person.name)
    headers = bearer(conversation.id, conversation.customer_id)
    return await web.post(f"/v1/session/{path}", json=body, headers=headers)


def code_in(courier: MemoryCourier) -> str:
    return courier.letters[-1].text.split()[0]


async def share(person: Person, work: Work, phone: str, own: bool = True) -> None:
    await person.update(contact={"phone": phone, "own": own})
    await work()


@pytest.mark.parametrize("given", [OLGA, OLGA[1:], "8" + OLGA[2:], "+7 (900) 111-22-33"])
async def test_an_own_number_signs_in_and_the_words_go_on(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, given: str
) -> None:
    await share(person, work, given)
    conversation = await chat_of("vera")
    assert (conversation.customer_id, conversation.contact_id) == (PETRA, "olga")
    assert assistant.asked[-1]["metadata"]["customer"] == "ООО «Кофейня у Петра»"
    me = await web.get("/v1/me", headers=bearer(conversation.id, PETRA))
    assert (me.json()["contact_name"], me.json()["can_switch"]) == ("Ольга Савельева", False)


async def test_a_number_that_comes_by_itself_is_told_in_words(
    person: Person, assistant: Assistant, work: Work, web: httpx.AsyncClient
) -> None:
    await person.update(text="привет")
    await work()
    async with staff_session() as session:
        conversation = await session.merge(await chat_of("vera"))
        conversation.phone, conversation.phone_vouched_at = OLGA, settings().clock.now()
    assistant.answers("Молоко — 8 шт.")
    await person.update(text="молока 8")
    await work()
    said = [message.text for message in person.sees]
    assert said[-2:] == [jobs.RECOGNISED.format(customer="ООО «Кофейня у Петра»"), "Молоко — 8 шт."]


async def test_an_unknown_number_and_the_manager_who_adds_it(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await share(person, work, "+79990000000")
    assert (await session_of(web, person))["problem"] == "unknown_phone"
    async with staff_session() as session:
        assert (await session.get_one(SignInAttemptRow, 1)).succeeded is False
        await phones.add(session, "olga", "+79990000000", "manager", settings().clock.now())
    await person.update(text="а теперь?")
    await work()
    assert (await chat_of("vera")).contact_id == "olga"


async def test_one_person_of_two_companies_chooses_and_switches(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await share(person, work, IVAN)
    view = await session_of(web, person)
    assert (view["step"], {one["id"] for one in view["companies"]}) == ("company", {PETRA, BEREZKA})
    assert (await press(web, person, "company", company="nobody")).json()["error"]["code"] == "no_company"
    chosen = await press(web, person, "company", company=BEREZKA)
    assert chosen.json()["me"]["customer"] == {"name": "ООО «Берёзка»"}
    assert chosen.json()["me"]["can_switch"] is True
    # Until the other one is chosen, the present company stays.
    assert (await press(web, person, "switch")).json()["step"] == "company"
    assert (await chat_of("vera")).customer_id == BEREZKA
    assert (await press(web, person, "company", company=PETRA)).json()["me"]["customer"]["name"].endswith("Петра»")
    conversation = await chat_of("vera")
    assert (conversation.contact_id, conversation.hidden_until) == ("ivan-p", conversation.last_seq)


async def test_who_has_one_company_has_nothing_to_switch(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await share(person, work, OLGA)
    assert (await press(web, person, "switch")).json()["error"]["code"] == "one_company"


async def test_who_left_comes_back_by_the_button_only(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await share(person, work, OLGA)
    left = await press(web, person, "sign-out")
    assert (left.json()["step"], left.json()["left"]) == ("ask", True)
    await person.update(text="молока 8")
    await work()
    assert (await chat_of("vera")).customer_id is None
    await share(person, work, OLGA)
    assert (await chat_of("vera")).customer_id == PETRA


async def test_a_code_always_asked_for(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier
) -> None:
    policy(sign_in_ways="otp", otp_when="always")
    await share(person, work, OLGA)
    view = await session_of(web, person)
    assert (view["step"], view["sent_by"]) == ("code_sent", ["sms"])
    assert [letter.to for letter in sms.letters] == [OLGA]
    wrong = "000000" if code_in(sms) != "000000" else "000001"
    assert (await press(web, person, "one-time-code", code=wrong)).json()["error"]["code"] == "wrong_one_time_code"
    assert (await press(web, person, "resend")).json()["error"]["code"] == "code_just_sent"
    done = await press(web, person, "one-time-code", code=code_in(sms))
    assert done.json()["me"]["contact_name"] == "Ольга Савельева"
    # Used up.
    await press(web, person, "sign-out")
    assert (await press(web, person, "one-time-code", code=code_in(sms))).json()["error"]["code"] == "code_expired"


async def test_a_code_lives_ten_minutes_and_five_tries(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier,
    later: Later,
) -> None:  # fmt: skip
    policy(sign_in_ways="otp", otp_when="always", sign_in_tries=50)
    await share(person, work, OLGA)
    wrong = "000000" if code_in(sms) != "000000" else "000001"
    for _ in range(5):
        assert (await press(web, person, "one-time-code", code=wrong)).status_code == 403
    assert (await press(web, person, "one-time-code", code=code_in(sms))).json()["error"]["code"] == "code_expired"
    later(timedelta(minutes=2))
    assert (await press(web, person, "resend")).json()["step"] == "code_sent"
    await work()
    assert len(sms.letters) == 2
    later(timedelta(minutes=11))
    assert (await press(web, person, "one-time-code", code=code_in(sms))).json()["error"]["code"] == "code_expired"
    assert (await session_of(web, person))["step"] == "ask"


async def test_codes_are_sent_three_times_an_hour(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier,
    later: Later,
) -> None:  # fmt: skip
    policy(sign_in_ways="otp", otp_when="always")
    await share(person, work, OLGA)
    for expected in (200, 200, 429):
        later(timedelta(minutes=2))
        assert (await press(web, person, "resend")).status_code == expected
        await work()
    assert len(sms.letters) == 3


async def test_a_shared_number_is_a_doubt(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier
) -> None:
    await share(person, work, SHARED)
    view = await session_of(web, person)
    assert (view["step"], view["problem"], view["companies"]) == ("ask", "doubt", [])
    policy(sign_in_ways="otp")
    await share(person, work, SHARED)
    # The number proves nothing about one of them: each gets a code of their own, by mail.
    assert sorted(letter.to for letter in sms.letters) == ["anna@petra.example", "pavel@berezka.example"]
    code = next(letter.text.split()[0] for letter in sms.letters if letter.to.startswith("pavel"))
    assert (await press(web, person, "one-time-code", code=code)).json()["me"]["customer"]["name"] == "ООО «Берёзка»"
    assert (await chat_of("vera")).contact_id == "pavel"


async def test_the_web_tells_nobody_whether_a_number_is_known(
    web: httpx.AsyncClient, policy: Policy, sms: MemoryCourier, work: Work
) -> None:
    policy(sign_in_ways="otp")
    answers = []
    for phone in ("8 900 111-22-33", "+7 999 000-00-00"):
        conversation, _ = await visitor(web)
        answers.append(await web.post("/v1/session/phone", json={"phone": phone}, headers=bearer(conversation)))
        wrong = await web.post("/v1/session/one-time-code", json={"code": "1234567"}, headers=bearer(conversation))
        answers.append(wrong)
    assert answers[0].json() == answers[2].json()
    assert answers[1].json() == answers[3].json()
    assert answers[0].json()["step"] == "code_sent"
    await work()
    assert [letter.to for letter in sms.letters] == [OLGA]


async def test_a_typed_number_and_its_code_sign_the_browser_in(
    web: httpx.AsyncClient, policy: Policy, sms: MemoryCourier, work: Work
) -> None:
    policy(sign_in_ways="otp")
    conversation, _ = await visitor(web)
    headers = bearer(conversation)
    broken = await web.post("/v1/session/phone", json={"phone": "мой номер"}, headers=headers)
    assert broken.json()["error"]["code"] == "wrong_phone"
    await web.post("/v1/session/phone", json={"phone": "8 (900) 444-55-66"}, headers=headers)
    await work()
    proved = await web.post("/v1/session/one-time-code", json={"code": code_in(sms)}, headers=headers)
    assert proved.json()["step"] == "company"
    done = await web.post("/v1/session/company", json={"company": BEREZKA}, headers=headers)
    assert done.json()["step"] == "signed_in"
    row = await chat(conversation)
    assert (row.contact_id, row.signed_in_by, row.phone) == ("ivan-b", f"otp:{IVAN}", "")


async def test_numbers_cannot_be_tried_out_through_ever_new_chats(
    web: httpx.AsyncClient, policy: Policy, sms: MemoryCourier
) -> None:
    policy(sign_in_ways="otp")
    statuses = []
    for number in range(22):
        conversation, _ = await visitor(web)
        body = {"phone": f"+7 900 000-01-{number:02}"}
        statuses.append((await web.post("/v1/session/phone", json=body, headers=bearer(conversation))).status_code)
    assert statuses == [200] * 20 + [429] * 2


async def test_without_the_way_a_typed_number_is_nothing(web: httpx.AsyncClient, sms: MemoryCourier) -> None:
    conversation, _ = await visitor(web)
    answer = await web.post("/v1/session/phone", json={"phone": OLGA}, headers=bearer(conversation))
    assert answer.status_code == 403
    assert sms.letters == []


async def test_two_cards_of_one_person_at_a_company_give_the_lesser_rights(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    async with staff_session() as session:
        session.add(ContactRow(id="olga-2", customer_id=PETRA, name="Савельева Ольга", rights=["order"]))
        await session.flush()
        await phones.add(session, "olga-2", OLGA, "manager", settings().clock.now())
    await share(person, work, OLGA)
    assert (await chat_of("vera")).contact_id == "olga-2"


async def test_ways_follow_the_channel_and_the_policy(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy
) -> None:
    policy(sign_in_ways="phone,code,login")
    await person.update(text="привет")
    await work()
    assert (await session_of(web, person))["ways"] == ["contact", "code", "login"]
    conversation, _ = await visitor(web)
    assert (await web.get("/v1/session", headers=bearer(conversation))).json()["ways"] == ["code", "login"]
    policy(sign_in_ways="otp,code")
    assert (await web.get("/v1/session", headers=bearer(conversation))).json()["ways"] == ["typed", "code"]


async def test_company_codes_work_only_where_the_policy_has_them(web: httpx.AsyncClient, policy: Policy) -> None:
    policy(sign_in_ways="phone")
    conversation, _ = await visitor(web)
    answer = await web.post("/v1/session/sign-in", json={"code": PETRA_CODE}, headers=bearer(conversation))
    assert answer.json()["error"]["code"] == "wrong_code"
