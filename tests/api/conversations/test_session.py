"""Who speaks: codes, attempts, tokens, the customer's own rows."""

import asyncio
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from api.config import settings
from api.conversations import outbox
from api.db.models import ConversationRow, SignInAttemptRow
from api.db.session import staff_session
from api.deps import token

Conversation = tuple[UUID, dict[str, str]]


def bearer(conversation_id: UUID, customer_id: str | None, inbox: int = 1) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.issue(token.Claims(conversation_id, inbox, customer_id))}"}


async def anonymous(web: httpx.AsyncClient) -> UUID:
    return UUID((await web.post("/webchat/session", json={})).json()["conversation"])


async def test_code_may_be_typed_as_people_type(web: httpx.AsyncClient) -> None:
    conversation = await anonymous(web)
    # Cyrillic К, О and Е look like the Latin letters of the code.
    answer = await web.post("/v1/session/sign-in", json={"code": " коfе petra"}, headers=bearer(conversation, None))
    assert answer.status_code == 200
    assert answer.json()["customer"] == {"name": "ООО «Кофейня у Петра»"}
    me = await web.get("/v1/me", headers=bearer(conversation, None))
    assert me.json()["signed_in"] is True
    assert me.json()["manager"] == {"name": "Анна", "phone": "+7 900 000-00-02"}


async def test_attempts_are_counted_and_limited(web: httpx.AsyncClient) -> None:
    conversation = await anonymous(web)
    headers = bearer(conversation, None)
    answers = [await web.post("/v1/session/sign-in", json={"code": f"NO-{n}"}, headers=headers) for n in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    right = await web.post("/v1/session/sign-in", json={"code": "KOFE-PETRA"}, headers=headers)
    assert right.status_code == 429
    async with staff_session() as session:
        assert len((await session.scalars(select(SignInAttemptRow))).all()) == 5


async def test_other_company_s_code_opens_another_conversation(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    visitor = conversation[1]["Authorization"].removeprefix("Bearer ")
    same = await web.post("/webchat/session", json={"visitor": visitor, "code": "KOFE-PETRA"})
    assert UUID(same.json()["conversation"]) == conversation[0]
    other = await web.post("/webchat/session", json={"visitor": visitor, "code": "BEREZKA-1"})
    assert UUID(other.json()["conversation"]) != conversation[0]
    assert other.json()["customer"] == "ИП Берёзкина"


async def test_token_dies_when_the_conversation_changes_hands(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    headers = bearer(conversation[0], "petra")
    assert (await web.get("/v1/cart", headers=headers)).status_code == 200
    async with staff_session() as session:
        (await session.get_one(ConversationRow, conversation[0])).customer_id = "berezka"
    assert (await web.get("/v1/cart", headers=headers)).status_code == 401


async def test_nobody_gets_prices_without_a_customer(web: httpx.AsyncClient) -> None:
    conversation = await anonymous(web)
    for path in ("/v1/cart", "/v1/balance", "/v1/orders/last", "/v1/catalog/products", "/v1/promotions"):
        answer = await web.get(path, headers=bearer(conversation, None))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_customer"), path
        assert (await web.get(path)).status_code == 401
        assert (await web.get(path, headers={"Authorization": "Bearer forged"})).status_code == 401


async def test_contact_s_rights_and_dismissal(web: httpx.AsyncClient, conversation: Conversation) -> None:
    from api.db.models import ContactRow

    async with staff_session() as session:
        session.add(ContactRow(id="olga", customer_id="petra", name="Ольга", rights=["order"]))
        await session.flush()
        (await session.get_one(ConversationRow, conversation[0])).contact_id = "olga"
    headers = bearer(conversation[0], "petra")
    assert (await web.get("/v1/balance", headers=headers)).json()["error"]["code"] == "no_right"
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).active = False
    # A stranger from now on, who is told why.
    assert (await web.get("/v1/cart", headers=headers)).json()["error"]["code"] == "no_customer"
    assert (await web.get("/v1/me", headers=headers)).json()["signed_in"] is False
    assert (await web.get("/v1/session", headers=headers)).json()["closed"] == "contact"


async def test_repeat_of_a_request_is_replayed(web: httpx.AsyncClient, conversation: Conversation) -> None:
    headers = bearer(conversation[0], "petra", inbox=77)
    first = await web.post("/v1/cart/clear", headers=headers)
    second = await web.post("/v1/cart/clear", headers=headers)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


async def test_codes_cannot_be_guessed_through_ever_new_conversations(web: httpx.AsyncClient) -> None:
    statuses = []
    for round_ in range(5):
        headers = bearer(await anonymous(web), None)
        for n in range(5):
            answer = await web.post("/v1/session/sign-in", json={"code": f"NO-{round_}-{n}"}, headers=headers)
            statuses.append(answer.status_code)
    assert statuses == [403] * 20 + [429] * 5


async def test_two_tabs_resume_one_conversation(web: httpx.AsyncClient) -> None:
    visitor = (await web.post("/webchat/session", json={})).json()["visitor"]
    body = {"visitor": visitor, "code": "KOFE-PETRA"}
    answers = await asyncio.gather(*(web.post("/webchat/session", json=body) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


async def test_numbers_beyond_the_database_are_refused(web: httpx.AsyncClient, conversation: Conversation) -> None:
    asked = await web.get("/webchat/messages", params={"after": 10**30}, headers=conversation[1])
    body = {"id": str(uuid4()), "button": {"message": 10**30, "index": 0}}
    pressed = await web.post("/webhooks/webchat", json=body, headers=conversation[1])
    assert (asked.status_code, pressed.status_code) == (422, 422)


async def test_another_company_in_the_conversation_does_not_see_the_former_s_messages(
    web: httpx.AsyncClient, conversation: Conversation
) -> None:
    async with staff_session() as session:
        await outbox.say(session, conversation[0], settings().clock.now(), "Молоко — 450 ₽")
    await web.post("/v1/session/sign-out", headers=bearer(conversation[0], "petra"))
    # Whoever sits down at this browser next does not read it either.
    assert (await web.get("/webchat/messages", headers=conversation[1])).json()["messages"] == []
    signed = await web.post("/v1/session/sign-in", json={"code": "BEREZKA-1"}, headers=bearer(conversation[0], None))
    assert signed.status_code == 200
    assert (await web.get("/webchat/messages", headers=conversation[1])).json()["messages"] == []
