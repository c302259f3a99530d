"""The confirmation and everything that may come of it."""

import pytest

from tests.actions import views
from tests.actions.conftest import Talk


async def test_over_the_credit_limit(talk: Talk) -> None:
    refused = views.refusal("credit_limit", limit_text="50 000 ₽", debt_text="48 000 ₽", over_text="3 500 ₽")
    talk.answers("POST", "orders", views.confirmation("refused", refusal=refused))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text == (
        "К сожалению, ваш кредитный лимит исчерпан. Для продолжения работы, пожалуйста, погасите задолженность "
        "или свяжитесь с менеджером для согласования.\n"
        "Кредитный лимит 50 000 ₽, остаток к оплате 48 000 ₽, сверх лимита 3 500 ₽."
    )
    assert reply.buttons == ["Уложиться в лимит", "Баланс и реквизиты", "Позвать человека"]
    assert reply.payload("Уложиться в лимит") == "/fit_limit"


async def test_overdue_debt(talk: Talk) -> None:
    talk.answers("POST", "orders", views.confirmation("refused", refusal=views.refusal("overdue", debt_text="9 000 ₽")))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text.endswith("\nОстаток к оплате 9 000 ₽.")
    assert reply.buttons == ["Баланс и реквизиты", "Позвать человека"]


async def test_below_the_minimum_sum(talk: Talk) -> None:
    refused = views.refusal("minimum_sum", minimum_text="3 000 ₽", missing_text="500 ₽")
    talk.answers("POST", "orders", views.confirmation("refused", refusal=refused))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text == "Минимальная сумма заказа — 3 000 ₽, не хватает 500 ₽. Добавьте, пожалуйста, что-нибудь."
    assert reply.buttons[0] == "Добавить товары"


async def test_1c_is_down_and_the_order_is_left(talk: Talk) -> None:
    talk.answers("POST", "orders", views.confirmation("erp_down"))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text.startswith(
        "Сейчас мы обновляем систему, заказ можно будет оформить через 30 минут. "
        "Или позвоните менеджеру: Анна, +7 900 000-11-22."
    )
    assert reply.buttons == ["Оставить заказ", "Позвать человека"]
    assert reply.expecting == "leave_order"

    left = views.confirmation(
        "sending", order=views.order(number=None), figures_at_text="Цены и остатки — по данным на 09:40."
    )
    talk.answers("POST", "orders", left)
    reply = await talk.run("action_affirm", "да, оставьте", "affirm")
    assert reply.text == (
        "Заказ сохранён. Отправлю его, как только система заработает, и сразу напишу. "
        "Цены и остатки — по данным на 09:40."
    )
    assert talk.sent("POST", "orders")[1] == {"version": None, "leave": True}


async def test_left_by_the_button(talk: Talk) -> None:
    talk.answers("POST", "orders", views.confirmation("erp_down", order=views.order(number=None)))
    assert (await talk.run("action_leave_order")).text.startswith("Заказ сохранён.")


async def test_a_changed_cart_is_confirmed_anew(talk: Talk) -> None:
    lines = views.usual_lines()
    lines[0] = views.line(views.MILK, "5", "2 600 ₽", price_was_text="500 ₽", price_text="520 ₽")
    changed = views.confirmation("changed", cart=views.cart(lines, "5 600 ₽", version=5))
    talk.answers("POST", "orders", changed)
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text.startswith("Пока вы оформляли, кое-что изменилось.")
    assert "Изменилась цена: молоко 3,2%, 10 л — была 500 ₽, стала 520 ₽." in reply.text
    assert reply.expecting == "confirm:5"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("version", "Заказ успели изменить, возможно, ваш коллега."),
        ("questions", "Ваш заказ:"),
        ("stock", "Ваш заказ:"),
    ],
)
async def test_refusals_that_show_the_cart(talk: Talk, code: str, text: str) -> None:
    refused = views.confirmation("refused", refusal=views.refusal(code, message="Сливок не хватает."))
    talk.answers("POST", "orders", refused | {"cart": views.cart(version=6)})
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text.startswith(text)
    assert reply.expecting == "confirm:6"


async def test_refused_empty_and_without_an_outlet(talk: Talk) -> None:
    talk.answers("POST", "orders", views.confirmation("refused", refusal=views.refusal("empty")))
    assert (await talk.run("action_confirm_order", version="3")).text.startswith("Корзина пока пуста. Что привезти?")
    talk.answers("POST", "orders", views.confirmation("refused", refusal=views.refusal("no_outlet")))
    talk.answers("GET", "me", views.me(outlets=views.OUTLETS, outlet=None))
    assert (await talk.run("action_confirm_order", version="3")).text.startswith("Куда везём?")


async def test_refused_for_want_of_a_right(talk: Talk) -> None:
    refused = views.refusal("no_right", message="Заказы от вашей компании отправляет другой сотрудник.")
    talk.answers("POST", "orders", views.confirmation("refused", refusal=refused))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text == "Заказы от вашей компании отправляет другой сотрудник."
    assert reply.buttons == ["Позвать человека"]


async def test_already_sent_names_the_order(talk: Talk) -> None:
    talk.answers("POST", "orders", views.confirmation("already_sent", order=views.order()))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text == "Этот заказ уже отправлен, его номер — №12847. Второй раз не оформляю."


async def test_the_day_that_was_told_is_no_longer_possible(talk: Talk) -> None:
    message = "На 16 декабря заказы принимали до 18:00. Ближайшая доставка — среда, 17 декабря."
    refused = views.refusal("delivery_day", message=message)
    cart = views.cart(delivery_text="среда, 17 декабря", version=4)
    talk.answers("POST", "orders", views.confirmation("refused", refusal=refused, cart=cart))
    reply = await talk.run("action_confirm_order", version="3")
    assert reply.text.endswith(f"Итого: 5 500 ₽\n{message}")
    assert reply.buttons[0] == "Оформить"
    assert reply.expecting == "confirm:4"
