"""Tiny processes that behave as the real ones do: they start, answer, die, ignore signals."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from api.run.supervisor import Command


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Fails when the condition does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def python(name: str, code: str, stop_stage: int = 0) -> Command:
    """A command that runs this Python code."""
    return Command(name, lambda: ([sys.executable, "-S", "-u", "-c", code], "/", {}), stop_stage=stop_stage)


def sleeper(name: str, file: Path, stop_stage: int = 0) -> Command:
    """Appends its pid to the file, then sleeps; on SIGTERM it appends «name» and ends."""
    code = f"""
import os, signal, sys, time
def end(*_):
    open({str(file)!r}, "a").write("{name} stops\\n"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
open({str(file)!r}, "a").write(f"{name} {{os.getpid()}}\\n")
print("{name} runs")
time.sleep(60)
"""
    return python(name, code, stop_stage)


def pids(file: Path, name: str) -> list[int]:
    """The pids the named sleeper wrote, oldest first."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(name + " ") and line.split()[1].isdigit()]
