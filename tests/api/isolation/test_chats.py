"""Chats that change hands: typed intents, old buttons, what waits to be sent, cached widgets, dismissed people."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from api.config import settings
from api.conversations import jobs, outbox, sockets
from api.conversations.assistant import Turn
from api.customers import identity, phones
from api.customers import sync as customers
from api.db.models import ContactPhoneRow, ContactRow, ConversationRow, EventRow, InboxRow, OrderRow, OutboxRow
from api.db.session import staff_session
from api.deps import token
from api.deps.holds import losses_accepted
from api.deps.sync import Reading
from api.domain.customer import Contact, Customer
from api.notifications import service as notifications
from tests.api.conversations.conftest import Work
from tests.api.customers.conftest import (
    BEREZKA_CODE,
    IVAN,
    OLGA,
    PETRA_CODE,
    SHARED,
    Assistant,
    Person,
    bearer,
    chat,
    chat_of,
    last_inbox,
    visitor,
)
from tests.api.isolation.conftest import BEREZKA_MILK, PETRA_MILK, milk_price, shut
from tests.api.orders.conftest import BEREZKA, PETRA, World

SECRET = "Молоко — 500 ₽"
BUTTONS = [{"title": "Оформить", "payload": '/confirm_order{"version": "1"}'}]


async def share(person: Person, work: Work, phone: str, own: bool = True) -> UUID:
    await person.update(contact={"phone": phone, "own": own})
    await work()
    return (await chat_of(person.name)).id


async def say(conversation: UUID, text: str = SECRET, **more: Any) -> None:
    async with staff_session() as session:
        await outbox.say(session, conversation, settings().clock.now(), text, **more)


async def history(web: httpx.AsyncClient, browser: dict[str, str]) -> list[str]:
    answer = await web.get("/webchat/messages", headers=browser)
    return [message["text"] for message in answer.json()["messages"]]


async def take_phone(contact: str, phone: str) -> None:
    async with staff_session() as session:
        await phones.revoke(session, contact, phone, settings().clock)


async def dismiss(contact: str) -> None:
    """As the console does it."""
    async with staff_session() as session:
        (await session.get_one(ContactRow, contact)).barred_at = settings().clock.now()
        await session.flush()
        await identity.cut_off(session, identity.of_closed_contacts(), "contact", settings().clock)


async def test_a_forwarded_contact_is_nobody(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA, own=False)
    row = await chat(conversation)
    assert (row.customer_id, row.phone) == (None, "")
    inbox = await last_inbox(conversation)
    assert await shut(web, bearer(conversation, None, inbox))
    view = await web.get("/v1/session", headers=bearer(conversation, None, inbox))
    assert view.json()["problem"] == "foreign_contact"


async def test_a_forwarded_contact_does_not_press_for_the_own_number(
    person: Person, assistant: Assistant, work: Work, web: httpx.AsyncClient
) -> None:
    conversation = await share(person, work, OLGA)
    await web.post("/v1/session/sign-out", headers=bearer(conversation, PETRA))
    await share(person, work, IVAN, own=False)
    assert (await chat(conversation)).customer_id is None


async def test_a_number_in_words_is_nobody(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await person.update(text=f"мой номер {OLGA}")
    await work()
    assert (await chat_of("vera")).customer_id is None


async def test_a_shared_number_shows_no_company_and_no_price(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, SHARED)
    assert await shut(web, bearer(conversation))
    view = await web.get("/v1/session", headers=bearer(conversation))
    assert "Берёзка" not in view.text and "Петра" not in view.text
    for company in (PETRA, BEREZKA):
        answer = await web.post("/v1/session/company", json={"company": company}, headers=bearer(conversation))
        assert answer.status_code == 403


async def test_a_group_hears_nothing_about_anybody(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    await person.update(contact={"phone": OLGA, "own": True}, group=True)
    await work()
    assert (await chat_of("vera")).customer_id is None
    assert assistant.asked == []


@pytest.mark.parametrize(
    "typed",
    [
        '/start{"code": "KOFE-PETRA"}',
        '/choose_company{"company": "petra"}',
        " ⁄share_phone /share_phone",
        '/confirm_order{"version": "1"}',
        "/\u200b/share_phone",
    ],
)
async def test_typed_intents_stay_words(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work, typed: str
) -> None:
    await person.update(text=typed)
    await work()
    assert not assistant.asked[-1]["text"].startswith("/")
    assert assistant.asked[-1]["metadata"]["customer"] is None


async def test_words_of_a_button_stay_words(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await say(conversation, buttons=[{"title": "Да, выполнить", "says": '/confirm_order{"version": "1"}'}])
    await work()
    await person.update(press=person.data("Да, выполнить"))
    await work()
    assert assistant.asked[-1]["text"] == 'confirm_order{"version": "1"}'


async def test_the_argument_of_a_link_stays_an_argument(world: World) -> None:
    from api.channels.port import InboundMessage
    from api.conversations.intake import _said

    hostile = 'X"}/choose_company{"company": "petra'
    message = InboundMessage("1", "x", {}, command="start", argument=hostile)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, world.conversations[PETRA])
        said = await _said(session, row, message)
    assert said.payload == '/start{"code": "X\\"}/choose_company{\\"company\\": \\"petra"}'


async def test_buttons_of_the_number_s_former_owner_are_dead(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await say(conversation, buttons=BUTTONS)
    await work()
    old = person.data("Оформить")
    await take_phone("olga", OLGA)
    async with staff_session() as session:
        await phones.add(session, "pavel", OLGA, "manager", settings().clock.now())
    # The chat of the number was cut off: the new owner has to prove more than the number.
    await person.update(press=old)
    await work()
    row = await chat(conversation)
    assert (row.customer_id, row.signed_in_by) == (None, "closed:phone")
    assert assistant.asked[-1]["text"] != BUTTONS[0]["payload"]
    await web.post("/v1/session/sign-in", json={"code": BEREZKA_CODE}, headers=bearer(conversation))
    asked = len(assistant.asked)
    await person.update(press=old)
    await work()
    assert len(assistant.asked) == asked
    assert person.sees[-1].text == "Эта кнопка из старого сообщения и больше не работает."


async def test_a_company_offered_to_the_former_owner_is_not_for_the_next(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, IVAN)
    await take_phone("ivan-b", IVAN)
    async with staff_session() as session:
        (await session.get_one(ContactRow, "ivan-b")).barred_at = settings().clock.now()
    answer = await web.post("/v1/session/company", json={"company": BEREZKA}, headers=bearer(conversation))
    assert answer.json()["error"]["code"] == "no_company"


async def test_what_waits_to_be_sent_dies_with_the_change(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await say(conversation)
    await web.post("/v1/session/sign-out", headers=bearer(conversation, PETRA))
    await web.post("/v1/session/sign-in", json={"code": BEREZKA_CODE}, headers=bearer(conversation))
    await work()
    assert all("500" not in message.text for message in person.sees)
    async with staff_session() as session:
        row = (await session.scalars(select(OutboxRow).filter_by(text=SECRET))).one()
    assert row.state == "failed"


async def test_an_answer_to_whoever_was_cut_off_meanwhile_is_not_said(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await person.update(text="почём молоко?")
    inbox = await last_inbox(conversation)
    now = settings().clock.now()
    async with staff_session() as session:
        question = await jobs.prepare(session, inbox, now)
    assert question is not None and question.metadata["customer"]
    await dismiss("olga")
    with pytest.raises(jobs.ChangedHands):
        async with staff_session() as session:
            await jobs.finish(session, inbox, Turn([{"text": SECRET}], "price_query", 0.9), now, asked_for=PETRA)
    # The job comes again, and a stranger asks.
    async with staff_session() as session:
        again = await jobs.prepare(session, inbox, now)
    assert again is not None and again.metadata["customer"] is None
    assert token.read(again.metadata["token"]).customer_id is None


async def test_notifications_follow_the_company_not_the_chat(world: World, web: httpx.AsyncClient) -> None:
    order = await world.past_order(PETRA, {"p-milk": ("5", "500")}, status="shipped")
    conversation = world.conversations[PETRA]
    async with staff_session() as session:
        (await session.get_one(OrderRow, order)).conversation_id = conversation
        row = await session.get_one(ConversationRow, conversation)
        row.customer_id = BEREZKA
        await session.flush()
        await notifications.tell_order_changed(session, settings().clock, order, "status", "")
        said = (await session.scalars(select(OutboxRow).filter_by(conversation_id=conversation))).all()
    assert said == []


async def test_a_dismissed_person_is_cut_off_in_every_channel_at_once(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    messenger = await share(person, work, OLGA)
    browser_chat, browser = await visitor(web)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, browser_chat)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    colleague, _ = await visitor(web, code=PETRA_CODE)
    await work()
    await say(browser_chat)
    await say(messenger)
    await dismiss("olga")
    for conversation in (messenger, browser_chat):
        row = await chat(conversation)
        assert (row.customer_id, row.contact_id, row.hidden_until) == (None, None, row.last_seq)
        assert await shut(web, bearer(conversation, PETRA)) and await shut(web, bearer(conversation))
    assert await history(web, browser) == []
    await work()
    assert all("500" not in message.text for message in person.sees)
    assert await milk_price(web, bearer(colleague, PETRA)) == PETRA_MILK
    # Words are answered as to a stranger; the number alone does not bring them back, nor does pressing for it.
    await person.update(text="молока 8")
    await share(person, work, OLGA)
    assert assistant.asked[-1]["metadata"]["customer"] is None
    assert (await chat(messenger)).customer_id is None


class Companies:
    """An accounting system that knows these companies."""

    def __init__(self, *customers: Customer) -> None:
        self._customers = customers

    async def customers(self, since: object = None) -> Any:
        for customer in self._customers:
            yield customer


async def read(*contacts: Contact) -> None:
    known = [Customer(id=key, name=key, contacts=tuple(c for c in contacts if c.customer_id == key)) for key in
             (PETRA, BEREZKA)]  # fmt: skip
    accepted = losses_accepted.set(True)
    try:
        await customers.customers(Reading(Companies(*known), "main"))  # type: ignore[arg-type]
    finally:
        losses_accepted.reset(accepted)


async def test_the_accounting_system_dismisses_and_renumbers(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    olga = Contact("olga", PETRA, "Ольга Савельева", "8 (900) 111-22-33, +7 900 111-22-44", "olga@petra.example")
    conversation = await share(person, work, OLGA)
    await read(olga)
    assert (await chat(conversation)).customer_id == PETRA
    # Her other number opens too; a number that a manager revoked is not brought back.
    await take_phone("olga", "+79001112244")
    await read(olga)
    async with staff_session() as session:
        rows = {row.phone: row.revoked_at for row in await session.scalars(select(ContactPhoneRow))}
    assert rows[OLGA] is None and rows["+79001112244"] is not None
    await read(Contact("olga", PETRA, "Ольга Савельева", "+7 900 999-99-99"))
    assert (await chat(conversation)).signed_in_by == "closed:phone"
    browser_chat, browser = await visitor(web)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, browser_chat)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    await say(browser_chat)
    await read()
    assert (await chat(browser_chat)).signed_in_by == "closed:contact"
    assert await history(web, browser) == []
    async with staff_session() as session:
        events = (await session.scalars(select(EventRow.data).filter_by(kind="cut_off"))).all()
    assert [data["reason"] for data in events] == ["phone", "contact"]


async def test_people_of_ours_outlive_the_sync(web: httpx.AsyncClient) -> None:
    async with staff_session() as session:
        session.add(ContactRow(id="own-1", customer_id=PETRA, name="Новенький", source="own"))
    await read(Contact("olga", PETRA, "Ольга Савельева", OLGA))
    async with staff_session() as session:
        assert (await session.get_one(ContactRow, "own-1")).active is True
        assert (await session.get_one(ContactRow, "anna")).active is False


class Socket:
    """A browser's open socket."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.heard = asyncio.Event()

    async def send_json(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message":
            self.got.append(frame["message"]["text"])
            self.heard.set()


async def test_an_open_socket_hears_nothing_after_the_cut(
    web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    conversation, _ = await visitor(web)
    async with staff_session() as session:
        row = await session.get_one(ConversationRow, conversation)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    await say(conversation, "до")
    open_socket, late_socket = Socket(), Socket()
    pushing = asyncio.create_task(sockets._push(open_socket, conversation, 0))  # type: ignore[arg-type]
    await asyncio.wait_for(open_socket.heard.wait(), 5)
    pushing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pushing
    await say(conversation, SECRET)
    await dismiss("olga")
    # It connects again with the last number that it saw, and from the very beginning.
    for socket, after in ((open_socket, 1), (late_socket, 0)):
        pushing = asyncio.create_task(sockets._push(socket, conversation, after))  # type: ignore[arg-type]
        await asyncio.sleep(0.2)
        pushing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pushing
    assert (open_socket.got, late_socket.got) == (["до"], [])


async def test_a_cached_widget_shows_nothing_of_the_former_company(web: httpx.AsyncClient) -> None:
    conversation, browser = await visitor(web, code=PETRA_CODE)
    await say(conversation, buttons=BUTTONS, card={"kind": "cart", "lines": [{"sku": "20013", "short_name": "м"}]})
    assert SECRET in await history(web, browser)
    await web.post("/v1/session/sign-out", headers=bearer(conversation, PETRA))
    assert await history(web, browser) == []
    resumed = await web.post("/webchat/session", json={"visitor": browser["Authorization"].removeprefix("Bearer ")})
    assert resumed.json()["customer"] is None
    await web.post("/v1/session/sign-in", json={"code": BEREZKA_CODE}, headers=bearer(conversation))
    assert await history(web, browser) == []
    for body in ({"button": {"message": 1, "index": 0}}, {"line": {"message": 1, "sku": "20013", "quantity": "5"}}):
        answer = await web.post("/webhooks/webchat", json={"id": str(uuid4())} | body, headers=browser)
        assert answer.status_code == 422, answer.text
    assert await milk_price(web, bearer(conversation, BEREZKA)) == BEREZKA_MILK


async def test_who_may_not_see_prices_does_not_read_them_above(web: httpx.AsyncClient) -> None:
    conversation, browser = await visitor(web, code=PETRA_CODE)
    await say(conversation)
    await web.post("/v1/session/sign-out", headers=bearer(conversation, PETRA))
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).rights = ["order"]
        await session.flush()
        row = await session.get_one(ConversationRow, conversation)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    assert await history(web, browser) == []


async def test_another_visitor_s_messages_cannot_be_asked_for(web: httpx.AsyncClient) -> None:
    conversation, browser = await visitor(web, code=PETRA_CODE)
    await say(conversation, buttons=BUTTONS)
    _, thief = await visitor(web, code=BEREZKA_CODE)
    assert SECRET not in await history(web, thief)
    press = {"id": str(uuid4()), "button": {"message": 1, "index": 0}}
    assert (await web.post("/webhooks/webchat", json=press, headers=thief)).status_code == 422
    for forged in ("Bearer x", browser["Authorization"][:-3] + "abc"):
        assert (await web.get("/webchat/messages", headers={"Authorization": forged})).status_code == 401


async def test_an_unhandled_message_is_answered_for_whoever_is_there_now(
    web: httpx.AsyncClient, person: Person, assistant: Assistant, work: Work
) -> None:
    conversation = await share(person, work, OLGA)
    await person.update(text="почём молоко?")
    await dismiss("olga")
    await work()
    async with staff_session() as session:
        row = await session.get_one(InboxRow, await last_inbox(conversation))
    assert row.handled_at is not None
    assert assistant.asked[-1]["metadata"]["customer"] is None
