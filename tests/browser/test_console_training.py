"""«Обучение» in a browser: a run that goes on before one's eyes, models, a card, two of them side by side.

With PICTURES set in the environment the pictures of docs/console.md are made anew.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from api.run.postgres import LOGIN
from api.run.system import System
from tests.api.console.training_models import AT, BAD, LIVE, NEW, put, shelf
from tests.browser.console_page import faults, overflow, picture
from tests.conftest import ADMIN_PASSWORD, TODAY

TRAINING = "/console/training"
REFUSED = {
    "passed": False,
    "reasons": ["Сломана обязательная фраза: «отмените заказ 120» принята за «Документы»."],
}


class Runs:
    """What the trainer writes while it works, written by the test."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def add(self, **columns: Any) -> int:
        values = {"at": TODAY, "by": "admin", "started_at": TODAY, "beat_at": TODAY + timedelta(hours=9), **columns}
        row = self._connection.execute(
            f"INSERT INTO training_runs ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING id",
            [json.dumps(value) if isinstance(value, dict) else value for value in values.values()],
        ).fetchone()
        assert row is not None
        return int(str(row[0]))

    def change(self, run: int, **columns: Any) -> None:
        given = [json.dumps(value) if isinstance(value, dict) else value for value in columns.values()]
        sets = ", ".join(f"{name} = %s" for name in columns)
        self._connection.execute(f"UPDATE training_runs SET {sets} WHERE id = %s", [*given, run])

    def waiting(self, count: int) -> None:
        """So many decisions that no training has seen."""
        for number in range(count):
            self._connection.execute(
                'INSERT INTO review_decisions (at, "by", kind, text) VALUES (%s, %s, %s, %s)',
                (TODAY, "admin", "example", f"отгрузите без накладной {number}"),
            )


@pytest.fixture
def runs(system: System, fresh: None) -> Iterator[Runs]:
    with psycopg.connect(system.database_url.replace(f"//{LOGIN}@", "//postgres@"), autocommit=True) as connection:
        yield Runs(connection)


@pytest.fixture
def models(system: System, tmp_path: Path) -> Iterator[None]:
    """Models on the shelf beside the one that really serves."""
    shelf(tmp_path)
    made = list((tmp_path / "models").iterdir())
    for path in made:
        (shutil.copytree if path.is_dir() else shutil.copy)(path, system.models / path.name)
    yield
    for path in made:
        mine = system.models / path.name
        shutil.rmtree(mine, ignore_errors=True) if mine.is_dir() else mine.unlink(missing_ok=True)


def open_page(page: Page, system: System, address: str) -> None:
    page.goto(f"{system.url}/console/login")
    page.get_by_label("Логин").fill("admin")
    page.get_by_label("Пароль").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/console/conversations")
    page.goto(system.url + address)


def check_looks(page: Page) -> None:
    assert faults(page) == []
    assert overflow(page) <= 0


def test_a_run_goes_on_before_ones_eyes(page: Page, system: System, runs: Runs, models: None) -> None:
    runs.waiting(3)
    runs.add(state="passed", version=NEW, compared_with=LIVE, note="новые слова", ended_at=TODAY + timedelta(minutes=4))
    open_page(page, system, TRAINING)
    expect(page.get_by_text("Новая модель прошла проверку.")).to_be_visible()
    expect(page.locator(".loop [aria-current=step]")).to_contain_text("Тень")
    check_looks(page)
    picture(page, "training-1-overview")

    run = runs.add(state="running", step="check", line="Читаю примеры", log="Читаю примеры\n", note="без накладной")
    expect(page.locator("#now")).to_contain_text("Читаю примеры", timeout=15_000)  # of itself
    page.get_by_role("link", name=f"Обучение № {run}").click()
    expect(page.locator(".steps .now")).to_contain_text("Проверка примеров")
    page.evaluate("window.kept = true")
    log = "".join(f"Эпоха {number} из 60: потеря {1 / (number + 1):.3f}\n" for number in range(60))
    runs.change(run, step="train", line="Эпоха 59 из 60", log=log)
    expect(page.locator(".steps .now")).to_contain_text("Обучение")
    expect(page.locator(".line")).to_have_text("Эпоха 59 из 60")
    last = page.locator(".log").evaluate("log => Math.abs(log.scrollTop) < 2 && log.scrollHeight > log.clientHeight")
    assert last, "the newest line is in sight"
    check_looks(page)
    picture(page, "training-2-run")

    ended = {"state": "refused", "step": "card", "version": BAD, "compared_with": LIVE, "verdict": REFUSED}
    runs.change(run, ended_at=TODAY + timedelta(minutes=5), **ended)
    expect(page.get_by_text("Модель не прошла проверку.")).to_be_visible()
    assert page.evaluate("window.kept") is True, "the page was never read anew"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3000)
    assert asked == [], "it asks no more"
    expect(page.get_by_text("отмените заказ 120")).to_be_visible()
    check_looks(page)
    picture(page, "training-3-refused")
    page.get_by_role("button", name="Что изменилось").click()
    expect(page.get_by_role("heading", name="Сравнение моделей")).to_be_visible()


def test_training_is_begun_and_stopped(page: Page, system: System, runs: Runs) -> None:
    open_page(page, system, TRAINING)
    expect(page.get_by_text("Ещё ни одного")).to_be_visible()
    check_looks(page)
    questions: list[str] = []

    def answer(dialog: Any) -> None:
        questions.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_label("Заметка").fill("проба")
    page.get_by_role("button", name="Обучить").click()
    page.wait_for_url("**/runs/*")
    page.get_by_role("button", name="Остановить").click()
    expect(page.get_by_role("status")).to_have_text("остановлено", timeout=30_000)
    assert len(questions) == 1 and questions[0].startswith("Остановить обучение?")


def test_models_a_card_and_two_side_by_side(page: Page, system: System, runs: Runs, models: None) -> None:
    put(system.models.parent, "d" * 16, {"trained_at": AT.isoformat(), "heldout": 5})
    try:
        open_page(page, system, f"{TRAINING}/models")
        expect(page.locator(".models > li").first).to_be_visible()
        check_looks(page)
        picture(page, "training-4-models")
        page.goto(f"{system.url}{TRAINING}/models/{'d' * 16}")
        expect(page.get_by_text("карточка старая или повреждена")).to_be_visible()
    finally:
        for path in system.models.glob(f"intents-{'d' * 16}*"):
            path.unlink(missing_ok=True)
    for version in (NEW, BAD):
        page.goto(f"{system.url}{TRAINING}/models/{version}")
        expect(page.get_by_role("heading", name="По смыслам")).to_be_visible()
        check_looks(page)
    expect(page.get_by_label("Причина")).to_have_attribute("required", "")
    picture(page, "training-5-card")
    page.goto(f"{system.url}{TRAINING}/models/{NEW}")
    drawn = page.locator("img").first
    drawn.scroll_into_view_if_needed()
    expect(drawn).to_have_js_property("complete", True)
    assert drawn.evaluate("image => image.naturalWidth") > 0
    page.get_by_role("link", name="Что изменилось").click()
    expect(page.locator(".phrases li")).to_have_count(4)
    check_looks(page)
    picture(page, "training-6-compare")
    page.get_by_role("link", name="сломано").click()
    expect(page.locator(".phrases li")).to_have_count(1)
