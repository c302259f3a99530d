"""How much the whole product adds to a bare Rasa turn: the same model, a custom action that does nothing.

Figures are reported; the bound is the product's promise with room for a noisy machine.
"""

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from api.run.paths import ROOT, python_of
from api.run.ports import free_ports
from api.run.system import System
from api.training.cards import Cards
from tests.e2e.chat import Chat

WORDS = ("покажи корзину", "до скольки можно заказать?", "какой у нас долг?", "где мой заказ?", "спасибо")
ROUNDS = 8
PAUSE_SECONDS = 0.6
"""Between turns with us: who writes faster is slowed down by the gateway."""

PROMISED_MS = 150
NOISE_MS = 150


@pytest.fixture
def bare_rasa(system: System, httpserver: HTTPServer, tmp_path: Path) -> Iterator[str]:
    """The same model behind Rasa's own REST channel, with an action server that does nothing."""
    httpserver.expect_request("/webhook").respond_with_json({"events": [], "responses": []})
    (tmp_path / "credentials.yml").write_text("rest:\n")
    (tmp_path / "endpoints.yml").write_text(f"action_endpoint:\n  url: {httpserver.url_for('/webhook')}\n")
    [port] = free_ports(1)
    command = [str(python_of("rasa_project")), "-m", "rasa", "run", "-i", "127.0.0.1", "--port", str(port)]
    models = Cards(system.models.parent)
    command += ["--model", str(models.archive(models.current())), "--credentials", str(tmp_path / "credentials.yml")]
    command += ["--endpoints", str(tmp_path / "endpoints.yml")]
    environment = os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with (tmp_path / "rasa.log").open("w") as log:
        rasa = subprocess.Popen(command, cwd=ROOT / "rasa_project", env=environment, stdout=log, stderr=log)
        try:
            wait_until_up(f"http://127.0.0.1:{port}/", tmp_path / "rasa.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            rasa.send_signal(signal.SIGINT)
            rasa.wait(timeout=30)


def wait_until_up(url: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-2000:])


def median_ms(turn: Callable[[str], None], pause_seconds: float = 0.0) -> float:
    for words in WORDS:
        turn(words)  # the first turns load what later ones find loaded
    took = []
    for words in WORDS * ROUNDS:
        time.sleep(pause_seconds)
        started = time.perf_counter()
        turn(words)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def answered(chat: Chat) -> Callable[[str], None]:
    """A turn as the widget sees it: from the sent message to the bot's message."""

    def turn(words: str) -> None:
        seq = chat.send(text=words)
        while not any(message.seq > seq and message.sender == "bot" for message in chat.messages):
            chat.fetch(wait=5)

    return turn


@pytest.mark.timeout(400)
def test_a_turn_costs_little_more_than_rasa_itself(
    cafe: Chat, bare_rasa: str, capsys: pytest.CaptureFixture[str]
) -> None:
    http = httpx.Client(base_url=bare_rasa, timeout=30, trust_env=False)
    body = {"sender": "bench"}
    bare = median_ms(
        lambda words: http.post("/webhooks/rest/webhook", json=body | {"message": words}).raise_for_status() and None
    )
    ours = median_ms(answered(cafe), PAUSE_SECONDS)
    with capsys.disabled():
        print(f"\nmedian turn: bare Rasa {bare:.0f} ms, web chat {ours:.0f} ms, added {ours - bare:.0f} ms")
    assert ours - bare <= PROMISED_MS + NOISE_MS
