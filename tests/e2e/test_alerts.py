"""A manager's own Telegram: tied by a link of the console, told of who needs a person, reminded, switched off."""

import re

import httpx
import psycopg
import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.e2e.phone import Phone
from tests.e2e.providers import Providers
from tests.e2e.test_person import log_in

PAGE = "/console/conversations/alerts"
PATIENCE_SECONDS = 60.0
"""The reminders are looked for twice a minute."""


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.fixture
def manager(system: System, fresh: None, providers: Providers) -> Phone:
    """The admin's telephone, tied by the console's link."""
    providers.forget()
    console = log_in(system)
    page = console.post(f"{PAGE}/word", data={"csrf": csrf_of(console.get(PAGE))})
    link = re.search(r"https://t\.me/orders_bot\?start=([A-Za-z0-9-]+)", page.text)
    assert link is not None
    phone = Phone("telegram", system, providers, "900", "+79005550900", name="Анна")
    (told,) = phone.say(f"/start {link[1]}")
    assert "сюда будут приходить уведомления" in told.text
    assert "Подключено: Telegram, Анна" in console.get(PAGE).text
    return phone


def test_a_manager_hears_of_a_customer_where_they_are(manager: Phone, system: System) -> None:
    cafe = Chat(system.url, "KOFE-PETRA")
    cafe.say("позовите менеджера")
    alert = manager.wait_for("просит человека")
    assert "Кофейня у Петра" in alert.text and "«позовите менеджера»" in alert.text and "₽" not in alert.text
    link = re.search(r"https://orders\.example(/console/conversations/[0-9a-f-]{36})", alert.text)
    assert link is not None and "позовите менеджера" in log_in(system).get(link[1]).text

    with psycopg.connect(system.database_url) as database:
        database.execute(
            "UPDATE handoffs SET requested_at = requested_at - interval '6 minutes', "
            "alerted_at = alerted_at - interval '6 minutes'"
        )
        database.execute("UPDATE conversations SET unanswered_since = unanswered_since - interval '6 minutes'")
    reminder = manager.wait_for("ждёт ответа 6 минут", PATIENCE_SECONDS)
    assert "Кофейня у Петра" in reminder.text
    assert [shown.text for shown in manager.screen].count(alert.text) == 1


def test_a_managers_chat_orders_nothing_and_is_switched_off(manager: Phone, system: System) -> None:
    (told,) = manager.say("молока 8")
    assert "помощник здесь заказы не принимает" in told.text
    manager.say("KOFE-PETRA")
    with psycopg.connect(system.database_url) as database:
        query = "SELECT customer_id FROM conversations WHERE channel = 'telegram' AND channel_user = '900'"
        assert database.execute(query).fetchone() == (None,)
    (told,) = manager.say("стоп")
    assert "Уведомления отключены" in told.text
    assert "Чат пока не подключён" in log_in(system).get(PAGE).text
