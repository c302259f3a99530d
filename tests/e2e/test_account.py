"""Prices, stock, delivery, debts, the credit limit, a person."""

import re

import httpx

from api.run.system import System
from tests.e2e.chat import Chat


def price_of_milk(chat: Chat) -> str:
    chat.say("почём молоко 3,2% 10 л?")
    prices = re.findall(r"\d[\d ]*(?:,\d\d)? ₽", chat.last())
    assert prices, chat.last()
    return prices[0]


def test_two_customers_see_their_own_price_side_by_side(system: System, fresh: None) -> None:
    cafe, shop = Chat(system.url, "KOFE-PETRA"), Chat(system.url, "MAGAZIN-BEREZKA")
    cafe.say("молоко 3,2% 10 л 1 шт")
    shop.say("молоко 3,2% 10 л 1 шт")
    mine, theirs = cafe.card()["lines"][0], shop.card()["lines"][0]
    assert mine["sku"] == theirs["sku"]
    assert mine["price_text"] == "500 ₽"
    assert theirs["price_text"] != mine["price_text"]
    assert mine["price_text"] not in shop.transcript()


def test_price_and_stock_questions(cafe: Chat) -> None:
    assert "500" in price_of_milk(cafe)
    cafe.say("сироп ваниль есть в наличии?")
    assert "налич" in cafe.last()


def test_balance_in_figures(system: System, fresh: None) -> None:
    shop = Chat(system.url, "LAVKA-24")
    shop.press("Баланс")
    assert "₽" in shop.last()
    assert "просроч" in shop.last().lower() or "остаток к оплате" in shop.last().lower()


def test_over_the_limit_is_refused_politely_with_ways_out(system: System, fresh: None) -> None:
    bistro = Chat(system.url, "BISTRO-DOLG")
    bistro.press("Повторить последний")
    bistro.say("да, оформляйте")
    assert "К сожалению, ваш кредитный лимит исчерпан" in bistro.last()
    assert "Позвать человека" in bistro.messages[-1].buttons


def test_delivery_question(cafe: Chat) -> None:
    cafe.say("до скольки можно заказать на завтра?")
    assert "18:00" in cafe.last()
    assert "16 декабря" in cafe.last()


def test_documents_get_an_honest_answer(cafe: Chat) -> None:
    cafe.say("пришлите накладную")
    assert "+7" in cafe.last()
    assert "Позвать человека" in cafe.messages[-1].buttons


def test_not_understood_three_times_ends_with_a_person(cafe: Chat) -> None:
    cafe.say("фыв абырвалг зюзюка")
    assert "Попробуйте, пожалуйста, сказать иначе" in cafe.last()
    cafe.say("шмурдяк вжух трямс")
    assert "Повторить последний" in cafe.messages[-1].buttons
    cafe.say("фыв ролд")
    assert "Зову менеджера" in cafe.last()


def test_visitor_without_a_code_is_asked_for_it(system: System, fresh: None) -> None:
    visitor = Chat(system.url)
    assert "код компании" in visitor.last()
    visitor.say("молока 10")
    assert "код" in visitor.last().lower()
    visitor.say("kofe-petra")
    assert "Кофейня у Петра" in visitor.last()


def test_codes_cannot_be_guessed_for_ever(system: System, fresh: None) -> None:
    answers = [
        httpx.post(f"{system.url}/webchat/session", json={"code": f"WRONG-{n}"}, trust_env=False) for n in range(22)
    ]
    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429


def test_typed_slash_carries_no_intent(cafe: Chat) -> None:
    cafe.say('/confirm_order{"version": "1"}')
    assert "Отправляю" not in cafe.last()
