"""A seat with a small server in Rasa's place: it rests, loads, changes, comes back, and never gives up."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import slot

from tests.rasa_project.server import free_port

FIRST, SECOND = "0" * 16, "1" * 16
RASA = """
import http.server, json, os, pathlib, sys, time
archive, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
told = archive.read_text()
if told == "dies":
    print("ValueError: no such component", flush=True); sys.exit(3)
time.sleep(0.3)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": "ok", "model": os.environ["MODEL_VERSION"], "pid": os.getpid()}).encode()
        self.send_response(503 if told == "empty" else 200); self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
if told == "empty":
    print("ERROR: Could not load model due to a broken archive.", flush=True)
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""


class Running:
    """A seat, looked at as often as a test wants."""

    def __init__(self, models: Path, name: str = "rasa-1") -> None:
        self.models, self.port = models, free_port()
        self.url = f"http://127.0.0.1:{self.port}/webhooks/gateway/"
        self.seat = slot.Seat(name, models, self.url, self.command)
        self.name = name

    def command(self, archive):
        return [sys.executable, "-S", "-c", RASA, str(archive), str(self.port)]

    def archive(self, version, content="serves"):
        (self.models / f"intents-{version}.tar.gz").write_text(content)

    def wants(self, version):
        (self.models / "slots.json").write_text(json.dumps({self.name: version, "rasa-9": FIRST}))

    def told(self):
        return json.loads((self.models / "slots" / f"{self.name}.json").read_text())

    def until(self, state, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.seat.look()
            if self.told()["state"] == state:
                return self.told()
            time.sleep(0.05)
        raise AssertionError(self.told())

    def answer(self):
        with slot.OPENER.open(self.url, timeout=3) as answer:
            return json.load(answer)


@pytest.fixture
def running(tmp_path, monkeypatch):
    monkeypatch.setattr(slot, "PAUSES", (0, 0.2, 0.4))
    found = Running(tmp_path)
    found.archive(FIRST)
    found.archive(SECOND)
    yield found
    found.seat.close()


def test_it_rests_loads_changes_and_rests_again(running):
    running.wants("")
    assert running.until("resting")["version"] == ""
    running.wants(FIRST)
    assert running.until("loading")["version"] == FIRST
    assert running.until("up")["error"] == ""
    assert running.answer()["model"] == FIRST
    running.wants(SECOND)
    running.until("loading")
    running.until("up")
    assert running.answer()["model"] == SECOND
    assert slot.is_well(running.models, "rasa-1", running.url)
    running.wants("")
    running.until("resting")
    assert slot.health(running.url) == ""
    assert slot.is_well(running.models, "rasa-1", running.url)


def test_who_was_killed_comes_back(running):
    running.wants(FIRST)
    running.until("up")
    first = running.answer()["pid"]
    os.kill(first, signal.SIGKILL)
    assert "завершился" in running.until("failed")["error"]
    running.until("up")
    assert running.answer()["pid"] != first


@pytest.mark.parametrize(
    ("content", "words"), [("dies", "ValueError: no such component"), ("empty", "Could not load model")]
)
def test_a_model_that_does_not_load_is_told_and_tried_again(running, content, words):
    running.archive(FIRST, content)
    running.wants(FIRST)
    assert words in running.until("failed")["error"]
    running.until("loading")
    running.until("failed")
    running.archive(FIRST)
    running.until("up")


def test_a_missing_archive_is_told(running):
    running.wants("2" * 16)
    assert "intents-2222222222222222.tar.gz" in running.until("failed")["error"]
    running.wants(FIRST)
    running.until("up")


@pytest.mark.parametrize("version", ["../../etc/model", "0" * 15, "0" * 17, "A" * 16, "0" * 15 + "\n", 7, None, ["0"]])
def test_only_a_version_of_ours_is_loaded(running, version):
    running.wants(FIRST)
    running.until("up")
    running.wants(version)
    assert running.until("up")["version"] == FIRST


@pytest.mark.parametrize("content", ["", "{", "[]", '"rasa-1"'])
def test_a_broken_file_changes_nothing(running, content):
    running.wants(FIRST)
    running.until("up")
    (running.models / "slots.json").write_text(content)
    assert running.until("up")["version"] == FIRST


def test_without_the_file_the_first_seat_runs_the_current_model_and_the_second_rests(tmp_path):
    current = {"model": f"intents-{FIRST}.tar.gz", "fingerprint": FIRST}
    assert slot.wanted(tmp_path, "rasa-1", "") == ""
    (tmp_path / "current.json").write_text(json.dumps(current))
    assert slot.wanted(tmp_path, "rasa-1", "") == FIRST
    assert slot.wanted(tmp_path, "rasa-2", "") == ""
    (tmp_path / "current.json").write_text(json.dumps({"model": "../intents-0000000000000000.tar.gz"}))
    assert slot.wanted(tmp_path, "rasa-1", "") == ""


def test_the_program_ends_with_its_child_on_sigterm(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "slots.json").write_text("{}")
    command = [sys.executable, slot.__file__, "--name", "rasa-2", "--port", str(free_port())]
    environment = {**os.environ, "TRAINING_DIR": str(tmp_path)}
    program = subprocess.Popen(command, env=environment)
    told = tmp_path / "models" / "slots" / "rasa-2.json"
    deadline = time.monotonic() + 10
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert json.loads(told.read_text())["pid"] == program.pid
    assert subprocess.run([*command, "--check"], env=environment).returncode == 0
    program.terminate()
    assert program.wait(timeout=5) == 0
