"""«Модели»: the list, a card whole, old or damaged, two models side by side, and who may put one in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.config import settings
from api.console.training_card import card as card_of
from api.console.training_figures import MEASURES, listed, number, part
from api.db.models import AuditRow, DeploymentRow, StaffUserRow
from api.db.session import staff_session
from tests.api.console.test_training_pages import Trainer, add, live_now, root, tab_of, trainer
from tests.api.console.training_models import AT, BAD, CHANGED, LIVE, NEW, OLD, PIXEL, card, figures, put, shelf

__all__ = ["root", "trainer"]

MODELS = "/console/training/models"
COMPARE = "/console/training/compare"


@pytest.fixture
async def shelved(trainer: Trainer, root: Path) -> Trainer:
    """Four models, of which LIVE serves and OLD did before."""
    shelf(root)
    await add(*live_now())
    return trainer


async def as_admin() -> None:
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="admin"))


async def deployments() -> list[tuple[str, str, str]]:
    """Those that are under way."""
    async with staff_session() as session:
        rows = await session.scalars(select(DeploymentRow).where(DeploymentRow.ended_at.is_(None)))
        return [(row.kind, row.version, row.reason) for row in rows]


async def audited() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(AuditRow.action).where(AuditRow.action != "log_in")))


def item(page: str, version: str) -> str:
    """What the list says of a version."""
    return next(one for one in page.split('<li class="') if f'href="{MODELS}/{version}"' in one)


def words_of(html: str) -> str:
    """Without the tags, every space a plain one."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_no_model_yet(trainer: Trainer) -> None:
    page = (await trainer[0].get(MODELS)).text
    assert tab_of(page) == "Модели" and "Обученных моделей здесь пока нет" in page
    assert "Обученных моделей здесь пока нет" in (await trainer[0].get(COMPARE)).text
    assert (await trainer[0].get(f"{MODELS}/{LIVE}")).status_code == 404


async def test_each_model_is_told_with_what_may_be_done(shelved: Trainer) -> None:
    page = (await shelved[0].get(MODELS)).text
    live, old, new, bad = (item(page, version) for version in (LIVE, OLD, NEW, BAD))
    assert "в работе" in live and "<form" not in live and "Сравнить" not in live
    assert "прежняя" in old and "/roll-back" in old and "/publish" not in old
    assert "проверки не было" in old and "свои фразы" in old and "молча неверно" not in old
    assert "хранится" in new and f"{NEW}/publish" in new and "97,0\u00a0%" in new and "✓ прошла проверку" in new
    assert f"{COMPARE}?a={LIVE}&amp;b={NEW}" in new
    assert "✗ не прошла проверку" in bad and "отмените заказ 120" in bad
    assert "<form" not in bad and "может только администратор" in bad and "#over" not in bad
    order = re.findall(rf'<p><a href="{MODELS}/(\w+)"', page)
    assert order == [BAD, NEW, LIVE, OLD]
    await as_admin()
    assert f"{MODELS}/{BAD}#over" in item((await shelved[0].get(MODELS)).text, BAD)


async def test_a_model_is_put_in_and_its_way_is_shown(shelved: Trainer) -> None:
    browser, csrf = shelved
    page = await browser.post(f"{MODELS}/{NEW}/publish", data={"csrf": csrf})
    assert page.url.path == MODELS and "Смена модели: ввод в работу" in page.text
    assert 'hx-trigger="every 2s"' in page.text and "/publish" not in page.text and "/roll-back" not in page.text
    assert re.findall(r'<li class="(\w+)"><span>', page.text) == ["now", "todo", "todo"]
    assert await deployments() == [("publish", NEW, "")] and await audited() == ["model_publish"]
    assert (await browser.post(f"{MODELS}/{NEW}/publish", data={"csrf": csrf})).status_code == 409
    overview = (await browser.get("/console/training")).text
    assert "Модель вводится в работу" in overview and "Смена модели: ввод в работу" in overview
    async with staff_session() as session:
        failed = {"state": "failed", "error": "Модель не загрузилась.", "ended_at": settings().clock.now()}
        await session.execute(update(DeploymentRow).where(DeploymentRow.ended_at.is_(None)).values(**failed))
    page_after = (await browser.get(MODELS)).text
    assert "Модель не загрузилась." in page_after and 'hx-trigger="every 10s"' in page_after


