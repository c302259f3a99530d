"""Ten customers who keep writing, together five turns a second, and check each answer before the next words."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg

from api.run.system import System
from tests.e2e.chat import Chat

WRITERS = ("KOFE-PETRA", "BULOCHNAYA", "SMUZI-BAR", "KAFE-ROMASHKA", "NOVYY-KLIENT")
ASKERS = ("LAVKA-24", "BISTRO-DOLG", "RYNOK-LOTOK", "MINIMARKET-OKRAINA", "STOLOVAYA-7")
"""Of other companies: who shares a cart is told of its changes."""
EVERY_SECONDS = 2.0
"""Of each of the ten."""
CHANGES = (("ещё 3 сиропа", 3), ("сиропа на 2 меньше", -2), ("ещё 2 сиропа", 2), ("сиропа на 3 меньше", -3))
"""What is said in turn, and what it changes."""


@dataclass
class Talk:
    """Somebody who writes again and again."""

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


@dataclass
class Load:
    """How it went; complete when the load has ended."""

    talks: list[Talk]
    seconds: float = 0

    def report(self) -> str:
        """«120 turns in 24 s, median 70 ms, …»"""
        took = sorted(seconds for talk in self.talks for seconds in talk.took)
        return (
            f"{len(took)} turns in {self.seconds:.0f} s, median {statistics.median(took) * 1000:.0f} ms, "
            f"19 of 20 within {took[len(took) * 19 // 20] * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms"
        )


@contextmanager
def load(system: System) -> Iterator[Load]:
    """Turns go on until the block ends; then whatever went wrong in any of them is raised."""
    writers = [_writer(system, code) for code in WRITERS]
    askers = [Talk(Chat(system.url, code)) for code in ASKERS]
    turns = [talk.change for talk in writers] + [talk.ask for talk in askers]
    found, start, ended = Load(writers + askers), time.monotonic(), threading.Event()
    with ThreadPoolExecutor(len(turns)) as pool:
        talks = [
            pool.submit(_keep_on, turn, start + number * EVERY_SECONDS / len(turns), ended)
            for number, turn in enumerate(turns)
        ]
        try:
            yield found
        finally:
            ended.set()
    for talk in talks:
        talk.result()
    found.seconds = time.monotonic() - start


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


def _keep_on(turn: Callable[[int], None], start: float, ended: threading.Event) -> None:
    """One turn each EVERY_SECONDS, by the clock."""
    for number in count():
        if ended.wait(max(0.0, start + number * EVERY_SECONDS - time.monotonic())):
            return
        turn(number)


def _writer(system: System, code: str) -> Talk:
    """A customer with five syrups in the order."""
    chat = Chat(system.url, code)
    chat.say("сироп ваниль 5")
    if not chat.messages[-1].card:
        chat.press("1 л")
    return Talk(chat)
