"""«Заменить на карамель или убрать из заказа?» may be answered in words."""

import pytest

from tests.actions import views
from tests.actions.conftest import Talk

MISSING = views.line(views.VANILLA, "2", "1 200 ₽", issue="out", substitute=views.CARAMEL)
RECEIVED = views.outcome("changed", views.cart([MISSING], "1 200 ₽"))
SETTLED = views.outcome("changed", views.cart([views.line(views.MILK, "5", "2 500 ₽")], "2 500 ₽"))


async def asked(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", RECEIVED)
    reply = await talk.run("action_order", "сироп ваниль 2", "order")
    assert "Заменить на карамель или убрать из заказа?" in reply.text
    assert reply.expecting == "issue:20003"


@pytest.mark.parametrize("words", ["убрать", "Уберите!", "тогда убери её"])
async def test_removed_in_words(talk: Talk, words: str) -> None:
    await asked(talk)
    talk.answers("PUT", "cart/lines/20003", SETTLED)
    await talk.run("action_order", words, "order")
    assert talk.sent("PUT", "cart/lines/20003") == [{"quantity": None}]


@pytest.mark.parametrize("words", ["заменить", "да, замените", "поменяй"])
async def test_replaced_in_words(talk: Talk, words: str) -> None:
    await asked(talk)
    talk.answers("GET", "cart", views.cart([MISSING], "1 200 ₽"))
    talk.answers("POST", "cart/replace", SETTLED)
    await talk.run("action_order", words, "order")
    assert talk.sent("POST", "cart/replace") == [{"sku": "20003", "by_sku": "20004"}]


async def test_other_words_are_read_as_an_order(talk: Talk) -> None:
    await asked(talk)
    talk.answers("POST", "cart/messages", SETTLED)
    await talk.run("action_order", "убери молоко", "order")
    assert talk.sent("POST", "cart/messages")[-1]["text"] == "убери молоко"
