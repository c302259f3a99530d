"""The cart by buttons: what each does, what it shows, what it refuses."""

from datetime import time

import pytest

from api.db.models import OutletRow
from api.errors import ApiError, Conflict, Forbidden, NotFound
from api.orders import service
from tests.api.orders.conftest import BEREZKA, BUNS, CARAMEL, CREAM, FLOUR, GONE, MILK, VANILLA, World


async def put(world: World, sku: str, quantity: str | None, customer: str = "petra"):  # type: ignore[no-untyped-def]
    async with world.turn(customer) as turn:
        return await service.perform(turn, "set_line", sku=sku, quantity=quantity)


async def test_a_line_has_quantity_price_sum_and_the_cart_a_total(world: World) -> None:
    await put(world, MILK, "5")
    outcome = await put(world, CREAM, "10")
    assert [(line.short_name, line.quantity_text, line.price_text, line.sum_text) for line in outcome.cart.lines] == [
        ("Молоко", "5 шт.", "500\u00a0₽", "2\u00a0500\u00a0₽"),
        ("Сливки", "10 шт.", "180\u00a0₽", "1\u00a0800\u00a0₽"),
    ]
    assert outcome.cart.total == "4300.00"
    assert outcome.cart.total_text == "4\u00a0300\u00a0₽"
    assert outcome.cart.version == 2
    assert outcome.cart.outlet and outcome.cart.outlet.address == "ул. Мира, 1"


async def test_a_changed_quantity_tells_before_after_and_sum(world: World) -> None:
    await put(world, MILK, "5")
    outcome = await put(world, MILK, "8")
    change = outcome.changes[0]
    assert (change.op, change.before_text, change.after_text, change.sum_text) == (
        "set", "5 шт.", "8 шт.", "4\u00a0000\u00a0₽",
    )  # fmt: skip


@pytest.mark.parametrize("quantity", [None, "0"])
async def test_none_or_zero_takes_the_line_out(world: World, quantity: str | None) -> None:
    await put(world, MILK, "5")
    outcome = await put(world, MILK, quantity)
    assert outcome.cart.empty
    assert outcome.changes[0].op == "removed"


async def test_the_same_quantity_makes_no_new_version(world: World) -> None:
    await put(world, MILK, "5")
    outcome = await put(world, MILK, "5,0")
    assert outcome.kind == "unchanged"
    assert outcome.cart.version == 1


async def test_off_the_step_is_asked_and_the_answer_applied(world: World) -> None:
    outcome = await put(world, BUNS, "7")
    assert outcome.kind == "asked"
    assert outcome.cart.empty
    question = outcome.cart.questions[0]
    assert [(option.value, option.title) for option in question.options] == [("6", "6 шт."), ("12", "12 шт.")]
    async with world.turn() as turn:
        answered = await service.perform(turn, "answer", question_id=question.id, value="12")
    assert [(line.sku, line.quantity) for line in answered.cart.lines] == [(BUNS, "12")]
    assert answered.cart.questions == []


async def test_a_closed_question_says_so(world: World) -> None:
    outcome = await put(world, BUNS, "7")
    question_id = outcome.cart.questions[0].id
    async with world.turn() as turn:
        await service.perform(turn, "answer", question_id=question_id, value=None)
    with pytest.raises(NotFound):
        async with world.turn() as turn:
            await service.perform(turn, "answer", question_id=question_id, value="12")


async def test_an_answer_that_was_not_offered_is_refused(world: World) -> None:
    question_id = (await put(world, BUNS, "7")).cart.questions[0].id
    with pytest.raises(ApiError) as caught:
        async with world.turn() as turn:
            await service.perform(turn, "answer", question_id=question_id, value=MILK + "x")
    assert caught.value.status == 422


async def test_far_from_the_usual_is_confirmed_once(world: World) -> None:
    for days in (7, 14):
        await world.past_order("petra", {"p-milk": ("5", "500")}, days=days, number=f"N-{days}")
    outcome = await put(world, MILK, "50")
    assert outcome.kind == "asked"
    assert outcome.cart.questions[0].reason == "confirm"
    assert outcome.cart.questions[0].quantity_text == "50 шт."
    async with world.turn() as turn:
        answered = await service.perform(turn, "answer", question_id=outcome.cart.questions[0].id, value="yes")
    assert answered.cart.lines[0].quantity == "50"


@pytest.mark.parametrize("quantity", ["-1", "восемь", "NaN", "Infinity", "1e12"])
async def test_a_quantity_that_is_none_is_refused(world: World, quantity: str) -> None:
    with pytest.raises(ApiError) as caught:
        await put(world, MILK, quantity)
    assert caught.value.status == 422


