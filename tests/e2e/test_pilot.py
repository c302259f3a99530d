"""The pilot in the running product: switched on in the console, as an admin does; who is served and who is not."""

import re

import httpx
import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.e2e.test_person import log_in
from tests.running import Demo1C

SETTINGS, CUSTOMERS = "/console/system/settings", "/console/customers"
NOTE, OPENED = (
    "Пока помощник работает в тестовом режиме. Передал ваше сообщение менеджеру",
    "сообщение получит менеджер",
)


class Desk:
    """An admin at the console."""

    def __init__(self, system: System) -> None:
        self.http = log_in(system)

    def submit(self, page: str, action: str, **values: str) -> httpx.Response:
        """Fills in the form of this page that goes to `action`."""
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.http.get(page).text)
        assert csrf is not None
        answer = self.http.post(action, data={"csrf": csrf[1], **values})
        assert answer.status_code == 200, answer.text
        return answer

    def pilot(self, on: bool) -> None:
        self.submit(SETTINGS, f"{SETTINGS}/pilot", **({"value": "true"} if on else {}))

    def flag(self, code: str) -> None:
        answer = self.submit(CUSTOMERS, f"{CUSTOMERS}/pilot/list", on="true", pasted=code)
        assert "Добавлено в пилот: 1." in answer.text

    def waiting(self) -> str:
        return self.http.get("/console/conversations").text


@pytest.fixture
def desk(system: System, fresh: None) -> Desk:
    """The pilot lasts, and only «Магазин „Берёзка“» takes part in it."""
    opened = Desk(system)
    opened.flag("MAGAZIN-BEREZKA")
    opened.pilot(True)
    return opened


def test_who_takes_part_orders_and_who_does_not_gets_a_person(desk: Desk, system: System, demo: Demo1C) -> None:
    shop = Chat(system.url, "MAGAZIN-BEREZKA")
    shop.say("молоко 5")
    assert "₽" in shop.last()

    cafe = Chat(system.url, "KOFE-PETRA")
    assert OPENED in cafe.last() and "₽" not in cafe.transcript()
    assert "Кофейня у Петра" not in desk.waiting(), "whoever only looks in needs nobody"
    cafe.say("как обычно, только молока 8")
    assert NOTE in cafe.last()
    assert [message.buttons for message in cafe.messages if message.sender == "bot"] == [(), ()]
    seq = cafe.send(text="и оформляйте")
    cafe.fetch(wait=3)
    assert [m for m in cafe.messages if m.seq > seq and m.sender != "customer"] == []

    listing = desk.waiting()
    assert "Кофейня у Петра" in listing and "не участвует в пилоте" in listing
    link = re.search(r"/console/conversations/[0-9a-f-]{36}", listing)
    assert link is not None
    page = desk.http.get(link[0]).text
    assert "как обычно, только молока 8" in page and "и оформляйте" in page
    whom = re.search(r'name="whom" value="([^"]+)"', page)
    assert whom is not None
    desk.submit(link[0], f"{link[0]}/reply", whom=whom[1], text="Записала, привезём завтра.")
    assert cafe.wait_for("Записала, привезём завтра.").sender == "manager"
    assert demo.orders() == []


def test_who_signs_in_with_words_waiting_is_handed_over_with_them(desk: Desk, system: System) -> None:
    visitor = Chat(system.url)
    visitor.say("нужно молоко 5 и хлеб 2")
    assert "₽" not in visitor.transcript()
    visitor.say("KOFE-PETRA")
    assert NOTE in visitor.last(), "the note stands in place of the menu"
    assert "₽" not in visitor.transcript() and "Что хотите сделать" not in visitor.last()
    page = desk.waiting()
    assert "Кофейня у Петра" in page and "не участвует в пилоте" in page


def test_who_waited_is_served_when_the_pilot_is_over(desk: Desk, system: System) -> None:
    cafe = Chat(system.url, "KOFE-PETRA")
    cafe.say("молоко 5")
    desk.pilot(False)
    cafe.say("есть кто?")
    assert "Помощник теперь работает и для вас" in cafe.last()
    cafe.press("Вернуться к боту")
    cafe.say("молоко 5")
    assert "2 500 ₽" in cafe.last()
