"""The course with small programs in the heavy ones' places: real processes that print, sleep and fail."""

import json
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.run.paths import ROOT
from api.training import cards
from api.training import course as course_module
from api.training.cards import Cards
from api.training.course import TITLES, Busy, Course, CourseFailed, Outcome, Stopped
from api.training.lock import held
from api.training.programs import Program
from api.training.schemas import Finding
from tests.api.training.measured import measured

LIVE, NEXT = "1" * 16, "2" * 16


class Stage:
    """A training root with a live model, and what the programs are to do there."""

    def __init__(self, root: Path) -> None:
        self.root, self.cards = root, Cards(root)
        for folder in ("models", "data/frozen", "data/nlu/reviewed"):
            (root / folder).mkdir(parents=True)
        (root / "data/nlu/ordering.yml").write_text(
            'version: "3.1"\nnlu:\n- intent: order\n  examples: |\n    - сахар 5\n    - [мука](product) 2 мешка\n'
        )
        self.archive(LIVE)
        self.steps: list[str] = []
        self.lines: list[str] = []
        self.findings: list[Finding] = []
        self.stop = threading.Event()
        self.on_line: Callable[[str], None] = lambda line: None
        self.trains = (
            f"open('{root}/models/intents-{NEXT}.tar.gz', 'w').close()\nprint('Модель: intents-{NEXT}.tar.gz')"
        )
        self.programs = {"generate": self.program("print('Записан')")}
        self.says(measured(), measured())

    def archive(self, version: str) -> None:
        self.cards.archive(version).touch()
        self.cards.add(version, {"fingerprint": version, "seconds": 7})

    def program(self, text: str, *words: str, seconds: float = 20) -> Program:
        return Program(
            (sys.executable, "-u", "-c", textwrap.dedent(text).replace("{", "{{").replace("}", "}}"), *words),
            self.root,
            seconds,
        )

    def says(self, live: dict[str, Any], candidate: dict[str, Any]) -> None:
        """What evaluate.py and the orders are to find of the two models."""
        for version, found in ((LIVE, live), (NEXT, candidate)):
            card = {name: value for name, value in found.items() if name not in ("phrases", "orders")}
            card["frozen"] = cards.frozen_hash(self.root)
            (self.root / f"{version}.evaluation").write_text(json.dumps({"card": card, "phrases": found["phrases"]}))
            (self.root / f"{version}.orders").write_text(json.dumps(found["orders"]))

    def run(self, live: str = LIVE) -> Outcome:
        version = "import shutil, sys, pathlib; version = pathlib.Path(sys.argv[1]).name[8:24]; "
        copy = version + "print('Фразы эталона'); shutil.copy(version + '.evaluation', sys.argv[2])"
        show = version + "print(open(version + '.orders').read())"
        table = {
            "train": self.program(self.trains),
            "evaluate": self.program(copy, "{archive}", "{out}"),
            "orders": self.program(show, "{archive}"),
        } | self.programs
        return Course(self.root, self, self.stop, programs=table, check=lambda root: self.findings).run(live, "anna")

    def step(self, name: str) -> None:
        self.steps.append(name)

    def line(self, words: str) -> None:
        self.lines.append(words)
        self.on_line(words)

    def left(self) -> list[str]:
        """Hidden files and folders in models/."""
        return sorted(path.name for path in (self.root / "models").iterdir() if path.name.startswith("."))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("api.training.measuring.measured_with", lambda root: "code")
    yield Stage(tmp_path)


def test_a_candidate_goes_through_all_steps_and_gets_its_card(stage: Stage) -> None:
    stage.says(measured({"order 1": "cart"}), measured())
    outcome = stage.run()
    assert stage.steps == [name for name in TITLES if name != "collect"]
    assert {"Записан", f"Модель: intents-{NEXT}.tar.gz", "Фразы эталона"} <= set(stage.lines)
    assert (outcome.version, outcome.compared_with, outcome.verdict.passed) == (NEXT, LIVE, True)
    card = stage.cards.card(NEXT)
    assert card == outcome.card
    assert card["gate"] == {"passed": True, "reasons": [], "told": []}
    assert card["compared_with"]["version"] == LIVE
    assert [one["change"] for one in card["compared_with"]["phrases"]] == ["mended"]
    assert card["orders"]["cases"] == 130
    assert "phrases" not in card
    assert not any("cases" in line for line in stage.lines)
    assert stage.left() == [".course.lock"]


def test_a_worse_candidate_is_refused_and_its_card_says_why(stage: Stage) -> None:
    stage.says(measured(), measured(exact=119))
    outcome = stage.run()
    assert not outcome.verdict.passed
    assert stage.cards.card(NEXT)["gate"]["reasons"] == ["Точность заказов упала: 92,3\u00a0% → 91,5\u00a0%."]


def test_wrong_labels_are_found_among_the_examples(stage: Stage) -> None:
    lines = "".join(f'  - {{text: "сахар {n}", metadata: {{source: "review:{n}", by: "anna"}}}}\n' for n in range(12))
    (stage.root / "data/nlu/reviewed/handoff.yml").write_text(
        f'version: "3.1"\nnlu:\n- intent: complaint\n  examples:\n{lines}'
    )
    wrong = {f"сахар {n}": ("complaint", "order", 0.97) for n in range(12)}
    learnt = dict.fromkeys(wrong, ("complaint", "complaint", 0.9))
    stage.says(measured(reviewed=wrong), measured(reviewed=learnt))
    outcome = stage.run()
    assert not outcome.verdict.passed
    assert "Разметка 12 примеров противоречит" in outcome.verdict.reasons[0]
    assert outcome.card["contradictions"][0]["like"] == "сахар 5"


