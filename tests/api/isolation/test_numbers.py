"""Numbers that changed hands: shared long ago, closed once, revoked while a step of signing in waits."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx

from api.channels.memory import MemoryMessenger
from api.channels.port import InboundMessage, OwnerChanged, SharedContact
from api.config import settings
from api.conversations import intake
from api.couriers.memory import MemoryCourier
from api.customers import phones
from api.db.session import staff_session
from tests.api.conversations.conftest import Work
from tests.api.customers.conftest import (
    IVAN,
    OLGA,
    PETRA_CODE,
    Assistant,
    Person,
    bearer,
    chat,
    chat_of,
    visitor,
)
from tests.api.isolation.conftest import shut
from tests.api.orders.conftest import BEREZKA, PETRA

Later = Callable[[timedelta], None]
Policy = Callable[..., None]
NEW = "+79991234567"


async def give(contact: str, phone: str, source: str = "erp") -> None:
    """The accounting system or a manager writes a number down."""
    async with staff_session() as session:
        await phones.add(session, contact, phone, source, settings().clock.now())


async def take_away(contact: str, phone: str) -> None:
    async with staff_session() as session:
        await phones.revoke(session, contact, phone, settings().clock)


async def share(person: Person, work: Work, phone: str) -> UUID:
    await person.update(contact={"phone": phone, "own": True})
    await work()
    return (await chat_of(person.name)).id


async def bring(message: InboundMessage) -> None:
    async with staff_session() as session:
        await intake.take_in(session, settings().clock, "memory", message)


async def test_a_number_shared_long_ago_opens_no_company(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, later: Later
) -> None:
    conversation = await share(person, work, NEW)
    later(timedelta(days=400))
    await give("pavel", NEW)
    await person.update(text="привет")
    await work()
    assert (await chat(conversation)).customer_id is None
    # What was learnt of it then is forgotten too: the person is asked to share it anew.
    view = (await web.get("/v1/session", headers=bearer(conversation))).json()
    assert (view["problem"], view["ways"][0]) == ("", "contact")
    await share(person, work, NEW)
    assert (await chat(conversation)).contact_id == "pavel"


async def test_a_contact_that_was_long_on_its_way_opens_nothing(
    person: Person, assistant: Assistant, work: Work
) -> None:
    sent = settings().clock.now() - timedelta(days=3)
    await person.update(text="привет")
    await bring(InboundMessage("late", "vera", {}, contact=SharedContact(OLGA, own=True), sent_at=sent))
    await work()
    assert (await chat_of("vera")).customer_id is None


async def test_a_number_that_comes_with_every_message_is_vouched_for_by_each(
    web: httpx.AsyncClient, twin: MemoryMessenger, assistant: Assistant, work: Work, later: Later
) -> None:
    await bring(InboundMessage("1", "vera", {}, text="привет", phone=NEW))
    await work()
    later(timedelta(days=400))
    await give("pavel", NEW)
    await bring(InboundMessage("2", "vera", {}, text="молока 8", phone=NEW))
    await work()
    assert (await chat_of("vera")).contact_id == "pavel"


async def test_no_sign_in_wipes_out_that_the_number_was_closed(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await take_away("olga", OLGA)
    await give("pavel", OLGA, "manager")
    await web.post("/v1/session/sign-in", json={"code": PETRA_CODE}, headers=bearer(conversation))
    assert (await chat(conversation)).customer_id == PETRA
    await web.post("/v1/session/sign-out", headers=bearer(conversation, PETRA))
    await share(person, work, OLGA)
    assert (await chat(conversation)).customer_id is None
    assert await shut(web, bearer(conversation, BEREZKA))


async def test_a_code_sent_to_the_number_ends_the_doubt(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier,
) -> None:  # fmt: skip
    policy(sign_in_ways="phone,otp")
    conversation = await share(person, work, OLGA)
    await take_away("olga", OLGA)
    await give("pavel", OLGA, "manager")
    await share(person, work, OLGA)
    code = sms.letters[-1].text.split()[0]
    await web.post("/v1/session/one-time-code", json={"code": code}, headers=bearer(conversation))
    row = await chat(conversation)
    assert (row.contact_id, row.number_doubted_at) == ("pavel", None)
    await web.post("/v1/session/sign-out", headers=bearer(conversation, BEREZKA))
    await share(person, work, OLGA)
    assert (await chat(conversation)).contact_id == "pavel"


def code_in(courier: MemoryCourier) -> str:
    return courier.letters[-1].text.split()[0]


async def test_another_code_is_not_sent_when_the_first_is_long_over(
    web: httpx.AsyncClient, policy: Policy, sms: MemoryCourier, work: Work, later: Later
) -> None:
    policy(sign_in_ways="otp")
    conversation, _ = await visitor(web)
    await web.post("/v1/session/phone", json={"phone": OLGA}, headers=bearer(conversation))
    await work()
    later(timedelta(minutes=11))
    again = await web.post("/v1/session/resend", headers=bearer(conversation))
    assert again.json()["error"]["code"] == "no_code_sent"
    await work()
    assert len(sms.letters) == 1


async def test_a_step_does_not_outlive_the_number(
    web: httpx.AsyncClient, policy: Policy, sms: MemoryCourier, work: Work, later: Later
) -> None:
    policy(sign_in_ways="otp")
    conversation, _ = await visitor(web)
    headers = bearer(conversation)
    await web.post("/v1/session/phone", json={"phone": OLGA}, headers=headers)
    await work()
    await take_away("olga", OLGA)
    # The code that is under way opens nothing, and no other is sent.
    entered = await web.post("/v1/session/one-time-code", json={"code": code_in(sms)}, headers=headers)
    assert entered.json()["error"]["code"] == "code_expired"
    later(timedelta(minutes=2))
    assert (await web.post("/v1/session/resend", headers=headers)).status_code == 200
    await work()
    assert len(sms.letters) == 1
    assert (await chat(conversation)).customer_id is None


async def test_the_next_owner_of_a_number_does_not_revive_the_former_s_step(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier,
    later: Later,
) -> None:  # fmt: skip
    policy(sign_in_ways="otp", otp_when="always")
    conversation = await share(person, work, OLGA)
    async with staff_session() as session:
        await intake.take_in(session, settings().clock, "memory", OwnerChanged("ev1", "vera", OLGA))
    later(timedelta(minutes=2))
    await web.post("/v1/session/resend", headers=bearer(conversation))
    await work()
    entered = await web.post("/v1/session/one-time-code", json={"code": code_in(sms)}, headers=bearer(conversation))
    assert entered.status_code == 403
    assert (len(sms.letters), (await chat(conversation)).customer_id) == (1, None)


async def test_companies_that_were_offered_go_with_the_number(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, IVAN)
    await web.post("/v1/session/company", json={"company": BEREZKA}, headers=bearer(conversation))
    await web.post("/v1/session/switch", headers=bearer(conversation, BEREZKA))
    for contact in ("ivan-b", "ivan-p"):
        await take_away(contact, IVAN)
    assert (await web.get("/v1/session", headers=bearer(conversation))).json()["companies"] == []
    chosen = await web.post("/v1/session/company", json={"company": PETRA}, headers=bearer(conversation))
    assert chosen.json()["error"]["code"] == "no_company"
    assert (await chat(conversation)).customer_id is None
