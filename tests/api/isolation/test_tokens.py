"""Tokens and metadata: forged, swapped, of a conversation that is another's by now."""

from uuid import uuid4

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from api.config import settings
from api.customers import identity
from api.db.models import ContactRow, ConversationRow
from api.db.session import staff_session
from tests.api.customers.conftest import BEREZKA_CODE, PETRA_CODE, bearer, visitor
from tests.api.isolation.conftest import BEREZKA_MILK, PETRA_MILK, milk_price, shut
from tests.api.orders.conftest import BEREZKA, PETRA


async def test_each_sees_its_own_price(web: httpx.AsyncClient) -> None:
    petra, _ = await visitor(web, code=PETRA_CODE)
    berezka, _ = await visitor(web, code=BEREZKA_CODE)
    assert await milk_price(web, bearer(petra, PETRA)) == PETRA_MILK
    assert await milk_price(web, bearer(berezka, BEREZKA)) == BEREZKA_MILK


@pytest.mark.parametrize("salt", ["turn", "visitor", "sign-in"])
async def test_forged_tokens(web: httpx.AsyncClient, salt: str) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    body = [str(conversation), 1, PETRA]
    forged = URLSafeTimedSerializer("not-our-key-not-our-key", salt=salt).dumps(body)
    assert await shut(web, {"Authorization": f"Bearer {forged}"})
    if salt != "turn":
        # Our own signature, made for something else.
        ours = URLSafeTimedSerializer(settings().secret_key, salt=salt).dumps(body)
        assert await shut(web, {"Authorization": f"Bearer {ours}"})


async def test_a_visitor_s_token_is_no_turn_s_token(web: httpx.AsyncClient) -> None:
    _, browser = await visitor(web, code=PETRA_CODE)
    assert await shut(web, browser)


async def test_a_token_names_no_other_customer_than_the_conversation_s(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    assert await shut(web, bearer(conversation, BEREZKA))
    assert await shut(web, bearer(uuid4(), BEREZKA))
    stranger, _ = await visitor(web)
    assert await shut(web, bearer(stranger, PETRA))
    assert await shut(web, bearer(stranger, None))


async def test_a_token_that_claims_nobody_gets_what_the_conversation_has(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=BEREZKA_CODE)
    assert await milk_price(web, bearer(conversation, None)) == BEREZKA_MILK


async def test_metadata_in_a_message_is_refused(web: httpx.AsyncClient) -> None:
    _, browser = await visitor(web)
    for more in ({"metadata": {"customer": PETRA}}, {"customer_id": PETRA}, {"payload": "/start"}):
        body = {"id": str(uuid4()), "text": "почём молоко?"} | more
        assert (await web.post("/webhooks/webchat", json=body, headers=browser)).status_code == 422


async def test_a_conversation_that_changed_hands(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    old = bearer(conversation, PETRA)
    await web.post("/v1/session/sign-out", headers=old)
    assert await shut(web, old)
    await web.post("/v1/session/sign-in", json={"code": BEREZKA_CODE}, headers=bearer(conversation))
    assert await shut(web, old)
    assert await milk_price(web, bearer(conversation, BEREZKA)) == BEREZKA_MILK


async def test_a_contact_that_moved_to_another_company_takes_nothing_along(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    async with staff_session() as session:
        (await session.get_one(ConversationRow, conversation)).contact_id = "olga"
    assert await milk_price(web, bearer(conversation, PETRA)) == PETRA_MILK
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).customer_id = BEREZKA
    assert await shut(web, bearer(conversation, PETRA))
    assert await shut(web, bearer(conversation, None))


async def test_rights_hide_prices_and_balance(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web)
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).rights = ["order"]
        await session.flush()
        row = await session.get_one(ConversationRow, conversation)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    headers = bearer(conversation, PETRA)
    for door in ("/v1/catalog/products", "/v1/cart", "/v1/promotions", "/v1/catalog/categories"):
        answer = await web.get(door, headers=headers)
        assert answer.status_code == 200, door
        assert "₽" not in answer.text, door
    lookup = await web.post("/v1/catalog/lookup", json={"text": "молоко"}, headers=headers)
    assert (lookup.status_code, "₽" in lookup.text) == (200, False)
    assert (await web.get("/v1/balance", headers=headers)).json()["error"]["code"] == "no_right"


async def test_who_may_not_order_orders_nothing(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web)
    async with staff_session() as session:
        (await session.get_one(ContactRow, "olga")).rights = ["prices"]
        await session.flush()
        row = await session.get_one(ConversationRow, conversation)
        await identity.sign_in(session, row, PETRA, "olga", "login", settings().clock)
    headers = bearer(conversation, PETRA, inbox=5)
    said = {"text": "молока 5", "intent": "order", "confidence": 0.9}
    for method, door, body in (
        ("POST", "/v1/cart/messages", said),
        ("PUT", "/v1/cart/lines/20013", {"quantity": "5"}),
        ("POST", "/v1/cart/clear", {}),
    ):
        answer = await web.request(method, door, json=body, headers=headers)
        assert answer.status_code == 403, (door, answer.text)
    confirmed = await web.post("/v1/orders", json={"version": 1, "leave": False}, headers=headers)
    assert confirmed.json()["refusal"]["code"] == "no_right"
