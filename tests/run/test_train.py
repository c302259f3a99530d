"""`./run train` with a course in the real one's place: what a person reads, and the exit code."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from api.run import train as command
from api.training.course import Busy, CourseFailed, Outcome, Stopped
from api.training.gate import Verdict

LIVE, NEXT = "1" * 16, "2" * 16
FIGURES = {
    "orders": {"exact": 0.915, "touchless": 0.9, "silent_wrong": 0.01},
    "heldout": {"accuracy": 0.98},
    "strangers": {"accuracy": 0.957, "false_orders": 2},
    "must": {"utterances": 3, "broken": []},
}
PHRASES = [
    {"text": f"фраза {n}", "expected": "order", "was": "nlu_fallback", "is": "order", "change": "mended"}
    for n in range(12)
] + [{"text": "где машина", "expected": "order_status", "was": "order_status", "is": "cart", "change": "broken"}]


def outcome(passed: bool = True, compared_with: str = LIVE, version: str = NEXT) -> Outcome:
    before = FIGURES | {"orders": FIGURES["orders"] | {"exact": 0.923}, "version": LIVE, "phrases": PHRASES}
    verdict = Verdict(passed, () if passed else ("Точность заказов упала: 92,3\u00a0% → 91,5\u00a0%.",))
    return Outcome(version, compared_with, verdict, FIGURES | {"compared_with": before if compared_with else None})


class Stage:
    """What the course does, and what it was given."""

    def __init__(self) -> None:
        self.does: Callable[[], Outcome] = outcome
        self.commands: list[list[str]] = []
        self.trains: tuple[str, ...] = ()

    def __call__(self, root: Path, watcher: Any, stop: Event, programs: Any) -> "Stage":
        self.root, self.watcher, self.stop, self.trains = root, watcher, stop, programs["train"].command
        return self

    def run(self, live: str, holder: str) -> Outcome:
        self.watcher.step("train")
        self.watcher.line("эпоха 1")
        return self.does()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage()
    monkeypatch.setattr(command, "Course", stage)
    monkeypatch.setattr(command, "load", lambda state: {"TRAINING_DIR": str(tmp_path)})

    def publish(words: list[str], cwd: Path) -> Any:
        stage.commands.append(words[1:])
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(command.subprocess, "run", publish)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield stage
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_candidate_that_passed(stage: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert command.train([]) == 0
    told = capsys.readouterr().out
    assert "     0 с  Обучение\n     0 с      эпоха 1\n" in told
    assert f"Модель {NEXT}, сравнение с {LIVE}" in told
    assert "заказы: точно                       92,3\u00a0% → 91,5\u00a0%" in told
    assert "Исправлено: 12\n  «фраза 0» (Заказ или правка заказа): не понято → Заказ или правка заказа" in told
    assert "… и ещё 2" in told
    assert "Сломано: 1\n  «где машина» (Где заказ): Где заказ → Что в корзине" in told
    assert told.endswith(f"Модель прошла проверку.\n\nВвести её: ./run model use {NEXT}\n")
    assert stage.root == tmp_path
    assert stage.commands == []
    assert "--force" not in stage.trains


def test_one_that_was_refused_is_not_published(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.does = lambda: outcome(passed=False)
    assert command.train(["--publish"]) == 3
    told = capsys.readouterr().out
    assert "Модель не прошла проверку:\n  Точность заказов упала: 92,3\u00a0% → 91,5\u00a0%.\n" in told
    assert stage.commands == []


def test_publishing_is_what_run_model_use_does(stage: Stage) -> None:
    assert command.train(["--publish", "--force"]) == 0
    assert stage.commands == [["-m", "api.run", "model", "use", NEXT]]
    assert stage.trains[-1] == "--force"


def test_the_first_model_has_nothing_beside_it(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.does = lambda: outcome(compared_with="")
    assert command.train([]) == 0
    told = capsys.readouterr().out
    assert "заказы: точно                       91,5\u00a0%\n" in told
    assert "→" not in told


def test_unchanged_examples_leave_nothing_to_publish(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.does = lambda: outcome(version=LIVE)
    assert command.train(["--publish"]) == 0
    told = capsys.readouterr().out
    assert "Ввести" not in told
    assert "проверку" not in told
    assert stage.commands == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Stopped(), "Остановлено."),
        (Busy("boris, консоль, с 12:30"), "Обучение уже идёт: boris, консоль, с 12:30."),
        (
            CourseFailed("train", "Обучение кончилось без модели.", "нет места"),
            "Обучение: Обучение кончилось без модели.\nнет места",
        ),
    ],
)
def test_what_did_not_succeed(stage: Stage, capsys: pytest.CaptureFixture[str], error: Exception, words: str) -> None:
    def fails() -> Outcome:
        raise error

    stage.does = fails
    assert command.train([]) == 1
    assert words in capsys.readouterr().out


def test_ctrl_c_stops_the_course(stage: Stage) -> None:
    def interrupted() -> Outcome:
        signal.raise_signal(signal.SIGINT)
        assert stage.stop.wait(2)
        raise Stopped

    stage.does = interrupted
    assert command.train([]) == 1


def test_help_is_in_russian(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.train(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert "Код выхода: 0 — модель прошла проверку, 3 — не прошла" in told
    assert "показать эту подсказку" in told
