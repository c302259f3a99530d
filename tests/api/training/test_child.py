"""Programs of the course: real processes that print, sleep, fail and start others."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer

import pytest

from api.training.child import ProgramFailed, Stopped, run


def program(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", textwrap.dedent(text)]


def follow(
    text: str, say: Callable[[str], None] = lambda _: None, stop: Event | None = None, seconds: float = 20
) -> list[str]:
    return run(program(text), cwd=Path("/"), environment=os.environ, seconds=seconds, say=say, stop=stop or Event())


def gone(pid: int) -> bool:
    """A dead one that nobody has waited for yet is gone too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_lines_are_heard_as_they_come_and_given_back() -> None:
    heard: list[tuple[str, float]] = []
    lines = follow(
        "import time; print('один'); time.sleep(1); print('два', end='')",
        lambda line: heard.append((line, time.monotonic())),
    )
    assert lines == ["один", "два"] == [line for line, _ in heard]
    assert heard[1][1] - heard[0][1] > 0.8


def test_it_gives_way_to_those_who_serve() -> None:
    assert int(follow("import os; print(os.nice(0))")[0]) == os.nice(0) + 10


def test_an_error_tells_the_last_words() -> None:
    with pytest.raises(ProgramFailed) as failure:
        follow("import sys; print('начало'); sys.exit('диск полон')")
    assert failure.value.message == "Программа закончилась с ошибкой (код 1)."
    assert "начало" in failure.value.evidence
    assert "диск полон" in failure.value.evidence


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ProgramFailed, match="Не уложилось"):
        follow("import time; time.sleep(60)", seconds=0.3)


def test_a_stop_ends_within_two_seconds_all_that_was_started_even_what_does_not_listen(tmp_path: Path) -> None:
    text = f"""
        import os, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
        child = subprocess.Popen([sys.executable, "-c", deaf])
        open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
        print("готов")
        time.sleep(60)
    """
    stop = Event()
    stopped_at: list[float] = []

    def on_line(_: str) -> None:
        stopped_at.append(time.monotonic())
        stop.set()

    with pytest.raises(Stopped):
        follow(text, on_line, stop)
    assert time.monotonic() - stopped_at[0] < 2.5
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    wait_until(lambda: all(gone(pid) for pid in pids))


def test_a_program_may_tidy_up(tmp_path: Path) -> None:
    text = f"""
        import signal, sys, time
        def tidy(*_):
            open({str(tmp_path / "tidied")!r}, "w").close()
            sys.exit(0)
        signal.signal(signal.SIGTERM, tidy)
        print("готов")
        time.sleep(60)
    """
    stop = Event()
    with pytest.raises(Stopped):
        follow(text, lambda _: stop.set(), stop)
    assert (tmp_path / "tidied").exists()


def test_a_program_that_is_silent_is_stopped_too() -> None:
    stop = Event()
    Timer(0.3, stop.set).start()
    with pytest.raises(Stopped):
        follow("import time; time.sleep(60)", stop=stop)


def test_it_goes_with_a_course_that_was_killed(tmp_path: Path) -> None:
    text = f"""
        import os, sys
        from pathlib import Path
        from threading import Event
        from api.training.child import run
        inner = "import os, time; open({str(tmp_path / "pid")!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        run([sys.executable, "-c", inner], cwd=Path("/"), environment=os.environ, seconds=60, say=print, stop=Event())
    """
    course = subprocess.Popen(program(text))
    pid = tmp_path / "pid"
    wait_until(lambda: pid.exists() and bool(pid.read_text()))
    course.send_signal(signal.SIGKILL)
    course.wait()
    wait_until(lambda: gone(int(pid.read_text())))
