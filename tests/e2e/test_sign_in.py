"""Signing in through the messengers themselves: the own number, a number that is not, leaving, a group."""

from collections.abc import Callable

import pytest

from api.run.system import System
from tests.e2e.phone import Phone
from tests.e2e.providers import Providers

PETR, OLGA, NINA = "+79000000011", "+79000000012", "+79000000013"
"""People of the demo 1C: two of «Кофейня у Петра», one of «Столовая № 7»."""
STRANGER = "+79005550000"

Open = Callable[[str, str], Phone]


@pytest.fixture
def open_phone(system: System, fresh: None, providers: Providers) -> Open:
    """Somebody with this number in the channel, who has not written yet."""
    providers.forget()

    def opened(channel: str, number: str) -> Phone:
        user = number.removeprefix("+") if channel == "whatsapp" else f"8{number[-4:]}"
        return Phone(channel, system, providers, user, number)

    return opened


@pytest.mark.parametrize("channel", ["telegram", "max"])
def test_the_own_number_shared_by_a_button(open_phone: Open, channel: str) -> None:
    petr = open_phone(channel, PETR)
    petr.say("Привет")
    assert "contact" in {data for message in petr.screen for data in message.buttons.values()}
    petr.share_number()
    petr.wait_for("Здравствуйте, ООО «Кофейня у Петра»!")
    petr.say("молоко 5")
    assert "2 500 ₽" in petr.transcript()


def test_whatsapp_knows_the_number_and_takes_the_order_at_once(open_phone: Open) -> None:
    olga = open_phone("whatsapp", OLGA)
    olga.say("молоко 5")
    olga.wait_for("Узнал вас по номеру телефона: ООО «Кофейня у Петра».")
    assert "2 500 ₽" in olga.transcript()


def test_an_unknown_number_gets_no_prices_and_a_person(open_phone: Open) -> None:
    stranger = open_phone("whatsapp", STRANGER)
    stranger.say("молоко 5")
    assert "₽" not in stranger.transcript()
    assert any("Позвать человека" in message.buttons for message in stranger.screen)


def test_a_forwarded_contact_is_nobodys_key(open_phone: Open) -> None:
    thief = open_phone("telegram", STRANGER)
    thief.say("Привет")
    thief.forward_contact(PETR)
    assert "Кофейня" not in thief.transcript()
    thief.say("молоко 5")
    assert "₽" not in thief.transcript()


def test_who_left_is_not_let_in_by_the_number_alone(open_phone: Open) -> None:
    olga = open_phone("whatsapp", OLGA)
    olga.say("молоко 5")
    olga.say("выйти")
    before = len(olga.screen)
    olga.say("молоко 5")
    assert all("₽" not in message.text for message in olga.screen[before:])
    olga.press("Войти")
    olga.wait_for("Здравствуйте, ООО «Кофейня у Петра»!")


def test_a_group_is_told_nothing(open_phone: Open) -> None:
    petr = open_phone("telegram", PETR)
    petr.say("Привет")
    petr.share_number()
    petr.say_in_group("/start", group="-1005")
    (told,) = petr.server.shown("telegram", "-1005")
    assert "только в личных сообщениях" in told.text
    assert told.buttons == {}
