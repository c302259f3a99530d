"""Orders in words, yes and no, the confirmation and everything that may come of it."""

import pytest

from tests.actions import views
from tests.actions.conftest import Talk


def two_added() -> dict[str, object]:
    lines = [views.line(views.MILK, "2", "1 000 ₽"), views.line(views.CREAM, "5", "900 ₽")]
    changes = [
        views.change("added", views.MILK, None, "2 шт.", "1 000 ₽"),
        views.change("added", views.CREAM, None, "5 шт.", "900 ₽"),
    ]
    return views.outcome("changed", views.cart(lines, "1 900 ₽"), changes)


async def test_a_list_becomes_a_card_with_prices(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", two_added())
    reply = await talk.run("action_order", "молока 2 и сливок 5", "order")
    assert reply.text == (
        "Ваш заказ:\n"
        "• Молоко 3,2%, 10 л — 2 шт. по 500 ₽ — 1 000 ₽\n"
        "• Сливки 20%, 1 л — 5 шт. по 180 ₽ — 900 ₽\n"
        "Итого: 1 900 ₽"
    )
    assert reply.card["kind"] == "cart"
    assert reply.buttons == ["Оформить", "Изменить количество", "Добавить товары"]
    assert reply.expecting == "confirm:3"


async def test_an_addition_to_a_cart_is_named(talk: Talk) -> None:
    told = views.outcome("changed", views.cart(), [views.change("added", views.VANILLA, None, "2 шт.", "1 200 ₽")])
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "и сироп ваниль 2", "order")
    assert reply.card["footer"] == "Добавили: сироп ваниль, 1 л — 2 шт."


async def test_a_removal_is_one_line(talk: Talk) -> None:
    cart = views.cart(views.usual_lines()[:2], "4 300 ₽")
    told = views.outcome("changed", cart, [views.change("removed", views.VANILLA, "2 шт.", None, None)])
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "сироп убери", "order")
    assert reply.text == "Сироп — убрали из заказа. Новый итог: 4 300 ₽"


async def test_what_was_added_and_what_must_be_asked_are_both_named(talk: Talk) -> None:
    told = two_added()
    told["kind"] = "asked"
    options = [
        {"value": "20046", "title": "Сок яблоко 1 л", "price_text": "90 ₽"},
        {"value": "20047", "title": "Сок яблоко-груша осветлённый 1 л", "price_text": "95 ₽"},
    ]
    asked = views.question("ambiguous", "сок яблочный", options, quantity_text="20 шт.")
    told["cart"]["questions"] = [asked, views.question("quantity", "хлеб", id="q-2")]  # type: ignore[index]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "молока 2, сливок 5, сок яблочный 20 и хлеб", "order")
    assert reply.text.endswith(
        "Итого: 1 900 ₽\n"
        "Уточните, пожалуйста:\n"
        "1. «сок яблочный», 20 шт. — что именно?\n"
        "   • яблоко — 90 ₽\n"
        "   • яблоко-груша осветлённый — 95 ₽\n"
        "2. Сколько нужно: «хлеб»?"
    )
    assert reply.buttons == ["Сок яблоко", "Сок яблоко-груша", "2. Пропустить"]
    assert reply.payload("Сок яблоко") == '/answer_question{"id": "q-1", "value": "20046"}'
    assert reply.payload("2. Пропустить") == '/answer_question{"id": "q-2"}'
    assert reply.expecting == "question"


