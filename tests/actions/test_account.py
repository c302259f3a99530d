"""Status, cancelling, money, delivery, papers, a person."""

import pytest

from actions.account_answers import number_in
from actions.channels import channel_in
from tests.actions import views
from tests.actions.conftest import Talk

STATUS = "Заказ №12847 от 15 декабря: собирается. Доставка завтра, 16 декабря, с 9:00 до 12:00. Сумма 7 000 ₽."


async def test_status_of_the_last_order(talk: Talk) -> None:
    talk.answers("GET", "orders/last", views.order())
    reply = await talk.run("action_order_status", "где мой заказ?", "order_status")
    assert reply.text == STATUS
    assert reply.buttons == ["Отменить заказ", "Повторить последний", "Позвать человека"]
    assert reply.payload("Отменить заказ") == '/cancel{"order": "7f0e"}'


async def test_status_of_a_numbered_order(talk: Talk) -> None:
    talk.orders_nothing()
    talk.answers("GET", "orders", views.order(can_cancel=False, status="delivered", status_text="доставлен"))
    reply = await talk.run("action_order_status", "что с заявкой 120", "order_status")
    assert talk.queries("orders") == [{"number": "120"}]
    assert reply.text == "Заказ №12847 от 15 декабря: доставлен. Сумма 7 000 ₽."


async def test_an_unknown_number_lists_the_latest(talk: Talk) -> None:
    talk.orders_nothing()
    talk.refuses("GET", "orders", 404, "not_found", "Нет такого заказа")
    talk.answers("GET", "orders", {"orders": [views.order()]})
    reply = await talk.run("action_order_status", "где заказ №77", "order_status")
    assert reply.text == f"Заказа №77 не нашлось. Вот последние:\n• {STATUS}"


async def test_no_orders_yet(talk: Talk) -> None:
    talk.refuses("GET", "orders/last", 404, "not_found")
    reply = await talk.run("action_order_status", intent="status")
    assert reply.text == "Отправленных заказов пока нет."
    assert reply.buttons[-1] == "Позвать человека"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("что с заявкой 120", "120"),
        ("где заказ № 12847?", "12847"),
        ("заказ УТ-000120 собрали?", "УТ-000120"),
        ("12847 едет?", "12847"),
        ("где заказ от 15 декабря", None),
        ("заказ 15 декабря собрали?", None),
        ("где машина", None),
        ("молока 10, и где вчерашний заказ?", None),
        ("сахара 100 кг, и где заказ", None),
    ],
)
def test_the_number_of_an_order_in_words(text: str, number: str | None) -> None:
    assert number_in(text) == number


async def test_cancel_asks_and_does(talk: Talk) -> None:
    talk.answers("GET", "orders", {"orders": [views.order(), views.order(id="0", can_cancel=False)]})
    reply = await talk.run("action_cancel_order", "отмените завтрашний", "cancel_order")
    assert reply.text == (
        "Отменить заказ №12847 от 15 декабря на 7 000 ₽, доставка завтра, 16 декабря, с 9:00 до 12:00?"
    )
    assert reply.buttons == ["Да, отменить", "Нет, оставить"]
    assert reply.payload("Да, отменить") == '/confirm_cancel{"order": "7f0e"}'
    assert reply.expecting == "cancel:7f0e"
    talk.answers("POST", "orders/7f0e/cancel", {"state": "cancelled", "order": views.order()})
    done = await talk.run("action_affirm", "да", "affirm")
    assert done.text == "Заказ №12847 от 15 декабря отменён."


@pytest.mark.parametrize(
    ("state", "words"),
    [("too_late", "отменить уже нельзя"), ("requested", "просьбу об отмене"), ("not_found", "не нашлось")],
)
async def test_cancel_that_comes_to_something_else(talk: Talk, state: str, words: str) -> None:
    talk.answers("POST", "orders/7f0e/cancel", {"state": state, "order": views.order()})
    reply = await talk.run("action_confirm_cancel", order="7f0e")
    assert words in reply.text
    assert "Позвать человека" in reply.buttons


async def test_cancel_when_it_is_too_late(talk: Talk) -> None:
    talk.answers("GET", "orders", {"orders": [views.order(can_cancel=False)]})
    reply = await talk.run("action_cancel", order="7f0e")
    assert reply.text.endswith("Отменить его здесь уже нельзя, но может помочь менеджер.")
    assert reply.expecting == "human"


async def test_cancel_with_several_or_no_orders(talk: Talk) -> None:
    both = [views.order(), views.order(id="8", number="12850")]
    talk.answers("GET", "orders", {"orders": both})
    reply = await talk.run("action_cancel_order", "отмените заказ", "cancel_order")
    assert reply.buttons == ["№12847", "№12850"]
    talk.answers("GET", "orders", {"orders": []})
    talk.answers("GET", "cart", views.empty_cart())
    assert "отменять нечего" in (await talk.run("action_cancel_order", "отмените заказ", "cancel_order")).text


