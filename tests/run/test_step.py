"""A step of the start: its lines are said, its failure is explained, it can be broken off."""

import sys
import threading
import time
from pathlib import Path

import pytest

from api.run.step import StepFailed, run_step


def run(code: str, cancelled: threading.Event | None = None) -> tuple[list[str], list[tuple[int, bool]]]:
    said: list[str] = []
    guarded: list[tuple[int, bool]] = []
    run_step(
        "данные",
        [sys.executable, "-S", "-c", code],
        Path("/"),
        {"PYTHONUTF8": "1"},
        say=said.append,
        cancelled=cancelled or threading.Event(),
        guard=lambda group, there: guarded.append((group, there)),
    )
    return said, guarded


def test_lines_are_said_and_the_group_is_guarded_meanwhile() -> None:
    said, guarded = run("print('товары'); print('без конца', end='')")
    assert said == ["товары", "без конца"]
    assert [there for _, there in guarded] == [True, False]


def test_a_failure_holds_the_last_words() -> None:
    with pytest.raises(StepFailed, match=r"данные: .*exit code 3\n(.|\n)*1С не отвечает"):
        run("import sys; print('1С не отвечает', flush=True); sys.exit(3)")


def test_it_can_be_broken_off() -> None:
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run("import time; time.sleep(60)", cancelled)
    assert time.monotonic() - started < 5
