"""Runs commands, restarts those that die, stops all of them; none outlives it.

honcho was looked at first: it ends everything when one process dies and cannot restart or stop in order, and its
children survive a `kill -9` of the manager. What remains of the need is this file and guardian.py.

One thread does everything: starts, reads output, restarts. Other threads only leave wishes for it.
"""

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from api.run import guardian

BACKOFF_SECONDS = (0.5, 1, 2, 4, 8)
STEADY_SECONDS = 30
"""A process that lived this long starts again with a clean record."""

STAGE_SECONDS = (8.0, 4.0, 4.0)
"""How long each stage of the stop may take before SIGKILL; work that is cut off is taken up at the next start."""

LOG_BYTES = 10_000_000
TAIL_LINES = 15

Echo = Callable[[str, str], None]


@dataclass(frozen=True)
class Command:
    """What to run. `build` is asked at every start, so that a restart sees a newly published model."""

    name: str
    build: Callable[[], tuple[Sequence[str], str, Mapping[str, str]]]
    """Returns the arguments, the working directory and the environment."""

    user: str | None = None
    stop_signal: int = signal.SIGTERM
    stop_stage: int = 0


@dataclass
class Child:
    """One command's life: the running process, its log, how often it died lately."""

    command: Command
    process: subprocess.Popen[bytes] | None = None
    log: IO[bytes] | None = None
    partial: bytes = b""
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL_LINES))
    started: float = 0
    deaths: int = 0
    due: float | None = None
    """When to start it (monotonic); None: not waiting."""

    expected: bool = False
    """The present death was asked for: it does not count."""

    wanted: bool = True


class CrashLoop(Exception):
    """A process died again and again."""


