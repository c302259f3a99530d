"""The closing lines of `./run test` count what pytest's reports say."""

import os
from pathlib import Path

import pytest

from api.run import suites
from api.run.paths import ROOT
from api.run.suites import SUITES, Result, Suite

REPORT = '<testsuites><testsuite tests="5" failures="1" errors="0" skipped="1"></testsuite></testsuites>'


@pytest.mark.parametrize(
    ("report", "code", "expected"),
    [
        (REPORT, 1, (3, 1, 1)),
        (REPORT.replace('failures="1"', 'failures="0"'), 0, (4, 0, 1)),
        # It broke off after the report: never a success.
        (REPORT.replace('failures="1"', 'failures="0"'), 3, (4, 1, 1)),
        (None, 2, (0, 1, 0)),
        (None, 5, (0, 0, 0)),
    ],
)
def test_counts(tmp_path: Path, report: str | None, code: int, expected: tuple[int, int, int]) -> None:
    path = tmp_path / "report.xml"
    if report:
        path.write_text(report)
    result = suites._result("api", path, code, 1.0)
    assert (result.passed, result.failed, result.skipped) == expected


def test_every_folder_of_tests_belongs_to_a_suite() -> None:
    known = {folder for suite in SUITES for folder in suite.folders}
    present = {
        f"tests/{folder.name}"
        for folder in (ROOT / "tests").iterdir()
        if folder.is_dir() and any(folder.rglob("test_*.py"))
    }
    assert present <= known


def test_given_paths_choose_their_suite_only() -> None:
    chosen = {
        suite.name: suites._chosen(suite, [str(ROOT / "tests/run/test_suites.py::test_counts")]) for suite in SUITES
    }
    assert chosen["api"] == ["tests/run/test_suites.py::test_counts"]
    assert not any(chosen[name] for name in chosen if name != "api")


def test_whole_suites_run_in_as_many_processes_as_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    api, actions = SUITES[0], next(suite for suite in SUITES if suite.name == "actions")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert suites._workers(api, list(api.folders)) == ["-n", "2", "--dist", "worksteal"]
    assert suites._workers(api, ["tests/api/erp"]) == []
    assert suites._workers(actions, list(actions.folders)) == []
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert suites._workers(api, list(api.folders)) == []


def test_the_last_line_adds_the_suites_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(suites, "SUITES", (Suite("a", "api", ("tests/run",)), Suite("b", "api", ("tests/run",))))
    results = iter([Result("a", 3, 0, 1, 2.0), Result("b", 4, 2, 0, 2.0)])
    monkeypatch.setattr(suites, "_run", lambda *_: next(results))
    assert suites.test() == 1
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "a: 3 passed, 0 failed, 1 skipped in 2 s",
        "b: 4 passed, 2 failed, 0 skipped in 2 s",
        "7 passed, 2 failed, 1 skipped",
    ]
