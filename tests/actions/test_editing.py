"""The cart by buttons."""

from tests.actions import views
from tests.actions.conftest import Talk


async def test_many_lines_come_in_pages(talk: Talk) -> None:
    lines = [
        views.line(views.product(str(n), f"Товар{n} 1 л", f"Товар{n}", "10 ₽"), str(n), "10 ₽") for n in range(1, 13)
    ]
    talk.always("GET", "cart", views.cart(lines))
    first = await talk.run("action_edit_lines")
    assert first.buttons[-1] == "Ещё позиции"
    assert len(first.buttons) == 10
    second = await talk.run("action_edit_lines", page="2")
    assert second.buttons == ["Товар10 — 10 шт.", "Товар11 — 11 шт.", "Товар12 — 12 шт."]


async def test_like_names_are_told_apart_and_fit_the_button(talk: Talk) -> None:
    lines = [
        views.line(views.VANILLA, "2", "1 200 ₽"),
        views.line(views.CARAMEL, "12", "7 800 ₽", quantity_text="2 коробки (12 шт.)"),
    ]
    talk.answers("GET", "cart", views.cart(lines))
    reply = await talk.run("action_edit_lines")
    assert len(set(reply.buttons)) == 2
    assert all(len(title) <= 20 for title in reply.buttons)
    assert reply.buttons[1].endswith("2 коробки")


async def test_edit_lines_of_an_empty_cart(talk: Talk) -> None:
    talk.answers("GET", "cart", views.empty_cart())
    assert (await talk.run("action_edit_lines")).text.startswith("Корзина пока пуста. Что привезти?")


async def test_a_line_that_is_gone(talk: Talk) -> None:
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_edit_line", sku="99999")
    assert "Этой позиции в заказе уже нет." in reply.text


async def test_the_step_is_said_with_the_question(talk: Talk) -> None:
    line = views.line(views.product("7", "Стакан 250 мл", "Стакан", "3 ₽"), "100", "300 ₽", step="50")
    talk.answers("GET", "cart", views.cart([line]))
    reply = await talk.run("action_edit_line", sku="7")
    assert reply.text == "Сколько штук стакана 250 мл? Заказ кратно 50 шт."


async def test_set_remove_and_zero(talk: Talk) -> None:
    talk.always("PUT", "cart/lines/20001", views.milk_eight())
    reply = await talk.run("action_set_line", sku="20001", quantity="8")
    assert reply.text == "Молоко — теперь 8 шт. (4 000 ₽). Новый итог: 7 000 ₽"
    await talk.run("action_set_line", sku="20001", quantity="0.5")
    await talk.run("action_set_line", sku="20001", quantity="0")
    await talk.run("action_remove_line", sku="20001")
    assert [body["quantity"] for body in talk.sent("PUT", "cart/lines/20001")] == ["8", "0.5", None, None]


async def test_answer_and_skip(talk: Talk) -> None:
    told = views.outcome("changed", views.cart(), [views.change("added", views.MILK, None, "5 шт.", "2 500 ₽")])
    talk.always("POST", "cart/questions/q-1", told)
    await talk.run("action_answer_question", id="q-1", value="20001")
    await talk.run("action_answer_question", id="q-1")
    assert talk.sent("POST", "cart/questions/q-1") == [{"value": "20001"}, {"value": None}]


async def test_choosing_the_outlet_does_what_waited(talk: Talk) -> None:
    talk.answers("PUT", "cart/outlet", views.repeated(outlet=views.OUTLETS[0]))
    reply = await talk.run("action_choose_outlet", outlet="o-1")
    assert reply.text.startswith("Везём: Столовая на Лесной.\nКак в заказе от 15.12.2025:")


async def test_choosing_the_outlet_with_nothing_waiting(talk: Talk) -> None:
    talk.answers("PUT", "cart/outlet", views.outcome("unchanged", views.empty_cart(outlet=views.OUTLETS[0])))
    reply = await talk.run("action_choose_outlet", outlet="o-1")
    assert reply.text.startswith("Везём: Столовая на Лесной. Что привезти?")


async def test_clear(talk: Talk) -> None:
    cleared = views.outcome("changed", views.empty_cart(), [views.change("cleared", views.MILK, None, None, None)])
    talk.answers("POST", "cart/clear", cleared)
    assert (await talk.run("action_clear_cart")).text.startswith("Корзина очищена. Что привезти?")


async def test_fit_the_limit(talk: Talk) -> None:
    lines = [views.line(views.MILK, "3", "1 500 ₽"), views.line(views.CREAM, "10", "1 800 ₽")]
    changes = [views.change("decreased", views.MILK, "5 шт.", "3 шт.", "1 500 ₽")]
    talk.answers("POST", "cart/fit-limit", views.outcome("changed", views.cart(lines, "3 300 ₽"), changes))
    reply = await talk.run("action_fit_limit")
    assert reply.text.startswith("Уложились в лимит:")
    assert reply.text.endswith("Молоко: было 5 шт., стало 3 шт.")
    assert reply.buttons[0] == "Оформить"


async def test_a_limit_that_nothing_fits(talk: Talk) -> None:
    talk.refuses("POST", "cart/fit-limit", 409, "no_limit", "Свободного лимита не хватает ни на одну позицию заказа.")
    reply = await talk.run("action_fit_limit")
    assert reply.text == "Свободного лимита не хватает ни на одну позицию заказа."
    assert reply.buttons == ["Баланс и реквизиты", "Позвать человека"]


async def test_a_limit_that_is_kept_already(talk: Talk) -> None:
    talk.answers("POST", "cart/fit-limit", views.outcome("unchanged", views.cart()))
    reply = await talk.run("action_fit_limit")
    assert reply.text.endswith("Заказ и так укладывается в лимит.")
    assert reply.buttons[0] == "Оформить"
