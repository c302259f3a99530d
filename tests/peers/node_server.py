"""Servers that others wrote for Node: installed from npm on demand, run for the time of the tests."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

INSTALL = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
INSTALL_SECONDS = 100
START_SECONDS = 40


def installed(peer: Path, package: str, what: str) -> Path:
    """The folder of `package`, installed where it is not; skips, with the reason, where it cannot be."""
    found = peer / "node_modules" / package
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"{what} needs node and npm, which are not here")
    if found.exists():
        return found
    try:
        subprocess.run(INSTALL, cwd=peer, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm could not install {what}: {error.stderr[-300:]}")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {what} within {INSTALL_SECONDS} s")
    return found


def serving(command: Sequence[str], peer: Path, log: Path, ready: bytes, address: str) -> Iterator[str]:
    """Runs the server until the tests end; yields the address once `ready` stands in its log."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=peer, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while ready not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[1]} did not start: {log.read_text()[-1000:]}")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)
