"""Orders and questions in one message, and what the classifier's verdict changes."""

import pytest

from tests.api.orders.conftest import BEREZKA, CREAM, MILK, PETRA, World
from tests.api.orders.test_reading import quantities, say


@pytest.mark.parametrize(
    ("text", "intent", "asked"),
    [
        ("молоко 3, и где вчерашний заказ?", "order", [("order_status", "и где вчерашний заказ?")]),
        ("молоко 3. сколько мы должны?", "balance", [("balance", "сколько мы должны?")]),
        ("молоко 3, когда привезёте?", "order", [("delivery", "когда привезёте?")]),
        ("молоко 3, есть новинки?", "order", [("promo", "есть новинки?")]),
        ("молоко 3 и пришлите накладную", "documents", [("documents", "и пришлите накладную")]),
        ("почём сливки? и молоко 3", "price_query", [("price_query", "почём сливки?")]),
        ("какие сиропы есть? и молоко 3", "order", [("catalog_query", "какие сиропы есть?")]),
        ("отмените заказ 12847 и добавьте молоко 3", "cancel_order", [("cancel_order", "отмените заказ 12847")]),
        ("молоко 3, ладно?", "order", []),
        ("добрый день, молоко 3", "greet", []),
    ],
)
async def test_what_is_asked_beside_the_order(
    world: World, text: str, intent: str, asked: list[tuple[str, str]]
) -> None:
    outcome = await say(world, text, intent=intent, confidence=0.75)
    assert quantities(outcome) == {MILK: "3"}
    assert [(aside.intent, aside.text) for aside in outcome.also] == asked


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("что с заявкой 120", "order_status"),
        ("пишите не раньше десяти утра", "notifications"),
        ("если беру 30 штук, какая цена будет", "price_query"),
        ("2 коробки молока не довезли", "complaint"),
        ("до 18 успею заказать?", "delivery"),
    ],
)
async def test_a_question_with_a_number_orders_nothing(world: World, text: str, intent: str) -> None:
    outcome = await say(world, text, intent=intent, confidence=0.95)
    assert outcome.kind == "not_order"
    assert outcome.cart.empty and outcome.cart.questions == []


async def test_thanks_for_goods_is_no_order_although_they_are_named(world: World) -> None:
    await say(world, "молоко 5")
    thanks = await say(world, "спасибо, и сливки и молоко получили", intent="thanks", confidence=0.95)
    assert thanks.kind == "not_order"


async def test_the_classifier_that_gave_up_hides_no_order(world: World) -> None:
    outcome = await say(world, "молоко 5", intent="nlu_fallback", confidence=0.99)
    assert quantities(outcome) == {MILK: "5"}


async def test_a_question_is_no_answer_to_ours(world: World) -> None:
    asked = await say(world, "молоко")
    assert asked.kind == "asked"
    outcome = await say(world, "до 18 успею заказать?", focus_sku=MILK, intent="delivery", confidence=0.95)
    assert outcome.kind == "not_order"
    assert len(outcome.cart.questions) == 1


async def test_an_answer_with_a_question_is_both(world: World) -> None:
    await say(world, "молоко")
    outcome = await say(world, "10, и где вчерашний заказ?")
    assert quantities(outcome) == {MILK: "10"}
    assert [aside.intent for aside in outcome.also] == ["order_status"]


async def test_a_question_does_not_wait_for_the_outlet(world: World) -> None:
    asked = await say(world, "что с заявкой 120", BEREZKA, intent="order_status", confidence=0.95)
    assert asked.kind == "not_order"
    waiting = await say(world, "молоко 5. что с заявкой 120?", BEREZKA, intent="order_status", confidence=0.95)
    assert waiting.kind == "needs_outlet"
    outcome = await say(world, "2", BEREZKA)
    assert quantities(outcome) == {MILK: "5"}
    assert [aside.intent for aside in outcome.also] == ["order_status"]


async def test_every_question_has_its_own_words(world: World) -> None:
    outcome = await say(world, "сливки 2, почём молоко? и когда привезёте заказ?", PETRA)
    assert quantities(outcome) == {CREAM: "2"}
    assert {aside.intent: aside.text for aside in outcome.also}["price_query"] == "почём молоко?"
