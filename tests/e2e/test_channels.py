"""One dialogue in four channels makes the same order; begun in one it goes on in another."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.e2e.phone import Phone
from tests.e2e.providers import Providers
from tests.running import Demo1C

CODE = "KOFE-PETRA"
USERS = {"telegram": "700", "whatsapp": "79005550701", "max": "702"}


@pytest.fixture
def screens(providers: Providers) -> Iterator[Providers]:
    providers.forget()
    yield providers


Open = Callable[[str], Any]


@pytest.fixture
def open_chat(system: System, fresh: None, screens: Providers) -> Open:
    """A customer in the channel, signed in with the company's code."""

    def opened(channel: str) -> Any:
        if channel == "webchat":
            return Chat(system.url, CODE)
        person = Phone(channel, system, screens, USERS[channel], f"+{USERS[channel]}")
        person.say("Привет")
        person.say(CODE)
        return person

    return opened


def spoken(chat: Any) -> str:
    """All that the bot has said and still shows."""
    return str(chat.transcript()).replace("\u00a0", " ")


def article(chat: Any) -> None:
    """The owner's dialogue."""
    chat.press("Повторить последний")
    assert "Итого: 5 500 ₽" in spoken(chat)
    chat.press("Изменить количество")
    chat.press("Молоко")
    chat.say("8")
    assert "Молоко — теперь 8 шт. (4 000 ₽). Новый итог: 7 000 ₽" in spoken(chat)
    chat.press("Оформить")
    chat.wait_for("принят!")


def document_of(demo: Demo1C) -> list[tuple[Decimal, Decimal]]:
    (document,) = demo.orders()
    return [(Decimal(str(line["Количество"])), Decimal(str(line["Цена"]))) for line in document["Товары"]]


EIGHT_OF_MILK = [(Decimal(8), Decimal(500)), (Decimal(10), Decimal(180)), (Decimal(2), Decimal(600))]


@pytest.mark.parametrize("channel", ["webchat", "telegram", "whatsapp", "max"])
def test_the_same_dialogue_makes_the_same_order(open_chat: Open, demo: Demo1C, channel: str) -> None:
    article(open_chat(channel))
    assert document_of(demo) == EIGHT_OF_MILK


def test_begun_in_telegram_finished_on_the_web(open_chat: Open, demo: Demo1C) -> None:
    telegram, web = open_chat("telegram"), open_chat("webchat")
    telegram.say("как обычно, только молока 8")
    web.say("покажи корзину")
    assert [line["quantity"] for line in web.card()["lines"]] == ["8", "10", "2"]
    web.press("Оформить")
    web.wait_for("принят!")
    assert document_of(demo) == EIGHT_OF_MILK
    telegram.wait_for("Заказ отправлен")


def test_two_employees_see_each_others_changes(open_chat: Open) -> None:
    telegram, maximum = open_chat("telegram"), open_chat("max")
    telegram.say("молоко 5")
    maximum.wait_for("В заказе изменения")
    maximum.say("сливки 3")
    assert "сливки" in telegram.wait_for("Сливки").text.lower()


def test_the_cart_is_one_living_message_in_telegram(open_chat: Open) -> None:
    telegram = open_chat("telegram")
    telegram.press("Повторить последний")
    telegram.press("Изменить количество")
    telegram.press("Молоко")
    telegram.say("8")
    telegram.wait_for("— 8 шт. — 4 000 ₽")
    carts = [message for message in telegram.screen if "Итого:" in message.text]
    assert len(carts) == 1
    assert "— 8 шт. — 4 000 ₽" in carts[0].text
    assert carts[0].buttons == {}


def test_a_status_falls_back_to_the_next_channel(open_chat: Open, demo: Demo1C, screens: Providers) -> None:
    maximum, telegram = open_chat("max"), open_chat("telegram")
    article(telegram)
    screens.left.add(telegram.user)
    (document,) = demo.orders()
    demo.set_status(document["Ref_Key"], "КОтгрузке")
    maximum.wait_for("выехал", patience=60)
