"""«Тень» and «Что разметить»: a trainer starts a shadow, sees who was right, labels by one press."""

import re
from datetime import datetime, timedelta

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from api.config import settings
from api.db.models import ReviewDecisionRow, ReviewItemRow, ShadowRunRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from api.review import service
from api.training.choosing import choose
from api.training.shadow_reading import read
from tests.api.console.test_review import enter
from tests.api.orders.conftest import NOW
from tests.api.training.shadow.conftest import (
    CANDIDATE,
    LIVE,
    Seat,
    Traffic,
    later,
    models,
    seated,
    second,
    traffic,
)

__all__ = ["later", "models", "seated", "second", "traffic"]

SHADOW, NEXT = "/console/training/shadow", "/console/training/next"
HX = {"HX-Request": "true"}
UNSURE = [("order", 0.45), ("documents", 0.4), ("delivery", 0.1)]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(settings()), "clock", FixedClock(NOW))


def said(page: str) -> list[str]:
    return [one.strip() for one in re.findall(r'<p class="said">(.*?)[ <\n]*</p>', page, flags=re.DOTALL)]


async def decisions() -> list[ReviewDecisionRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(ReviewDecisionRow).order_by(ReviewDecisionRow.id)))


async def test_empty_pages_teach(browser: httpx.AsyncClient, seated: HTTPServer, later: datetime) -> None:
    await enter(browser, "trainer")
    page = (await browser.get(NEXT)).text
    assert "Подбираем сообщения" in page
    await choose(later)
    assert "Размечать нечего" in (await browser.get(NEXT)).text
    page = (await browser.get(SHADOW)).text
    assert "Запустить тень" in page and CANDIDATE in page and f'value="{LIVE}"' not in page


async def test_what_to_label_says_why_and_is_labelled_with_one_press(
    browser: httpx.AsyncClient, traffic: Traffic, later: datetime
) -> None:
    for n in (5, 6):
        await traffic.hears(f"отгрузите без накладной {n} ящиков", ranking=UNSURE)
    await traffic.hears("заберите поддоны", ranking=UNSURE)
    await choose(later)
    csrf = await enter(browser, "trainer")
    page = (await browser.get(NEXT)).text
    assert said(page) == ["отгрузите без накладной 6 ящиков", "заберите поддоны"]
    assert (
        "«Заказ или правка заказа» 45\u00a0% или «Документы» 40\u00a0% — почти поровну" in page
        and "писали 2 раза" in page
    )
    first = page[page.index('class="said"') :]
    assert first.index('value="order"') < first.index('value="documents"') < first.index("<select")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    form = {"csrf": csrf, "key": key[1], "deed": "documents"}
    answer = await browser.post(f"{NEXT}/label", data=form, headers=HX)
    assert "Запомнено: «отгрузите без накладной 6 ящиков» — Документы" in answer.text
    assert said(answer.text) == ["заберите поддоны"]
    again = await browser.post(f"{NEXT}/label", data=form, headers=HX)
    assert again.status_code == 409 and "уже разметили" in again.text
    (decision,) = await decisions()
    assert f'name="decision" value="{decision.id}"' in answer.text
    undone = await browser.post(f"{NEXT}/undo", data={"csrf": csrf, "decision": str(decision.id)})
    assert undone.url.path == NEXT and len(said(undone.text)) == 2
    assert "выбрано для разметки" in (await browser.get("/console/review")).text


async def test_any_other_intent_is_chosen_from_the_list(
    browser: httpx.AsyncClient, traffic: Traffic, later: datetime
) -> None:
    await traffic.hears("заберите поддоны", ranking=UNSURE)
    await choose(later)
    csrf = await enter(browser, "trainer")
    key = re.search(r'name="key" value="([^"]+)"', (await browser.get(NEXT)).text)
    assert key is not None
    form = {"csrf": csrf, "key": key[1], "deed": "other", "other": ""}
    assert (await browser.post(f"{NEXT}/label", data=form)).status_code == 422
    await browser.post(f"{NEXT}/label", data=form | {"other": "complaint"})
    async with staff_session() as session:
        assert [(one.text, one.intent) for one in await service.examples(session)] == [
            ("заберите поддоны", "complaint")
        ]


async def test_a_shadow_from_start_to_verdict(
    browser: httpx.AsyncClient, seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    csrf = await enter(browser, "trainer")
    started = await browser.post(f"{SHADOW}/start", data={"csrf": csrf, "version": CANDIDATE, "hours": "24"})
    assert started.status_code == 200 and "Сейчас читает" in started.text and "Пока не прочитано" in started.text
    twice = await browser.post(f"{SHADOW}/start", data={"csrf": csrf, "version": CANDIDATE, "hours": "24"})
    assert twice.status_code == 409 and "уже читает" in twice.text
    second.says["отгрузите без накладной"] = ("documents", 0.8)
    await traffic.hears("отгрузите без накладной", "order", 0.6)
    await traffic.hears("молоко 5")
    await read(later)
    page = (await browser.get(SHADOW)).text
    assert "50,0\u00a0%" in page and "пока мало сообщений" in page and said(page) == ["отгрузите без накладной"]
    assert "Заказ или правка заказа" in page and "Документы" in page
    async with staff_session() as session:
        run = (await session.scalars(select(ShadowRunRow))).one()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    form = {"csrf": csrf, "key": key[1], "deed": "documents"}
    labelled = await browser.post(f"{SHADOW}/label?run={run.id}", data=form, headers=HX)
    assert "прав кандидат" in labelled.text and "1 : 0" in labelled.text
    async with staff_session() as session:
        assert (await session.scalars(select(ReviewItemRow.kind))).all() == ["differs"]
    (decision,) = await decisions()
    undone = await browser.post(f"{SHADOW}/undo?run={run.id}", data={"csrf": csrf, "decision": str(decision.id)})
    assert "разметьте различия" in undone.text
    stopped = await browser.post(f"{SHADOW}/stop", data={"csrf": csrf})
    assert "остановлена" in stopped.text and "Запустить тень" in stopped.text
    assert (await browser.post(f"{SHADOW}/stop", data={"csrf": csrf})).status_code == 409


async def test_a_seat_in_trouble_is_told_on_the_page(
    browser: httpx.AsyncClient, seated: HTTPServer, second: Seat
) -> None:
    csrf = await enter(browser, "trainer")
    await browser.post(f"{SHADOW}/start", data={"csrf": csrf, "version": CANDIDATE, "hours": "1"})
    second.status = 503
    await read(NOW)
    assert "Сообщения не пропадут" in (await browser.get(SHADOW)).text


async def test_earlier_shadows_are_kept(browser: httpx.AsyncClient, seated: HTTPServer) -> None:
    async with staff_session() as session:
        for day in (3, 2):
            at = NOW - timedelta(days=day)
            session.add(ShadowRunRow(at=at, by="anna", version=CANDIDATE, until=at, ended_at=at, ended_why="until"))
    await enter(browser, "trainer")
    page = (await browser.get(SHADOW)).text
    assert "Прежние отчёты" in page
    assert "время вышло" in (await browser.get(f"{SHADOW}?run=1")).text


async def test_managers_do_not_train(browser: httpx.AsyncClient, seated: HTTPServer) -> None:
    csrf = await enter(browser, "manager")
    for answer in (
        await browser.get(NEXT), await browser.get(SHADOW), await browser.post(f"{SHADOW}/stop", data={"csrf": csrf}),
        await browser.post(f"{NEXT}/label", data={"csrf": csrf, "key": "words: а", "deed": "order"}),
    ):  # fmt: skip
        assert answer.status_code == 403
