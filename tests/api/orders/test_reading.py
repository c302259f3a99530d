"""Words and repeats on the cart, with the real understanding."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from api.catalog.snapshot import snapshots
from api.db.models import CatalogVersionRow, EventRow, PriceRow, ProductRow
from api.db.session import staff_session
from api.orders import service
from api.orders.confirmation import confirm
from api.orders.desk import open_desk, shopper
from api.orders.ranking import likeliest_first
from api.orders.schemas import TurnOutcome
from api.understanding.outcome import Question, Reason
from tests.api.orders.conftest import BEREZKA, BUNS, CARAMEL, CREAM, GONE, MILK, NOW, PETRA, VANILLA, World

LAST = {"p-milk": ("5", "500"), "p-cream": ("10", "180"), "p-vanilla": ("2", "600")}


async def say(
    world: World,
    text: str,
    customer: str = PETRA,
    focus_sku: str | None = None,
    intent: str = "order",
    confidence: float = 0.9,
) -> TurnOutcome:
    async with world.turn(customer) as turn:
        heard = {"intent": intent, "confidence": confidence}
        return await service.perform(turn, "message", text=text, focus_sku=focus_sku, **heard)


def quantities(outcome: TurnOutcome) -> dict[str, str]:
    return {line.sku: line.quantity for line in outcome.cart.lines}


async def test_as_usual_only_milk_8(world: World) -> None:
    """The article's own sentence: the last order with one difference, shown against it."""
    await world.past_order(PETRA, LAST)
    outcome = await say(world, "как обычно, только молока 8")
    assert quantities(outcome) == {MILK: "8", CREAM: "10", VANILLA: "2"}
    assert outcome.cart.total_text == "7\u00a0000\u00a0₽"
    assert outcome.cart.base and outcome.cart.base.date_text == "10 декабря"
    previous = {line.sku: line.previous_quantity_text for line in outcome.cart.lines}
    assert previous == {MILK: "5 шт.", CREAM: None, VANILLA: None}


async def test_repeating_names_every_change_since_then(world: World) -> None:
    await world.past_order(PETRA, LAST | {"p-gone": ("4", "50")})
    await world.change(PriceRow, {"product_id": "p-cream", "price_list_id": "list-petra"}, amount=Decimal(200))
    await world.set_stock("p-vanilla", 0)
    async with world.turn() as turn:
        outcome = await service.perform(turn, "repeat", order=None, mode=None)
    lines = {line.sku: line for line in outcome.cart.lines}
    assert (lines[CREAM].price_was_text, lines[CREAM].price_text) == ("180\u00a0₽", "200\u00a0₽")
    assert lines[VANILLA].issue == "out"
    assert lines[VANILLA].substitute is not None
    assert lines[GONE].issue == "withdrawn"
    assert lines[MILK].issue is None


async def test_repeating_onto_a_full_cart_asks(world: World) -> None:
    await world.past_order(PETRA, LAST)
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=BUNS, quantity="6")
    async with world.turn() as turn:
        asked = await service.perform(turn, "repeat", order=None, mode=None)
    question = asked.cart.questions[0]
    assert [option.value for option in question.options] == ["replace", "add"]
    async with world.turn() as turn:
        added = await service.perform(turn, "answer", question_id=question.id, value="add")
    assert quantities(added) == {BUNS: "6", MILK: "5", CREAM: "10", VANILLA: "2"}


@pytest.mark.parametrize("number", ["120", "ПЭ00-000120", "000120"])
async def test_repeating_a_numbered_order(world: World, number: str) -> None:
    await world.past_order(PETRA, {"p-milk": ("3", "500")}, days=9, number="ПЭ00-000120")
    await world.past_order(PETRA, LAST, number="ПЭ00-000121")
    async with world.turn() as turn:
        outcome = await service.perform(turn, "repeat", order=number, mode=None)
    assert quantities(outcome) == {MILK: "3"}
    assert outcome.cart.base and outcome.cart.base.number == "120"


async def test_repeating_an_order_that_has_no_number_yet(world: World) -> None:
    await say(world, "молоко 5")
    async with world.turn() as turn:
        assert (await confirm(turn, None, False)).state == "sending"
    await say(world, "сливки 3")
    async with world.turn() as turn:
        asked = await service.perform(turn, "repeat", order=None, mode=None)
    async with world.turn() as turn:
        outcome = await service.perform(turn, "answer", question_id=asked.cart.questions[0].id, value="add")
    assert quantities(outcome) == {CREAM: "3", MILK: "5"}
    assert outcome.cart.base and outcome.cart.base.number == ""


async def test_another_outlets_orders_stand_in_when_there_are_none(world: World) -> None:
    await world.past_order(BEREZKA, LAST)
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-2")
    async with world.turn(BEREZKA) as turn:
        outcome = await service.perform(turn, "repeat", order=None, mode=None)
    assert quantities(outcome) == {MILK: "5", CREAM: "10", VANILLA: "2"}


async def test_a_question_is_answered_in_words(world: World) -> None:
    asked = await say(world, "сироп 2")
    assert asked.kind == "asked"
    assert {option.value for option in asked.cart.questions[0].options} == {VANILLA, "20032"}
    answered = await say(world, "ваниль")
    assert quantities(answered) == {VANILLA: "2"}
    assert answered.cart.questions == []