async def test_cancel_of_what_was_not_sent_yet(talk: Talk) -> None:
    talk.answers("GET", "orders", {"orders": [views.order(can_cancel=False)]})
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_cancel_order", "отмените заказ", "cancel_order")
    assert reply.text == "Этот заказ ещё не отправлен. Очистить корзину?"
    assert reply.buttons == ["Очистить корзину", "Показать заказ"]


async def test_cancel_by_number(talk: Talk) -> None:
    talk.orders_nothing()
    talk.answers("GET", "orders", views.order())
    assert "Отменить заказ №12847" in (await talk.run("action_cancel_order", "снимите заявку 12847")).text


async def test_balance_in_the_articles_tone(talk: Talk) -> None:
    talk.answers("GET", "balance", views.BALANCE)
    reply = await talk.run("action_balance", "сколько мы должны", "balance")
    assert reply.text == (
        "Остаток к оплате 62 000 ₽ (по данным на 09:40).\n"
        "Из них срок оплаты прошёл: 50 000 ₽.\n"
        "По счёту №118 от 01.12 остаток к оплате 50 000 ₽, срок был 10.12.\n"
        "По счёту №131 от 09.12 остаток к оплате 12 000 ₽, срок 23.12.\n"
        "Кредитный лимит 100 000 ₽, доступно 38 000 ₽.\n"
        "Реквизиты для оплаты: р/с 40702810000000000001, банк «Первый»"
    )
    assert "!" not in reply.text


@pytest.mark.parametrize(
    ("debt", "text"),
    [
        ("0\u00a0₽", "Задолженности нет."),
        ("\u22125\u00a0000\u00a0₽", "Задолженности нет, ваш аванс 5\u00a0000\u00a0₽."),
        (None, "Данных о взаиморасчётах у меня нет, их подскажет ваш менеджер."),
    ],
)
async def test_no_debt(talk: Talk, debt: str | None, text: str) -> None:
    nothing = {"overdue_text": None, "limit_text": None, "available_text": None, "invoices": [], "requisites": ""}
    talk.answers("GET", "balance", {"debt_text": debt, "as_of_text": None, **nothing})
    assert (await talk.run("action_balance", intent="show_balance")).text == text


async def test_delivery(talk: Talk) -> None:
    talk.answers("GET", "delivery", views.DELIVERY)
    reply = await talk.run("action_delivery", "до скольки можно заказать?", "delivery")
    assert reply.text == (
        "Ближайшая доставка — завтра, 16 декабря, с 9:00 до 12:00.\n"
        "Заказ до 18:00 — завтра, 16 декабря, после — в среду, 17 декабря.\n"
        "Возим по будням.\n"
        "Минимальная сумма заказа — 3 000 ₽.\n"
        "Адрес доставки: ул. Садовая, 3."
    )


async def test_delivery_offers_the_outlets_when_none_is_chosen(talk: Talk) -> None:
    talk.orders_nothing()
    outlets = [{"id": str(n), "name": name, "address": ""} for n, name in enumerate(("Лесная", "Садовая"))]
    talk.refuses("GET", "delivery", 409, "no_outlet", "Для какой точки доставки?")
    talk.answers("GET", "me", views.me(outlets=outlets, outlet=None))
    reply = await talk.run("action_delivery", "в субботу возите?", "delivery")
    assert reply.buttons == ["Лесная", "Садовая"]
    assert reply.expecting == "outlet"


async def test_a_change_of_delivery_is_offered_to_a_person(talk: Talk) -> None:
    talk.orders_nothing()
    talk.answers("GET", "delivery", views.DELIVERY)
    talk.answers("GET", "me", views.me())
    reply = await talk.run("action_delivery", "перенесите на среду", "delivery")
    assert reply.text.endswith(
        "Дату, время и адрес доставки меняет менеджер: Анна, +7 900 000-11-22. Передать ему вашу просьбу?"
    )
    assert reply.buttons == ["Позвать человека", "Главное меню"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("action_documents", "Документы готовит менеджер"),
        ("action_notifications", "Сообщения настраивает менеджер"),
    ],
)
async def test_what_a_person_does_is_said_honestly(talk: Talk, action: str, words: str) -> None:
    talk.answers("GET", "me", views.me())
    reply = await talk.run(action, "пришлите бумаги", "documents")
    assert reply.text == f"{words}: Анна, +7 900 000-11-22. Передать ему вашу просьбу?"
    assert reply.expecting == "human"
    talk.answers("POST", "handoff", views.HANDOFF)
    called = await talk.run("action_affirm", "да", "affirm")
    assert called.text == "Зову менеджера: Анна, +7 900 000-11-22. Вам ответят здесь."


