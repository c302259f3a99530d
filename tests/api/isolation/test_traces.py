"""What is left behind: logs, error texts, the console without a login, the database under the customer's role."""

import logging
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.channels.errors import DeliveryError
from api.channels.port import InboundMessage
from api.config import settings
from api.conversations import intake, outbox
from api.couriers.memory import MemoryCourier
from api.couriers.port import CourierError
from api.customers import codes, logins
from api.db.models import AttachmentRow, InboxRow
from api.db.session import customer_session, staff_session
from tests.api.conversations.conftest import Work
from tests.api.customers.conftest import (
    OLGA,
    PETRA_CODE,
    Assistant,
    Person,
    bearer,
    chat_of,
    last_inbox,
    visitor,
)
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World

Policy = Callable[..., None]


async def test_logs_name_no_phone_no_code_no_price(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, policy: Policy, sms: MemoryCourier,
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    policy(sign_in_ways="otp,code,login", otp_when="always")
    sms.failures.append(CourierError("Не принято.", permanent=False, evidence="451"))
    await person.update(contact={"phone": OLGA, "own": True})
    await work()
    conversation = (await chat_of("vera")).id
    async with staff_session() as session:
        jobs = text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'one_time_codes.send'")
        await session.execute(jobs)
    await work()
    code = sms.letters[-1].text.split()[0]
    await web.post("/v1/session/one-time-code", json={"code": code}, headers=bearer(conversation))
    person.twin.failures.append(DeliveryError("Не принято.", permanent=True, evidence="403 blocked"))
    async with staff_session() as session:
        await outbox.say(session, conversation, settings().clock.now(), "Молоко — 500 ₽")
        password = await logins.set_login(session, "olga", "olga", settings().clock)
    await work()
    stranger, _ = await visitor(web)
    await web.post("/v1/session/sign-in", json={"code": "WRONG-CODE"}, headers=bearer(stranger))
    await web.post("/v1/session/sign-in", json={"code": PETRA_CODE}, headers=bearer(stranger))
    written = "".join(capfd.readouterr()) + caplog.text
    assert "message.not_delivered" in written and "one_time_code.not_sent" in written
    for secret in (OLGA, OLGA[2:], code, "500 ₽", "WRONG-CODE", PETRA_CODE, password, "olga@petra.example"):
        assert secret not in written


@pytest.mark.parametrize("way", ["link", "words"])
async def test_an_invitation_stands_in_no_message_once_it_was_used(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, way: str
) -> None:
    async with staff_session() as session:
        _, code = await codes.issue(session, PETRA, "anna", contact_id="olga", uses=5)
    raw = {"message": {"id": 7, "text": f"/start {code}", "from": {"name": "Вера"}}}
    typed = {"link": {"command": "start", "argument": code}, "words": {"text": f"Код {code.lower()}"}}[way]
    async with staff_session() as session:
        message = InboundMessage("1", "vera", raw, **typed)
        await intake.take_in(session, settings().clock, "memory", message)
    chat = await chat_of("vera")
    inbox = await last_inbox(chat.id)
    signed = await web.post("/v1/session/sign-in", json={"code": code}, headers=bearer(chat.id, None, inbox))
    assert signed.status_code == 200
    async with staff_session() as session:
        row = await session.get_one(InboxRow, inbox)
        stored = list((await session.execute(text("SELECT inbox::text FROM inbox"))).scalars())
        stored += (await session.execute(text("SELECT last_text FROM conversations"))).scalars()
    assert code[:4] not in "".join(stored).upper()
    assert row.raw["message"] == {"id": 7, "text": "Код ••••", "from": {"name": "Вера"}}
    assert (row.text, row.payload) == ("Код ••••" if way == "words" else "/start", "/start")
    # A worker that died in this turn answers it again: the person is greeted.
    await work()
    assert assistant.asked[-1]["text"] == "/start"
    assert assistant.asked[-1]["metadata"]["customer"] == "ООО «Кофейня у Петра»"


async def test_the_console_shows_nothing_without_a_login(web: httpx.AsyncClient) -> None:
    conversation, browser = await visitor(web, code=PETRA_CODE)
    async with staff_session() as session:
        await outbox.say(session, conversation, settings().clock.now(), "Молоко — 500 ₽")
    doors = ("/console/", f"/console/conversations/{conversation}", "/console/words", "/console/customers")
    for headers in ({}, browser, bearer(conversation, PETRA)):
        for door in doors:
            answer = await web.get(door, headers=headers, cookies={"console": str(UUID(int=0))})
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), door
            assert "500" not in answer.text and "Петра" not in answer.text


async def test_refusals_do_not_tell_what_they_guard(web: httpx.AsyncClient, world: World) -> None:
    await world.past_order(PETRA, {"p-milk": ("5", "500")}, number="ПЭ00-012801")
    conversation, _ = await visitor(web)
    stranger = bearer(conversation)
    berezka = bearer(world.conversations[BEREZKA], BEREZKA, inbox=9)
    for headers in (stranger, berezka):
        for method, door, body in (
            ("GET", "/v1/orders?number=12801", None),
            ("POST", "/v1/orders/1/cancel", None),
            ("POST", "/v1/cart/repeat", {"order": "1", "mode": None}),
            ("PUT", "/v1/cart/outlet", {"outlet_id": "petra-1"}),
            ("POST", "/v1/session/company", {"company": PETRA}),
        ):
            answer = await web.request(method, door, json=body, headers=headers)
            assert "Петра" not in answer.text and "500" not in answer.text, (door, answer.text)


SECRET_TABLES = ("contact_phones", "contact_logins", "one_time_codes", "sign_in_steps", "company_codes", "price_lists")


@pytest.mark.parametrize("table", SECRET_TABLES)
async def test_a_customer_s_query_reaches_no_secrets(world: World, table: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with customer_session(PETRA) as session:
            await session.execute(text(f"SELECT * FROM {table}"))


async def test_a_customer_s_query_sees_one_price_for_milk(world: World) -> None:
    for customer, amount in ((PETRA, 500), (BEREZKA, 450)):
        async with customer_session(customer) as session:
            seen = await session.scalars(text("SELECT amount FROM prices WHERE product_id = 'p-milk'"))
            assert [int(value) for value in seen] == [amount]


async def test_attachments_stay_with_their_company(world: World) -> None:
    mine = world.conversations[PETRA]
    row = InboxRow(channel="webchat", provider_id="x", conversation_id=mine, seq=1, at=NOW, text="x", raw={})
    await world.add(row)
    await world.add(
        AttachmentRow(inbox_id=row.id, conversation_id=mine, customer_id=PETRA, kind="document", content=b"prices")
    )
    query = text("SELECT count(*) FROM attachments")
    async with customer_session(BEREZKA) as session:
        assert await session.scalar(query) == 0
    async with customer_session(PETRA) as session:
        assert await session.scalar(query) == 1
    # The chat passes to the other company: the file does not pass with it.
    async with staff_session() as session:
        await session.execute(text("UPDATE conversations SET customer_id = 'berezka' WHERE id = :id"), {"id": mine})
    async with customer_session(BEREZKA) as session:
        assert await session.scalar(query) == 0