@pytest.mark.parametrize(
    ("question", "text", "buttons"),
    [
        (
            views.question("unknown", "молоко верблюжье"),
            "Не нашёл в каталоге: «молоко верблюжье». "
            "Напишите, пожалуйста, иначе, посмотрите каталог или позовите человека.",
            ["Каталог", "Пропустить", "Позвать человека"],
        ),
        (
            views.question("unknown", "молоко козье", [{"value": "1", "title": "Молоко 2,5%", "price_text": None}]),
            "Не нашёл в каталоге: «молоко козье». Может быть, подойдёт что-то из этого?\n1. Молоко 2,5%",
            ["Молоко 2,5%", "Пропустить", "Позвать человека"],
        ),
        (
            views.question(
                "unknown",
                "то же, что летом на банкет",
                [{"value": "12801", "title": "от 15 декабря"}, {"value": "12790", "title": "от 8 декабря"}],
                operation="repeat",
            ),
            "Не нашёл такого заказа. Повторить последний, от 15 декабря?",
            ["От 15 декабря", "От 8 декабря", "Пропустить", "Позвать человека"],
        ),
        (
            views.question("quantity", "хлеб бородинский"),
            "Сколько нужно: «хлеб бородинский»?",
            ["Пропустить"],
        ),
        (
            views.question(
                "quantity",
                "стаканы",
                [{"value": "50", "title": "50 шт."}, {"value": "100", "title": "100 шт."}],
                quantity_text="70 шт.",
            ),
            "«стаканы»: 70 шт. не получится. Сколько везти?",
            ["50 шт.", "100 шт.", "Пропустить"],
        ),
        (
            views.question("unit", "лимонад", [{"value": "2", "title": "2 шт."}], quantity_text="2"),
            "Уточните, пожалуйста: «лимонад», 2 — чего именно?",
            ["2 шт.", "Пропустить"],
        ),
        (
            views.question("unit", "стаканы", [{"value": "1", "title": "1 упаковка"}], quantity_text="70 шт."),
            "«стаканы»: ровно 70 шт. не получается. Сколько везти?",
            ["1 упаковка", "Пропустить"],
        ),
        (
            views.question("quantity", "хлеб", [{"value": "20291", "title": "Хлеб ржаной 600г"}]),
            "Сколько нужно: Хлеб ржаной 600г?",
            ["Пропустить"],
        ),
        (
            views.question("confirm", "молоко", quantity_text="500 шт."),
            "«молоко» — точно 500 шт.? Это намного больше обычного.",
            ["Да", "Нет"],
        ),
        (
            views.question("replace_or_add", "как обычно", operation="repeat"),
            "В корзине уже есть товары. Заменить их прошлым заказом или добавить к ним?",
            ["Заменить", "Добавить"],
        ),
    ],
)
async def test_each_kind_of_question(talk: Talk, question: dict[str, object], text: str, buttons: list[str]) -> None:
    talk.answers("POST", "cart/messages", views.outcome("asked", views.empty_cart(questions=[question])))
    reply = await talk.run("action_order", "что-то", "order")
    assert reply.text == text
    assert reply.buttons == buttons
    assert reply.expecting == "question"


async def test_options_that_would_look_alike_are_numbered(talk: Talk) -> None:
    names = ["Сок яблочный осветлённый 1 л", "Сок яблочный осветлённый 0,2 л"]
    options = [{"value": str(place), "title": name, "price_text": None} for place, name in enumerate(names)]
    asked = views.question("ambiguous", "сок яблочный", options)
    talk.answers("POST", "cart/messages", views.outcome("asked", views.empty_cart(questions=[asked])))
    reply = await talk.run("action_order", "сок яблочный 5", "order")
    titles = reply.buttons[:2]
    assert len(set(titles)) == 2
    assert all(len(title) <= 20 for title in titles)


async def test_notices_are_said(talk: Talk) -> None:
    told = views.outcome("unchanged", views.cart())
    told["notices"] = [views.notice("not_in_cart", "батон"), views.notice("unheard_of")]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "батон убери", "order")
    assert reply.text == "В заказе нет: «батон».\nВ заказе 3 позиции на 5 500 ₽."
    assert reply.buttons[0] == "Оформить"


async def test_nothing_to_repeat(talk: Talk) -> None:
    told = views.outcome("unchanged", views.empty_cart(), notices=[views.notice("nothing_to_repeat")])
    talk.answers("POST", "cart/repeat", told)
    reply = await talk.run("action_repeat_order", intent="repeat_last")
    assert reply.text == "Прошлых заказов пока нет. Что привезти?"
    assert reply.buttons == ["Каталог", "Позвать человека"]


async def test_repeat_onto_a_full_cart_asks_for_the_mode(talk: Talk) -> None:
    talk.answers("POST", "cart/repeat", views.outcome("asked", views.cart()))
    reply = await talk.run("action_repeat_order", intent="repeat_last")
    assert reply.payload("Заменить") == '/repeat_mode{"mode": "replace"}'
    assert reply.expecting == "repeat_mode"
    talk.answers("POST", "cart/repeat", views.repeated())
    await talk.run("action_repeat_mode", mode="replace")
    assert talk.sent("POST", "cart/repeat")[1] == {"order": None, "mode": "replace"}