def test_without_a_live_model_there_is_nothing_to_compare_with(stage: Stage) -> None:
    outcome = stage.run(live="")
    assert outcome.verdict.passed
    assert (outcome.compared_with, outcome.card["compared_with"]) == ("", None)


def test_a_live_model_whose_archive_is_gone_is_no_first_model(stage: Stage) -> None:
    stage.cards.archive(LIVE).unlink()
    with pytest.raises(CourseFailed, match="сравнить новую не с чем"):
        stage.run()
    assert stage.steps == []


def test_a_frozen_set_that_changes_meanwhile_compares_nothing(stage: Stage) -> None:
    (stage.root / "data/frozen/must.yml").write_text("order: [8]\n")  # the programs still tell the hash of before
    with pytest.raises(CourseFailed, match="изменился эталон"):
        stage.run()


def test_the_live_model_is_measured_once_and_again_when_the_frozen_set_changes(stage: Stage) -> None:
    stage.run()
    stage.lines.clear()
    stage.run()
    assert stage.lines.count(f"Модель {LIVE} уже измерена.") == 2
    assert "Фразы эталона" not in stage.lines
    (stage.root / "data/frozen/must.yml").write_text("order: [8]\n")
    stage.says(measured(), measured())
    stage.lines.clear()
    stage.run()
    assert stage.lines.count("Фразы эталона") == 2


def test_the_same_examples_give_the_live_model_whose_card_keeps_its_verdict(stage: Stage) -> None:
    stage.cards.add(LIVE, {"gate": {"passed": True, "reasons": []}, "compared_with": {"version": "0" * 16}})
    stage.trains = f"print('Модель: intents-{LIVE}.tar.gz')"
    outcome = stage.run()
    assert outcome.verdict.passed
    assert outcome.verdict.told == (course_module.SAME,)
    assert outcome.card["compared_with"] == {"version": "0" * 16}
    assert outcome.card["orders"]["cases"] == 130


def test_errors_in_the_examples_end_it_and_are_told(stage: Stage) -> None:
    stage.findings = [Finding("error", "conflict", "«сахар» — и заказ, и жалоба.", "сахар", "data/nlu/ordering.yml")]
    with pytest.raises(CourseFailed, match="В примерах ошибки: 1"):
        stage.run()
    assert stage.steps == ["check"]
    assert stage.lines == ["data/nlu/ordering.yml: «сахар» — и заказ, и жалоба."]


def test_warnings_are_kept_in_the_card(stage: Stage) -> None:
    stage.findings = [Finding("warning", "near", "Почти то же.", "сахар", "data/nlu/ordering.yml")]
    assert stage.run().card["checks"]["warnings"][0]["check"] == "near"


@pytest.mark.parametrize("step", ["generate", "train", "evaluate", "orders"])
def test_a_step_that_fails_is_named_and_nothing_is_left_over(stage: Stage, step: str) -> None:
    stage.programs[step] = stage.program("import sys; sys.exit('нет места')")
    with pytest.raises(CourseFailed) as failure:
        stage.run()
    assert failure.value.step == step
    assert "нет места" in failure.value.evidence
    assert stage.left() == [".course.lock"]


@pytest.mark.parametrize(("step", "says"), [("train", "print('готово')"), ("orders", "print('{{}}'[1:])")])
def test_words_that_make_no_sense_are_a_failure(stage: Stage, step: str, says: str) -> None:
    stage.programs[step] = stage.program(says)
    with pytest.raises(CourseFailed) as failure:
        stage.run()
    assert failure.value.step == step


def test_it_is_stopped_in_the_middle(stage: Stage) -> None:
    stage.trains = "import time; print('эпоха 1'); time.sleep(60)"
    stopped: list[float] = []

    def on_line(line: str) -> None:
        if line == "эпоха 1":
            stopped.append(time.monotonic())
            stage.stop.set()

    stage.on_line = on_line
    with pytest.raises(Stopped):
        stage.run()
    assert time.monotonic() - stopped[0] < 2.5
    assert stage.steps[-1] == "train"
    assert stage.left() == [".course.lock"]


def test_two_never_run_at_once_and_the_second_hears_whose_it_is(stage: Stage) -> None:
    busy = pytest.raises(Busy, match="Обучение уже идёт: anna, консоль, с 12:30")
    with held(stage.root / "models", "anna, консоль, с 12:30"), busy:
        stage.run()
    assert stage.run().version == NEXT


def test_what_crashed_courses_left_is_removed(stage: Stage) -> None:
    (stage.root / "models/.course-x").mkdir()
    (stage.root / "models/.training-now").mkdir()
    stage.run()
    assert stage.left() == [".course.lock", ".training-now"]


def test_the_frozen_set_has_the_same_hash_in_both_environments(tmp_path: Path) -> None:
    import model_card  # of rasa_project, which imports nothing of Rasa

    folder = tmp_path / "data/frozen"
    folder.mkdir(parents=True)
    (folder / "must.yml").write_text("order: [8]\n")
    (folder / "account.yml").write_text("balance: [долг]\n")
    (folder / ".lock").touch()
    assert cards.frozen_hash(tmp_path) == model_card.frozen_hash(tmp_path / "data")
    assert cards.frozen_hash(ROOT) == model_card.frozen_hash(ROOT / "data")
