"""«Обучение»: the first page and a run's, from nothing at all to the verdict; who may and who may not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from api.config import settings
from api.db.models import (
    AuditRow,
    DeploymentRow,
    ModelSlotRow,
    ReviewDecisionRow,
    StaffUserRow,
    TrainingRunRow,
)
from api.db.session import staff_session
from api.training.course import STEPS
from tests.api.console.conftest import csrf_of, log_in
from tests.api.console.training_models import LIVE, NEW, OLD, shelf

TRAINING = "/console/training"

Trainer = tuple[httpx.AsyncClient, str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A training root without a model."""
    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    return tmp_path


@pytest.fixture
async def trainer(browser: httpx.AsyncClient, root: Path) -> Trainer:
    csrf = csrf_of((await log_in(browser)).text)
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="trainer"))
    return browser, csrf


async def add(*rows: object) -> None:
    async with staff_session() as session:
        session.add_all(rows)


def a_run(state: str = "running", **columns: Any) -> TrainingRunRow:
    now = settings().clock.now()
    ended = {} if state in ("queued", "running") else {"ended_at": now}
    began = {} if state == "queued" else {"started_at": now - timedelta(seconds=65)}
    beat = {} if state == "queued" else {"beat_at": now}
    return TrainingRunRow(
        **{"at": now - timedelta(seconds=70), "by": "admin", "state": state, **began, **beat, **ended, **columns}
    )


def live_now() -> list[object]:
    """OLD served before LIVE, which serves."""
    at = settings().clock.now() - timedelta(days=1)
    changes = [
        DeploymentRow(at=at, by="start", kind="start", version=OLD, state="drained", switched_at=at, ended_at=at),
        DeploymentRow(at=at, by="admin", kind="publish", version=LIVE, previous=OLD, state="drained", switched_at=at,
                      ended_at=at),
    ]  # fmt: skip
    return [ModelSlotRow(name="rasa-1", version=LIVE, role="live", since=at), *changes]


def tab_of(page: str) -> str:
    found = re.search(r'<nav class="tabs" aria-label="Обучение">.*?aria-current="page">(.*?)</a>', page, re.DOTALL)
    assert found is not None
    return found[1]


def step_states(page: str) -> list[str]:
    return re.findall(r'<li class="(\w+)" ?(?:aria-current="step")?><span>', page)


async def test_an_empty_house_teaches_the_loop(trainer: Trainer) -> None:
    page = (await trainer[0].get(TRAINING)).text
    assert tab_of(page) == "Обзор"
    for stage in ("Непонятое", "Разметка", "Обучение", "Проверка", "Тень", "Ввод"):
        assert re.search(rf"<strong>(<a [^>]*>)?{stage}", page), stage
    assert "помощник ещё не запускался" in page and "Ещё ни одного" in page
    assert "Всё размеченное уже в модели" in page


async def test_what_serves_and_what_waits_is_told(trainer: Trainer, root: Path) -> None:
    shelf(root)
    now = settings().clock.now()
    kinds = (("example", None), ("alias", None), ("skipped", None), ("example", now))
    decided = [ReviewDecisionRow(at=now, by="admin", kind=kind, text="х", written_at=at) for kind, at in kinds]
    undone = ReviewDecisionRow(at=now, by="admin", kind="example", text="х", undone_at=now)
    await add(*live_now(), *decided, undone)
    page = (await trainer[0].get(TRAINING)).text
    assert f"<code>{LIVE}</code>" in page and "Введена в работу" in page and "Администратор" in page
    assert "<dd>96,0\u00a0%</dd>" in page
    assert "<strong>2 решения</strong> из «Непонятого» ждут обучения" in page
    assert "2 решения ждут обучения. Нажмите «Обучить»" in page


async def test_training_is_started_with_a_note_and_shown(trainer: Trainer) -> None:
    browser, csrf = trainer
    note = {"csrf": csrf, "note": "  отгрузка без накладной "}
    page = await browser.post(f"{TRAINING}/runs", data=note)
    assert page.url.path == f"{TRAINING}/runs/1" and "отгрузка без накладной" in page.text
    assert "ждёт очереди" in page.text and 'hx-trigger="every 2s"' in page.text
    again = await browser.post(f"{TRAINING}/runs", data=note)
    assert again.status_code == 409
    async with staff_session() as session:
        assert (await session.get_one(TrainingRunRow, 1)).note == "отгрузка без накладной"
        noted = list(await session.scalars(select(AuditRow.action).where(AuditRow.action != "log_in")))
    assert noted == ["train_start"]
    overview = (await browser.get(TRAINING)).text
    assert "Обучение идёт. Следующее можно начать" in overview and f'action="{TRAINING}/runs"' not in overview