async def test_the_previous_one_comes_back_in_one_click(shelved: Trainer) -> None:
    browser, csrf = shelved
    page = await browser.post(f"{MODELS}/roll-back", data={"csrf": csrf})
    assert "Смена модели: возврат прежней модели" in page.text
    assert await deployments() == [("roll_back", OLD, "")]


async def test_over_a_refusal_only_an_admin_with_a_reason(shelved: Trainer) -> None:
    browser, csrf = shelved
    over = f"{MODELS}/{BAD}/publish-over"
    given = {"csrf": csrf, "reason": "Фраза в эталоне устарела, её исправляют"}
    assert 'id="over"' not in (await browser.get(f"{MODELS}/{BAD}")).text
    assert (await browser.post(over, data=given)).status_code == 403
    assert (await browser.post(f"{MODELS}/{BAD}/publish", data=given)).status_code == 403
    await as_admin()
    form = (await browser.get(f"{MODELS}/{BAD}")).text
    assert re.search(r'<textarea name="reason"[^>]* required', form) and f"{over}" in form
    assert 'id="over"' not in (await browser.get(f"{MODELS}/{NEW}")).text
    for reason in ("", "   ", "надо      "):
        assert (await browser.post(over, data={"csrf": csrf, "reason": reason})).status_code == 422
    assert (await browser.post(f"{MODELS}/{BAD}/publish", data={"csrf": csrf})).status_code == 403
    assert await deployments() == [] and await audited() == []
    page = await browser.post(over, data=given)
    assert page.url.path == MODELS
    assert await deployments() == [("publish", BAD, given["reason"])]


async def test_a_card_tells_everything(shelved: Trainer) -> None:
    page = (await shelved[0].get(f"{MODELS}/{NEW}")).text
    words = words_of(page)
    for told in (
        "✓ Прошла проверку.", "Документы 81,0 %", "не та раскладка 85,0 %", "на слух 95,0 %",
        "латиницей 70,0 %", "отмените заказ 120", "имели в виду: Отменить отправленный заказ · поняла: не понято",
        "1 204 написано вручную, 30 из разметки, 5 300 составлено программой", "0123456789ab и незаписанные",
        "random_seed: 42", "rasa 3.6.21, tensorflow 2.12.0", "1 мин 49 с", "410 сообщений", "1 фраза понята не так",
        "Почти то же уже есть.", "24 фразы",
        "почём батон размечено: Заказ или правка заказа (olga) · модель слышит: Цена товара · похоже на «почём хлеб»",
    ):  # fmt: skip
        assert told in words, told
    assert page.index("Документы") < page.index("Заказ или правка заказа")  # the weakest first
    assert page.index("не та раскладка") < page.index("на слух") < page.index("как есть")
    assert f"{COMPARE}?a={LIVE}&amp;b={NEW}" in page
    assert f'src="{MODELS}/{NEW}/confusion.png"' in page


async def test_pictures_are_only_those_of_the_card(shelved: Trainer, root: Path) -> None:
    browser, _ = shelved
    shown = await browser.get(f"{MODELS}/{NEW}/confusion.png")
    assert (shown.status_code, shown.headers["content-type"], shown.content) == (200, "image/png", PIXEL)
    (root / "models" / f"intents-{NEW}" / "other.png").write_bytes(PIXEL)
    (root / "secret.png").write_bytes(PIXEL)
    for name in ("other.png", "..%2F..%2Fsecret.png", "%2e%2e%2fcurrent.json", "confusion.png%00"):
        assert (await browser.get(f"{MODELS}/{NEW}/{name}")).status_code == 404, name
    assert (await browser.get(f"{MODELS}/{LIVE}/confusion.png")).status_code == 404
    assert "<img" not in (await browser.get(f"{MODELS}/{LIVE}")).text
    for version in ("..%2F", "..", "x", "A" * 16):
        assert (await browser.get(f"{MODELS}/{version}/confusion.png")).status_code in (404, 405), version


