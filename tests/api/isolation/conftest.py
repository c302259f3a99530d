"""Two companies with different prices for the same milk, and every door through which one could see the other's."""

from typing import Any

import httpx

from tests.api.conversations.conftest import from_address
from tests.api.customers.conftest import assistant, later, people, person, policy, sms, twin, web, work, world

__all__ = ["assistant", "from_address", "later", "people", "person", "policy", "sms", "twin", "web", "work", "world"]

PETRA_MILK, BEREZKA_MILK = "500", "450"
DOORS = ("/v1/cart", "/v1/balance", "/v1/orders/last", "/v1/orders", "/v1/catalog/products", "/v1/promotions")


async def milk_price(web: httpx.AsyncClient, headers: dict[str, str]) -> str | None:
    """What the bearer would pay for milk, as the catalogue tells it; None: the door is shut."""
    answer = await web.get("/v1/catalog/products", params={"query": "молоко"}, headers=headers)
    if answer.status_code != 200:
        return None
    products: list[dict[str, Any]] = answer.json()["products"]
    price = str(products[0]["price_text"])
    return "".join(character for character in price.partition("₽")[0] if character.isdigit())


async def shut(web: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    """Whether no door opens, and none tells in its refusal what is behind it."""
    answers = [await web.get(door, headers=headers) for door in DOORS]
    tells = any(word in answer.text for answer in answers for word in ("Петра", "Берёзка", "₽"))
    return all(answer.status_code in (401, 403) for answer in answers) and not tells
