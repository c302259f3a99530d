"""`./run up`: everything starts, the addresses are printed, Ctrl-C stops it."""

import fcntl
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from api.run.console import Console
from api.run.environment import EnvironmentFileError, load, uses_demo_erp
from api.run.paths import STATE
from api.run.ports import PortTaken
from api.run.postgres import PostgresError
from api.run.step import StepFailed
from api.run.supervisor import CrashLoop
from api.run.system import NotReady, System
from api.run.training import ModelMissing

EXPECTED = (PortTaken, PostgresError, NotReady, StepFailed, CrashLoop, ModelMissing, EnvironmentFileError)


def up(state: Path = STATE, start: Callable[[Path, Mapping[str, str], Console], System] | None = None) -> int:
    """Runs until a signal or a crash loop; the exit code is 0 after a signal."""
    console = Console()
    state.mkdir(parents=True, exist_ok=True)
    with (state / "up.lock").open("a+") as lock:
        if not _only_one(lock.fileno()):
            lock.seek(0)
            console.progress(f"уже запущено из этого каталога (pid {lock.read().strip() or '?'})")
            return 1
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            environment = load(state)
            system = (start or _system)(state, environment, console)
            return _run(system, console)
        except EXPECTED as error:
            console.progress(f"\nНе запустилось.\n{error}\nЖурналы: {state / 'logs'}")
            return 1


def _system(state: Path, environment: Mapping[str, str], console: Console) -> System:
    return System(state, environment, echo=console.process, progress=console.progress)


def _only_one(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(system: System, console: Console) -> int:
    """Starts, waits for a signal, stops."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        system.cancelled.set()
        system.supervisor.failed.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        try:
            system.start()
            console.progress(addresses(system.environment, system.state))
            system.supervisor.failed.wait()
        except KeyboardInterrupt:
            pass
        except EXPECTED:
            # A step that broke because everything was told to stop is no failure.
            if not system.cancelled.is_set():
                raise
        if not system.cancelled.is_set() and system.supervisor.failure:
            raise system.supervisor.failure
        return 0
    finally:
        console.progress("останавливаю…")
        system.stop()
        console.progress("остановлено")


def addresses(environment: Mapping[str, str], state: Path) -> str:
    """What to open in a browser."""
    url = environment["API_URL"]
    lines = [
        "",
        "Готово.",
        f"  чат               {url}/",
        f"  консоль менеджера {url}/console/   вход: admin, пароль: ADMIN_PASSWORD в {state / 'secrets.env'}",
        f"  описание API      {url}/docs",
    ]
    if uses_demo_erp(environment):
        lines.append(f"  демо-1С           {environment['ERP_URL']}/")
    return "\n".join([*lines, f"  журналы           {state / 'logs'}", "Остановить: Ctrl-C", ""])
