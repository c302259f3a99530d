"""The tap on 1–5: whose it is, how often, how late."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.db.models import EventRow, RatingRow
from api.db.session import customer_session, staff_session
from api.errors import NotFound
from api.orders import ratings
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World


@pytest.fixture
async def asked(world: World) -> int:
    """An order of Petra that was asked about."""
    order = await world.past_order(PETRA, {"p-milk": ("5", "500")})
    await world.add(
        RatingRow(order_id=order, asked_at=NOW, customer_id=PETRA, conversation_id=world.conversations[PETRA])
    )
    return order


async def kept(order: int) -> tuple[int | None, str]:
    async with staff_session() as session:
        row = await session.get_one(RatingRow, order)
        return row.score, row.comment


async def test_a_tap_is_kept_the_same_again_changes_nothing_another_one_stands(world: World, asked: int) -> None:
    for score, state in ((4, "rated"), (4, "same"), (2, "changed")):
        async with world.turn() as turn:
            assert (await ratings.rate(turn, asked, score)).state == state
    assert await kept(asked) == (2, "")
    async with staff_session() as session:
        told = await session.scalars(select(EventRow).filter_by(kind="rated").order_by(EventRow.id))
        assert [(row.data["score"], row.data["again"]) for row in told] == [(4, False), (2, True)]


async def test_words_come_after_the_tap_and_add_up(world: World, asked: int) -> None:
    async with world.turn() as turn:
        with pytest.raises(NotFound):
            await ratings.comment(turn, asked, "рано")
    async with world.turn() as turn:
        await ratings.rate(turn, asked, 3)
    for words in ("удобно", "но долго"):
        async with world.turn() as turn:
            assert (await ratings.comment(turn, asked, words)).state == "commented"
    assert await kept(asked) == (3, "удобно\nно долго")


async def test_a_late_tap_is_too_late(world: World, asked: int) -> None:
    async with world.turn(now=NOW + ratings.TAKEN_FOR + timedelta(minutes=1)) as turn:
        assert (await ratings.rate(turn, asked, 5)).state == "late"
    assert await kept(asked) == (None, "")


async def test_another_conversation_and_another_customer_may_not(world: World, asked: int) -> None:
    async with world.turn(conversation=uuid4()) as turn:
        with pytest.raises(NotFound):
            await ratings.rate(turn, asked, 1)
    async with world.turn(BEREZKA, conversation=world.conversations[PETRA]) as turn:
        with pytest.raises(NotFound):
            await ratings.rate(turn, asked, 1)
    async with customer_session(BEREZKA) as session:
        assert await session.get(RatingRow, asked) is None
    async with world.turn() as turn:
        with pytest.raises(NotFound):
            await ratings.rate(turn, asked + 1, 1)
    assert await kept(asked) == (None, "")