class Supervisor:
    """Start with `start()`, add commands with `run()`; `stop()` returns when nothing of it is left."""

    def __init__(self, logs: Path, echo: Echo | None = None) -> None:
        self.failure: CrashLoop | None = None
        self.failed = threading.Event()
        self._logs = logs
        self._echo: Echo = echo or (lambda name, line: None)
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._wishes: deque[Callable[[], None]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
        self._guardian: subprocess.Popen[bytes] | None = None

    # What other threads call.

    def start(self) -> None:
        """Starts the guardian and the thread."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self._guardian = subprocess.Popen(
            [sys.executable, "-S", "-E", guardian.__file__], stdin=subprocess.PIPE, start_new_session=True
        )
        os.set_blocking(self._wake_read, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._thread.start()

    def run(self, command: Command) -> None:
        """Starts the command and keeps it running."""
        self._children[command.name] = Child(command)
        self._ask(lambda: self._spawn(self._children[command.name]))

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Sends a signal to the process as an accident would; it is restarted."""
        self._ask(lambda: self._signal(self._children[name], number, expected=True))

    def stop_one(self, name: str, timeout: float = 10) -> None:
        """Stops the process and leaves it stopped until `start_one`."""
        child = self._children[name]

        def wish() -> None:
            child.wanted, child.due = False, None
            self._signal(child, child.command.stop_signal, expected=True)

        self._ask(wish)
        deadline = time.monotonic() + timeout
        while child.process is not None:
            if time.monotonic() > deadline:
                self._ask(lambda: self._signal(child, signal.SIGKILL, expected=True))
                deadline += 5
            time.sleep(0.02)

    def start_one(self, name: str) -> None:
        """Starts a process that `stop_one` stopped."""
        child = self._children[name]

        def wish() -> None:
            child.wanted = True
            if child.process is None:
                self._spawn(child)

        self._ask(wish)

    def knows(self, name: str) -> bool:
        """Whether such a command was given."""
        return name in self._children

    def pid(self, name: str) -> int | None:
        """The running process's id."""
        process = self._children[name].process
        return process.pid if process else None

    def uptime(self, name: str) -> float | None:
        """Seconds since the process was started; None: it does not run."""
        child = self._children[name]
        return time.monotonic() - child.started if child.process else None

    def tail(self, name: str) -> str:
        """The last lines the process wrote."""
        return "\n".join(self._children[name].tail)

    def guard(self, group: int, there: bool) -> None:
        """Has the guardian look after a process group that is not ours to restart, or no longer."""
        self._ask(lambda: self._tell_guardian(f"+{group} {int(signal.SIGTERM)}" if there else f"-{group}"))

    def stop(self) -> None:
        """Stops everything stage by stage. Safe to call twice."""
        if self._thread.is_alive():
            self._ask(self._stop_all)
            self._thread.join()
        if self._guardian and self._guardian.stdin:
            self._guardian.stdin.close()
            self._guardian.wait()
            self._guardian = None

    # What the thread does.

    def _ask(self, wish: Callable[[], None]) -> None:
        self._wishes.append(wish)
        os.write(self._wake_write, b".")

    def _loop(self) -> None:
        while not self._ended.is_set():
            self._turn(0.2)
            now = time.monotonic()
            for child in list(self._children.values()):
                if child.due is not None and child.due <= now:
                    self._spawn(child)
        os.close(self._wake_read)
        os.close(self._wake_write)
        self._selector.close()

    def _turn(self, timeout: float) -> None:
        """Reads what was written, notices who ended, does what was asked."""
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                os.read(self._wake_read, 4096)
            else:
                self._read(key.data)
        for child in list(self._children.values()):
            if child.process is not None and child.process.poll() is not None:
                self._reap(child)
        while self._wishes:
            self._wishes.popleft()()

    def _spawn(self, child: Child) -> None:
        child.due, child.expected, child.partial = None, False, b""
        child.started = time.monotonic()
        try:
            argv, cwd, env = child.command.build()
            child.process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                user=child.command.user,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError, LookupError, RuntimeError) as error:
            # Whatever hinders the start is shown, and counts as a death.
            self._line(child, f"could not be started: {error}")
            self._died(child)
            return
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        child.log = self._open_log(child.command.name)
        self._tell_guardian(f"+{child.process.pid} {int(child.command.stop_signal)}")
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _open_log(self, name: str) -> IO[bytes]:
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab", buffering=0)

    def _tell_guardian(self, line: str) -> None:
        if self._guardian and self._guardian.stdin:
            try:
                self._guardian.stdin.write(line.encode() + b"\n")
                self._guardian.stdin.flush()
            except BrokenPipeError:
                self._echo("supervisor", "the guardian was killed: a kill -9 of this process would leave others behind")
                self._guardian = None

    def _read(self, child: Child) -> None:
        """Takes over what the process has written so far; whole lines are shown."""
        if child.process is None or child.process.stdout is None:
            return
        try:
            data = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(child.process.stdout)
            return
        if child.log:
            child.log.write(data)
            if child.log.tell() > LOG_BYTES:
                child.log.close()
                child.log = self._open_log(child.command.name)
        *lines, child.partial = (child.partial + data).split(b"\n")
        for line in lines:
            self._line(child, line.decode("utf-8", "replace").rstrip("\r"))

    def _line(self, child: Child, text: str) -> None:
        child.tail.append(text)
        self._echo(child.command.name, text)

    def _reap(self, child: Child) -> None:
        process = child.process
        assert process is not None and process.stdout is not None
        if process.stdout in self._selector.get_map():
            self._read(child)
        if process.stdout in self._selector.get_map():
            self._selector.unregister(process.stdout)
        if child.partial:
            self._line(child, child.partial.decode("utf-8", "replace"))
        # What it left of its own group (a training under way, say) goes with it.
        guardian.signal_group(process.pid, signal.SIGKILL)
        self._tell_guardian(f"-{process.pid}")
        process.stdout.close()
        if child.log:
            child.log.close()
        child.process = None
        if not child.expected:
            self._line(child, f"ended with code {process.returncode}")
        self._died(child)

    def _died(self, child: Child) -> None:
        """Plans the next start, or gives up."""
        if not child.wanted:
            return
        if time.monotonic() - child.started > STEADY_SECONDS:
            child.deaths = 0
        if not child.expected:
            child.deaths += 1
        if child.deaths > len(BACKOFF_SECONDS):
            child.wanted = False
            name, last = child.command.name, "\n".join(child.tail)
            self.failure = CrashLoop(f"{name} died {child.deaths} times in a row; its last words:\n{last}")
            self.failed.set()
            return
        child.due = time.monotonic() + BACKOFF_SECONDS[max(child.deaths - 1, 0)]

    def _signal(self, child: Child, number: int, *, expected: bool) -> None:
        if child.process is not None:
            child.expected = expected
            guardian.signal_group(child.process.pid, number)

    def _stop_all(self) -> None:
        for child in self._children.values():
            child.wanted, child.due = False, None
        for stage in sorted({child.command.stop_stage for child in self._children.values()}):
            children = [child for child in self._children.values() if child.command.stop_stage == stage]
            for child in children:
                self._signal(child, child.command.stop_signal, expected=True)
            deadline = time.monotonic() + STAGE_SECONDS[stage]
            while any(child.process for child in children):
                if time.monotonic() > deadline:
                    for child in children:
                        self._signal(child, signal.SIGKILL, expected=True)
                self._turn(0.05)
        self._ended.set()
