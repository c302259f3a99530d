"""A model is put in and taken back while customers write: no turn is lost, none acts twice, each knows its model."""

import json
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import psycopg
import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.running import Demo1C

WRITERS = ("KOFE-PETRA", "BULOCHNAYA", "SMUZI-BAR", "KAFE-ROMASHKA", "NOVYY-KLIENT")
ASKERS = ("LAVKA-24", "BISTRO-DOLG", "RYNOK-LOTOK", "MINIMARKET-OKRAINA", "STOLOVAYA-7")
"""Of other companies: who shares a cart is told of its changes."""
EVERY_SECONDS = 2.0
"""Of each of the ten: together five turns a second."""
CANDIDATE = "0123456789abcdef"
CHANGES = (("ещё 3 сиропа", 3), ("сиропа на 2 меньше", -2), ("ещё 2 сиропа", 2), ("сиропа на 3 меньше", -3))
"""What is said in turn, and what it changes."""


@dataclass
class Talk:
    """Somebody who writes again and again, and checks each answer before the next words."""

    chat: Chat
    quantity: int = 5
    took: list[float] = field(default_factory=list)

    def change(self, turn: int) -> None:
        """Changes one line of the order; a change that acted twice, or not at all, shows in the next quantity."""
        words, more = CHANGES[turn % len(CHANGES)]
        self.quantity += more
        self._say(words)
        lines = [line["quantity"] for line in self.chat.card()["lines"]]
        assert lines == [str(self.quantity)], self.chat.transcript()

    def ask(self, turn: int) -> None:
        """Asks something that changes nothing."""
        self._say("какой у нас долг?")

    def _say(self, words: str) -> None:
        began = time.monotonic()
        said = self.chat.say(words)
        self.took.append(time.monotonic() - began)
        assert len(said) == 1, self.chat.transcript()


def keep_on(turn: Callable[[int], None], start: float, ended: threading.Event) -> None:
    """One turn each EVERY_SECONDS, by the clock; what a slow machine misses is not made up for."""
    for number in count():
        late = (time.monotonic() - start) % EVERY_SECONDS
        if ended.wait(EVERY_SECONDS - late if time.monotonic() > start else start - time.monotonic()):
            return
        turn(number)


def writer(system: System, code: str) -> Talk:
    """A customer with five syrups in the order."""
    chat = Chat(system.url, code)
    chat.say("сироп ваниль 5")
    if not chat.messages[-1].card:
        chat.press("1 л")
    return Talk(chat)


@pytest.fixture
def candidate(system: System) -> Iterator[str]:
    """The current model under another name, with a card of its own."""
    models = system.models
    live = json.loads((models / "current.json").read_text())["fingerprint"]
    card = json.loads((models / f"intents-{live}.json").read_text())
    shutil.copy(models / f"intents-{live}.tar.gz", models / f"intents-{CANDIDATE}.tar.gz")
    (models / f"intents-{CANDIDATE}.json").write_text(json.dumps(card | {"fingerprint": CANDIDATE}))
    yield CANDIDATE
    (models / f"intents-{CANDIDATE}.tar.gz").unlink()
    (models / f"intents-{CANDIDATE}.json").unlink()


def timed(system: System, *words: str) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    done = system.run_module("api.training.command", *words)
    return done, time.monotonic() - began


def models_of(system: System) -> dict[str, list[str]]:
    """By conversation the versions that read its messages, in order, without repeats."""
    query = "SELECT conversation_id::text, model FROM inbox WHERE handled_at IS NOT NULL ORDER BY conversation_id, seq"
    found: dict[str, list[str]] = {}
    with psycopg.connect(system.database_url, options="-c role=orders_staff") as connection:
        for conversation, model in connection.execute(query):
            versions = found.setdefault(conversation, [])
            if not versions or versions[-1] != model:
                versions.append(model)
    return found


@pytest.mark.timeout(300)
def test_published_and_rolled_back_under_load(
    system: System, demo: Demo1C, fresh: None, candidate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live = json.loads((system.models / "current.json").read_text())["fingerprint"]
    documents = demo.count()
    writers = [writer(system, code) for code in WRITERS]
    askers = [Talk(Chat(system.url, code)) for code in ASKERS]
    buyer = Chat(system.url, "MAGAZIN-BEREZKA")
    buyer.press("Повторить последний")
    start, ended = time.monotonic(), threading.Event()
    turns = [talk.change for talk in writers] + [talk.ask for talk in askers]
    with ThreadPoolExecutor(len(turns)) as pool:
        talks = [
            pool.submit(keep_on, turn, start + number * EVERY_SECONDS / len(turns), ended)
            for number, turn in enumerate(turns)
        ]
        try:
            time.sleep(4)
            published, publish_seconds = timed(system, "use", candidate)
            buyer.press("Оформить")
            time.sleep(4)
            back, back_seconds = timed(system, "rollback")
            time.sleep(4)
        finally:
            ended.set()
    for talk in talks:
        talk.result()
    assert published.returncode == 0, published.stdout + published.stderr
    assert back.returncode == 0, back.stdout + back.stderr
    buyer.wait_for("принят!")
    assert demo.count() == documents + 1

    seen = models_of(system)
    assert {versions[0] for versions in seen.values()} == {live}
    assert sum(versions == [live, candidate, live] for versions in seen.values()) == len(turns), seen
    assert json.loads((system.models / "current.json").read_text())["fingerprint"] == live
    took = sorted(seconds for talk in writers + askers for seconds in talk.took)
    with capsys.disabled():
        print(
            f"\n{len(took)} turns in {time.monotonic() - start:.0f} s, median {statistics.median(took) * 1000:.0f} ms, "
            f"19 of 20 within {took[len(took) * 19 // 20] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms; "
            f"published in {publish_seconds:.1f} s, rolled back in {back_seconds:.1f} s"
        )