async def test_a_run_under_way_tells_step_time_and_log(trainer: Trainer) -> None:
    name, title = STEPS[2].name, STEPS[2].title
    await add(a_run(step=name, line="Эпоха 12 из 100", log="первая\nвторая <b>\n"))
    page = (await trainer[0].get(f"{TRAINING}/runs/1")).text
    assert step_states(page) == ["done", "done", "now"] + ["todo"] * (len(STEPS) - 3)
    assert title in page and "Эпоха 12 из 100" in page and "вторая &lt;b&gt;" in page
    assert f"Шаг 3 из {len(STEPS)} · 1:05" in page and "признаков жизни" not in page
    assert "data-confirm" in page and f"{TRAINING}/runs/1/stop" in page


async def test_a_silent_trainer_is_told(trainer: Trainer) -> None:
    long_ago = settings().clock.now() - timedelta(minutes=10)
    await add(a_run(step=STEPS[0].name, started_at=long_ago, beat_at=long_ago))
    assert "давно не подавал признаков жизни" in (await trainer[0].get(f"{TRAINING}/runs/1")).text
    async with staff_session() as session:
        await session.execute(update(TrainingRunRow).values(state="queued", at=long_ago, started_at=None, beat_at=None))
    assert "ещё не взялся за работу" in (await trainer[0].get(f"{TRAINING}/runs/1")).text


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"state": "passed", "version": NEW, "compared_with": LIVE}, "Модель прошла проверку"),
        (
            {"state": "refused", "version": NEW, "verdict": {"passed": False, "reasons": ["Сломана фраза «а»."]}},
            "<li>Сломана фраза «а».</li>",
        ),
        ({"state": "failed", "step": STEPS[1].name, "line": "Один текст под двумя смыслами: «бумаги»."}, "«бумаги»."),
        ({"state": "stopped", "step": STEPS[1].name}, "Обучение остановлено."),
    ],
)
async def test_an_ended_run_tells_how_and_is_asked_no_more(
    trainer: Trainer, root: Path, columns: dict[str, Any], told: str
) -> None:
    shelf(root)
    await add(a_run(**columns))
    page = (await trainer[0].get(f"{TRAINING}/runs/1")).text
    assert told in page and "hx-trigger" not in page and "/stop" not in page
    linked = f'href="{TRAINING}/models/{NEW}"' in page
    assert linked == ("version" in columns)
    assert (f"compare?a={LIVE}&amp;b={NEW}" in page) == ("compared_with" in columns)
    if columns["state"] == "failed":
        assert step_states(page)[:3] == ["done", "failed", "todo"]
    overview = (await trainer[0].get(TRAINING)).text
    assert f"{TRAINING}/runs/1" in overview and "шло 1:05" in overview


async def test_a_model_that_is_gone_is_said_so(trainer: Trainer) -> None:
    await add(a_run("passed", version=NEW))
    page = (await trainer[0].get(f"{TRAINING}/runs/1")).text
    assert "больше не хранится" in page
    assert (await trainer[0].get(f"{TRAINING}/runs/9")).status_code == 404


async def test_a_run_is_stopped(trainer: Trainer) -> None:
    browser, csrf = trainer
    await browser.post(f"{TRAINING}/runs", data={"csrf": csrf})
    page = await browser.post(f"{TRAINING}/runs/1/stop", data={"csrf": csrf})
    assert page.status_code == 200 and page.url.path == f"{TRAINING}/runs/1"
    async with staff_session() as session:
        row = await session.get_one(TrainingRunRow, 1)
        assert row.stop_wanted or row.state == "stopped"


async def test_the_first_page_is_read_anew_when_something_begins_or_ends(trainer: Trainer) -> None:
    part = await trainer[0].get(f"{TRAINING}/now?seen=0-0", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 10s"' in part.text and "<html" not in part.text
    await add(a_run(step=STEPS[0].name, line="Читаю"))
    begun = await trainer[0].get(f"{TRAINING}/now?seen=0-0")
    assert begun.headers["HX-Refresh"] == "true"
    part = await trainer[0].get(f"{TRAINING}/now?seen=1-0")
    assert "Читаю" in part.text and 'hx-trigger="every 2s"' in part.text
    async with staff_session() as session:
        await session.execute(update(TrainingRunRow).values(state="stopped", ended_at=settings().clock.now()))
    assert (await trainer[0].get(f"{TRAINING}/now?seen=1-0")).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("last", "waiting", "told"),
    [
        ({"state": "failed"}, 0, "Последнее обучение не получилось"),
        ({"state": "passed", "version": NEW}, 0, "пустите её в тень"),
        ({"state": "refused", "version": NEW}, 0, "Новая модель не прошла проверку"),
        ({"state": "refused", "version": NEW}, 1, "1 решение ждёт обучения"),
        ({"state": "passed", "version": LIVE}, 0, "Всё размеченное уже в модели"),
        ({"state": "running"}, 1, "Идёт обучение"),
    ],
)
async def test_what_comes_next(trainer: Trainer, root: Path, last: dict[str, Any], waiting: int, told: str) -> None:
    shelf(root)
    now = settings().clock.now()
    decisions = [ReviewDecisionRow(at=now, by="admin", kind="example", text="х") for _ in range(waiting)]
    await add(*live_now(), a_run(**last), *decisions)
    assert told in (await trainer[0].get(TRAINING)).text
