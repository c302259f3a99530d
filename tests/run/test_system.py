"""The system with tiny processes in the place of the real ones: start, readiness, accidents, and `up` around it."""

import dataclasses
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from api.run.environment import load
from api.run.paths import ROOT
from api.run.ports import PortTaken, free_ports
from api.run.processes import PROCESSES, Process
from api.run.system import NotReady, System

SERVER = """
import http.server, os, sys, time
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *_): pass
time.sleep(0.3)
print("serves", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""

SERVER_PROCESS = Process(
    "server",
    (sys.executable, "-S", "-c", SERVER, "{API_PORT}"),
    "запускается",
    health="http://127.0.0.1:{API_PORT}/",
    port="API_PORT",
    env={"SEEN": "{root}"},
)


def small(tmp_path: Path, process: Process = SERVER_PROCESS) -> System:
    given = {"API_PORT": str(free_ports(1)[0]), "DATABASE_URL": "postgresql://nowhere/none"}
    environment = load(tmp_path, given, None)
    return System(tmp_path, environment, names=[process.name], processes={process.name: process})


def pid_behind(system: System) -> int:
    with urllib.request.urlopen(system.url, timeout=3) as answer:
        return int(answer.read())


def test_it_is_ready_when_it_answers_and_comes_back_after_an_accident(tmp_path: Path) -> None:
    with small(tmp_path) as system:
        first = pid_behind(system)
        system.kill("server")
        system.wait_ready()
        second = pid_behind(system)
        system.restart("server")
        third = pid_behind(system)
        assert len({first, second, third}) == 3
        assert system.log("server").count("serves") == 3


def test_a_taken_port_stops_the_start_before_anything_runs(tmp_path: Path) -> None:
    with small(tmp_path / "one") as running:
        second = small(tmp_path / "two")
        second.environment["API_PORT"] = running.environment["API_PORT"]
        with pytest.raises(PortTaken, match=f"порт {running.environment['API_PORT']} занят.*API_PORT="), second:
            pass


def test_what_does_not_get_ready_is_named_with_its_last_words(tmp_path: Path) -> None:
    argv = (sys.executable, "-S", "-c", "import time; print('stuck here', flush=True); time.sleep(60)")
    system = small(tmp_path, dataclasses.replace(SERVER_PROCESS, argv=argv, ready_seconds=1))
    with pytest.raises(NotReady, match=r"server: not ready after 1 s(.|\n)*stuck here"), system:
        pass


def test_the_table_fills_from_the_environment() -> None:
    words = {"root": str(ROOT), "model": "../models/m.tar.gz"}
    words["TRUSTED_PROXIES"] = "127.0.0.1"
    words |= {process.port: "1" for process in PROCESSES if process.port}
    for process in PROCESSES:
        filled = [word.format_map(words) for word in (*process.argv, process.cwd, process.health)]
        assert not any("{" in word for word in filled)
        assert Path(filled[0]).is_relative_to(ROOT)


UP = """
import dataclasses, sys
from pathlib import Path
from api.run import up
from api.run.system import System
from tests.run.test_system import SERVER_PROCESS
def start(state, environment, console):
    return System(state, environment, names=["server"], processes={"server": SERVER_PROCESS}, echo=console.process,
                  progress=console.progress)
sys.exit(up.up(Path(sys.argv[1]), start))
"""


def start_up(state: Path) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name != "API_PORT"}
    environment |= {"PYTHONPATH": str(ROOT), "API_PORT": str(free_ports(1)[0])}
    environment |= {"DATABASE_URL": "postgresql://nowhere/none"}
    command = [sys.executable, "-c", UP, str(state)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def test_up_prints_the_addresses_and_ctrl_c_stops_it(tmp_path: Path) -> None:
    process = start_up(tmp_path)
    assert process.stdout is not None
    shown = []
    for line in process.stdout:
        shown.append(line)
        if "Ctrl-C" in line:
            break
    second = start_up(tmp_path)
    assert "уже запущено" in second.communicate(timeout=20)[0]
    assert second.returncode == 1
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=20)[0]
    text = "".join(shown)
    assert "/console/" in text
    assert "/docs" in text
    assert f"{tmp_path}/secrets.env" in text
    assert "serves" not in text + rest
    assert "serves" in (tmp_path / "logs" / "server.log").read_text()
    assert "остановлено" in rest
    assert process.returncode == 0
