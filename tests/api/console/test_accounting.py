"""«Учётные системы»: how the readings stand, what waits for a decision, reading at once; all of it audited."""

import httpx
import pytest
from sqlalchemy import select, text, update

from api.accounting import service
from api.config import settings
from api.db.models import AuditRow, ErpHealthRow, StaffUserRow, SyncHoldRow, SyncRunRow
from api.db.session import staff_session
from api.deps.holds import Held
from api.erp.errors import ErpError
from api.erp.port import Data
from tests.api.accounting.conftest import ChangingErp, Connect, clock, connect, product
from tests.api.console.conftest import csrf_of, log_in

__all__ = ["clock", "connect"]

PAGE = "/console/accounting"
SECRET = "host=10.0.0.7 password=hunter2"


@pytest.fixture
async def erp(connect: Connect) -> ChangingErp:
    """Thirty goods, read once."""
    made = connect("main")
    made.product_rows = [product(number) for number in range(30)]
    await service.read("main", Data.GOODS)
    return made


@pytest.fixture
async def csrf(browser: httpx.AsyncClient, erp: ChangingErp) -> str:
    return csrf_of((await log_in(browser)).text)


async def hold(erp: ChangingErp) -> None:
    erp.product_rows = erp.product_rows[:3]
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)


async def audited() -> list[tuple[str, str]]:
    async with staff_session() as session:
        rows = await session.execute(select(AuditRow.action, AuditRow.subject).order_by(AuditRow.id))
        return [(row[0], row[1]) for row in rows][1:]


async def waiting() -> list[tuple[str, bool]]:
    query = "SELECT args->>'data', (args->>'whole')::bool FROM procrastinate_jobs WHERE task_name = 'accounting.read'"
    async with staff_session() as session:
        return [(row[0], row[1]) for row in await session.execute(text(query))]


def plain(page: httpx.Response) -> str:
    return " ".join(page.text.replace("\xa0", " ").split())


async def test_closed_without_a_login_and_to_trainers(browser: httpx.AsyncClient, csrf: str) -> None:
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="trainer"))
    assert (await browser.get(PAGE)).status_code == 403
    assert (await browser.post(f"{PAGE}/main/goods/read", data={"csrf": csrf})).status_code == 403
    browser.cookies.clear()
    assert (await browser.get(PAGE)).url.path == "/console/login"
    assert not await waiting()


async def test_it_tells_how_the_readings_stand(
    browser: httpx.AsyncClient, erp: ChangingErp, csrf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> object:
        raise ErpError("1С не пустила бота.", permanent=True, evidence=SECRET)
        yield

    monkeypatch.setattr(erp, "stock", broken)
    with pytest.raises(ErpError):
        await service.read("main", Data.STOCK)
    async with staff_session() as session:
        session.add(ErpHealthRow(backend="main", up=False, changed_at=settings().clock.now(), reason=SECRET))
        session.add(SyncRunRow(backend="main", name="prices", started_at=settings().clock.now(), so_far=12_000))
    page = await browser.get(PAGE)
    told = plain(page)
    assert "Основная" in told and "Не отвечает с 15 декабря 10:00" in told
    assert "на 15 декабря 10:00, только что; строк: 30" in told
    assert "1С не пустила бота." in told and "последнее чтение прервалось" in told
    assert (
        "Умеет: остатки перед отправкой заказа" in told and "только изменения (товары, цены, остатки, клиенты)" in told
    )
    assert SECRET not in page.text


async def test_a_question_is_seen_on_both_pages_and_approved(
    browser: httpx.AsyncClient, erp: ChangingErp, csrf: str
) -> None:
    await hold(erp)
    assert "Учётная система ждёт решения: 1" in plain(await browser.get("/console/"))
    told = plain(await browser.get(PAGE))
    assert "Нужно решение: товары" in told and "Пропадёт: 27 товаров из 30" in told and "Товар 10, 1010" in told
    answer = await browser.post(f"{PAGE}/holds/1/approve", data={"csrf": csrf})
    assert "Нужно решение" not in answer.text
    assert await waiting() == [("goods", True)]
    assert await audited() == [("accounting_approve", "1")]
    assert (await browser.post(f"{PAGE}/holds/1/refuse", data={"csrf": csrf})).status_code == 409


async def test_refused(browser: httpx.AsyncClient, erp: ChangingErp, csrf: str) -> None:
    await hold(erp)
    await browser.post(f"{PAGE}/holds/1/refuse", data={"csrf": csrf})
    async with staff_session() as session:
        found = await session.get_one(SyncHoldRow, 1)
    assert (found.state, found.decided_by) == ("refused", "admin")
    assert not await waiting() and await audited() == [("accounting_refuse", "1")]


async def test_reading_at_once(browser: httpx.AsyncClient, csrf: str) -> None:
    for _ in range(2):
        assert (await browser.post(f"{PAGE}/main/prices/read", data={"csrf": csrf})).url.path == PAGE
    assert await waiting() == [("prices", True)]
    for path in ("north/prices", "main/secrets"):
        assert (await browser.post(f"{PAGE}/{path}/read", data={"csrf": csrf})).status_code == 404


async def test_a_form_of_another_session_changes_nothing(
    browser: httpx.AsyncClient, erp: ChangingErp, csrf: str
) -> None:
    await hold(erp)
    for path in ("main/goods/read", "holds/1/approve", "holds/1/refuse"):
        assert (await browser.post(f"{PAGE}/{path}", data={"csrf": "forged"})).status_code == 403
    assert not await waiting() and not await audited()