async def test_what_the_customer_buys_is_offered_first_then_what_is_in_stock(world: World) -> None:
    asked = Question("сироп", Reason.ambiguous, (VANILLA, CARAMEL, CREAM))
    await world.set_stock("p-vanilla", 0)
    assert await offered(world, asked) == (CARAMEL, CREAM, VANILLA)
    await world.past_order(PETRA, {"p-cream": ("10", "180"), "p-vanilla": ("1", "600")}, number="1")
    await world.past_order(PETRA, {"p-cream": ("10", "180")}, number="2")
    assert await offered(world, asked) == (CREAM, VANILLA, CARAMEL)


async def offered(world: World, question: Question) -> tuple[str, ...]:
    async with world.turn() as turn:
        who = await shopper(turn)
        assert who.outlet is not None
        [ranked] = await likeliest_first(await open_desk(who, who.outlet, lock=True), [question])
        return ranked.candidates


async def test_a_bare_number_is_the_place_in_the_list(world: World) -> None:
    asked = await say(world, "сироп 3")
    second = asked.cart.questions[0].options[1].value
    assert quantities(await say(world, "2", intent="nlu_fallback")) == {second: "3"}


async def test_the_focus_takes_a_bare_number(world: World) -> None:
    await say(world, "молоко 5")
    outcome = await say(world, "8", focus_sku=MILK)
    assert quantities(outcome) == {MILK: "8"}


async def test_packs_are_told_as_the_customer_named_them(world: World) -> None:
    outcome = await say(world, "сливки 3 коробки")
    assert outcome.cart.lines[0].quantity_text == "3 коробки (36 шт.)"


async def test_chatter_leaves_the_cart_alone(world: World) -> None:
    await say(world, "молоко 5")
    outcome = await say(world, "спасибо, хорошего дня")
    assert outcome.kind == "not_order"
    assert outcome.cart.version == 1


@pytest.mark.parametrize("choice", ["2", "2.", "на Лесной", "Лесная"])
async def test_the_outlet_is_named_in_words_and_the_order_is_kept(world: World, choice: str) -> None:
    asked = await say(world, "молоко 5", BEREZKA)
    assert asked.kind == "needs_outlet"
    outcome = await say(world, choice, BEREZKA)
    assert quantities(outcome) == {MILK: "5"}
    assert outcome.cart.outlet and outcome.cart.outlet.id == "berezka-2"


async def test_two_messages_wait_together(world: World) -> None:
    await say(world, "молоко 5", BEREZKA)
    await say(world, "и сливки 3", BEREZKA)
    async with world.turn(BEREZKA) as turn:
        outcome = await service.choose_outlet(turn, "berezka-1")
    assert quantities(outcome) == {MILK: "5", CREAM: "3"}


async def test_orders_older_than_half_a_year_are_forgotten(world: World) -> None:
    await world.past_order(PETRA, LAST, days=200)
    async with world.turn(now=NOW) as turn:
        outcome = await service.perform(turn, "repeat", order=None, mode=None)
    assert outcome.cart.empty
    assert [notice.code for notice in outcome.notices] == ["nothing_to_repeat"]


async def test_clearing_drops_the_questions_of_a_cart_without_lines(world: World) -> None:
    asked = await say(world, "сметана верблюжья 4")
    assert asked.cart.questions and not asked.cart.lines
    outcome = await say(world, "очисти корзину")
    assert outcome.cart.questions == []
    assert outcome.kind == "changed"


async def test_question_and_its_answer_are_recorded(world: World) -> None:
    async with world.turn() as turn:
        asked = await service.perform(turn, "message", text="сироп 2")
    [question] = asked.cart.questions
    async with world.turn() as turn:
        await service.perform(turn, "answer", question_id=question.id, value=question.options[0].value)
    async with staff_session() as session:
        told = select(EventRow).where(EventRow.kind.in_(("question", "answer")))
        rows = (await session.scalars(told.order_by(EventRow.id))).all()
    assert [(row.kind, row.data["reason"]) for row in rows] == [("question", "ambiguous"), ("answer", "ambiguous")]


@pytest.mark.parametrize(
    ("said", "cart", "still"), [("5", {}, ["5", "сливки"]), ("молоко 3", {MILK: "3"}, ["сливки"]), ("нет", {}, [])]
)
async def test_goods_withdrawn_while_they_were_asked_about(
    world: World, said: str, cart: dict[str, str], still: list[str]
) -> None:
    """What is meant is asked anew; neither the talk nor other goods wait for it."""
    asked = await say(world, "сливки")
    assert [question.reason for question in asked.cart.questions] == ["quantity"]
    await world.change(ProductRow, {"id": "p-cream"}, active=False)
    await world.change(CatalogVersionRow, {"id": 1}, version=2)
    async with staff_session() as session:
        await snapshots.newest(session)
    outcome = await say(world, said)
    assert quantities(outcome) == cart
    assert [question.phrase for question in outcome.cart.questions if question.reason == "unknown"] == still
