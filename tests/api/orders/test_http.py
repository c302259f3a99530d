"""The same over HTTP, with tokens: one conversation from the first word to the order."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import pytest

from api.deps.token import Claims, issue
from tests.api.orders.conftest import BEREZKA, MILK, PETRA, World

_inbox = count(1000)


class Chat:
    """Requests of one customer, each as a message of its own."""

    def __init__(self, client: httpx.AsyncClient, world: World, customer: str) -> None:
        self._client, self._world, self.customer = client, world, customer

    async def __call__(self, method: str, path: str, body: object = None, *, inbox: int = 0) -> Any:
        claims = Claims(self._world.conversations[self.customer], inbox or next(_inbox), self.customer)
        headers = {"Authorization": f"Bearer {issue(claims)}"}
        return await self._client.request(method, f"/v1/{path}", json=body, headers=headers)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    from api.main import app

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as made:
        yield made


@pytest.fixture
def chat(client: httpx.AsyncClient, world: World) -> Chat:
    return Chat(client, world, PETRA)


async def test_from_words_to_an_order(chat: Chat) -> None:
    outcome = (await chat("POST", "cart/messages", {"text": "молоко 8", "intent": "order"})).json()
    assert outcome["kind"] == "changed"
    cart = (await chat("GET", "cart")).json()
    assert cart["total_text"] == "4\u00a0000\u00a0₽"
    confirmation = (await chat("POST", "orders", {"version": cart["version"], "leave": False})).json()
    assert confirmation["state"] == "sending"
    last = (await chat("GET", "orders/last")).json()
    assert last["id"] == confirmation["order"]["id"]
    assert last["status_text"] == "отправляется"
    listed = (await chat("GET", "orders?limit=5")).json()
    assert [order["id"] for order in listed["orders"]] == [last["id"]]


async def test_the_repeated_message_acts_once(chat: Chat) -> None:
    body = {"text": "ещё 3 молока", "intent": "order"}
    answers = [(await chat("POST", "cart/messages", body, inbox=7)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await chat("GET", "cart")).json()["lines"][0]["quantity"] == "3"


async def test_no_order_is_not_found(chat: Chat) -> None:
    for path in ("orders/last", "orders?number=120"):
        answer = await chat("GET", path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "order_not_found")


async def test_delivery(chat: Chat) -> None:
    answer = (await chat("GET", "delivery")).json()
    assert answer["days_text"] == "по будням"
    assert answer["next"]["window_text"] == "с 9:00 до 12:00"
    assert answer["minimum_text"] is None


async def test_each_customer_gets_its_own_price(client: httpx.AsyncClient, world: World) -> None:
    prices = []
    for customer in (PETRA, BEREZKA):
        answer = await Chat(client, world, customer)("POST", "catalog/lookup", {"text": "почём молоко?"})
        prices.append({product["sku"]: product["price_text"] for product in answer.json()["products"]}[MILK])
    assert prices == ["500\u00a0₽", "450\u00a0₽"]


async def test_no_token_no_answer(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.get("/v1/cart")
    assert answer.status_code == 401
