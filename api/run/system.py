"""The whole product, running: what `./run up` starts and what the end-to-end tests talk to.

with System.for_tests(clock_offset_seconds=3600) as system:
    httpx.get(system.url + "/health/ready")
    system.kill("rasa-1"); system.wait_ready()
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from api.run.environment import VARIABLES, load, uses_demo_erp
from api.run.health import Health
from api.run.models import copy_for_tests, forget_other_seats
from api.run.paths import ROOT, python_of
from api.run.ports import free_ports, require_free
from api.run.postgres import Postgres
from api.run.processes import BY_NAME, PROCESSES, SEAT, Process
from api.run.step import run_step
from api.run.supervisor import Command, Echo, Supervisor
from api.run.tracker_store import create_schema, tracker_environment
from api.run.training import PROJECT, TRAINING

DATABASE = "postgres"
ALL = tuple(process.name for process in PROCESSES)
SEATS = tuple(process.name for process in PROCESSES if process.health.startswith(SEAT))

Progress = Callable[[str], None]


class NotReady(Exception):
    """Something did not start in time."""


class System:
    """The chosen processes under one supervisor, with their database. A context manager."""

    def __init__(
        self,
        state: Path,
        environment: Mapping[str, str],
        *,
        names: Iterable[str] = ALL,
        processes: Mapping[str, Process] = BY_NAME,
        durable: bool = True,
        echo: Echo | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.environment = dict(environment)
        self.state = state
        self.names = [name for name in processes if name in set(names)]
        if not uses_demo_erp(self.environment) and "demo-1c" in self.names:
            self.names.remove("demo-1c")
        self.supervisor = Supervisor(state / "logs", echo)
        self.cancelled = threading.Event()
        """Set it to break off a start that is under way."""

        self._processes = processes
        self._durable = durable
        self._progress: Progress = progress or (lambda line: None)
        self._postgres: Postgres | None = None
        self._temporary = False
        self._health = Health(self.supervisor, self.environment, self.models)

    @classmethod
    def for_tests(
        cls,
        *,
        names: Iterable[str] = ALL,
        clock_offset_seconds: int = 0,
        variables: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """On free ports, in a temporary directory, with its own database; the developer's own settings do not count."""
        state = Path(tempfile.mkdtemp(prefix="orders-test-"))
        state.chmod(0o711)
        ours = {variable.name for variable in VARIABLES} | {"API_URL", "RASA_URL", "RASA_2_URL", "ACTIONS_URL"}
        given = {name: value for name, value in os.environ.items() if name not in ours}
        ports = [process.port for process in PROCESSES if process.port]
        given |= {name: str(port) for name, port in zip(ports, free_ports(len(ports)), strict=True)}
        given |= {"CLOCK_OFFSET_SECONDS": str(clock_offset_seconds)}
        given |= {"DEMO_ERP_DATA": str(state / "demo-1c.sqlite3"), "TRAINING_DIR": str(state / "training")}
        given |= dict(variables or {})
        copy_for_tests(state / "training")
        system = cls(state, load(state, given, env_file=None), names=names, durable=False, progress=progress)
        system._temporary = True
        return system

    # Addresses.

    @property
    def url(self) -> str:
        """The api: chat, console, REST."""
        return self.environment["API_URL"]

    @property
    def erp_url(self) -> str:
        """The accounting system, up to `/odata/…`."""
        return self.environment["ERP_URL"]

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def models(self) -> Path:
        """models/ of this system."""
        return Path(self.environment["TRAINING_DIR"] or ROOT) / "models"

    # Life.

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Database, demo 1C, model, schema, data, processes; returns when all of it answers.

        Rasa loads its model, the slowest of all, while the rest is prepared.
        """
        require_free({p.port: int(self.environment[p.port]) for p in self._chosen() if p.port})
        self.supervisor.start()
        self._start_database()
        self._run("demo-1c")
        if set(SEATS) & set(self.names):
            if not self.environment["RASA_DB_URL"]:
                create_schema(self.database_url)
            self.environment |= tracker_environment(self.environment)
            self._step("модель", TRAINING, PROJECT)
            forget_other_seats(self.models.parent)
        self._run("actions", *SEATS)
        if "api" in self.names:
            self._step("схема базы данных", [str(python_of("api")), "-m", "api.db.migrate"])
            self.wait_ready(["demo-1c"])
            self._step("данные из учётной системы", [str(python_of("api")), "-m", "api.seed"])
            self._step("модель помощника", [str(python_of("api")), "-m", "api.training.adopt"])
        self._run(*self.names)
        self.wait_ready()

    def stop(self) -> None:
        """Stops everything; a test's directory goes with it."""
        self.supervisor.stop()
        if self._postgres:
            self._postgres.remove_sockets()
        if self._temporary:
            shutil.rmtree(self.state, ignore_errors=True)

    def restart(self, name: str) -> None:
        """Stops one process as an operator would, starts it, waits until it is ready."""
        self.stop_process(name)
        self.start_process(name)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """An accident: the process is gone when this returns, and the supervisor starts it again."""
        victim = self.supervisor.pid(name)
        self.supervisor.kill(name, number)
        deadline = time.monotonic() + 10
        while self.supervisor.pid(name) == victim and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop_process(self, name: str) -> None:
        """Stops one process until `start_process`."""
        self.supervisor.stop_one(name)

    def start_process(self, name: str) -> None:
        """Starts a stopped process and waits until it is ready."""
        self.supervisor.start_one(name)
        self.wait_ready([name])

    def wait_ready(self, names: Iterable[str] | None = None) -> None:
        """Waits until the processes answer, and, when none is named, until the api finds everything ready."""
        chosen = [self._processes[name] for name in (self.names if names is None else names) if name in self.names]
        for process in chosen:
            self._wait(process.name, process.title, process.ready_seconds, lambda p=process: self._health.of(p))  # type: ignore[misc]
        if names is None and "api" in self.names:
            self._wait("api", "ждёт остальных", 60, lambda: self._health.answers(self.url + "/health/ready"))

    def wait_database(self) -> None:
        """Waits until the embedded PostgreSQL answers; one that is not ours is taken as it is."""
        if self._postgres:
            self._wait(DATABASE, "запускается", 60, self._postgres.ready)

    def run_module(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one of our programs (`api.seed`) in the api's environment and returns what it wrote."""
        command = [str(python_of("api")), "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def log(self, name: str) -> str:
        """All that a process has written."""
        return (self.state / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    # Parts of the start.

    def _chosen(self) -> list[Process]:
        return [self._processes[name] for name in self.names]

    def _start_database(self) -> None:
        if self.environment["DATABASE_URL"]:
            return
        self._postgres = postgres = Postgres(self.state / "postgres", durable=self._durable)
        postgres.prepare()
        for note in postgres.notes:
            self._progress(note)
        self.supervisor.run(
            Command(
                DATABASE,
                lambda: (postgres.argv(), "/", postgres.environment()),
                user=postgres.user(),
                # The fast stop: it breaks connections off instead of waiting for them.
                stop_signal=signal.SIGINT,
                stop_stage=2,
            )
        )
        self.wait_database()
        postgres.create_database()
        self.environment["DATABASE_URL"] = postgres.url()

    def _run(self, *names: str) -> None:
        """Starts those of the named processes that belong to this system and do not run yet."""
        for process in self._chosen():
            if process.name in names and not self.supervisor.knows(process.name):
                command = Command(process.name, self._builder(process), stop_stage=process.stop_stage)
                self.supervisor.run(command)

    def _builder(self, process: Process) -> Callable[[], tuple[list[str], str, Mapping[str, str]]]:
        def build() -> tuple[list[str], str, Mapping[str, str]]:
            words = self.environment | {"root": str(ROOT)}
            env = self.environment | {name: value.format_map(words) for name, value in process.env.items()}
            return [word.format_map(words) for word in process.argv], process.cwd.format_map(words), env

        return build

    def _step(self, title: str, command: Sequence[str], cwd: Path = ROOT) -> None:
        self._progress(f"{title}…")
        run_step(
            title,
            command,
            cwd,
            self.environment,
            say=lambda line: self._progress(f"  {line}"),
            cancelled=self.cancelled,
            guard=self.supervisor.guard,
        )

    # Waiting.

    def _wait(self, name: str, title: str, seconds: float, ready: Callable[[], bool]) -> None:
        started = shown = time.monotonic()
        while not ready():
            if self.cancelled.is_set():
                raise KeyboardInterrupt
            if self.supervisor.failure:
                raise self.supervisor.failure
            now = time.monotonic()
            if now - started > seconds:
                waits_for = ", ".join(self._health.missing)
                missing = f", waiting for {waits_for}" if waits_for else ""
                words = self.supervisor.tail(name)
                raise NotReady(f"{name}: not ready after {seconds:.0f} s{missing}; its last words:\n{words}")
            if now - shown >= 3:
                shown = now
                self._progress(f"{name}: {title}… {now - started:.0f} с")
            time.sleep(0.1)
        if shown != started:
            self._progress(f"{name}: готово")