async def test_an_order_begins_without_goods(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", views.outcome("not_order", views.empty_cart()))
    talk.answers("GET", "cart", views.empty_cart())
    reply = await talk.run("action_order", "хочу сделать заявку", "order")
    assert reply.text.startswith("Что привезти?")
    assert reply.buttons == ["Каталог", "Повторить последний", "Позвать человека"]


async def test_new_order_button_keeps_a_begun_order(talk: Talk) -> None:
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_new_order")
    assert reply.text.startswith("Заказ уже начат:\n• Молоко")
    assert reply.buttons == ["Оформить", "Добавить товары", "Начать заново"]


async def test_the_outlet_is_asked_first(talk: Talk) -> None:
    waiting = views.outcome("needs_outlet", views.empty_cart(outlet=None), outlets=views.OUTLETS)
    talk.answers("POST", "cart/messages", waiting)
    reply = await talk.run("action_repeat_order", "как обычно", "repeat_order")
    assert reply.text == ("Куда везём?\n• Столовая на Лесной: Лесная, 7\n• Столовая на Речной: Речная, 15")
    assert reply.buttons == ["Столовая на Лесной", "Столовая на Речной"]
    assert reply.payload("Столовая на Речной") == '/choose_outlet{"outlet": "o-2"}'
    assert reply.expecting == "outlet"


async def test_the_outlet_may_be_named_in_words(talk: Talk) -> None:
    talk.slots["expecting"] = "outlet"
    waiting = views.outcome("needs_outlet", views.empty_cart(outlet=None), outlets=views.OUTLETS)
    talk.answers("POST", "cart/messages", waiting)
    talk.answers("PUT", "cart/outlet", views.repeated(outlet=views.OUTLETS[1]))
    reply = await talk.run("action_order", "давайте на Речную", "order")
    assert talk.sent("PUT", "cart/outlet") == [{"outlet_id": "o-2"}]
    assert "Итого: 5 500 ₽" in reply.text


async def test_yes_answers_the_open_question(talk: Talk) -> None:
    talk.slots["expecting"] = "question"
    talk.answers("POST", "cart/messages", two_added())
    reply = await talk.run("action_affirm", "да", "affirm")
    assert talk.sent("POST", "cart/messages") == [
        {"text": "да", "focus_sku": None, "intent": "affirm", "confidence": 0.9}
    ]
    assert "Итого: 1 900 ₽" in reply.text


async def test_yes_with_more_goods_is_read_before_it_is_obeyed(talk: Talk) -> None:
    talk.slots["expecting"] = "confirm:3"
    talk.answers("POST", "cart/messages", two_added())
    await talk.run("action_affirm", "да, и ещё сливок 5", "affirm")
    assert talk.sent("POST", "orders") == []


async def test_yes_to_nothing_shows_the_cart_and_sends_nothing(talk: Talk) -> None:
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_affirm", "да", "affirm")
    assert reply.text.startswith("Ваш заказ:")
    assert reply.expecting == "confirm:3"
    assert talk.sent("POST", "orders") == []


async def test_yes_after_a_side_question_still_confirms(talk: Talk) -> None:
    talk.slots["expecting"] = "confirm:3"
    talk.answers("GET", "delivery", views.DELIVERY)
    assert (await talk.run("action_delivery", "а когда привезёте?", "delivery")).expecting == "confirm:3"
    talk.answers("POST", "orders", views.confirmation("sending", warnings=["Сливки привезём под заказ."]))
    reply = await talk.run("action_affirm", "да, оформляйте", "affirm")
    assert reply.text == "Отправляю заказ… Сливки привезём под заказ."


@pytest.mark.parametrize(
    ("expecting", "text", "first_button"),
    [
        ("confirm:3", "Хорошо, пока не отправляю. Что изменить?", "Изменить количество"),
        ("cancel:7f0e", "Хорошо, заказ остаётся в силе.", "Новый заказ"),
        (
            "leave_order",
            "Хорошо, не отправляю. Корзина сохранится, вернуться к ней можно в любой момент.",
            "Показать заказ",
        ),
        (None, "Хорошо. Что хотите сделать?", "Новый заказ"),
    ],
)
async def test_no_by_what_was_asked(talk: Talk, expecting: str | None, text: str, first_button: str) -> None:
    talk.slots["expecting"] = expecting
    reply = await talk.run("action_deny", "нет", "deny")
    assert reply.text == text
    assert reply.buttons[0] == first_button
    assert reply.expecting is None


async def test_no_to_a_quantity_leaves_the_cart(talk: Talk) -> None:
    talk.slots["expecting"] = "quantity:20001"
    talk.answers("GET", "cart", views.cart())
    assert (await talk.run("action_deny", "не надо", "deny")).text.startswith("Ваш заказ:")


async def test_the_cart_that_waits_for_its_outlet_is_not_called_empty(talk: Talk) -> None:
    talk.slots["expecting"] = "outlet"
    talk.answers("GET", "me", views.me())
    reply = await talk.run("action_show_cart", "что я набрал?", "cart")
    assert reply.expecting == "outlet"
    assert "пуста" not in reply.text


async def test_yes_with_nothing_but_questions_asks_them_again(talk: Talk) -> None:
    waiting = views.empty_cart(
        questions=[views.question("ambiguous", "сок", [{"value": "1", "title": "Сок яблоко 1л"}])]
    )
    talk.slots["expecting"] = "question"
    talk.answers("POST", "cart/messages", views.outcome("unchanged", waiting))
    talk.answers("GET", "cart", waiting)
    reply = await talk.run("action_affirm", "оформить", "affirm")
    assert "«сок»" in reply.text
    assert reply.expecting == "question"


async def test_a_cleared_cart_is_told_once(talk: Talk) -> None:
    gone = [{**change, "op": "cleared", "after_text": None} for change in views.milk_eight()["changes"] * 2]
    talk.answers("POST", "cart/messages", views.outcome("changed", views.empty_cart(), gone))
    reply = await talk.run("action_order", "очисти корзину", "order")
    assert reply.text.count("Корзина очищена.") == 1


async def test_the_named_day_stands_on_the_card_once(talk: Talk) -> None:
    told = two_added()
    told["notices"] = [views.notice("delivery_day", "пятница, 19 декабря")]
    told["cart"]["delivery_text"] = "пятница, 19 декабря"  # type: ignore[index]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "на пятницу молока 2 и сливок 5", "order")
    assert reply.text.endswith("Итого: 1 900 ₽\nДоставка — пятница, 19 декабря")
    assert reply.card["footer"] == "Доставка — пятница, 19 декабря"


async def test_another_day_is_offered_at_once(talk: Talk) -> None:
    refused = "В воскресенье не возим. Ближайшая доставка — понедельник, 22 декабря."
    moved = views.cart(delivery_text="понедельник, 22 декабря")
    told = views.outcome("unchanged", moved, notices=[views.notice("delivery_refused", refused)])
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "на воскресенье", "order")
    assert reply.text == f"{refused}\nВ заказе 3 позиции на 5 500 ₽."
    assert reply.expecting == "confirm:3"


