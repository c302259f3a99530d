"""One program that runs to its end during a start: migrations, the first synchronisation, training."""

import os
import select
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from api.run import guardian

TAIL_LINES = 30


class StepFailed(Exception):
    """A program of the start ended with an error; the message holds its last words."""


def run_step(
    title: str,
    command: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    *,
    say: Callable[[str], None],
    cancelled: threading.Event,
    guard: Callable[[int, bool], None],
) -> None:
    """Runs it, says each of its lines as it comes; `cancelled` breaks it off.

    `guard(group, True)` puts its process group under the guardian's eyes, `guard(group, False)` takes it away again.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    guard(process.pid, True)
    try:
        tail = _follow(process, say, cancelled)
        if cancelled.is_set():
            raise KeyboardInterrupt
        if process.wait():
            raise StepFailed(f"{title}: {' '.join(command)}: exit code {process.returncode}\n" + "\n".join(tail))
    finally:
        guardian.signal_group(process.pid, signal.SIGKILL)
        process.wait()
        guard(process.pid, False)
        if process.stdout:
            process.stdout.close()


def _follow(process: subprocess.Popen[bytes], say: Callable[[str], None], cancelled: threading.Event) -> deque[str]:
    """Says what the program writes until it closes its output; returns the last lines."""
    assert process.stdout is not None
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    partial = b""
    while not cancelled.is_set():
        if not select.select([process.stdout], [], [], 0.2)[0]:
            continue
        data = os.read(process.stdout.fileno(), 65536)
        *lines, partial = (partial + data).split(b"\n")
        if not data and partial:
            lines.append(partial)
        for line in lines:
            tail.append(line.decode("utf-8", "replace"))
            say(tail[-1])
        if not data:
            break
    return tail
