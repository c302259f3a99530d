"""The command-line tools of DESIGN §10. `parse` hears the intent by the trained model: this suite has one."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api import classifier
from api.parse import main

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "order_cases" / "tuning" / "sample"


def _run(module: str, lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "rasa_project"))),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", module, "--catalog", str(SAMPLE / "catalog.csv"), *arguments]
    return subprocess.run(
        command, input=lines, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=ROOT, timeout=110
    )


def test_parse_answers_every_case_and_names_the_bad_line() -> None:
    good = json.dumps({"id": "1", "client": "C1", "text": "как обычно, только молока 8", "start": {}})
    done = _run("api.parse", f"{good}\nnot json\n{good}\n", "--history", str(SAMPLE / "history.csv"))
    assert done.returncode == 2
    assert "line 2" in done.stderr
    parsed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(parsed) == 2
    assert parsed[0]["intent"]["name"] == "repeat_order"
    assert parsed[0]["cart"]["20013"] == "8"


def test_parse_plays_earlier_turns_and_answers() -> None:
    case = {"id": "1", "client": "C2", "text": "луговое 3,2", "turns": ["молоко 20"], "start": {}}
    done = _run("api.parse", json.dumps(case), "--history", str(SAMPLE / "history.csv"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["cart"] == {"20012": "20"}


def test_match_ranks_names() -> None:
    done = _run("api.match", json.dumps({"id": "m", "query": "сироп соленая карамель"}))
    assert done.returncode == 0
    assert json.loads(done.stdout)["candidates"][0]["sku"] == "20053"


def test_parse_without_its_classifier_says_so_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classifier, "PYTHON", Path("/nowhere/python"))
    monkeypatch.setattr(sys, "argv", ["parse", "--catalog", str(SAMPLE / "catalog.csv")])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"id": "1", "client": "C1", "text": "молоко 8"})))
    assert main() == 1
    assert capsys.readouterr().err.splitlines() == ["/nowhere/python: No such file or directory"]
