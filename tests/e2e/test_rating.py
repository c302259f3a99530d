"""The customer's rating: asked after every N-th order, a tap, a free word that may as well be the next order."""

import json
from typing import Any

import psycopg
import pytest

from api.run.postgres import LOGIN
from api.run.system import System
from tests.e2e.chat import Chat

ASKED = "Как вам оформлять заказы с помощником?"


def database(system: System) -> "psycopg.Connection[Any]":
    return psycopg.connect(system.database_url.replace(f"//{LOGIN}@", "//postgres@"), autocommit=True)


def ask_after_every(system: System, number: int) -> None:
    """At once, not ten minutes later."""
    with database(system) as connection:
        for key, value in (("rate_every", number), ("rate_after_minutes", 0)):
            connection.execute(
                "INSERT INTO options VALUES (%s, %s, now(), 'test')"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )


def rating(system: System) -> tuple[int | None, str]:
    with database(system) as connection:
        rows = connection.execute("SELECT score, comment FROM ratings").fetchall()
    assert len(rows) == 1
    return rows[0]


def order(chat: Chat) -> None:
    seen = len([m for m in chat.messages if "принят!" in m.text])
    chat.say("молока 3 и сливок 10")
    chat.press("Оформить")
    chat.wait_for("принят!")
    while len([m for m in chat.messages if "принят!" in m.text]) == seen:
        chat.fetch(wait=1)


@pytest.fixture
def asked(system: System, cafe: Chat) -> Chat:
    """The café has ordered and is asked how that was."""
    ask_after_every(system, 1)
    order(cafe)
    cafe.wait_for(ASKED)
    return cafe


def test_every_second_order_asks_and_a_word_is_kept(system: System, cafe: Chat) -> None:
    ask_after_every(system, 2)
    order(cafe)
    order(cafe)
    question = cafe.wait_for(ASKED)
    assert question.buttons == ("1 — плохо", "2", "3", "4", "5 — отлично")
    assert len([m for m in cafe.messages if ASKED in m.text]) == 1
    cafe.press("4")
    assert "Спасибо за оценку!" in cafe.last()
    cafe.say("Удобно, быстрее чем звонить")
    assert cafe.last() == "Спасибо, передал коллегам."
    assert rating(system) == (4, "Удобно, быстрее чем звонить")


def test_an_order_after_the_tap_stays_an_order(system: System, asked: Chat) -> None:
    asked.press("5")
    asked.say("молока 2 и сливок 5")
    assert [line["quantity_text"] for line in asked.card()["lines"]] == ["2 шт.", "5 шт."]
    assert rating(system) == (5, "")


def test_a_question_after_the_tap_is_answered(system: System, asked: Chat) -> None:
    asked.press("5")
    asked.say("сколько мы должны?")
    assert "₽" in asked.last()
    assert rating(system) == (5, "")


def test_a_bad_rating_offers_a_person(system: System, asked: Chat) -> None:
    asked.press("1")
    assert "Жаль" in asked.last()
    assert asked.messages[-1].buttons == ("Позвать менеджера",)
    asked.press("Позвать менеджера")
    assert "Зову менеджера" in asked.last()
    assert rating(system) == (1, "")


def test_a_typed_number_is_the_tap_and_the_last_tap_stands(system: System, asked: Chat) -> None:
    asked.say("5")
    assert "Спасибо за оценку!" in asked.last()
    assert rating(system) == (5, "")
    asked.press("2")
    asked.press("2")
    assert rating(system) == (2, "")
    assert not asked.messages[-1].card


@pytest.mark.parametrize(
    "words",
    [
        "всё отлично, спасибо вам большое",
        "долго думает иногда",
        "нормально",
        "да всё устраивает, очень удобно",
        "нет, неудобно совсем, звонить проще",
    ],
)
def test_words_after_the_tap_are_kept(system: System, asked: Chat, words: str) -> None:
    asked.press("3")
    asked.say(words)
    assert asked.last() == "Спасибо, передал коллегам."
    assert rating(system) == (3, words)


def test_a_puzzled_word_is_kept_and_answered(system: System, asked: Chat) -> None:
    asked.press("3")
    asked.say("не сразу понял куда нажимать")
    assert "Можно писать своими словами" in asked.last()
    assert rating(system) == (3, "не сразу понял куда нажимать")