async def test_an_order_that_begins_with_its_day(talk: Talk) -> None:
    begun = views.empty_cart(delivery_text="пятница, 19 декабря")
    told = views.outcome("unchanged", begun, notices=[views.notice("delivery_day", "пятница, 19 декабря")])
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "хочу сделать заявку на пятницу", "order")
    assert reply.text == "Доставка — пятница, 19 декабря. Что привезти?"


async def test_yes_with_a_day_is_no_confirmation_yet(talk: Talk) -> None:
    talk.slots["expecting"] = "confirm:3"
    moved = views.cart(delivery_text="пятница, 19 декабря", version=4)
    told = views.outcome("unchanged", moved, notices=[views.notice("delivery_day", "пятница, 19 декабря")])
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_affirm", "да, на пятницу", "affirm")
    assert talk.sent("POST", "orders") == []
    assert reply.text.startswith("Доставка — пятница, 19 декабря.")
    assert reply.expecting == "confirm:4"


async def test_the_outlet_that_was_named_is_said_first(talk: Talk) -> None:
    told = two_added()
    told["notices"] = [views.notice("outlet_changed", "Точка 2"), views.notice("cart_kept", "Точка 1")]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "на Лесную молока 2 и сливок 5", "order")
    assert reply.text.startswith("Везём: Точка 2. Набранное для «Точка 1» сохранено.\nВаш заказ:\n• Молоко")


async def test_two_outlets_are_asked_in_turn(talk: Talk) -> None:
    told = views.outcome("needs_outlet", views.empty_cart(outlet=None), outlets=views.OUTLETS)
    told["notices"] = [views.notice("several_outlets")]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_order", "на Лесную молока 2, на Речную сливок 5", "order")
    assert reply.text.startswith("Заказы для разных точек собираем по очереди. С какой начнём?\n• Столовая")
    assert reply.buttons == ["Столовая на Лесной", "Столовая на Речной"]
    first = two_added()
    first["notices"] = [views.notice("outlet_next", "Столовая на Речной")]
    talk.answers("PUT", "cart/outlet", first)
    chosen = await talk.run("action_choose_outlet", outlet="o-1")
    assert chosen.text.endswith("Потом пришлите ещё раз заказ для другой точки: Столовая на Речной.")


async def test_another_outlet_without_an_order_yet(talk: Talk) -> None:
    moved = views.outcome("unchanged", views.empty_cart(), notices=[views.notice("outlet_changed", "Точка 2")])
    talk.answers("POST", "cart/messages", moved)
    reply = await talk.run("action_not_understood", "на Лесную", "nlu_fallback")
    assert reply.text == "Везём: Точка 2. Что привезти?"


async def test_yes_with_a_question_about_a_day_sends_nothing(talk: Talk) -> None:
    talk.slots["expecting"] = "confirm:3"
    talk.orders_nothing()
    talk.answers("GET", "delivery", views.DELIVERY)
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_affirm", "да, а в пятницу привезёте?", "affirm")
    assert talk.sent("POST", "orders") == []
    assert reply.messages[0]["text"].startswith("Ближайшая доставка")
    assert reply.expecting == "confirm:3"
