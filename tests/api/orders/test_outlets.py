"""Outlets named in a message: the cart of the one that is meant, said aloud; two of them one after the other."""

import pytest

from api.db.models import OutletRow
from api.orders import outlets, service
from api.orders.schemas import TurnOutcome
from tests.api.orders.conftest import BEREZKA, CREAM, MILK, World
from tests.api.orders.test_reading import quantities, say

ROWS = [
    OutletRow(id="1", customer_id="c", name="Точка 1", address="ул. Мира, 1"),
    OutletRow(id="2", customer_id="c", name="Точка 2", address="ул. Лесная, 2"),
]


def told(outcome: TurnOutcome) -> list[tuple[str, str]]:
    return [(notice.code, notice.phrase) for notice in outcome.notices]


async def choose(world: World, outlet: str) -> TurnOutcome:
    async with world.turn(BEREZKA) as turn:
        return await service.choose_outlet(turn, outlet)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "на Мира: молоко 5, кефир 3; на Лесную: батон 12",
            "на Мира: молоко 5, кефир 3;",
            "на Лесную: батон 12",
        ),
        ("Добрый день!\nМира\nмолоко 5\nсливки 3\nЛесная\nмолоко 2", "Мира\nмолоко 5\nсливки 3", "Лесная\nмолоко 2"),
        ("молоко 5 на Мира, батон 12 на Лесную", "молоко 5 на Мира,", "батон 12 на Лесную"),
        ("молоко 5, кефир 3 на Мира, батон 12 на Лесную", "молоко 5, кефир 3 на Мира,", "батон 12 на Лесную"),
        ("на Мира молоко 5, кефир 3, на Лесную батон", "на Мира молоко 5, кефир 3,", "на Лесную батон"),
        ("и на Мира и на Лесную молоко 5", None, None),
    ],
)
def test_the_part_of_each(text: str, first: str | None, second: str | None) -> None:
    assert [outlets.part_for(text, row, ROWS) for row in ROWS] == [first, second]


async def test_a_named_outlet_is_chosen_at_once(world: World) -> None:
    outcome = await say(world, "молоко 5 на Лесную", BEREZKA)
    assert outcome.cart.outlet and outcome.cart.outlet.id == "berezka-2"
    assert quantities(outcome) == {MILK: "5"}
    assert told(outcome) == [("outlet_changed", "Точка 2")]


async def test_another_outlet_has_a_cart_of_its_own(world: World) -> None:
    await choose(world, "berezka-1")
    await say(world, "молоко 5", BEREZKA)
    outcome = await say(world, "на Лесную сливки 2", BEREZKA)
    assert quantities(outcome) == {CREAM: "2"}
    assert told(outcome) == [("outlet_changed", "Точка 2"), ("cart_kept", "Точка 1")]
    back = await say(world, "на Мира", BEREZKA, intent="nlu_fallback")
    assert quantities(back) == {MILK: "5"}
    assert told(back) == [("outlet_changed", "Точка 1"), ("cart_kept", "Точка 2")]


async def test_the_outlet_that_is_chosen_already_is_not_announced(world: World) -> None:
    await choose(world, "berezka-2")
    outcome = await say(world, "молоко 5 на Лесную", BEREZKA)
    assert quantities(outcome) == {MILK: "5"}
    assert told(outcome) == []


async def test_a_question_about_an_outlet_changes_nothing(world: World) -> None:
    await choose(world, "berezka-1")
    asked = await say(world, "где заказ на Лесную, 2?", BEREZKA, intent="order_status", confidence=0.95)
    assert asked.kind == "not_order"
    assert (await say(world, "молоко 5", BEREZKA)).cart.outlet == asked.cart.outlet


async def test_what_waited_comes_along(world: World) -> None:
    assert (await say(world, "молоко 5", BEREZKA)).kind == "needs_outlet"
    outcome = await say(world, "это на Лесную, и сливки 2", BEREZKA)
    assert quantities(outcome) == {MILK: "5", CREAM: "2"}
    assert outcome.cart.outlet and outcome.cart.outlet.id == "berezka-2"


async def test_the_choice_in_more_words(world: World) -> None:
    await say(world, "молоко 5", BEREZKA)
    outcome = await say(world, "это на Лесную", BEREZKA)
    assert quantities(outcome) == {MILK: "5"}
    assert outcome.cart.outlet and outcome.cart.outlet.id == "berezka-2"


@pytest.mark.parametrize("chosen", [None, "berezka-1"])
async def test_two_outlets_come_one_after_the_other(world: World, chosen: str | None) -> None:
    if chosen:
        await choose(world, chosen)
    asked = await say(world, "на Мира: молоко 5, сливки 3; на Лесную: молоко 2", BEREZKA)
    assert asked.kind == "needs_outlet"
    assert told(asked) == [("several_outlets", "")]
    assert [outlet.id for outlet in asked.outlets] == ["berezka-1", "berezka-2"]
    outcome = await choose(world, "berezka-2")
    assert quantities(outcome) == {MILK: "2"}
    assert told(outcome) == [("outlet_next", "Точка 1")]


async def test_parts_that_cannot_be_told_apart_are_asked_for(world: World) -> None:
    asked = await say(world, "и на Мира и на Лесную молоко 5", BEREZKA)
    assert asked.kind == "needs_outlet"
    outcome = await choose(world, "berezka-1")
    assert outcome.cart.empty
    assert told(outcome) == [("send_apart", "Точка 1")]
