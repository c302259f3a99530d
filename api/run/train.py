"""`./run train`: a new model from the examples in the files, measured and compared with the one that serves."""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from getpass import getuser
from pathlib import Path
from threading import Event
from typing import Any

from api.domain.wording import percent
from api.review.intents import title
from api.run.environment import EnvironmentFileError, load
from api.run.paths import ROOT, STATE
from api.training.cards import Cards
from api.training.course import TITLES, Busy, Course, CourseFailed, Outcome, Stopped
from api.training.programs import PROGRAMS

PASSED, FAILED, REFUSED = 0, 1, 3
SHOWN = 10

ABOUT = """Обучает модель на примерах из data/nlu, измеряет её и сравнивает с той, что отвечает клиентам.

Шаги: проверка примеров, составление фраз, обучение, оценка, заказы эталона, проверка, карточка в models/.
Сама модель клиентам не отвечает, пока её не введут: ./run model use ВЕРСИЯ.
Код выхода: 0 — модель прошла проверку, 3 — не прошла, 1 — не получилось."""

FIGURES: tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...] = (
    ("заказы: точно", lambda one: percent(one["orders"]["exact"])),
    ("заказы: точно, где ясно", lambda one: percent(one["orders"]["touchless"])),
    ("заказы: молча неверно", lambda one: percent(one["orders"]["silent_wrong"])),
    ("свои фразы: понято", lambda one: percent(one["heldout"]["accuracy"])),
    ("чужие фразы: понято", lambda one: percent(one["strangers"]["accuracy"])),
    ("чужие фразы: принято за заказ", lambda one: str(one["strangers"]["false_orders"])),
    ("обязательные фразы: сломано", lambda one: str(len(one["must"]["broken"]))),
)
CHANGES = (("mended", "Исправлено"), ("broken", "Сломано"), ("moved", "Иначе, но тоже неверно"))


class Terminal:
    """Progress with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def step(self, name: str) -> None:
        """A step begins."""
        self._say(TITLES[name])

    def line(self, words: str) -> None:
        """Progress within it."""
        self._say(f"    {words.strip()}")

    def _say(self, words: str) -> None:
        print(f"{time.monotonic() - self._started:6.0f} с  {words}", flush=True)


def train(words: Sequence[str], state: Path = STATE) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="./run train", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False
    )
    parser.add_argument("-h", "--help", action="help", help="показать эту подсказку")
    parser.add_argument("--publish", action="store_true", help="ввести модель, если она прошла проверку")
    parser.add_argument("--force", action="store_true", help="обучить, даже если модель из этих данных уже есть")
    options = parser.parse_args(words)
    try:
        root = Path(load(state)["TRAINING_DIR"] or ROOT)
    except EnvironmentFileError as error:
        print(f"Файл настроек: {error}")
        return FAILED
    outcome = _course(root, options.force)
    if outcome is None:
        return FAILED
    report(outcome)
    if not outcome.verdict.passed:
        print("\nВвести её всё же может администратор, с причиной: консоль → Обучение → Модели.")
        return REFUSED
    if outcome.version == outcome.compared_with:
        return PASSED
    if options.publish:
        return subprocess.run([sys.executable, "-m", "api.run", "model", "use", outcome.version], cwd=ROOT).returncode
    print(f"\nВвести её: ./run model use {outcome.version}")
    return PASSED


def _course(root: Path, force: bool) -> Outcome | None:
    stop = Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    programs = dict(PROGRAMS)
    if force:
        once_more = programs["train"]
        programs["train"] = replace(once_more, command=(*once_more.command, "--force"))
    course = Course(root, Terminal(), stop, programs=programs)
    try:
        return course.run(Cards(root).current(), f"{getuser()}, ./run train, с {time.strftime('%H:%M %d.%m')}")
    except Stopped:
        print("Остановлено. Недоделанное убрано.")
    except Busy as error:
        print(error.message)
    except CourseFailed as error:
        print(f"{TITLES[error.step]}: {error.message}\n{error.evidence}".rstrip())
    return None


def report(outcome: Outcome) -> None:
    """Figures before and after, phrases that changed, the verdict."""
    card, verdict = outcome.card, outcome.verdict
    before = card.get("compared_with") if outcome.version != outcome.compared_with else None
    print(f"\nМодель {outcome.version}" + (f", сравнение с {outcome.compared_with}" if before else ""))
    for name, figure in FIGURES:
        print(f"  {name:36}" + (f"{figure(before)} → " if before else "") + figure(card))
    for change, words in CHANGES:
        _phrases(words, [one for one in (before or {}).get("phrases", ()) if one["change"] == change])
    if outcome.version != outcome.compared_with:
        print("\nМодель прошла проверку." if verdict.passed else "\nМодель не прошла проверку:")
    for line in (*verdict.reasons, *verdict.told):
        print(f"  {line}")


def _phrases(words: str, changed: Sequence[Mapping[str, Any]]) -> None:
    if changed:
        print(f"\n{words}: {len(changed)}")
    for one in changed[:SHOWN]:
        print(f"  «{one['text']}» ({title(one['expected'])}): {title(one['was'])} → {title(one['is'])}")
    if len(changed) > SHOWN:
        print(f"  … и ещё {len(changed) - SHOWN}")
