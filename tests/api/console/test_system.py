"""«Система»: the worst first with what to do, given-up jobs once more but never twice, settings without secrets."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from api import health
from api.channels import registry
from api.channels.memory import MemoryMessenger
from api.config import settings
from api.console import setting_rows
from api.console.setting_words import THEMES
from api.db.models import AuditRow, ErpHealthRow, ModelSlotRow, OptionRow, OutboxRow, StaffUserRow, SyncRunRow
from api.db.session import staff_session
from api.deps.events import record
from api.worker import defer
from tests.api.console.conftest import csrf_of, log_in
from tests.api.console.training_models import LIVE, shelf
from tests.api.orders.conftest import PETRA, World

SYSTEM = "/console/system"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def admin(world: World, browser: httpx.AsyncClient) -> tuple[httpx.AsyncClient, str]:
    return browser, csrf_of((await log_in(browser)).text)


Admin = tuple[httpx.AsyncClient, str]


async def given_up(task: str, **args: Any) -> int:
    """A job of this task that ended badly."""
    async with staff_session() as session:
        await defer(session, task, lock="a lock", **args)
        query = "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = :task RETURNING id"
        return int((await session.execute(text(query), {"task": task})).scalar_one())


async def audited() -> list[tuple[str, dict[str, Any]]]:
    async with staff_session() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.action != "log_in").order_by(AuditRow.id))
        return [(row.action, row.data) for row in rows]


def told_first(page: str) -> list[str]:
    """Titles of the troubles above everything else."""
    return re.findall(r'<article class="trouble \w+">\s*<p><strong>(.*?)\.</strong>', page)


async def test_what_is_dead_is_told_first_with_what_to_do(admin: Admin) -> None:
    page = (await admin[0].get(SYSTEM)).text
    # Neither Rasa nor the actions nor a worker run beside this test.
    dead = ["Обработчик заданий", "Помощник (Rasa)", "Действия помощника", "Обучение моделей"]
    assert told_first(page) == dead
    assert "<code>docker compose restart rasa</code>" in page and "rasa-1.log" in page
    assert "<code>.run/logs/worker.log</code>" in page
    assert page.index("trouble bad") < page.index("<h2>Процессы</h2>")


async def test_all_is_well(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answers() -> None:
        return None

    for part in ("assistant", "actions"):
        monkeypatch.setattr(health, part, answers)
    async with staff_session() as session:
        await session.execute(text("INSERT INTO queue_beats (queue) VALUES ('default'), ('training')"))
    page = (await admin[0].get(SYSTEM)).text
    assert told_first(page) == [] and "Всё в порядке." in page
    async with staff_session() as session:
        await session.execute(text("UPDATE queue_beats SET at = now() - interval '1 minute' WHERE queue = 'default'"))
    assert told_first((await admin[0].get(SYSTEM)).text) == ["Обработчик заданий"]


async def test_an_accounting_system_that_is_away_or_old(admin: Admin, world: World) -> None:
    now = settings().clock.now()
    hour = now - timedelta(hours=1)
    await world.add(
        SyncRunRow(name="stock", started_at=hour, finished_at=hour, succeeded_at=hour, rows=7, error=""),
    )
    page = (await admin[0].get(SYSTEM)).text
    assert "данные устарели: остатки" in page and "1 час назад, строк: 7" in page
    await world.add(ErpHealthRow(up=False, changed_at=now, reason="Не та публикация."))
    page = (await admin[0].get(SYSTEM)).text
    assert "Основная (memory)" in told_first(page) and "Не та публикация." in page and "./run erp check" in page


async def test_a_channel_whose_messages_do_not_leave(
    admin: Admin, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    messenger = MemoryMessenger()
    monkeypatch.setitem(registry.OPENERS, messenger.kind, lambda: messenger)
    registry.channels.cache_clear()
    try:
        old = settings().clock.now() - timedelta(minutes=20)
        said = {"conversation_id": world.conversations[PETRA], "at": old, "sender": "bot", "text": "…"}
        await world.add(OutboxRow(seq=1, state="queued", **said), OutboxRow(seq=2, state="failed", **said))
        async with staff_session() as session:
            await session.execute(text("UPDATE conversations SET channel = 'memory'"))
        page = (await admin[0].get(SYSTEM)).text
    finally:
        registry.channels.cache_clear()
    assert "memory" in told_first(page) and "Сообщения не уходят уже 20 минут" in page
    assert "<dt>Не доставлено за сутки</dt><dd>1</dd>" in page


async def test_a_given_up_job_is_repeated_once(admin: Admin, world: World) -> None:
    browser, csrf = admin
    job = await given_up("messages.deliver", outbox_id=7)
    async with staff_session() as session:
        await record(session, settings().clock, "job_failed", job=job, task="messages.deliver", why="KeyError: 'x'")
    page = (await browser.get(SYSTEM)).text
    assert "Отправка сообщения" in page and "KeyError: &#39;x&#39;" in page and "outbox_id 7" in page
    first = await browser.post(f"{SYSTEM}/jobs/{job}/repeat", data={"csrf": csrf})
    again = await browser.post(f"{SYSTEM}/jobs/{job}/repeat", data={"csrf": csrf})
    assert (first.status_code, again.status_code) == (200, 404)
    assert await world.jobs() == [("messages.deliver", {"outbox_id": 7})]
    assert await audited() == [("job_repeat", {"task": "messages.deliver"})]


@pytest.mark.parametrize("task", ["orders.send", "invitations.send", "something.new"])
async def test_what_may_act_twice_is_not_repeated(admin: Admin, world: World, task: str) -> None:
    browser, csrf = admin
    job = await given_up(task, order_id=7)
    page = (await browser.get(SYSTEM)).text
    assert f"/jobs/{job}/repeat" not in page and f"/jobs/{job}/dismiss" in page
    assert (await browser.post(f"{SYSTEM}/jobs/{job}/repeat", data={"csrf": csrf})).status_code == 409
    assert await world.jobs() == [] and await audited() == []
    await browser.post(f"{SYSTEM}/jobs/{job}/dismiss", data={"csrf": csrf})
    assert "dismiss" not in (await browser.get(SYSTEM)).text


async def test_the_model_that_serves(admin: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    assert "помощник ещё не запускался" in (await admin[0].get(SYSTEM)).text
    shelf(tmp_path)
    async with staff_session() as session:
        session.add(ModelSlotRow(name="rasa-1", version=LIVE, role="live", since=settings().clock.now()))
    page = (await admin[0].get(SYSTEM)).text
    assert f'href="/console/training/models/{LIVE}"' in page
    assert "«Документы» 81,0\u00a0%, «Заказ или правка заказа» 98,8\u00a0% (F1)" in page


async def test_an_option_is_set_and_noted(admin: Admin) -> None:
    browser, csrf = admin
    for value in ("12", "12"):
        page = await browser.post(f"{SYSTEM}/settings/answer_within_minutes", data={"csrf": csrf, "value": value})
    assert 'value="12"' in page.text and "admin, " in page.text
    await browser.post(f"{SYSTEM}/settings/pilot", data={"csrf": csrf, "value": "true"})
    await browser.post(f"{SYSTEM}/settings/pilot", data={"csrf": csrf})
    async with staff_session() as session:
        assert (await session.get_one(OptionRow, "pilot")).value is False
    assert await audited() == [
        ("option_set", {"before": "5", "after": "12"}),
        ("option_set", {"before": "False", "after": "True"}),
        ("option_set", {"before": "True", "after": "False"}),
    ]


async def test_a_wrong_value_is_refused_in_words(admin: Admin) -> None:
    browser, csrf = admin
    answer = await browser.post(f"{SYSTEM}/settings/work_to", data={"csrf": csrf, "value": "25"})
    assert answer.status_code == 422 and "целое число от 0 до 24" in answer.text
    assert (await browser.post(f"{SYSTEM}/settings/nonsense", data={"csrf": csrf})).status_code == 404
    assert await audited() == []


@pytest.mark.parametrize("door", ["", "/settings"])
@pytest.mark.parametrize("role", ["manager", "trainer"])
async def test_only_an_admin_comes_in(admin: Admin, door: str, role: str) -> None:
    browser, csrf = admin
    job = await given_up("messages.deliver", outbox_id=7)
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role=role))
    assert (await browser.get(SYSTEM + door)).status_code == 403
    for call in (f"/jobs/{job}/repeat", "/settings/pilot"):
        assert (await browser.post(SYSTEM + call, data={"csrf": csrf, "value": "true"})).status_code == 403
    assert await audited() == []


async def test_forms_are_of_this_session_only(admin: Admin) -> None:
    job = await given_up("messages.deliver", outbox_id=7)
    for call in (f"/jobs/{job}/repeat", f"/jobs/{job}/dismiss", "/settings/pilot"):
        answer = await admin[0].post(SYSTEM + call, data={"csrf": "forged", "value": "true"})
        assert answer.status_code == 403
    assert await audited() == []


def documented() -> dict[str, str]:
    """Name → default from the README's table."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Configuration", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([A-Z_0-9]+)` \| (.*?) \|", table, flags=re.MULTILINE)
    return {name: "" if default == "–" else default.strip("`") for name, default in rows}


