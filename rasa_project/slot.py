"""One seat of the assistant: runs the model that models/slots.json names for it, or rests.

`python slot.py --name rasa-1 --port 5005`. The file `{"rasa-1": "<version>", "rasa-2": ""}` is read twice a second;
where it is missing rasa-1 runs the model of models/current.json. How the seat is stands in models/slots/<name>.json:
`{version, state, error, since, pid}`; state: resting, loading, up, failed. A model that does not load is no reason to
end: whoever started us would take the whole product down. `--check`: whether the seat rests or answers, as exit code.

Only the standard library: it starts at once and stays small beside the gigabyte that it looks after.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Deque, Dict, List, Optional

PROJECT = Path(__file__).resolve().parent
FIRST = "rasa-1"
"""The seat that runs the current model where nothing else is said."""

LOOK_SECONDS = 0.5
GRACE_SECONDS = 10.0
PAUSES = (1, 2, 5, 10, 30, 60)
"""Seconds before a child that died is started again."""
STEADY_SECONDS = 60
"""Who lived this long starts again with a clean record."""
HEALTH_SECONDS = 2.0
WORDS = 300

# An archive is code (Rasa unpickles it): a version is a file's name in our own folder and never a path.
VERSION = re.compile(r"[0-9a-f]{16}")
ARCHIVE = re.compile(r"intents-([0-9a-f]{16})\.tar\.gz")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Command = Callable[[Path], List[str]]


def models_folder() -> Path:
    """models/ of TRAINING_DIR, or of the checkout."""
    return Path(os.environ.get("TRAINING_DIR") or PROJECT.parent).resolve() / "models"


def wanted(models: Path, name: str, before: str) -> str:
    """The version that the seat is to run; empty: none. What cannot be read changes nothing."""
    try:
        version = json.loads((models / "slots.json").read_text(encoding="utf-8")).get(name, "")
    except FileNotFoundError:
        return current(models, before) if name == FIRST else ""
    except (OSError, ValueError, AttributeError):
        return before
    return version if version == "" or (isinstance(version, str) and VERSION.fullmatch(version)) else before


def current(models: Path, before: str) -> str:
    """The version that models/current.json names."""
    try:
        named = json.loads((models / "current.json").read_text(encoding="utf-8"))["model"]
        found = ARCHIVE.fullmatch(named)
    except (OSError, ValueError, KeyError, TypeError):
        return before
    return found.group(1) if found else before


def health(url: str) -> str:
    """`ok`, `not_ready` (it serves, without a model), or nothing while it does not answer."""
    try:
        with OPENER.open(url, timeout=HEALTH_SECONDS) as answer:
            return str(json.load(answer)["status"])
    except urllib.error.HTTPError as error:
        return "not_ready" if error.code == 503 else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


class Seat:
    """The seat and its child. `look` is one look around; `close` ends the child."""

    def __init__(self, name: str, models: Path, url: str, command: Command) -> None:
        self.name, self._models, self._url, self._command = name, models, url, command
        self.version, self.state = "", ""
        self._told: Dict[str, str] = {}
        self._child: Optional["subprocess.Popen[bytes]"] = None
        self._said: Deque[str] = deque(maxlen=20)
        self._started, self._due, self._deaths = 0.0, 0.0, 0

    def look(self) -> None:
        """Does what slots.json says now, and sees how the child is."""
        version = wanted(self._models, self.name, self.version)
        if version != self.version:
            self._end_child()
            self.version, self._deaths, self._due = version, 0, 0.0
        if not self.version:
            self._tell("resting")
        elif self._child is None:
            if time.monotonic() >= self._due:
                self._start()
        elif self._child.poll() is not None:
            self._failed(f"процесс завершился с кодом {self._child.returncode}: {self._last_words()}")
        elif self.state == "loading":
            self._ask()

    def close(self) -> None:
        """Ends the child; the seat's file stays as it is."""
        self._end_child()

    def _ask(self) -> None:
        answer = health(self._url)
        if answer == "ok":
            self._tell("up")
        elif answer == "not_ready":
            # Rasa only logs what kept it from loading, and serves without a model.
            self._failed(f"модель не загрузилась: {self._last_words()}")

    def _start(self) -> None:
        archive = self._models / f"intents-{self.version}.tar.gz"
        if not archive.is_file():
            self._failed(f"нет файла {archive.name}")
            return
        self._said = deque(maxlen=20)
        self._started = time.monotonic()
        try:
            self._child = subprocess.Popen(
                self._command(archive),
                cwd=PROJECT,
                env={**os.environ, "MODEL_VERSION": self.version},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            self._failed(f"процесс не запустился: {error}")
            return
        threading.Thread(target=self._hear, args=(self._child, self._said), daemon=True).start()
        self._tell("loading")

    @staticmethod
    def _hear(child: "subprocess.Popen[bytes]", said: Deque[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            said.append(line.decode("utf-8", "replace").strip())

    def _last_words(self) -> str:
        lines = [line for line in self._said if line]
        errors = [line for line in lines if re.search(r"error|exception", line, re.IGNORECASE)]
        return (errors or lines or ["без слов"])[-1][:WORDS]

    def _failed(self, why: str) -> None:
        if time.monotonic() - self._started > STEADY_SECONDS and self._child is not None:
            self._deaths = 0
        pause = PAUSES[min(self._deaths, len(PAUSES) - 1)]
        self._deaths += 1
        self._end_child()
        self._due = time.monotonic() + pause
        self._tell("failed", why)
        print(f"ERROR {self.name}: модель {self.version}: {why}; ещё раз через {pause} с", flush=True)

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _tell(self, state: str, error: str = "") -> None:
        """Writes the seat's file when something changed."""
        now = {"version": self.version, "state": state, "error": error}
        if now == self._told:
            return
        self.state = state
        try:
            self._write(now)
        except OSError as error:
            # A full disk must not take a model that serves with it; it is tried again at the next look.
            print(f"ERROR {self.name}: {error}", flush=True)
            return
        self._told = now

    def _write(self, now: Dict[str, str]) -> None:
        """In one step: a reader sees the old or the new one."""
        path = self._models / "slots" / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        since = datetime.now(timezone.utc).isoformat(timespec="seconds")
        draft.write_text(json.dumps({**now, "since": since, "pid": os.getpid()}, ensure_ascii=False), encoding="utf-8")
        draft.replace(path)


def is_well(models: Path, name: str, url: str) -> bool:
    """Whether the seat rests or answers."""
    try:
        state = json.loads((models / "slots" / f"{name}.json").read_text(encoding="utf-8"))["state"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return state == "resting" or health(url) == "ok"


def main(arguments: List[str]) -> int:
    """The command line; runs until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    asked = "127.0.0.1" if given.host == "0.0.0.0" else given.host
    url = f"http://{asked}:{given.port}/webhooks/gateway/"
    if given.check:
        return 0 if is_well(models_folder(), given.name, url) else 1

    def rasa(archive: Path) -> List[str]:
        serve = ["--port", str(given.port), "-i", given.host]
        files = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        return [sys.executable, "-m", "rasa", "run", "--model", str(archive), *serve, *files]

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    seat = Seat(given.name, models_folder(), url, rasa)
    try:
        while not ended.is_set():
            seat.look()
            ended.wait(LOOK_SECONDS)
    finally:
        seat.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
