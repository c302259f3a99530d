"""A demo 1C in a process of its own, for the tests of the adapter."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.erp import breaker

ROOT = Path(__file__).parents[3]
USER, PASSWORD = "bot", "demo"


@pytest.fixture(autouse=True, scope="session")
def patient_breakers() -> Iterator[None]:
    """An adapter's tests make it fail more often in a row than a breaker bears; test_breaker.py sets its own limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breaker, "USUAL", breaker.BreakerLimits(failures=1000))
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def demo_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo 1C over a data file of its own; stopped at the end."""
    port, folder = free_port(), tmp_path_factory.mktemp("demo-1c")
    environment = os.environ | {
        "DEMO_ERP_DATA": str(folder / "demo.sqlite3"),
        "ERP_USER": USER,
        "ERP_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
        "CLOCK_OFFSET_SECONDS": "0",
        "TIMEZONE": "Europe/Moscow",
    }
    command = [sys.executable, "-m", "uvicorn", "api.erp.demo.main:app", "--port", str(port), "--log-level", "warning"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait(process, f"http://127.0.0.1:{port}/health/live", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the demo 1C did not start: {log.read_text()}")
