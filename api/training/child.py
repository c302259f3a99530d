"""A program of the course, followed line by line; stopped at any moment, with all that it started."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import IO

KEEPER = Path(__file__).resolve().parent / "keeper.py"
TAIL = 1500
GRACE_SECONDS = 1.5
"""What a program gets to tidy up before it is killed; a stop is to be seen within two seconds."""
LOOK_SECONDS = 0.2


class Stopped(Exception):
    """Somebody wanted it stopped."""


class ProgramFailed(Exception):
    """It ended with an error or did not end in time: a Russian sentence, and its last words as `evidence`."""

    def __init__(self, message: str, evidence: str) -> None:
        super().__init__(message)
        self.message, self.evidence = message, evidence


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float,
    say: Callable[[str], None],
    stop: Event,
    given: str = os.devnull,
) -> list[str]:
    """Runs it to its end and returns the lines of its standard output; `say` hears each as it comes.

    `given`: the file that it reads. Raises Stopped, or ProgramFailed after an error or when it takes longer.
    """
    reading, holding = os.pipe()
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                [sys.executable, str(KEEPER), given, *command],
                cwd=cwd,
                env=dict(environment),
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
            os.close(reading)
            try:
                lines = _followed(process, time.monotonic() + seconds, say, stop)
                code = process.wait()
            except TimeoutError as error:
                raise ProgramFailed(f"Не уложилось в отведённые {seconds / 60:.0f} мин.", _tail(errors)) from error
            finally:
                _end(process)
        finally:
            os.close(holding)
        if code:
            raise ProgramFailed(f"Программа закончилась с ошибкой (код {code}).", "\n".join(lines[-5:]) + _tail(errors))
    return lines


def _followed(
    process: subprocess.Popen[bytes], deadline: float, say: Callable[[str], None], stop: Event
) -> list[str]:
    """What it writes until it closes its output. Raises Stopped or TimeoutError."""
    assert process.stdout is not None
    lines: list[str] = []
    partial = b""
    while True:
        if stop.is_set():
            raise Stopped
        if time.monotonic() > deadline:
            raise TimeoutError
        if not select.select([process.stdout], [], [], LOOK_SECONDS)[0]:
            continue
        data = os.read(process.stdout.fileno(), 65536)
        *whole, partial = (partial + data).split(b"\n")
        for line in whole if data else filter(None, [partial]):
            lines.append(line.decode("utf-8", "replace").rstrip())
            say(lines[-1])
        if not data:
            return lines


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks the whole group to end, waits a little, kills what is left of it."""
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass  # it has had its time
    _signal(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - TAIL))
    return "\n" + errors.read().decode("utf-8", "replace").strip()
