"""`./run test`: the suites, each in the environment it belongs to, and one line for each at the end."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from api.run import browser
from api.run.environment import FIXED
from api.run.paths import ROOT, STATE, import_path, python_of
from api.run.training import ModelMissing, ensure_model

NO_TESTS_COLLECTED = 5


@dataclass(frozen=True)
class Suite:
    name: str
    project: str
    folders: tuple[str, ...]
    model: bool = False
    """Needs the trained model."""

    browser: bool = False
    parallel: str = ""
    """How pytest-xdist deals the tests out to processes; empty: one process. Only for the whole suite: who names
    paths looks closely, and a second process would take longer to start than it saves.
    """


MOST_WORKERS = 4
"""Each has a PostgreSQL of its own, or the intent model."""

# In this order: what is quick and finds most comes first. In the last suite each process has a running system of its
# own (the `system` fixture of tests/conftest.py) and takes whole files; xdist_group does nothing under pytest 9.2.
SUITES = (
    Suite("api", "api", ("tests/run", "tests/order_text", "tests/api"), parallel="worksteal"),
    Suite("orders", "api", ("tests/order_cases",), model=True, parallel="worksteal"),
    Suite("actions", "actions", ("tests/actions",)),
    Suite("rasa", "rasa_project", ("tests/nlu", "tests/rasa_project", "tests/stories"), model=True),
    Suite(
        "system",
        "api",
        ("tests/contract", "tests/e2e", "tests/browser"),
        model=True,
        browser=True,
        parallel="loadfile",
    ),
)


@dataclass(frozen=True)
class Result:
    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    def line(self) -> str:
        """«api: 120 passed, 0 failed, 2 skipped in 31 s»"""
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.name}: {counts} in {self.seconds:.0f} s"


def test(long: bool = False, paths: list[str] | None = None) -> int:
    """Runs the suites (those of `paths` only, when given), prints a line for each; 1 when a test failed."""
    results = []
    for suite in SUITES:
        chosen = _chosen(suite, paths or [])
        if chosen:
            print(f"\n=== {suite.name}: {' '.join(chosen)}", flush=True)
            results.append(_run(suite, chosen, long))
    print()
    for result in results:
        print(result.line())
    passed, failed = sum(result.passed for result in results), sum(result.failed for result in results)
    print(f"{passed} passed, {failed} failed, {sum(result.skipped for result in results)} skipped", flush=True)
    return 1 if failed or not results else 0


def _chosen(suite: Suite, paths: list[str]) -> list[str]:
    """The suite's folders that hold tests, or the given paths inside them."""
    folders = [folder for folder in suite.folders if any((ROOT / folder).rglob("test_*.py"))]
    if not paths:
        return folders
    relative = [os.path.relpath(path.split("::")[0], ROOT) + path[len(path.split("::")[0]) :] for path in paths]
    prefixes = tuple(f"{folder}/" for folder in suite.folders)
    return [path for path in relative if path in suite.folders or path.startswith(prefixes)]


def _run(suite: Suite, paths: list[str], long: bool) -> Result:
    environment = os.environ | FIXED | {"PYTHONPATH": import_path()}
    started = time.monotonic()
    if suite.model:
        try:
            ensure_model(environment)
        except ModelMissing as error:
            print(error)
            return Result(suite.name, 0, 1, 0, time.monotonic() - started)
    if suite.browser:
        environment["CHROMIUM"] = browser.ensure() or ""
    report = STATE / "test-results" / f"{suite.name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [str(python_of(suite.project)), "-m", "pytest", f"--junitxml={report}", "-q", *paths]
    command += _workers(suite, paths)
    if long:
        command += ["-m", "long or not long"]
    code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    return _result(suite.name, report, code, time.monotonic() - started)


def _workers(suite: Suite, paths: list[str]) -> list[str]:
    """The options of pytest-xdist."""
    count = min(os.cpu_count() or 1, MOST_WORKERS)
    whole = set(paths) <= set(suite.folders)
    return ["-n", str(count), "--dist", suite.parallel] if suite.parallel and whole and count > 1 else []


def _result(name: str, report: Path, code: int, seconds: float) -> Result:
    """Counts from pytest's report; a run that broke off without one is a failure, an empty one is not."""
    if code == NO_TESTS_COLLECTED:
        return Result(name, 0, 0, 0, seconds)
    if not report.exists():
        return Result(name, 0, 1, 0, seconds)
    total = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    passed = max(total - failed - skipped, 0)
    # Whatever the report says, a code other than 0 is never a success.
    return Result(name, passed, max(failed, 1) if code else failed, skipped, seconds)
