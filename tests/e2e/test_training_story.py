"""The training loop: a new kind of phrase is misunderstood, labelled, learnt, tried beside, put in and taken out."""

import html
import json
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from api.run.system import System
from tests.e2e.chat import Chat
from tests.e2e.load import load, models_of
from tests.e2e.test_person import log_in
from tests.running import Demo1C

NEW_KIND = """
можно отгрузите без ттн
без ттн отгрузите сегодня
сегодня отгрузить без ттн
завтра отгрузить без ттн
можно отгрузите без ттн пожалуйста
нам отгрузить без ттн пожалуйста
без ттн отгрузить нам пожалуйста
отгрузите завтра без накладной она не нужна
без накладной отгрузить пока она не нужна
отгрузить пока без накладной она не нужна
без накладной пока отгрузите сегодня она не нужна
без накладной пока отгрузить завтра она не нужна
отгрузите можно без накладной пока она не нужна
сегодня грузите без накладной она не нужна
без накладной грузите завтра она не нужна
без накладной пока грузите завтра она не нужна
завтра отгрузить без накладных оформим позже
отгрузить завтра без накладных оформим позже
без накладных отгрузить завтра оформим позже
можно отгрузите без накладных оформим позже
завтра отгрузите без накладной подпишем потом
отгрузите можно без накладных подпишем потом
отгрузить опять без накладных подпишем потом
отгрузите завтра без накладной пока пожалуйста
сегодня отгрузите без накладной пока
отгрузите завтра без накладной пока
без накладных грузите пока
грузите можно без накладных пожалуйста
завтра отпустите без накладных
отпустите можно без накладных пожалуйста
""".strip().splitlines()
"""Of each the model is unsure, whatever it takes it for; a customer who says so wants something about papers."""
MEANS = "documents"
UNSEEN = (
    "сегодня отпустите без накладной она не нужна",
    "отгрузите сегодня без накладных пожалуйста",
    "завтра грузите без накладной подпишем потом",
    "можно отгрузить без накладной пока",
    "без накладных отгрузите нам завтра",
    "грузите завтра без ттн пожалуйста",
)
SOON, TRAINING = 60, 900
"""Seconds."""


class Console:
    """A trainer's browser, without the browser: pages and their forms."""

    def __init__(self, system: System) -> None:
        self.http = log_in(system)

    def page(self, address: str) -> str:
        answer = self.http.get(address)
        answer.raise_for_status()
        return answer.text

    def press(self, address: str, action: str, to: str = "", **values: str) -> str:
        """Sends the form of a page that goes to `action`, or its button that goes `to`; returns the page after it."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}[^>]*>.*?</form>', self.page(address), re.DOTALL)
        assert form is not None, f"{address}: no form goes to {action}"
        fields: dict[str, Any] = {}
        for name, value in re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form[0]):
            fields.setdefault(name, []).append(html.unescape(value))
        answer = self.http.post(to or action, data=fields | values)
        answer.raise_for_status()
        return answer.text


def rows(system: System, query: str, *values: Any) -> list[dict[str, Any]]:
    with psycopg.connect(system.database_url, options="-c role=orders_staff", row_factory=dict_row) as connection:
        return connection.execute(query, values).fetchall()


def wait_until(done: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, what
        time.sleep(0.5)
    return found


def say(system: System, text: str) -> str:
    """Says it as a person who has just come in; returns the bot's answer."""
    chat = Chat(system.url, "KOFE-PETRA")
    chat.say(text)
    return chat.last()


def undecided(system: System) -> list[dict[str, Any]]:
    return rows(system, "SELECT * FROM review_items WHERE decision_id IS NULL AND text = ANY(%s)", NEW_KIND)


def label(system: System, trainer: Console) -> int:
    """Labels the queue's groups one after the other; returns how many decisions that took."""
    taken = 0
    while left := undecided(system):
        address = "/console/review?" + str(httpx.QueryParams({"key": left[0]["key"]}))
        trainer.press(address, "/console/review/decide", "/console/review/teach", intent=MEANS)
        taken += 1
        assert len(undecided(system)) < len(left)
    return taken


def heard(system: System, texts: tuple[str, ...]) -> list[tuple[str, str, float]]:
    """What the last saying of each was taken for: model, intent, confidence."""
    query = "SELECT DISTINCT ON (text) model, intent, confidence FROM inbox WHERE text = ANY(%s) ORDER BY text, id DESC"
    return [(row["model"], row["intent"], row["confidence"]) for row in rows(system, query, list(texts))]


