"""What a customer had to say twice stands in the review queue a moment later."""

import time
from typing import Any

import psycopg
from psycopg.rows import dict_row

from api.run.system import System
from tests.e2e.chat import Chat

SOON_SECONDS = 25
"""A turn settles in three seconds, the queue is filled every ten; the rest is for a busy machine."""


def items(system: System) -> dict[str, dict[str, Any]]:
    """The newest item of each kind."""
    with psycopg.connect(system.database_url, row_factory=dict_row) as connection:
        rows = connection.execute("SELECT * FROM review_items ORDER BY id").fetchall()
    return {row["kind"]: row for row in rows}


def wait_for(system: System, *kinds: str) -> dict[str, dict[str, Any]]:
    deadline = time.monotonic() + SOON_SECONDS
    while not set(kinds) <= (found := items(system)).keys():
        assert time.monotonic() < deadline, f"only {sorted(found)}"
        time.sleep(0.5)
    return found


def test_what_was_not_understood_comes_to_the_reviewers(cafe: Chat, system: System) -> None:
    _, second, *_ = cafe.say("сыр 2")[-1].buttons
    cafe.press(second)
    cafe.say("молоко 3,2% 10 л 5 шт, карбюратор белогорский 5 штук")
    cafe.say("молоко убери")
    cafe.say("фыв абырвалг зюзюка")
    cafe.say("позовите менеджера")
    found = wait_for(system, "unknown_product", "answered_otherwise", "corrected", "fallback", "handed_off")
    assert "карбюратор" in found["unknown_product"]["phrase"]
    assert (found["answered_otherwise"]["phrase"], found["answered_otherwise"]["text"]) == ("сыр", "сыр 2")
    assert found["answered_otherwise"]["meant"]["sku"] != found["answered_otherwise"]["guess"]["sku"]
    assert (found["corrected"]["meant"]["became"], found["corrected"]["phrase"][:6]) == ("removed", "молоко")
    assert found["fallback"]["text"] == "фыв абырвалг зюзюка"
    assert found["handed_off"]["text"] == "фыв абырвалг зюзюка"
    assert found["handed_off"]["meant"] == {"reason": "asked"}


def test_the_path_of_a_line_goes_with_the_order(cafe: Chat, system: System) -> None:
    cafe.say("молоко 3,2% 10 л 5 шт")
    cafe.change_line(cafe.card()["lines"][0]["sku"], "6")
    cafe.press("Оформить")
    cafe.wait_for("принят")
    with psycopg.connect(system.database_url) as connection:
        (path,) = connection.execute(
            "SELECT path FROM order_lines JOIN orders ON id = order_id WHERE key LIKE 'AI-%'"
        ).fetchone() or ([],)
        (intent, confidence) = connection.execute(
            "SELECT intent, confidence FROM inbox WHERE text LIKE 'молоко%'"
        ).fetchone() or ("", None)
    assert [(step["how"], step["quantity"]) for step in path] == [("words", "5"), ("button", "6")]
    assert intent == "order" and confidence > 0.5
