"""Trainings of the console: begun, followed, stopped, and lost with their trainer."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, text, update

from api.config import settings
from api.db.models import AuditRow, ModelSlotRow, TrainingRunRow
from api.db.session import staff_session
from api.errors import ApiError, Conflict, NotFound
from api.training import running, runs
from api.training.cards import Cards
from api.training.course import Busy, CourseFailed, Outcome, Stopped
from api.training.gate import Verdict

NOW = settings().clock.now()


@dataclass
class Collected:
    added: int = 2
    withdrawn: int = 0
    refused: tuple[Any, ...] = ()


class Stage:
    """A course in the place of the real one."""

    def __init__(self) -> None:
        self.does: Callable[[Any, Event], Outcome] = lambda watcher, stop: outcome(True)
        self.given: list[tuple[str, str]] = []
        self.collected: Any = Collected()

    def __call__(self, root: Path, watcher: Any, stop: Event) -> "Stage":
        self.watcher, self.stop = watcher, stop
        return self

    def run(self, live: str, holder: str) -> Outcome:
        self.given.append((live, holder))
        return self.does(self.watcher, self.stop)

    async def collect(self, session: Any, root: Path, now: Any) -> Any:
        if isinstance(self.collected, Exception):
            raise self.collected
        return self.collected


def outcome(passed: bool) -> Outcome:
    return Outcome("2" * 16, "1" * 16, Verdict(passed, () if passed else ("Точность упала.",)), {})


@pytest.fixture
def stage(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    monkeypatch.setattr(running, "Course", stage)
    monkeypatch.setattr(running, "collect", stage.collect)
    monkeypatch.setattr(running, "BEAT_SECONDS", 0.05)
    return stage


async def begin(by: str = "anna") -> int:
    async with staff_session() as session:
        return (await runs.start(session, by, settings().clock.now(), "сентябрь")).id


async def told(run_id: int) -> TrainingRunRow:
    async with staff_session() as session:
        return await runs.run(session, run_id)


async def until(true: Callable[[TrainingRunRow], bool], run_id: int) -> TrainingRunRow:
    deadline = time.monotonic() + 10
    while not true(row := await told(run_id)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return row


async def test_a_training_is_wished_once_noted_and_given_to_the_trainer(database: str) -> None:
    run_id = await begin()
    with pytest.raises(Conflict, match="Обучение уже идёт: anna, с "):
        await begin("boris")
    async with staff_session() as session:
        jobs = (await session.execute(text("SELECT queue_name, task_name, args FROM procrastinate_jobs"))).all()
        assert [tuple(job) for job in jobs] == [("training", "training.run", {"run_id": run_id})]
        noted = (await session.scalars(select(AuditRow))).all()
        assert [(row.actor, row.action, row.subject) for row in noted] == [("anna", "train_start", str(run_id))]
        row = await runs.under_way(session)
        assert row is not None
        assert (row.state, row.by, row.note) == ("queued", "anna", "сентябрь")


async def test_a_run_goes_from_the_decisions_to_the_verdict(stage: Stage) -> None:
    def course(watcher: Any, stop: Event) -> Outcome:
        watcher.step("train")
        watcher.line("эпоха 1 из 3")
        return outcome(True)

    stage.does = course
    async with staff_session() as session:
        session.add(ModelSlotRow(name="rasa-1", version="1" * 16, role="live", since=NOW))
    run_id = await begin()
    await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.step, row.line, row.version) == ("passed", "train", "Модель прошла проверку.", "2" * 16)
    assert row.verdict == {"passed": True, "reasons": [], "told": []}
    assert row.compared_with == "1" * 16
    assert row.log.splitlines() == [
        "— Решения людей — в файлы", "Новых примеров: 2, убрано: 0, не взято: 0.", "— Обучение", "эпоха 1 из 3",
    ]  # fmt: skip
    assert row.started_at and row.ended_at and row.beat_at
    live, holder = stage.given[0]
    assert live == "1" * 16
    assert holder.startswith("anna, консоль, с ")
    await begin("boris")


async def test_of_trained_models_the_newest_are_kept(stage: Stage, tmp_path: Path) -> None:
    cards = Cards(tmp_path)
    for number in range(settings().keep_models + 2):
        version = f"{number:016x}"
        cards.add(version, {"fingerprint": version, "trained_at": f"2025-12-{number + 1:02}T10:00:00+00:00"})
        cards.archive(version).touch()
    await running.work(await begin())
    assert [one.version for one in cards.versions()][-1] == f"{2:016x}"


async def test_a_refused_one_says_why(stage: Stage) -> None:
    stage.does = lambda watcher, stop: outcome(False)
    run_id = await begin()
    await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.line, row.verdict["reasons"]) == (
        "refused",
        "Модель не прошла проверку.",
        ["Точность упала."],
    )


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CourseFailed("train", "Обучение кончилось без модели.", "нет места"), "Обучение кончилось без модели."),
        (Busy("boris, ./run train"), "Обучение уже идёт: boris, ./run train. Дождитесь конца или остановите его."),
    ],
)
async def test_what_failed_is_told(stage: Stage, error: Exception, line: str) -> None:
    def course(watcher: Any, stop: Event) -> Outcome:
        raise error

    stage.does = course
    run_id = await begin()
    await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.line) == ("failed", line)
    assert ("нет места" in row.log) == isinstance(error, CourseFailed)


async def test_decisions_that_cannot_be_written_are_told(stage: Stage) -> None:
    stage.collected = ApiError("data/nlu/reviewed/ordering.yml: ошибка YAML.")
    run_id = await begin()
    await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.step, row.line) == ("failed", "collect", "data/nlu/reviewed/ordering.yml: ошибка YAML.")
    assert stage.given == []


async def test_an_error_of_ours_ends_the_run_and_is_an_error_of_the_job(stage: Stage) -> None:
    def course(watcher: Any, stop: Event) -> Outcome:
        raise ZeroDivisionError

    stage.does = course
    run_id = await begin()
    with pytest.raises(ZeroDivisionError):
        await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.line) == ("failed", running.OUR_ERROR)


def waits(watcher: Any, stop: Event) -> Outcome:
    """Until it is stopped."""
    watcher.step("train")
    watcher.line("эпоха 1 из 3")
    assert stop.wait(10)
    raise Stopped


async def test_progress_is_seen_while_it_runs_and_a_stop_is_obeyed(stage: Stage) -> None:
    stage.does = waits
    run_id = await begin()
    job = asyncio.create_task(running.work(run_id))
    row = await until(lambda row: row.line == "эпоха 1 из 3", run_id)
    assert (row.state, row.step) == ("running", "train")
    async with staff_session() as session:
        await runs.stop(session, run_id, "boris", settings().clock.now())
    await asyncio.wait_for(job, 2)
    assert ((await told(run_id)).state, (await told(run_id)).line) == ("stopped", "Остановлено.")
    async with staff_session() as session:
        actions = (await session.scalars(select(AuditRow.action).order_by(AuditRow.id))).all()
        assert actions == ["train_start", "examples_collect", "train_stop"]
        with pytest.raises(Conflict, match="уже закончилось"):
            await runs.stop(session, run_id, "boris", settings().clock.now())


async def test_a_silent_course_gives_signs_of_life(stage: Stage) -> None:
    stage.does = waits
    run_id = await begin()
    job = asyncio.create_task(running.work(run_id))
    first = await until(lambda row: row.line == "эпоха 1 из 3", run_id)
    assert first.beat_at is not None
    before = first.beat_at
    await until(lambda row: row.beat_at is not None and row.beat_at > before, run_id)
    stage.stop.set()
    await job


async def test_one_that_waits_is_stopped_at_once_and_its_job_does_nothing(stage: Stage) -> None:
    run_id = await begin()
    async with staff_session() as session:
        await runs.stop(session, run_id, "anna", settings().clock.now())
    assert (await told(run_id)).state == "stopped"
    await running.work(run_id)
    assert stage.given == []
    assert (await told(run_id)).state == "stopped"


async def test_a_trainer_that_died_is_told_when_the_queue_gives_its_job_out_again(stage: Stage) -> None:
    run_id = await begin()
    async with staff_session() as session:
        await session.execute(update(TrainingRunRow).values(state="running", started_at=NOW, beat_at=NOW))
    await running.work(run_id)
    row = await told(run_id)
    assert (row.state, row.line) == ("failed", runs.LOST_WORDS)
    assert stage.given == []


async def test_a_trainer_that_comes_back_from_the_dead_ends_what_is_not_its_own_any_more(stage: Stage) -> None:
    stage.does = waits
    run_id = await begin()
    job = asyncio.create_task(running.work(run_id))
    await until(lambda row: row.line == "эпоха 1 из 3", run_id)
    await running.work(run_id)
    await asyncio.wait_for(job, 2)
    assert (await told(run_id)).line == runs.LOST_WORDS


async def test_without_a_trainer_a_lost_run_keeps_nobody_from_another(database: str) -> None:
    lost = await begin()
    async with staff_session() as session:
        old = settings().clock.now() - runs.LOST - timedelta(seconds=1)
        await session.execute(update(TrainingRunRow).values(state="running", beat_at=old))
    run_id = await begin("boris")
    assert ((await told(lost)).state, (await told(run_id)).state) == ("failed", "queued")


async def test_a_lost_run_can_be_stopped(database: str) -> None:
    run_id = await begin()
    async with staff_session() as session:
        old = settings().clock.now() - runs.LOST - timedelta(seconds=1)
        await session.execute(update(TrainingRunRow).values(state="running", beat_at=old))
        await runs.stop(session, run_id, "anna", settings().clock.now())
    assert (await told(run_id)).state == "stopped"


async def test_a_trainer_that_is_told_to_stop_ends_the_course_and_says_so(stage: Stage) -> None:
    stage.does = waits
    run_id = await begin()
    job = asyncio.create_task(running.work(run_id))
    await until(lambda row: row.line == "эпоха 1 из 3", run_id)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert stage.stop.is_set()
    row = await told(run_id)
    assert (row.state, row.line) == ("failed", runs.LOST_WORDS)


async def test_runs_are_listed_the_newest_first(stage: Stage) -> None:
    made = []
    for _ in range(3):
        made.append(await begin())
        await running.work(made[-1])
    async with staff_session() as session:
        assert [row.id for row in await runs.newest(session, limit=2)] == made[:0:-1]
        with pytest.raises(NotFound):
            await runs.run(session, 10**9)


def test_the_log_keeps_the_newest_lines_and_no_line_without_end() -> None:
    progress = running.Progress()
    progress.line("первая")
    for number in range(2000):
        progress.line(f"строка {number} \0" + "я" * 600)
    news = progress.news()
    assert len(news["log"]) <= running.LONGEST_LOG
    assert "первая" not in news["log"]
    assert "строка 1999" in news["line"]
    assert "\0" not in news["log"]
    assert progress.news() == {}
