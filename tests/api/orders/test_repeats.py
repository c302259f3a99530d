"""A past order that is not found, or of which there is none."""

from datetime import date
from decimal import Decimal

import pytest

from api.orders import repeats, service
from api.understanding.context import PastOrder
from tests.api.orders.conftest import CREAM, MILK, PETRA, World
from tests.api.orders.test_reading import LAST, quantities, say

ORDERS = tuple(
    PastOrder(number, date(2025, month, day), {MILK: Decimal(1)})
    for number, month, day in (("7", 11, 1), ("120", 12, 1), ("121", 12, 8), ("122", 12, 15))
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("да", "122"),
        ("да, последний", "122"),
        ("давайте последний", "122"),
        ("второй", "121"),
        ("от 1 декабря", "120"),
        ("121", "121"),
        ("заказ №120", "120"),
        ("от 3 декабря", None),
        ("молоко 5", None),
        ("7", None),
    ],
)
def test_the_order_that_an_answer_means(text: str, number: str | None) -> None:
    order = repeats.picked(text, ORDERS)
    assert (order.number if order else None) == number


def test_two_orders_of_one_day_are_told_apart() -> None:
    today = date(2025, 12, 16)
    twins = (*ORDERS[:3], PastOrder("123", date(2025, 12, 8), {}))
    titles = [option.title for option in repeats.options(twins, today)]
    assert titles == ["№123, 8 декабря", "№121, 8 декабря", "от 1 декабря"]


async def test_nothing_can_be_as_usual_for_a_new_customer(world: World) -> None:
    outcome = await say(world, "как обычно", intent="repeat_order")
    assert [notice.code for notice in outcome.notices] == ["nothing_to_repeat"]
    assert outcome.cart.questions == []
    ordered = await say(world, "молоко 5")
    assert ordered.cart.questions == [] and quantities(ordered) == {MILK: "5"}


async def test_an_order_that_is_not_found_offers_the_last_ones(world: World) -> None:
    await world.past_order(PETRA, {"p-cream": ("3", "180")}, days=9, number="ПЭ00-000120")
    await world.past_order(PETRA, LAST, days=5, number="ПЭ00-000121")
    asked = await say(world, "то же, что летом на банкет", intent="repeat_order")
    [question] = asked.cart.questions
    assert [(option.value, option.title) for option in question.options] == [
        ("121", "от 10 декабря"),
        ("120", "от 6 декабря"),
    ]
    async with world.turn() as turn:
        assert (await service.show(turn)).questions == [question]
    async with world.turn() as turn:
        outcome = await service.perform(turn, "answer", question_id=question.id, value="120")
    assert quantities(outcome) == {CREAM: "3"}
    assert outcome.cart.questions == []


async def test_yes_repeats_the_last_one(world: World) -> None:
    await world.past_order(PETRA, LAST)
    await say(world, "то же, что летом на банкет", intent="repeat_order")
    outcome = await say(world, "да", intent="affirm")
    assert outcome.cart.base and outcome.cart.base.date_text == "10 декабря"
    assert outcome.cart.questions == []


async def test_no_leaves_it(world: World) -> None:
    await world.past_order(PETRA, LAST)
    await say(world, "то же, что летом на банкет", intent="repeat_order")
    outcome = await say(world, "не надо", intent="deny")
    assert outcome.cart.empty and outcome.cart.questions == []
