"""The owner's dialogue, word for word."""

from tests.actions import views
from tests.actions.conftest import Talk


async def test_the_whole_dialogue(talk: Talk) -> None:
    talk.answers("GET", "me", views.me())
    hello = await talk.run("action_greet", "Привет", "greet")
    assert hello.text == "Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?"
    assert hello.buttons == ["Новый заказ", "Повторить последний", "Статус заказа", "Баланс"]
    assert hello.payload("Повторить последний") == "/repeat_last"

    talk.answers("POST", "cart/repeat", views.repeated())
    repeat = await talk.run("action_repeat_order", intent="repeat_last")
    assert repeat.text == (
        "Ваш последний заказ от 15.12.2025:\n"
        "• Молоко 3,2%, 10 л — 5 шт. — 2 500 ₽\n"
        "• Сливки 20%, 1 л — 10 шт. — 1 800 ₽\n"
        "• Сироп ваниль, 1 л — 2 шт. — 1 200 ₽\n"
        "Итого: 5 500 ₽"
    )
    assert repeat.buttons == ["Оформить как есть", "Изменить количество", "Добавить товары"]
    assert repeat.payload("Оформить как есть") == '/confirm_order{"version": "3"}'
    assert repeat.card["kind"] == "repeat"
    assert repeat.card["title"] == "Ваш последний заказ от 15.12.2025"
    assert repeat.card["lines"] == views.usual_lines()
    assert (repeat.card["total_text"], repeat.card["version"], repeat.card["editable"]) == ("5 500 ₽", 3, True)
    assert talk.sent("POST", "cart/repeat") == [{"order": None, "mode": None}]

    talk.answers("GET", "cart", views.cart(base=views.BASE))
    which = await talk.run("action_edit_lines")
    assert which.text == "Какую позицию изменить?"
    assert which.buttons == ["Молоко — 5 шт.", "Сливки — 10 шт.", "Сироп — 2 шт."]
    assert which.payload("Молоко — 5 шт.") == '/edit_line{"sku": "20001"}'

    talk.answers("GET", "cart", views.cart(base=views.BASE))
    how_many = await talk.run("action_edit_line", sku="20001")
    assert how_many.text == "Сколько штук молока 3,2%, 10 л?"
    assert how_many.expecting == "quantity:20001"

    talk.answers("POST", "cart/messages", views.milk_eight())
    changed = await talk.run("action_order", "8", "order")
    assert changed.text == "Молоко — теперь 8 шт. (4 000 ₽). Новый итог: 7 000 ₽"
    assert changed.buttons == ["Оформить", "Ещё изменить", "Добавить товары"]
    assert changed.payload("Оформить") == '/confirm_order{"version": "4"}'
    assert changed.expecting == "confirm:4"
    assert talk.sent("POST", "cart/messages") == [
        {"text": "8", "focus_sku": "20001", "intent": "order", "confidence": 0.9}
    ]

    talk.answers("POST", "orders", views.confirmation("sending"))
    sending = await talk.run("action_confirm_order", version="4")
    assert sending.text == "Отправляю заказ…"
    assert talk.sent("POST", "orders") == [{"version": 4, "leave": False}]

    talk.answers("POST", "orders", views.confirmation("already_sent", order=views.order(number=None)))
    twice = await talk.run("action_affirm", "да", "affirm")
    assert twice.text == "Этот заказ уже отправлен. Второй раз не оформляю."
    assert talk.sent("POST", "orders")[1] == {"version": 4, "leave": False}


async def test_as_usual_with_a_change_shows_the_difference(talk: Talk) -> None:
    told = views.milk_eight()
    told["changes"] = [*views.repeated()["changes"], *told["changes"]]
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_repeat_order", "как обычно, только молока 8", "repeat_order")
    assert reply.text == (
        "Как в заказе от 15.12.2025:\n"
        "• Молоко 3,2%, 10 л — 8 шт. — 4 000 ₽\n"
        "• Сливки 20%, 1 л — 10 шт. — 1 800 ₽\n"
        "• Сироп ваниль, 1 л — 2 шт. — 1 200 ₽\n"
        "Итого: 7 000 ₽\n"
        "Молоко: было 5 шт., стало 8 шт."
    )
    assert reply.card["footer"] == "Молоко: было 5 шт., стало 8 шт."
    assert reply.buttons == ["Оформить", "Изменить количество", "Добавить товары"]


async def test_what_was_left_out_of_the_repeat_is_named(talk: Talk) -> None:
    told = views.repeated()
    told["cart"]["lines"] = views.usual_lines()[:2]
    told["changes"].append(views.change("removed", views.VANILLA, "2 шт.", None, None))
    talk.answers("POST", "cart/messages", told)
    reply = await talk.run("action_repeat_order", "прошлый заказ, но без сиропа", "repeat_order")
    assert reply.text.endswith("Сироп — убрали из заказа.")
    assert reply.buttons[0] == "Оформить"