def test_every_setting_is_explained_with_its_default() -> None:
    words = [setting for _, group in THEMES for setting in group]
    assert {setting.name for setting in words} == set(documented())
    usual = setting_rows.defaults()
    told = {setting.name: usual.get(setting.name, "") for setting in words if not setting.secret}
    assert told == {name: documented()[name] for name in told}


def test_no_secret_is_shown_and_the_source_is_told() -> None:
    secrets = [setting.name for _, group in THEMES for setting in group if setting.secret]
    unsafe = re.compile("PASSWORD|TOKEN|SECRET$|SECRET_KEY|PROXY$|DATABASE_URL|DB_URL|SMTP")
    assert {name for name in documented() if unsafe.search(name)} == set(secrets)
    given = dict.fromkeys(secrets, "hush-hush") | {
        "ERP_NORTH_PASSWORD": "hush-hush",
        "ERP_URL": "https://bot:hush-hush@1c.example/base",
        "COMPANY_NAME": "Снабжение",
        "CUTOFF": "17:00",
        "API_PORT": "8000",
        "ENV_FILE_SETS": "COMPANY_NAME,TELEGRAM_TOKEN",
    }
    shown = {one.name: one for _, group in setting_rows.themes(given) for one in group}
    assert "hush-hush" not in str(shown)
    assert shown["ERP_URL"].value == "https://•••@1c.example/base"
    assert (shown["TELEGRAM_TOKEN"].value, shown["TELEGRAM_TOKEN"].source) == ("задан", ".env")
    assert shown["ERP_NORTH_PASSWORD"].value == "задан"
    sources = {name: shown[name].source for name in ("COMPANY_NAME", "CUTOFF", "API_PORT", "OFFICE_OPENS")}
    assert sources == {
        "COMPANY_NAME": ".env", "CUTOFF": "окружение", "API_PORT": "по умолчанию", "OFFICE_OPENS": "по умолчанию",
    }  # fmt: skip


async def test_the_settings_page_holds_no_secret_of_this_process(admin: Admin) -> None:
    page = (await admin[0].get(f"{SYSTEM}/settings")).text
    assert "COMPANY_NAME" in page and "SECRET_KEY" in page
    for name in ("SECRET_KEY", "RASA_GATEWAY_SECRET", "DATABASE_URL"):
        assert os.environ[name] not in page
