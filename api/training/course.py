"""One course from examples to a candidate with a verdict, for `./run train` and for the console alike.

Each heavy step is a program of its own (programs.py). A course that breaks off at any step leaves nothing but what the
next one can use: an archive with its card, a measurement that stands.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from api.training import comparing, contradictions, examples, gate, measuring
from api.training.cards import ARCHIVE, Cards
from api.training.child import ProgramFailed, Stopped, run
from api.training.dataset.checks import check as check_data
from api.training.lock import Busy, held
from api.training.programs import PROGRAMS, Program, environment
from api.training.schemas import Finding

__all__ = ["STEPS", "TITLES", "Busy", "Course", "CourseFailed", "Outcome", "Stopped", "Watcher"]


@dataclass(frozen=True)
class Step:
    name: str
    title: str


STEPS = (
    Step("collect", "Решения людей — в файлы"),
    Step("check", "Проверка примеров"),
    Step("generate", "Составление фраз"),
    Step("train", "Обучение"),
    Step("evaluate", "Оценка"),
    Step("orders", "Заказы эталона"),
    Step("gate", "Проверка: сравнение с работающей моделью"),
    Step("card", "Карточка модели"),
)
"""`collect` is of the console only, and happens before the course: it needs the database."""
TITLES = {step.name: step.title for step in STEPS}

SCRATCH = ".course-"
CRASHED_SECONDS = 2 * 3600
SHOWN = 10
SAME = "Примеры не менялись: эта модель и работает."


class CourseFailed(Exception):
    """A step did not succeed; `message` says so in Russian, `evidence` is for the log."""

    def __init__(self, step: str, message: str, evidence: str = "") -> None:
        super().__init__(f"{step}: {message}")
        self.step, self.message, self.evidence = step, message, evidence


class Watcher(Protocol):
    """Who looks on. Called from the course's thread."""

    def step(self, name: str) -> None: ...

    def line(self, words: str) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """What came of it. `compared_with` is empty where there was no live model."""

    version: str
    compared_with: str
    verdict: gate.Verdict
    card: dict[str, Any] = field(repr=False)


Check = Callable[[Path], Sequence[Finding]]


class Course:
    """`stop`: set it at any moment; what runs is ended within two seconds."""

    def __init__(
        self,
        root: Path,
        watcher: Watcher,
        stop: Event,
        *,
        programs: Mapping[str, Program] = PROGRAMS,
        check: Check = check_data,
    ) -> None:
        self._root, self._watcher, self._stop = root, watcher, stop
        self._programs, self._check = programs, check
        self._cards = Cards(root)
        self._now = ""

    def run(self, live: str, holder: str) -> Outcome:
        """From the examples to the verdict. `live`: the version that serves, empty where none does.

        `holder`: told to whoever wants to begin another one meanwhile. Raises Busy, Stopped, CourseFailed.
        """
        models = self._cards.models
        with held(models, holder):
            tidy(models)
            with tempfile.TemporaryDirectory(dir=models, prefix=SCRATCH) as scratch:
                if live and not self._cards.has(live):
                    raise CourseFailed("gate", f"Файла работающей модели {live} нет: сравнить новую не с чем.")
                return self._steps(live, Path(scratch))

    def _steps(self, live: str, scratch: Path) -> Outcome:
        warnings = self._checked()
        self._step("generate")
        self._program("generate")
        version = self._trained()
        measure = measuring.Measure(self._root, scratch, self._program, self._watcher.line)
        try:
            self._measured(measure, {version, live} - {""})
        except measuring.FrozenMoved as error:
            raise CourseFailed(self._now, "Пока модели оценивались, изменился эталон. Начните ещё раз.") from error
        candidate, served = measure.whole(version), measure.whole(live) if live else None
        self._step("gate")
        found, verdict = self._judged(version, live, candidate, served)
        self._step("card")
        more = measuring.for_card(candidate) | {"checks": {"warnings": [asdict(one) for one in warnings]}}
        if version != live:
            # What the live model was compared with before it went live stays in its card.
            more |= {"gate": verdict.to_json(), "contradictions": [one.to_json() for one in found]}
            more |= {"compared_with": comparing.compared(live, served, candidate) if served else None}
        return Outcome(version, live, verdict, self._cards.add(version, more))

    # The steps.

    def _checked(self) -> list[Finding]:
        """Warnings; errors end the course."""
        self._step("check")
        found = list(self._check(self._root))
        errors = [one for one in found if one.severity == "error"]
        for one in errors[:SHOWN]:
            self._watcher.line(f"{one.where}: {one.words}")
        if errors:
            raise CourseFailed("check", f"В примерах ошибки: {len(errors)}. Обучение не начато.")
        if found:
            self._watcher.line(f"Замечаний к примерам: {len(found)}.")
        return found

    def _trained(self) -> str:
        """The version; the archive may have been there already."""
        self._step("train")
        lines = self._program("train")
        named = ARCHIVE.fullmatch(lines[-1].removeprefix("Модель: ")) if lines else None
        if named is None or not self._cards.has(named[1]):
            raise CourseFailed("train", "Обучение кончилось без модели.", "\n".join(lines[-5:]))
        return named[1]

    def _measured(self, measure: measuring.Measure, versions: Collection[str]) -> None:
        """What stands from an earlier course is not made again."""
        for name, do in (("evaluate", measure.evaluate), ("orders", measure.orders)):
            self._step(name)
            for version in sorted(versions):
                try:
                    do(version)
                except (ValueError, KeyError, IndexError) as error:
                    raise CourseFailed(name, f"Результат для модели {version} не читается.", repr(error)) from error

    def _judged(
        self, version: str, live: str, candidate: Mapping[str, Any], served: Mapping[str, Any] | None
    ) -> tuple[list[contradictions.Contradiction], gate.Verdict]:
        if version == live:
            self._watcher.line(SAME)
            return [], gate.Verdict(True, told=(SAME,))
        found: list[contradictions.Contradiction] = []
        disputed = 0
        if served:
            readings = contradictions.readings(served, examples.reviewed(self._root))
            disputed = len(contradictions.disputed(readings))
            found = contradictions.contradictions(readings, examples.older(self._root))
        return found, gate.verdict(candidate, served, gate.Evidence(found, disputed))

    # How they are run.

    def _step(self, name: str) -> None:
        if self._stop.is_set():
            raise Stopped
        self._now = name
        self._watcher.step(name)

    def _program(self, name: str, **words: str) -> list[str]:
        """Runs a program of the table; its lines are heard as they come."""
        program = self._programs[name]
        try:
            return run(
                [word.format(**words) for word in program.command],
                cwd=program.cwd,
                environment=environment(self._root),
                seconds=program.seconds,
                say=self._watcher.line if name != "orders" else _unheard,
                stop=self._stop,
            )
        except ProgramFailed as error:
            raise CourseFailed(self._now, error.message, error.evidence) from error


def _unheard(line: str) -> None:
    """The figures of the orders are for the course, not for whoever looks on."""


def tidy(models: Path) -> None:
    """Removes what crashed courses and trainings left. Under the lock: no course but this one is under way."""
    for folder in models.glob(SCRATCH + "*"):
        shutil.rmtree(folder, ignore_errors=True)
    # A start of the product trains without the lock, but never for so long.
    for folder in models.glob(".training-*"):
        if folder.stat().st_mtime < time.time() - CRASHED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
