"""What a customer calls goods: learnt from its answers, in force at once, its own, and to be taken back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.aliases import service as vocabulary
from api.db.models import AliasRow, EventRow, ProductRow
from api.db.session import staff_session
from api.orders import service
from api.orders.schemas import TurnOutcome
from tests.api.orders.conftest import BEREZKA, CARAMEL, CREAM, MILK, NOW, PETRA, VANILLA, World

SYRUP = "сироп 2"


@pytest.fixture
async def two(world: World) -> World:
    """Both customers have chosen where they order for."""
    async with world.turn(BEREZKA) as turn:
        await service.choose_outlet(turn, "berezka-1")
    return world


async def say(world: World, text: str, customer: str = PETRA) -> TurnOutcome:
    async with world.turn(customer) as turn:
        return await service.perform(turn, "message", text=text, intent="order")


async def press(world: World, outcome: TurnOutcome, value: str, customer: str = PETRA) -> TurnOutcome:
    [question] = outcome.cart.questions
    async with world.turn(customer) as turn:
        return await service.perform(turn, "answer", question_id=question.id, value=value)


async def empty(world: World, customer: str = PETRA) -> None:
    async with world.turn(customer) as turn:
        await service.perform(turn, "clear")


async def answer(world: World, text: str, sku: str, customer: str = PETRA) -> None:
    """Orders with this word, is asked, picks the product, and empties the cart."""
    asked = await say(world, text, customer)
    assert asked.kind == "asked", asked
    await press(world, asked, sku, customer)
    await empty(world, customer)


def quantities(outcome: TurnOutcome) -> dict[str, str]:
    return {line.sku: line.quantity for line in outcome.cart.lines}


async def meaning(world: World, text: str, customer: str = PETRA) -> str | None:
    """The product that the message orders without a question; None when it is asked."""
    outcome = await say(world, text, customer)
    await empty(world, customer)
    return next(iter(quantities(outcome)), None)


async def slang(world: World, sku: str = CREAM, customer: str = PETRA, **more: object) -> int:
    """A manager's word «сгуха»."""
    async with staff_session() as session:
        product = (await session.scalars(select(ProductRow.id).filter_by(sku=sku))).one()
        values = {"customer_id": customer, "said": "сгуха", "product_id": product, "by": "anna", "now": NOW} | more
        return (await vocabulary.add(session, **values)).id


async def test_an_ambiguous_word_is_learnt_from_two_answers_in_a_row(world: World) -> None:
    await answer(world, SYRUP, VANILLA)
    assert await meaning(world, SYRUP) is None
    await answer(world, "сироп 3", VANILLA)
    outcome = await say(world, "сиропа 4, молоко 5")
    assert quantities(outcome) == {VANILLA: "4", MILK: "5"}
    assert outcome.cart.questions == []


async def test_an_answer_in_words_teaches_too(world: World) -> None:
    for _ in range(2):
        await say(world, SYRUP)
        assert quantities(await say(world, "ваниль")) == {VANILLA: "2"}
        await empty(world)
    assert await meaning(world, "сироп 7") == VANILLA


async def test_another_answer_begins_anew(world: World) -> None:
    for sku in (VANILLA, CARAMEL, VANILLA):
        await answer(world, SYRUP, sku)
    assert await meaning(world, SYRUP) is None
    await answer(world, SYRUP, VANILLA)
    assert await meaning(world, SYRUP) == VANILLA


async def test_an_unknown_word_is_learnt_from_one_answer(world: World) -> None:
    await answer(world, "сироп химозный 3", CARAMEL)
    assert await meaning(world, "химозного сиропа 2") == CARAMEL
    assert await meaning(world, SYRUP) is None


async def test_which_line_to_remove_says_nothing_of_words(world: World) -> None:
    for _ in range(3):
        await say(world, "сироп ваниль 2, сироп карамель 3")
        asked = await say(world, "убери сироп")
        await press(world, asked, VANILLA)
        await empty(world)
    assert await meaning(world, SYRUP) is None


async def test_another_customer_is_asked_all_the_same(two: World) -> None:
    for _ in range(2):
        await answer(two, SYRUP, VANILLA)
    await slang(two)
    assert await meaning(two, SYRUP, BEREZKA) is None
    assert await meaning(two, "сгуха 3", BEREZKA) is None
    assert await meaning(two, "сгуха 3") == CREAM


async def test_revoked_means_asked_and_learnt_anew(world: World) -> None:
    for _ in range(2):
        await answer(world, SYRUP, VANILLA)
    async with staff_session() as session:
        row = (await session.scalars(select(AliasRow))).one()
        await vocabulary.revoke(session, row.id, "anna", NOW)
    await answer(world, SYRUP, VANILLA)
    assert await meaning(world, SYRUP) is None
    await answer(world, SYRUP, VANILLA)
    assert await meaning(world, SYRUP) == VANILLA


async def test_a_revoked_unknown_word_needs_two_answers(world: World) -> None:
    await answer(world, "сироп химозный 3", CARAMEL)
    async with staff_session() as session:
        await vocabulary.revoke(session, (await session.scalars(select(AliasRow.id))).one(), "anna", NOW)
    await answer(world, "сироп химозный 3", CARAMEL)
    assert await meaning(world, "сироп химозный 3") is None