async def test_unknown_and_withdrawn_goods_are_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await put(world, "no-such", "1")
    with pytest.raises(Conflict):
        await put(world, GONE, "1")


async def test_short_and_missing_goods_are_told_with_a_substitute(world: World) -> None:
    await put(world, MILK, "5")
    await put(world, VANILLA, "2")
    await world.set_stock("p-milk", 3)
    await world.set_stock("p-vanilla", 0)
    async with world.turn() as turn:
        milk, vanilla = (await service.show(turn)).lines
    assert (milk.issue, milk.issue_text, milk.available) == ("short", "в наличии только 3 шт.", "3")
    assert milk.substitute is None
    assert vanilla.issue == "out"
    assert vanilla.substitute and vanilla.substitute.sku == CARAMEL
    assert vanilla.substitute.price_text == "650\u00a0₽"


async def test_goods_on_order_are_no_problem(world: World) -> None:
    outcome = await put(world, FLOUR, "3")
    line = outcome.cart.lines[0]
    assert (line.issue, line.stock, line.stock_text) == (None, "on_order", "под заказ, 5 дней")


async def test_replacing_keeps_the_quantity(world: World) -> None:
    await put(world, VANILLA, "2")
    async with world.turn() as turn:
        outcome = await service.perform(turn, "replace", sku=VANILLA, by_sku=CARAMEL)
    assert [(line.sku, line.quantity) for line in outcome.cart.lines] == [(CARAMEL, "2")]
    assert [change.op for change in outcome.changes] == ["removed", "replaced"]


async def test_clearing(world: World) -> None:
    await put(world, MILK, "5")
    async with world.turn() as turn:
        outcome = await service.perform(turn, "clear")
    assert outcome.cart.empty
    assert [change.op for change in outcome.changes] == ["cleared"]


async def test_several_outlets_are_asked_first_and_the_words_wait(world: World) -> None:
    asked = await put(world, MILK, "5", BEREZKA)
    assert asked.kind == "needs_outlet"
    assert [outlet.id for outlet in asked.outlets] == ["berezka-1", "berezka-2"]
    async with world.turn(BEREZKA) as turn:
        outcome = await service.choose_outlet(turn, "berezka-2")
    assert [(line.sku, line.quantity) for line in outcome.cart.lines] == [(MILK, "5")]
    assert outcome.cart.outlet and outcome.cart.outlet.id == "berezka-2"
    async with world.turn(BEREZKA) as turn:
        other = await service.choose_outlet(turn, "berezka-1")
    assert other.cart.empty


async def test_a_foreign_outlet_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        async with world.turn(BEREZKA) as turn:
            await service.choose_outlet(turn, "petra-1")


async def test_another_company_in_the_same_conversation_chooses_for_itself(world: World) -> None:
    conversation = world.conversations[BEREZKA]
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-2")
    await world.add(
        OutletRow(
            id="petra-2", customer_id="petra", name="Вторая", address="ул. Новая, 2", warehouse_id="w1",
            delivery_days=[1], window_start=time(9), window_end=time(12),
        )
    )  # fmt: skip
    async with world.turn("petra", conversation=conversation) as turn:
        asked = await service.perform(turn, "set_line", sku=MILK, quantity="5")
    assert asked.kind == "needs_outlet"
    async with world.turn("petra", conversation=conversation) as turn:
        outcome = await service.choose_outlet(turn, "petra-2")
    assert outcome.cart.outlet and outcome.cart.outlet.id == "petra-2"
    assert [line.quantity for line in outcome.cart.lines] == ["5"]


async def test_two_customers_see_their_own_price_of_one_sku(world: World) -> None:
    mine = await put(world, MILK, "1")
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-1")
    theirs = await put(world, MILK, "1", BEREZKA)
    assert mine.cart.lines[0].price_text == "500\u00a0₽"
    assert theirs.cart.lines[0].price_text == "450\u00a0₽"


async def test_without_the_right_nothing_is_changed_and_no_price_is_shown(world: World) -> None:
    with pytest.raises(Forbidden):
        async with world.turn(rights="prices") as turn:
            await service.perform(turn, "set_line", sku=MILK, quantity="1")
    async with world.turn(rights="order") as turn:
        outcome = await service.perform(turn, "set_line", sku=MILK, quantity="1")
    line = outcome.cart.lines[0]
    assert (line.price_text, line.sum_text, outcome.cart.total_text) == (None, None, "")


async def test_a_repeated_request_changes_nothing_twice(world: World) -> None:
    from api.orders.schemas import TurnOutcome

    for _ in range(2):
        async with world.turn(inbox=77) as turn:
            outcome = await turn.once(
                "cart.lines", lambda: service.perform(turn, "set_line", sku=MILK, quantity="3"), TurnOutcome
            )
    assert outcome.cart.version == 1