async def test_an_old_card_shows_what_it_has(shelved: Trainer) -> None:
    page = words_of((await shelved[0].get(f"{MODELS}/{OLD}")).text)
    assert "Проверки не было." in page and "95,0 %" in page
    for absent in ("По смыслам", "По виду письма", "Заказы по видам", "Рисунки", "Откуда она взялась", "Ошибки"):
        assert absent not in page, absent


BROKEN: list[dict[str, Any]] = [
    {},
    {"heldout": 5, "strangers": None, "must": [], "orders": "?", "flavours": [1], "versions": "3.6", "git": None},
    {"heldout": {"accuracy": "много", "intents": {"order": None, "cart": {"f1": "x"}}, "mistakes": ["a", {}]}},
    {"must": {"broken": {"text": "а"}}, "stories": {"failed": "нет"}, "checks": {"warnings": [None]}, "seeds": 42},
    {"orders": {"exact": True, "silent_wrong": float("nan"), "tags": {"list": 0.9}}, "examples": {"written": "1"}},
    {"compared_with": {"version": LIVE, "phrases": [{"change": "?"}, {"change": "mended"}, 3]}, "pictures": 7},
    {"gate": "нет", "frozen": ["x"]},
    {"gate": ["нет"], "trained_at": "2025-12-12T09:00:00"},
    {"trained_at": 7},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_damaged_card_breaks_no_page(shelved: Trainer, root: Path, broken: dict[str, Any]) -> None:
    put(root, NEW, {"trained_at": AT.isoformat(), **broken})
    put(root, BAD, "{no json")
    for address in (
        MODELS,
        f"{MODELS}/{NEW}",
        f"{MODELS}/{BAD}",
        f"{COMPARE}?a={LIVE}&b={NEW}",
        f"{COMPARE}?a={NEW}&b={LIVE}",
    ):
        assert (await shelved[0].get(address)).status_code == 200, address


def test_figures_are_read_with_caution() -> None:
    for broken in BROKEN:
        assert card_of(broken).warnings == [], broken
    assert part({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1} and part({"a": 1}, "a", "b") == {} == part(None, "a")
    assert listed({"a": [{"x": 1}, 2]}, "a") == [{"x": 1}] and listed({"a": 3}, "a") == []
    assert (number({"a": [1, 2]}, "a"), number({"a": True}, "a"), number({"a": 3}, "a")) == (2.0, None, 3.0)


def test_better_and_worse_go_by_what_the_figure_means() -> None:
    accuracy, silent, false_orders = MEASURES[0][1][0], MEASURES[-1][1][-1], MEASURES[0][1][-1]
    assert (accuracy.difference(0.95, 0.97), accuracy.verdict(0.95, 0.97)) == ("+2,0\u00a0п.\u00a0п.", "better")
    assert (silent.difference(0.011, 0.02), silent.verdict(0.011, 0.02)) == ("+0,9\u00a0п.\u00a0п.", "worse")
    assert (false_orders.difference(3, 0), false_orders.verdict(3, 0)) == ("\u22123", "better")
    assert (accuracy.difference(0.95, 0.95), accuracy.verdict(0.95, 0.95)) == ("", "same")
    assert (accuracy.difference(None, 0.9), accuracy.verdict(None, 0.9)) == ("", "")


def phrases_of(page: str) -> dict[str, str]:
    """The change by the phrase."""
    found = re.findall(r'<span class="text">(.*?)</span>.*?<strong class="\w*">(.*?)</strong>', page, re.DOTALL)
    return {text: change.split(" ", 1)[1] for text, change in found}


async def test_two_models_side_by_side(shelved: Trainer) -> None:
    page = (await shelved[0].get(f"{COMPARE}?a={LIVE}&b={NEW}")).text
    words = words_of(page)
    assert "верно 96,0 % 97,0 % ▲ лучше +1,0 п. п." in words
    assert "точно, где ясно 81,0 % 80,3 % ▼ хуже \u22120,7 п. п." in words
    assert "сломано 0 1 ▼ хуже +1" in words and "точно 91,2 % 91,2 % = так же" in words
    expected = {"mended": "исправлено", "broken": "сломано", "moved": "ошибка стала другой"}
    assert phrases_of(page) == {one["text"]: expected[one["change"]] for one in CHANGED}
    assert page.index("<h3>Обязательные фразы") < page.index("<h3>Примеры из «Непонятого»")
    assert "все 4" in words and "✓ исправлено 2" in words
    assert "было: не понято (31 %) → стало: Документы (94 %)" in words
    only = phrases_of((await shelved[0].get(f"{COMPARE}?a={LIVE}&b={NEW}&kind=broken")).text)
    assert only == {"отмените заказ 120": "сломано"}


async def test_the_same_the_other_way_round(shelved: Trainer) -> None:
    page = (await shelved[0].get(f"{COMPARE}?a={NEW}&b={LIVE}")).text
    assert phrases_of(page)["отмените заказ 120"] == "исправлено"
    assert phrases_of(page)["отгрузите без накладной"] == "сломано"
    words = words_of(page)
    assert "верно 97,0 % 96,0 % ▼ хуже \u22121,0 п. п." in words
    assert "было: Документы (94 %) → стало: не понято (31 %)" in words


def evaluation(root: Path, version: str, frozen: str, got: str, made_with: str = "1") -> None:
    folder = root / "models" / "evaluations"
    folder.mkdir(exist_ok=True)
    phrases = [{"set": "heldout", "text": "бумаги где", "expected": "documents", "got": got, "confidence": 0.8}]
    measured = {"made_with": made_with, "heldout": figures(0.9 if got == "cart" else 0.99), "phrases": phrases}
    (folder / f"{version}-{frozen}.json").write_text(json.dumps(measured), encoding="utf-8")


async def test_models_never_compared_are_when_both_were_measured_on_one_frozen_set(
    shelved: Trainer, root: Path
) -> None:
    put(root, OLD, card(OLD, AT, 0.95, frozen="9" * 16))
    page = (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text
    assert "измерены на разных эталонах" in page and "Начните обучение" in page and "Фразы, которые" not in page
    put(root, OLD, card(OLD, AT, 0.95))
    assert "Пофразно эти модели не сравнивались" in (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text
    evaluation(root, OLD, "1" * 16, "cart")
    evaluation(root, NEW, "2" * 16, "documents")
    assert "Пофразно эти модели не сравнивались" in (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text
    evaluation(root, OLD, "2" * 16, "cart", made_with="2")
    assert "Пофразно эти модели не сравнивались" in (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text
    evaluation(root, OLD, "2" * 16, "cart")
    page = (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text
    assert phrases_of(page) == {"бумаги где": "исправлено"}
    assert "верно 90,0 % 99,0 % ▲ лучше +9,0 п. п." in words_of(page)
    (root / "models" / "evaluations" / f"{OLD}-{'2' * 16}.json").write_text(
        '{"made_with": "1", "phrases": [7]}', encoding="utf-8"
    )
    assert "Пофразно эти модели не сравнивались" in (await shelved[0].get(f"{COMPARE}?a={OLD}&b={NEW}")).text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Выберите две модели."),
        (f"?a={LIVE}&b={LIVE}", "одна и та же модель"),
        (f"?a={LIVE}&b={'7' * 16}", "больше нет"),
        (f"?a=..%2F&b={NEW}", "больше нет"),
    ],
)
async def test_what_cannot_be_compared_is_told(shelved: Trainer, query: str, told: str) -> None:
    page = await shelved[0].get(COMPARE + query)
    assert page.status_code == 200 and told in page.text


async def test_a_manager_sees_none_of_it(shelved: Trainer) -> None:
    async with staff_session() as session:
        await session.execute(update(StaffUserRow).values(role="manager"))
    for address in (MODELS, f"{MODELS}/{NEW}", f"{MODELS}/{NEW}/confusion.png", COMPARE, "/console/training"):
        assert (await shelved[0].get(address)).status_code == 403, address
