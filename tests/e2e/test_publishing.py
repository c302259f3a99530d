"""A model is put in and taken back while customers write: no turn is lost, none acts twice, each knows its model."""

import json
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.running import Demo1C

CHATS = 10
EVERY_SECONDS = 2.0
"""Together five turns a second."""
CANDIDATE = "0123456789abcdef"
STEPS = (("ещё 1 молоко", 1), ("молока на 1 меньше", -1), ("ещё 2 молока", 2), ("молока на 2 меньше", -2))
"""What is said in turn, and what it adds to the five of the usual order."""


@dataclass
class Customer:
    """A customer who changes one line again and again, and checks each answer before the next words."""

    chat: Chat
    quantity: int = 5
    took: list[float] = field(default_factory=list)

    def speak(self, start: float, ended: threading.Event) -> None:
        turn = 0
        while not ended.wait(max(0.0, start + turn * EVERY_SECONDS - time.monotonic())):
            words, more = STEPS[turn % len(STEPS)]
            self.quantity += more
            began = time.monotonic()
            said = self.chat.say(words)
            self.took.append(time.monotonic() - began)
            assert len(said) == 1, self.chat.transcript()
            milk = self.chat.card()["lines"][0]
            assert milk["quantity"] == str(self.quantity), self.chat.transcript()
            turn += 1


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
    customers = [Customer(Chat(system.url, "KOFE-PETRA")) for _ in range(CHATS)]
    for customer in customers:
        customer.chat.press("Повторить последний")
    buyer = Chat(system.url, "MAGAZIN-BEREZKA")
    buyer.press("Повторить последний")
    start, ended = time.monotonic(), threading.Event()
    with ThreadPoolExecutor(CHATS) as pool:
        talks = [
            pool.submit(customer.speak, start + number * EVERY_SECONDS / CHATS, ended)
            for number, customer in enumerate(customers)
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
    assert sum(versions == [live, candidate, live] for versions in seen.values()) == CHATS, seen
    assert json.loads((system.models / "current.json").read_text())["fingerprint"] == live
    took = sorted(seconds for customer in customers for seconds in customer.took)
    with capsys.disabled():
        print(
            f"\n{len(took)} turns in {time.monotonic() - start:.0f} s, median {statistics.median(took) * 1000:.0f} ms, "
            f"19 of 20 within {took[len(took) * 19 // 20] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms; "
            f"published in {publish_seconds:.1f} s, rolled back in {back_seconds:.1f} s"
        )