async def test_requisites_are_known(talk: Talk) -> None:
    talk.answers("GET", "balance", views.BALANCE)
    reply = await talk.run("action_documents", "реквизиты для оплаты", "documents")
    assert reply.text == "Реквизиты для оплаты: р/с 40702810000000000001, банк «Первый»"


async def test_a_sentence_in_place_of_requisites_is_said_as_it_is(talk: Talk) -> None:
    talk.answers("GET", "balance", views.BALANCE | {"requisites": "Реквизиты для оплаты пришлёт ваш менеджер."})
    reply = await talk.run("action_documents", "реквизиты", "documents")
    assert reply.text == "Реквизиты для оплаты пришлёт ваш менеджер."


async def test_a_person_outside_working_hours(talk: Talk) -> None:
    talk.answers("POST", "handoff", views.HANDOFF | {"working_hours": False})
    reply = await talk.run("action_call_human", "позовите менеджера", "call_human")
    assert reply.text == (
        "Зову менеджера: Анна, +7 900 000-11-22. Вам ответят здесь. "
        "Сейчас нерабочее время: менеджер отвечает с 9:00 до 18:00."
    )
    assert reply.messages[0]["buttons"] == [{"title": "Вернуться к боту", "payload": "/start"}]
    assert talk.sent("POST", "handoff") == [{"reason": "asked", "note": "позовите менеджера"}]


async def test_a_complaint_goes_to_a_person_with_its_words(talk: Talk) -> None:
    talk.orders_nothing()
    talk.answers("POST", "handoff", views.HANDOFF)
    reply = await talk.run("action_complaint", "недовезли две коробки", "complaint")
    assert reply.text.startswith("Очень жаль, что так вышло. Передаю ваше сообщение. Зову менеджера: Анна")
    assert talk.sent("POST", "handoff") == [{"reason": "complaint", "note": "недовезли две коробки"}]


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("пишите мне в телеграм", "telegram"),
        ("сообщайте в вотсап", "whatsapp"),
        ("шлите в вацап", "whatsapp"),
        ("новости в макс", "max"),
        ("в чат на сайте", "webchat"),
        ("не пишите по вечерам", None),
        ("в телегу или в макс", None),
        ("максимум раз в день", None),
    ],
)
def test_the_channel_in_words(text: str, channel: str | None) -> None:
    assert channel_in(text) == channel


async def test_news_go_to_the_channel_that_was_named(talk: Talk) -> None:
    talk.answers("PUT", "me/channel", {})
    reply = await talk.run("action_notifications", "пишите мне в телеграм", "notifications")
    assert reply.text == "Хорошо, новости о заказах буду присылать в Telegram."


async def test_a_channel_where_nobody_wrote_is_refused_in_words(talk: Talk) -> None:
    talk.refuses("PUT", "me/channel", 409, "nobody_there", "Там вы мне ещё не писали.")
    reply = await talk.run("action_notifications", "пишите мне в макс", "notifications")
    assert reply.text == "Там вы мне ещё не писали."
    assert "Позвать человека" in reply.buttons


def card(state: str, kind: str, **more: str) -> dict[str, str]:
    return {"state": state, "kind": kind, "text": "", "name": "", **more}


async def test_an_employee_is_added_in_two_messages(talk: Talk) -> None:
    talk.answers("POST", "profile", card("incomplete", "employee"))
    asked = await talk.run("action_profile", "добавьте сотрудника", "profile")
    assert asked.text.startswith("Напишите имя и телефон сотрудника")
    talk.answers("POST", "profile", card("done", "employee", name="Ирина Белова", text="Вот ссылка на бота: https://…"))
    # Whatever the words were heard as: the question waits for them.
    done = await talk.run("action_order", "Ирина Белова 8 900 000-11-22", "order")
    assert (
        done.text == "Добавил: Ирина Белова. Перешлите, пожалуйста, это приглашение:\n\nВот ссылка на бота: https://…"
    )
    assert talk.sent("POST", "profile") == [
        {"text": "добавьте сотрудника", "kind": None},
        {"text": "Ирина Белова 8 900 000-11-22", "kind": "employee"},
    ]
    assert done.expecting is None


async def test_a_change_of_the_card_that_a_manager_makes(talk: Talk) -> None:
    talk.answers("POST", "profile", card("requested", "address", text="Анна, +7 900 000-11-22"))
    reply = await talk.run("action_profile", "сменился адрес", "profile")
    assert reply.text.startswith("Передал менеджеру: Анна, +7 900 000-11-22.")
    assert reply.buttons == ["Главное меню", "Позвать человека"]