async def test_everything_that_changed_since_is_named(talk: Talk) -> None:
    lines = views.usual_lines()
    lines[1] |= {"price_was_text": "170 ₽"}
    lines[2] |= {"issue": "out", "issue_text": "нет в наличии", "stock": "out", "substitute": views.CARAMEL}
    told = views.repeated()
    told["cart"]["lines"] = lines
    talk.answers("POST", "cart/repeat", told)
    reply = await talk.run("action_repeat_order", intent="repeat_last")
    assert "• Сироп ваниль, 1 л — 2 шт. — 1 200 ₽ (нет в наличии)" in reply.text
    assert "Изменилась цена: сливки 20%, 1 л — была 170 ₽, стала 180 ₽." in reply.text
    assert reply.text.endswith(
        "Внимание: сироп ваниль временно отсутствует. Заменить на карамель или убрать из заказа?"
    )
    assert reply.buttons == ["Заменить на карамель", "Убрать", "Позвать человека"]
    assert reply.payload("Заменить на карамель") == '/replace_line{"sku": "20003", "by_sku": "20004"}'
    assert reply.payload("Убрать") == '/remove_line{"sku": "20003"}'

    talk.answers(
        "POST",
        "cart/replace",
        views.outcome(
            "changed",
            views.cart([*lines[:2], views.line(views.CARAMEL, "2", "1 300 ₽")], "5 600 ₽", base=views.BASE),
            [
                views.change("removed", views.VANILLA, "2 шт.", None, None),
                views.change("replaced", views.CARAMEL, None, "2 шт.", "1 300 ₽"),
            ],
        ),
    )
    replaced = await talk.run("action_replace_line", sku="20003", by_sku="20004")
    assert replaced.text == "Заменили на сироп карамель, 1 л — 2 шт. Новый итог: 5 600 ₽"
    assert replaced.buttons == ["Оформить", "Ещё изменить", "Добавить товары"]
    assert talk.sent("POST", "cart/replace") == [{"sku": "20003", "by_sku": "20004"}]


async def test_withdrawn_goods_without_a_substitute(talk: Talk) -> None:
    lines = views.usual_lines()
    lines[1] |= {"issue": "withdrawn", "issue_text": "снят с продажи"}
    talk.answers("GET", "cart", views.cart(lines))
    reply = await talk.run("action_show_cart", "покажи корзину", "cart")
    assert reply.text.endswith("Внимание: сливки больше не поставляются. Убрать из заказа?")
    assert reply.buttons == ["Убрать", "Позвать человека"]


async def test_short_goods_can_be_had_in_part(talk: Talk) -> None:
    lines = views.usual_lines()
    lines[0] |= {"issue": "short", "issue_text": "в наличии только 3 шт."}
    talk.answers("GET", "cart", views.cart(lines))
    reply = await talk.run("action_show_cart", "корзина", "cart")
    assert reply.text.endswith("Внимание: молоко — в наличии только 3 шт. Изменить количество или убрать из заказа?")
    assert reply.payload("Изменить") == '/edit_line{"sku": "20001"}'

    lines[0] |= {"available": "3"}
    talk.answers("GET", "cart", views.cart(lines))
    reply = await talk.run("action_show_cart", "корзина", "cart")
    assert reply.payload("Взять 3 шт.") == '/set_line{"sku": "20001", "quantity": "3"}'


async def test_names_of_the_accounting_system_are_told_as_people_say_them(talk: Talk) -> None:
    milk = views.product("10001", "Молоко пастер. 3,2% 10л канистра Белый ключ", "Молоко", "500 ₽")
    gone = views.product("10003", "Сироп Ваниль 1л Аромель", "Сироп Ваниль", "600 ₽")
    instead = views.product("10009", "Сироп Карамель 1л Аромель", "Сироп Карамель", "640 ₽")
    lines = [
        views.line(milk, "5", "2 500 ₽"),
        views.line(gone, "2", "1 200 ₽", issue="out", issue_text="временно отсутствует", substitute=instead),
    ]
    talk.answers("GET", "cart", views.cart(lines))
    asked = await talk.run("action_edit_line", sku="10001")
    assert asked.text == "Сколько штук молока 3,2%, 10 л?"
    talk.answers("GET", "cart", views.cart(lines))
    shown = await talk.run("action_show_cart", "корзина", "cart")
    assert shown.text.endswith(
        "Внимание: сироп ваниль временно отсутствует. Заменить на карамель или убрать из заказа?"
    )
    assert shown.buttons[0] == "Заменить на карамель"
