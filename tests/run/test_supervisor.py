"""The supervisor: restarts what dies, gives up on what always dies, stops in order, leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from api.run import supervisor as module
from api.run.paths import ROOT
from api.run.supervisor import CrashLoop, Supervisor
from tests.run.fakes import pids, python, sleeper, wait_until


def gone(pid: int) -> bool:
    """Whether the process runs no more (one that nobody has buried yet counts as gone)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def lines() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, lines: list[tuple[str, str]]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "logs", lambda name, line: lines.append((name, line)))
    made.start()
    yield made
    made.stop()


def test_output_is_shown_with_its_name_and_logged(
    supervisor: Supervisor, tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    supervisor.run(python("talker", "import time; print('раз'); print('два', end='', flush=True); time.sleep(60)"))
    wait_until(lambda: ("talker", "раз") in lines)
    wait_until(lambda: (tmp_path / "logs" / "talker.log").read_text() == "раз\nдва")


def test_a_process_that_dies_is_restarted(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run(sleeper("api", tmp_path / "seen"))
    wait_until(lambda: pids(tmp_path / "seen", "api"))
    first = pids(tmp_path / "seen", "api")[0]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(pids(tmp_path / "seen", "api")) == 2)
    assert supervisor.pid("api") == pids(tmp_path / "seen", "api")[1] != first
    assert supervisor.failure is None


def test_what_always_dies_ends_in_a_clear_failure(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.01, 0.02, 0.03))
    supervisor.run(python("rasa", "import sys; print('no model at all'); sys.exit(3)"))
    assert supervisor.failed.wait(10)
    assert isinstance(supervisor.failure, CrashLoop)
    assert "rasa died 4 times" in str(supervisor.failure)
    assert "no model at all" in str(supervisor.failure)
    assert "ended with code 3" in str(supervisor.failure)


def test_a_command_that_is_not_there_counts_as_dying(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.01,))
    supervisor.run(module.Command("ghost", lambda: (["/no/such/program"], "/", {})))
    assert supervisor.failed.wait(10)
    assert "/no/such/program" in str(supervisor.failure)


def test_stages_are_stopped_one_after_the_other(supervisor: Supervisor, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    for name, stage in (("database", 2), ("api", 0), ("rasa", 1)):
        supervisor.run(sleeper(name, seen, stage))
    wait_until(lambda: all(pids(seen, name) for name in ("database", "api", "rasa")))
    running = [pids(seen, name)[0] for name in ("database", "api", "rasa")]
    supervisor.stop()
    stops = [line for line in seen.read_text().splitlines() if line.endswith("stops")]
    assert stops == ["api stops", "rasa stops", "database stops"]
    assert all(gone(pid) for pid in running)


def test_what_ignores_the_signal_is_killed_in_time(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, lines: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(module, "STAGE_SECONDS", (0.3, 0.3, 0.3))
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    supervisor.run(python("deaf", code))
    wait_until(lambda: ("deaf", "deaf") in lines)
    pid = supervisor.pid("deaf")
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 10
    assert pid is not None and gone(pid)


def test_grandchildren_go_with_their_parent(supervisor: Supervisor, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import subprocess, time; p = subprocess.Popen(['sleep', '60']); open({str(seen)!r}, 'w')"
    supervisor.run(python("worker", code + ".write(f'child {p.pid}\\n'); time.sleep(60)"))
    wait_until(lambda: pids(seen, "child"))
    supervisor.stop()
    wait_until(lambda: gone(pids(seen, "child")[0]), 3)


def test_a_stopped_process_stays_stopped_until_it_is_started(supervisor: Supervisor, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    supervisor.run(sleeper("rasa", seen))
    wait_until(lambda: pids(seen, "rasa"))
    supervisor.stop_one("rasa")
    assert supervisor.pid("rasa") is None
    time.sleep(0.8)
    assert len(pids(seen, "rasa")) == 1
    supervisor.start_one("rasa")
    wait_until(lambda: len(pids(seen, "rasa")) == 2)


def test_nobody_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"""
import time
from pathlib import Path
from api.run.supervisor import Supervisor
from tests.run.fakes import sleeper
supervisor = Supervisor(Path({str(tmp_path)!r}))
supervisor.start()
for name in ("api", "rasa"):
    supervisor.run(sleeper(name, Path({str(seen)!r})))
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    try:
        wait_until(lambda: pids(seen, "api") and pids(seen, "rasa"))
    finally:
        process.kill()
        process.wait()
    running = pids(seen, "api") + pids(seen, "rasa")
    wait_until(lambda: all(gone(pid) for pid in running), 5)
    assert "api stops" in seen.read_text()
