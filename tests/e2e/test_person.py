"""A person: asked for, answers in the console, hands back."""

import re

import httpx
import psycopg

from api.run.system import System
from tests.e2e.chat import Chat


def log_in(system: System) -> httpx.Client:
    console = httpx.Client(base_url=system.url, follow_redirects=True, timeout=30, trust_env=False)
    page = console.post("/console/login", data={"login": "admin", "password": "console-password"})
    assert "Разговоры" in page.text
    return console


def test_person_answers_and_hands_back(cafe: Chat, system: System) -> None:
    cafe.say("позовите менеджера")
    assert "менеджер" in cafe.last().lower()
    seq = cafe.send(text="вы тут?")
    cafe.fetch(wait=3)
    assert [m for m in cafe.messages if m.seq > seq and m.sender != "customer"] == []

    console = log_in(system)
    listing = console.get("/console/").text
    assert "Кофейня у Петра" in listing
    link = re.search(r"/console/conversations/[0-9a-f-]{36}", listing)
    assert link is not None
    page = console.get(link[0]).text
    assert "вы тут?" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    whom = re.search(r'name="whom" value="([^"]+)"', page)
    assert csrf is not None and whom is not None
    said = {"csrf": csrf[1], "whom": whom[1], "text": "Здравствуйте, слушаю вас <b>"}
    console.post(f"{link[0]}/reply", data=said)
    answer = cafe.wait_for("слушаю вас <b>")
    assert answer.sender == "manager"

    console.post(f"{link[0]}/hand-back", data={"csrf": csrf[1]})
    cafe.wait_for("Снова на связи помощник")
    cafe.say("почём молоко 3,2% 10 л?")
    assert "₽" in cafe.last()


def test_console_is_closed_without_a_login(system: System) -> None:
    answer = httpx.get(f"{system.url}/console/", trust_env=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login"


def test_form_of_another_session_is_refused(cafe: Chat, system: System) -> None:
    cafe.say("позовите менеджера")
    console = log_in(system)
    link = re.search(r"/console/conversations/[0-9a-f-]{36}", console.get("/console/").text)
    assert link is not None
    answer = console.post(f"{link[0]}/reply", data={"csrf": "forged", "whom": "/", "text": "взлом"})
    assert answer.status_code == 403


def test_misunderstood_words_are_kept_with_their_context(cafe: Chat, system: System) -> None:
    cafe.say("фыв абырвалг зюзюка")
    with psycopg.connect(system.database_url) as connection:
        kept = connection.execute("SELECT text, context FROM misunderstood").fetchall()
    assert [text for text, _ in kept] == ["фыв абырвалг зюзюка"]
    assert kept[0][1][0]["from"] == "bot"
