"""The owner's dialogue, step by step, to the document in 1C."""

from decimal import Decimal

from tests.e2e.chat import Chat
from tests.running import Demo1C


def test_greeting_offers_the_main_menu(cafe: Chat) -> None:
    assert cafe.last() == "Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?"
    assert cafe.messages[-1].buttons == ("Новый заказ", "Повторить последний", "Статус заказа", "Баланс")


def test_repeat_change_confirm_ends_in_a_document(cafe: Chat, demo: Demo1C) -> None:
    before = {order["Ref_Key"] for order in demo.orders()}
    cafe.press("Повторить последний")
    assert "Итого: 5 500 ₽" in cafe.last()
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["5", "10", "2"]
    assert [line["sum_text"] for line in cafe.card()["lines"]] == ["2 500 ₽", "1 800 ₽", "1 200 ₽"]
    assert cafe.messages[-1].buttons == ("Оформить как есть", "Изменить количество", "Добавить товары")

    cafe.press("Изменить количество")
    assert cafe.last().startswith("Какую позицию изменить?")
    cafe.press("Молоко")
    assert cafe.last().startswith("Сколько штук молока")
    cafe.say("8")
    assert "Молоко — теперь 8 шт. (4 000 ₽). Новый итог: 7 000 ₽" in cafe.last()

    cafe.press("Оформить")
    accepted = cafe.wait_for("принят!")
    assert "Отправляю заказ" in cafe.transcript()
    assert accepted.text.startswith("Заказ №")
    assert "Доставка завтра, 16 декабря, с 9:00 до 12:00. Водитель позвонит за 30 минут." in accepted.text

    documents = [order for order in demo.orders() if order["Ref_Key"] not in before]
    assert len(documents) == 1
    document = documents[0]
    assert document["Posted"] is True
    lines = [(Decimal(str(line["Количество"])), Decimal(str(line["Цена"]))) for line in document["Товары"]]
    assert lines == [(Decimal(8), Decimal(500)), (Decimal(10), Decimal(180)), (Decimal(2), Decimal(600))]
    assert Decimal(str(document["СуммаДокумента"])) == 7000


def test_as_usual_in_words_shows_the_difference(cafe: Chat, demo: Demo1C) -> None:
    cafe.say("как обычно, только молока 8")
    said = cafe.last()
    assert "было 5 шт." in said
    assert "8 шт." in said
    assert "7 000 ₽" in said
    cafe.say("да, оформляйте")
    assert "принят!" in cafe.wait_for("принят!").text


def test_words_change_the_order_at_any_point(cafe: Chat) -> None:
    cafe.press("Повторить последний")
    cafe.say("сироп убери")
    assert "4 300 ₽" in cafe.last()
    cafe.say("ещё 3 молока")
    assert "5 800 ₽" in cafe.last()
    cafe.say("сливок на 4 меньше")
    assert "5 080 ₽" in cafe.last()


def test_quantity_changed_in_place_on_the_card(cafe: Chat) -> None:
    cafe.press("Повторить последний")
    milk = cafe.card()["lines"][0]
    cafe.change_line(milk["sku"], "8")
    assert "7 000 ₽" in cafe.last()
    cafe.change_line(milk["sku"], "0")
    assert "3 000 ₽" in cafe.last()


def test_confirming_twice_makes_one_order(cafe: Chat, demo: Demo1C) -> None:
    before = demo.count()
    cafe.press("Повторить последний")
    shown = cafe.messages[-1]
    index = shown.buttons.index("Оформить как есть")
    cafe.send(button={"message": shown.seq, "index": index})
    cafe.send(button={"message": shown.seq, "index": index})
    cafe.send(text="да")
    cafe.wait_for_answer(cafe.send(text="да"))
    cafe.wait_for("принят!")
    assert demo.count() == before + 1


def test_redelivered_message_acts_once(cafe: Chat) -> None:
    body = {"id": "2f0a0e6e-8f0b-4c27-8a5e-3a1b8f6f0001", "text": "молока 3"}
    first, second = cafe.post(body).json(), cafe.post(body).json()
    assert first == second
    cafe.wait_for_answer(first["seq"])
    cafe.say("покажи корзину")
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["3"]
    assert sum(message.text == "молока 3" for message in cafe.messages) == 1