async def test_a_word_of_withdrawn_goods_is_not_used(world: World) -> None:
    await slang(world, "20051")
    assert await meaning(world, "сгуха 3") is None


async def test_shared_by_a_manager_it_holds_for_all(two: World) -> None:
    alias = await slang(two)
    async with staff_session() as session:
        shared = await vocabulary.share(session, alias, "anna", NOW)
    assert await meaning(two, "сгуха 3", BEREZKA) == CREAM
    async with staff_session() as session:
        await vocabulary.revoke(session, shared.id, "anna", NOW)
    assert await meaning(two, "сгуха 3", BEREZKA) is None
    assert await meaning(two, "сгуха 3") == CREAM


async def test_own_words_go_before_those_for_all(two: World) -> None:
    await slang(two, MILK, customer_id=None)
    await slang(two, CREAM)
    assert await meaning(two, "сгуха 3") == CREAM
    assert await meaning(two, "сгуха 3", BEREZKA) == MILK


@pytest.mark.parametrize("correction", ["убери", "замени сгуху на молоко", "нет, не то"])
async def test_taken_back_at_once_it_is_asked_again(world: World, correction: str) -> None:
    await slang(world)
    outcome = await say(world, "сгуха 3")
    assert quantities(outcome) == {CREAM: "3"}
    await say(world, correction if correction != "убери" else "сгуху убери")
    await empty(world)
    assert await meaning(world, "сгуха 3") is None


async def test_one_customers_correction_leaves_the_word_of_all_to_the_others(two: World) -> None:
    await slang(two, customer_id=None)
    await say(two, "сгуха 3")
    async with two.turn() as turn:
        await service.perform(turn, "set_line", sku=CREAM, quantity=None)
    assert await meaning(two, "сгуха 3") is None
    assert await meaning(two, "сгуха 3", BEREZKA) == CREAM


async def test_an_answer_taken_back_does_not_count(world: World) -> None:
    for _ in range(2):
        asked = await say(world, SYRUP)
        await press(world, asked, VANILLA)
        async with world.turn() as turn:
            await service.perform(turn, "replace", sku=VANILLA, by_sku=CARAMEL)
        await empty(world)
    assert await meaning(world, SYRUP) is None


async def test_what_is_out_of_stock_is_taken_out_without_blame(world: World) -> None:
    await slang(world)
    await say(world, "сгуха 3")
    await world.set_stock("p-cream", 0)
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=CREAM, quantity=None)
    assert await meaning(world, "сгуха 3") == CREAM


@pytest.mark.parametrize("later", ["молоко 5", "кофе 3", "нет, молоко 5", "сироп ваниль 1"])
async def test_taken_out_later_it_takes_nothing_back(world: World, later: str) -> None:
    await slang(world)
    await say(world, "сгуха 3")
    await say(world, later)
    await say(world, "сгуху убери")
    await empty(world)
    expected = None if later.startswith("нет") else CREAM
    assert await meaning(world, "сгуха 3") == expected


async def test_no_to_a_question_is_no_correction(world: World) -> None:
    await slang(world)
    await say(world, "сгуха 3, сироп 2")
    outcome = await say(world, "не надо")
    assert quantities(outcome) == {CREAM: "3"} and outcome.cart.questions == []
    await empty(world)
    assert await meaning(world, "сгуха 3") == CREAM


async def test_what_is_learnt_and_used_is_recorded(world: World) -> None:
    await answer(world, "сироп химозный 3", CARAMEL)
    await say(world, "сироп химозный 2")
    async with world.turn() as turn:
        await service.perform(turn, "set_line", sku=CARAMEL, quantity=None)
    async with staff_session() as session:
        rows = await session.scalars(select(EventRow).order_by(EventRow.id))
        kinds = [row.kind for row in rows if row.kind.startswith("alias")]
        alias = (await session.scalars(select(AliasRow))).one()
    assert kinds == ["alias_learnt", "alias_used", "alias_reset"]
    assert (alias.said, alias.origin, alias.confirmed, alias.effective_at) == ("сироп химозный", "answer", 0, None)


async def test_a_cart_keeps_its_version_when_nothing_changed(world: World) -> None:
    await slang(world)
    before = await say(world, "сгуха 3")
    after = await say(world, "нет, не то")
    assert after.cart.version == before.cart.version


ANSWERS = st.tuples(st.sampled_from(["сироп 2", "молоко 5", "сироп химозный 1"]), st.sampled_from([VANILLA, CARAMEL]))


@given(st.lists(ANSWERS, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_one_learns_the_other_reads_as_before(two: World, answers: list[tuple[str, str]]) -> None:
    texts = ("сироп 2", "молоко 5", "сироп химозный 1")
    before = [await say_fresh(two, text) for text in texts]
    for text, sku in answers:
        asked = await say(two, text)
        if asked.cart.questions:
            await press(two, asked, sku)
        await empty(two)
    assert [await say_fresh(two, text) for text in texts] == before
    async with staff_session() as session:
        await session.execute(update(AliasRow).values(revoked_at=NOW))


async def say_fresh(world: World, text: str) -> tuple[dict[str, str], list[tuple[str, list[str]]]]:
    """What the other customer gets for this message: lines and questions."""
    outcome = await say(world, text, BEREZKA)
    await empty(world, BEREZKA)
    asked = [(question.phrase, [option.value for option in question.options]) for question in outcome.cart.questions]
    return quantities(outcome), asked
