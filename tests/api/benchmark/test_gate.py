"""What the gate of training is told of the orders: figures, never a message."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.benchmark import gate
from api.benchmark.scoring import Verdict
from api.benchmark.sets import case_sets


def judged(name: str, exact: bool, silent: int, must_ask: bool = False, tags: tuple[str, ...] = ()) -> Verdict:
    return Verdict(name, exact, silent, 4, must_ask, 0, tags)


def test_shares_of_all_and_by_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        judged("a", True, 0, tags=("list",)),
        judged("b", False, 1, tags=("list",)),
        judged("c", True, 0, must_ask=True),
    ]
    monkeypatch.setattr(gate, "verdicts_of", lambda system, sets: {"frozen/x": found})
    assert gate.measured(lambda text: pytest.fail("nothing is to be heard")) == {
        "cases": 3, "exact": 0.6667, "touchless": 0.5, "silent_wrong": 0.0833,
        "tags": {"list": {"cases": 2, "exact": 0.5, "touchless": 0.5, "silent_wrong": 0.125}},
    }  # fmt: skip


def test_one_line_of_json_and_the_archive_is_the_one_that_is_heard_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archives: list[Path | None] = []

    class Hearing:
        def __init__(self, archive: Path | None = None) -> None:
            archives.append(archive)

        def __enter__(self) -> None:
            return None

        def __exit__(self, *_: Any) -> None:
            return None

    sets: list[str] = []

    def verdicts_of(system: Any, given: Any) -> dict[str, list[Verdict]]:
        sets.extend(one.part for one in given)
        return {"frozen/x": [judged("тайна", True, 0)]}

    monkeypatch.setattr(gate, "Classifier", Hearing)
    monkeypatch.setattr(gate, "verdicts_of", verdicts_of)
    assert gate.main(["--model", "models/intents-x.tar.gz"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["cases"] == 1
    assert "тайна" not in line
    assert archives == [Path("models/intents-x.tar.gz")]
    assert set(sets) == {"frozen"}
    assert len(sets) == sum(one.part == "frozen" for one in case_sets())