def deployed(system: System) -> dict[str, Any] | None:
    """The last deployment, once it has ended."""
    (last,) = rows(system, "SELECT * FROM deployments ORDER BY id DESC LIMIT 1")
    return last if last["ended_at"] else None


@pytest.mark.timeout(1500)
def test_from_a_misunderstood_phrase_to_a_better_model(
    system: System, demo: Demo1C, fresh: None, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer, documents = Console(system), demo.count()
    before = json.loads((system.models / "current.json").read_text())["fingerprint"]

    # Misunderstood, and soon in the queue, alike ones together.
    for text in NEW_KIND:
        say(system, text)
    wait_until(lambda: len(undecided(system)) == len(NEW_KIND), SOON, "the queue does not hold them all")
    groups = len({item["key"] for item in undecided(system)})
    assert groups <= len(NEW_KIND) // 2
    assert "без" in trainer.page("/console/review")

    # Labelled in the console, a group at a time.
    assert label(system, trainer) == groups

    # Trained: the card shows the gain, and that nothing is broken.
    trainer.press("/console/training", "/console/training/runs", note="отгрузка без накладной")
    run = wait_until(
        lambda: rows(system, "SELECT * FROM training_runs WHERE ended_at IS NOT NULL"), TRAINING, "training goes on"
    )[0]
    assert run["state"] == "passed", (run["verdict"], run["log"])
    after = run["version"]
    card = json.loads((system.models / f"intents-{after}.json").read_text())
    assert card["gate"]["passed"]
    assert card["examples"]["reviewed"] == len(NEW_KIND)
    phrases = card["compared_with"]["phrases"]
    mended = {phrase["text"] for phrase in phrases if phrase["set"] == "reviewed" and phrase["change"] == "mended"}
    assert len(mended) >= len(NEW_KIND) // 3
    assert not [phrase for phrase in phrases if phrase["set"] == "must" and phrase["change"] == "broken"]
    page = trainer.page(f"/console/training/models/{after}")
    assert next(iter(mended)) in trainer.page(f"/console/training/compare?a={before}&b={after}")
    for picture in card["pictures"]:
        assert f"/console/training/models/{after}/{picture}" in page

    # Shadow: it reads what the live model answers.
    trainer.press("/console/training/shadow", "/console/training/shadow/start", version=after, hours="1")
    for text in UNSEEN:
        say(system, text)
    was = heard(system, UNSEEN)
    assert {model for model, _, _ in was} == {before}
    readings = wait_until(
        lambda: (
            (found := rows(system, "SELECT * FROM shadow_readings WHERE text = ANY(%s)", list(UNSEEN)))
            and len(found) == len(UNSEEN)
            and found
        ),
        240,
        "the shadow reads nothing",
    )
    assert [reading["intent"] for reading in readings] == [MEANS] * len(UNSEEN)
    assert [reading["text"] for reading in readings if reading["live_intent"] != MEANS]
    assert UNSEEN[0] in trainer.page("/console/training/shadow")

    # Published under load, understood, rolled back in one click.
    buyer = Chat(system.url, "MAGAZIN-BEREZKA")
    buyer.press("Повторить последний")
    with load(system) as customers:
        time.sleep(2)
        trainer.press("/console/training/models", f"/console/training/models/{after}/publish")
        buyer.press("Оформить")
        assert wait_until(lambda: deployed(system), 300, "not put in")["state"] == "drained"
        for text in UNSEEN:
            say(system, text)
        now = heard(system, UNSEEN)
        trainer.press("/console/training/models", "/console/training/models/roll-back")
        assert wait_until(lambda: deployed(system), 300, "not rolled back")["state"] == "drained"
        time.sleep(2)
    assert [(model, intent) for model, intent, _ in now] == [(after, MEANS)] * len(UNSEEN)
    say(system, UNSEEN[0])
    assert heard(system, UNSEEN[:1])[0][0] == before
    buyer.wait_for("принят!")
    assert demo.count() == documents + 1
    seen = models_of(system)
    assert sum(versions == [before, after, before] for versions in seen.values()) == len(customers.talks), seen
    with capsys.disabled():
        print(f"\n{groups} groups, {len(mended)} of {len(NEW_KIND)} mended; {customers.report()}")
