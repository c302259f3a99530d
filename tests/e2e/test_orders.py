"""New orders, outlets, shortages, questions, status, cancelling."""

from api.run.system import System
from tests.e2e.chat import Chat
from tests.running import Demo1C


def test_new_order_by_words_shows_prices_and_total(cafe: Chat) -> None:
    cafe.press("Новый заказ")
    cafe.say("молока 2 и сливок 5")
    card = cafe.card()
    assert [line["quantity_text"] for line in card["lines"]] == ["2 шт.", "5 шт."]
    assert card["total_text"] == "1 900 ₽"
    assert all(line["price_text"] and line["unit"] for line in card["lines"])


def test_new_order_through_the_catalogue(cafe: Chat) -> None:
    cafe.press("Новый заказ")
    cafe.press("Каталог")
    section = next(title for title in cafe.messages[-1].buttons if "олоч" in title or "ироп" in title)
    cafe.press(section)
    assert "₽" in cafe.last()
    cafe.press(cafe.messages[-1].buttons[0])
    assert "Сколько" in cafe.last() or "₽" in cafe.last()


def test_unknown_goods_are_asked_never_dropped(cafe: Chat) -> None:
    cafe.say("молока 2 и молоко верблюжье 3")
    assert "верблюж" in cafe.last()
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["2"] if cafe.messages[-1].card else True
    cafe.say("покажи корзину")
    assert "верблюж" in cafe.last()


def test_absurd_quantity_is_confirmed_first(cafe: Chat) -> None:
    cafe.say("сливок 740")
    assert "740" in cafe.last()
    assert "Оформить" not in cafe.messages[-1].buttons


def test_several_outlets_are_asked_first(system: System, fresh: None) -> None:
    canteen = Chat(system.url, "STOLOVAYA-7")
    canteen.say("повтори последний заказ")
    assert "Куда везём?" in canteen.last()
    canteen.press(canteen.messages[-1].buttons[0])
    assert "Итого" in canteen.last()


def test_changes_since_the_last_order_are_named(system: System, fresh: None) -> None:
    bakery = Chat(system.url, "BULOCHNAYA")
    bakery.press("Повторить последний")
    said = bakery.last()
    assert "Внимание" in said
    assert "Изменилась цена" in said
    assert any(title.startswith(("Заменить", "Убрать")) for title in bakery.messages[-1].buttons)
    bakery.press("Убрать")
    assert "₽" in bakery.last()


def test_status_and_cancel_before_the_cutoff(cafe: Chat, demo: Demo1C) -> None:
    cafe.press("Повторить последний")
    cafe.press("Оформить как есть")
    accepted = cafe.wait_for("принят!")
    number = accepted.text.split("№")[1].split()[0]
    cafe.say("где мой заказ?")
    assert number in cafe.last()
    cafe.say(f"что с заявкой {number}")
    assert number in cafe.last()
    cafe.say("отмените заказ")
    cafe.press("Да, отменить")
    cafe.wait_for("отменён")
    assert any(order["Отменен"] for order in demo.orders() if order["Number"].endswith(number))


def test_status_set_in_1c_reaches_the_customer(cafe: Chat, demo: Demo1C) -> None:
    before = {order["Ref_Key"] for order in demo.orders()}
    cafe.press("Повторить последний")
    cafe.press("Оформить как есть")
    cafe.wait_for("принят!")
    document = next(order for order in demo.orders() if order["Ref_Key"] not in before)
    demo.set_status(document["Ref_Key"], "КОтгрузке")
    cafe.wait_for("выехал", patience=60)


def test_order_and_question_in_one_message(cafe: Chat) -> None:
    cafe.say("молока 3, и где вчерашний заказ?")
    assert "молок" in cafe.last().lower()
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["3"]


def test_a_question_heard_first_hides_no_order(cafe: Chat) -> None:
    cafe.say("почём сметана? и хлеба бородинского печной ряд 3")
    assert [line["quantity"] for line in cafe.card()["lines"]] == ["3"]
    assert "Ваши цены" in cafe.last()
    assert "Оформить" in cafe.messages[-1].buttons


def test_a_question_with_a_number_is_no_order(cafe: Chat) -> None:
    cafe.say("что с заявкой 12833?")
    assert "№12833" in cafe.last()
    cafe.say("покажи корзину")
    assert "пуста" in cafe.last()


def test_all_questions_come_in_one_message(cafe: Chat) -> None:
    said = cafe.say("сыр 2 и сок яблочный 20")
    assert len(said) == 1
    assert "1. «сыр»" in said[0].text and "2. «сок яблочный»" in said[0].text
    assert len(set(said[0].buttons)) == len(said[0].buttons)
    assert all(len(title) <= 20 for title in said[0].buttons)
    cafe.press(next(title for title in said[0].buttons if "Пармезан" in title))
    assert "Пармезан" in cafe.card()["lines"][0]["name"]
    assert "«сок яблочный»" in cafe.last()


def test_the_named_day_reaches_1c(cafe: Chat, demo: Demo1C) -> None:
    before = {order["Ref_Key"] for order in demo.orders()}
    cafe.say("на воскресенье как обычно")
    assert "В воскресенье не возим. Ближайшая доставка — понедельник, 22 декабря." in cafe.last()
    cafe.say("тогда на пятницу")
    assert "Доставка — пятница, 19 декабря" in cafe.last()
    cafe.say("да, оформляйте")
    accepted = cafe.wait_for("принят!")
    assert "в пятницу, 19 декабря" in accepted.text
    document = next(order for order in demo.orders() if order["Ref_Key"] not in before)
    assert document["ЖелаемаяДатаОтгрузки"].startswith("2025-12-19")


def test_two_outlets_in_one_message(system: System, fresh: None) -> None:
    canteen = Chat(system.url, "STOLOVAYA-7")
    canteen.say("на Заводскую: сахар 5кг 3 шт; на Вокзальную: сахар 5кг 2")
    assert "С какой начнём?" in canteen.last()
    canteen.press("Буфет")
    assert [line["quantity"] for line in canteen.card()["lines"]] == ["2"]
    canteen.say("на Заводскую сахар 5кг 3")
    assert canteen.last().startswith("Везём: Столовая на Заводской.")
    assert [line["quantity"] for line in canteen.card()["lines"]] == ["3"]


def test_a_new_customer_has_no_usual_order(system: System, fresh: None) -> None:
    new = Chat(system.url, "NOVYY-KLIENT")
    new.say("как обычно")
    assert new.last() == "Прошлых заказов пока нет. Что привезти?"


def test_minimum_sum_is_explained(system: System, fresh: None) -> None:
    shop = Chat(system.url, "MAGAZIN-BEREZKA")
    shop.say("молока 1")
    shop.say("да, оформляйте")
    assert "₽" in shop.last()
