"""The small distributor of the orders' tests, with utterances that nobody understood."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from api.db.models import InboxRow, ReviewItemRow
from tests.api.orders.conftest import NOW, PETRA, World, world

__all__ = ["Doubts", "doubts", "world"]

Doubts = Callable[..., Awaitable[list[int]]]


@pytest.fixture
def doubts(world: World) -> Doubts:
    """Adds items of one key as the collector would; returns their ids."""
    number = count(1)

    async def add(phrase: str, *texts: str, customer: str | None = PETRA, **columns: Any) -> list[int]:
        ids = []
        for text in texts or (phrase,):
            n = next(number)
            conversation = world.conversations[customer or PETRA]
            inbox = InboxRow(
                channel="webchat", provider_id=f"r{n}", conversation_id=conversation, seq=n, at=NOW, text=text, raw={}
            )
            await world.add(inbox)
            values = {
                "source": f"test:{n}", "at": NOW - timedelta(minutes=n), "kind": "unknown_product", "phrase": phrase,
                "key": f"unknown_product:{phrase}", "cost": Decimal(1), "guess": {"intent": "order", "confidence": 0.9},
            } | columns  # fmt: skip
            item = ReviewItemRow(
                text=text, conversation_id=conversation, customer_id=customer, inbox_id=inbox.id, **values
            )
            await world.add(item)
            ids.append(item.id)
        return ids

    return add
