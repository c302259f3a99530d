"""An order and a question in one message: whatever intent wins, both are answered."""

import pytest

from actions.amounts import holds_amount
from actions.beside import question_words
from tests.actions import views
from tests.actions.conftest import Talk


def two_added(**also: str) -> dict[str, object]:
    """«молока 2, сливок 5», and what was asked beside it."""
    lines = [views.line(views.MILK, "2", "1 000 ₽"), views.line(views.CREAM, "5", "900 ₽")]
    changes = [
        views.change("added", views.MILK, None, "2 шт.", "1 000 ₽"),
        views.change("added", views.CREAM, None, "5 шт.", "900 ₽"),
    ]
    asked = [{"intent": intent, "text": text} for intent, text in also.items()]
    return views.outcome("changed", views.cart(lines, "1 900 ₽"), changes, also=asked)


CONFIRM = ["Оформить", "Изменить количество", "Добавить товары"]


@pytest.mark.parametrize(
    "text",
    ["молока 10", "две пачки масла", "коробку кефира", "кило лайма", "пару батонов", "полтора кг сыра", "десяток яиц"],
)
def test_amounts(text: str) -> None:
    assert holds_amount(text)


@pytest.mark.parametrize(
    "text", ["почём гауда?", "где мой заказ", "стоит ли ждать", "спасибо большое", "шторм", "я тут"]
)
def test_no_amounts(text: str) -> None:
    assert not holds_amount(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("кефира 5, а гауда есть?", "а гауда есть?"),
        ("почём гауда 45%? и кефира 5", "почём гауда 45%?"),
        ("молока 10. какая цена на гауду", "какая цена на гауду"),
        ("кефира 5", "кефира 5"),
    ],
)
def test_the_words_that_ask(text: str, asks: str) -> None:
    assert question_words(text) == asks


async def test_heard_as_an_order(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added(order_status="и где вчерашний заказ?", weather="какая погода?"))
    talk.answers("GET", "orders/last", views.order())
    reply = await talk.run("action_order", "молока 2, сливок 5, и где вчерашний заказ?", "order")
    assert [message["text"].splitlines()[0] for message in reply.messages] == [
        "Ваш заказ:",
        "Заказ №12847 от 15 декабря: собирается. Доставка завтра, 16 декабря, с 9:00 до 12:00. Сумма 7 000 ₽.",
    ]
    assert reply.messages[0]["buttons"] == []
    assert reply.buttons == CONFIRM
    assert reply.expecting == "confirm:3"


async def test_heard_as_a_question(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added(price_query="почём сахар 25 кг?"))
    sugar = views.product("8", "Сахар 25 кг", "Сахар", "1 900 ₽")
    talk.answers("POST", "catalog/lookup", {"products": [sugar], "phrase": "сахар", "figures_at_text": ""})
    reply = await talk.run("action_price", "почём сахар 25 кг? и молока 2, сливок 5", "price_query")
    assert talk.sent("POST", "catalog/lookup") == [{"text": "почём сахар 25 кг?"}]
    assert talk.sent("POST", "cart/messages")[0]["confidence"] == 0.9
    assert [message["text"].splitlines()[0] for message in reply.messages] == ["Ваш заказ:", "Ваши цены:"]
    assert reply.buttons == CONFIRM
    assert reply.expecting == "confirm:3"


async def test_a_question_that_only_the_classifier_heard(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added())
    talk.answers("GET", "balance", views.BALANCE)
    reply = await talk.run("action_balance", "молока 2, сливок 5, и по долгу отчитайтесь", "balance")
    assert len(reply.messages) == 2
    assert reply.buttons == CONFIRM


async def test_a_question_that_orders_nothing_is_answered_as_ever(talk: Talk) -> None:
    talk.orders_nothing()
    talk.answers("GET", "orders", views.order(number="120"))
    reply = await talk.run("action_order_status", "что с заявкой 120", "order_status")
    assert len(talk.sent("POST", "cart/messages")) == 1
    assert reply.text.startswith("Заказ №120")


async def test_a_question_without_an_amount_costs_no_call(talk: Talk) -> None:
    talk.answers("GET", "balance", views.BALANCE)
    await talk.run("action_balance", "какой у нас долг", "balance")
    assert talk.sent("POST", "cart/messages") == []


@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_greet", "greet"), ("action_thanks", "thanks"), ("action_out_of_scope", "out_of_scope")],
)
async def test_a_greeting_is_part_of_the_order(talk: Talk, action: str, intent: str) -> None:
    talk.answers("POST", "cart/messages", two_added())
    reply = await talk.run(action, "добрый день, молока 2 и сливок 5", intent)
    assert len(reply.messages) == 1
    assert reply.expecting == "confirm:3"


async def test_a_complaint_goes_to_a_person_with_the_order_in_the_cart(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added(complaint="вчера молоко было кислое."))
    talk.answers("POST", "handoff", views.HANDOFF)
    text = "вчера молоко было кислое. привезите молока 2 и сливок 5"
    reply = await talk.run("action_complaint", text, "complaint")
    assert reply.messages[0]["text"].startswith("Ваш заказ:")
    assert reply.messages[1]["text"].startswith("Очень жаль, что так вышло. Передаю")
    assert reply.expecting is None


async def test_a_complaint_beside_an_order_does_not_silence_the_bot(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added(complaint="вчера молоко было кислое."))
    reply = await talk.run("action_order", "вчера молоко было кислое. молока 2 и сливок 5", "order")
    assert reply.messages[1]["text"].startswith("Очень жаль, что так вышло. Если передать")
    assert reply.buttons == CONFIRM
    assert reply.expecting == "confirm:3"


async def test_a_withdrawal_beside_an_order_asks_last(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added(cancel_order="отмените заказ 12847"))
    talk.answers("GET", "orders", views.order())
    reply = await talk.run("action_cancel_order", "отмените заказ 12847, и молока 2, сливок 5", "cancel_order")
    assert reply.buttons == ["Да, отменить", "Нет, оставить"]
    assert reply.expecting == "cancel:7f0e"


async def test_a_person_who_may_not_order_still_gets_answers(talk: Talk) -> None:
    talk.refuses("POST", "cart/messages", 403, "no_right", "На это у вас нет прав.")
    talk.answers("GET", "delivery", views.DELIVERY)
    reply = await talk.run("action_delivery", "до 18 успею?", "delivery")
    assert reply.text.startswith("Ближайшая доставка")


async def test_a_person_and_buttons_are_as_ever(talk: Talk) -> None:
    talk.answers("POST", "handoff", views.HANDOFF)
    await talk.run("action_call_human", "позовите менеджера, у нас 2 вопроса", "call_human")
    talk.answers("GET", "balance", views.BALANCE)
    await talk.run("action_balance", intent="show_balance")
    assert talk.sent("POST", "cart/messages") == []


async def test_a_question_that_waited_for_the_outlet_is_answered_too(talk: Talk) -> None:
    waiting = views.outcome("needs_outlet", views.empty_cart(outlet=None), outlets=views.OUTLETS)
    talk.answers("POST", "cart/messages", waiting)
    asked = await talk.run("action_order", "молока 2, сливок 5, и где вчерашний заказ?", "order")
    talk.answers("PUT", "cart/outlet", two_added(order_status="и где вчерашний заказ?"))
    talk.answers("GET", "orders/last", views.order())
    reply = await talk.run("action_choose_outlet", outlet="o-2")
    assert asked.expecting == "outlet"
    assert reply.messages[1]["text"].startswith("Заказ №12847")
    assert reply.buttons == CONFIRM
