"""«Примеры»: what stands in the files, decisions collected, data checked, files brought in two steps and taken out."""

import csv
import io
import json
import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.console.training_examples_rows import PAGE, Filter, page_of
from api.console.training_import import MOST_BYTES
from api.db.models import AuditRow, ReviewDecisionRow
from api.db.session import staff_session
from api.training.dataset import files
from api.training.schemas import Reviewed
from tests.api.console.conftest import turned
from tests.api.console.test_review import HX, enter, form
from tests.api.orders.conftest import World
from tests.api.review.conftest import Doubts, doubts
from tests.api.training.frozen.conftest import root

__all__ = ["doubts", "root"]

ADDRESS = "/console/training/examples"


def reviewed(text: str, intent: str = "order_status", source: str = "import:old.csv", by: str = "anna") -> Reviewed:
    return Reviewed(text, intent, None, source, by)


async def bring(browser: httpx.AsyncClient, csrf: str, content: str | bytes, name: str = "new.csv") -> httpx.Response:
    return await browser.post(f"{ADDRESS}/import", data={"csrf": csrf}, files={"file": (name, content)})


def packed_of(page: str) -> str:
    found = re.search(r'name="packed" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_decisions_are_collected_at_a_click(
    browser: httpx.AsyncClient, world: World, doubts: Doubts, root: Path
) -> None:
    [item] = await doubts("", "а где 8 916 123-45-67", kind="fallback", key="f")
    csrf = await enter(browser, "trainer", "Вера")
    data = form(csrf, item, "f", intent="order_status", entities='[{"start": 2, "end": 5, "entity": "product"}]')
    await browser.post("/console/review/teach", data=data, headers=HX)
    page = (await browser.get(ADDRESS)).text
    assert "1 сообщение ждёт записи" in page and "123-45" not in page and "Примеров пока нет" in page
    page = (await browser.post(f"{ADDRESS}/collect", data={"csrf": csrf})).text
    assert "Записано: 1." in page and "Всё, чему учили, записано" in page
    assert '<mark data-sign="товар">где</mark> 8 900 000-00-00' in page
    assert "разбор непонятого, 1</a> · Вера" in page and "/console/review/decisions?before=2" in page
    [written] = files.read(root)
    assert (written.text, written.intent, written.source) == ("а где 8 900 000-00-00", "order_status", "review:1")
    assert "Нового нет" in (await browser.post(f"{ADDRESS}/collect", data={"csrf": csrf})).text
    async with staff_session() as session:
        assert (await session.get_one(ReviewDecisionRow, 1)).written_at is not None
        rows = await session.scalars(
            select(AuditRow).where(AuditRow.action == "examples_collect").order_by(AuditRow.id)
        )
        assert [row.data for row in rows] == [{"added": "1", "withdrawn": "0"}, {"added": "0", "withdrawn": "0"}]


async def test_what_the_checks_refuse_is_told(
    browser: httpx.AsyncClient, world: World, doubts: Doubts, root: Path
) -> None:
    [item] = await doubts("", "где мой заказ 5", kind="fallback", key="f")
    csrf = await enter(browser, "trainer", "Вера")
    data = form(csrf, item, "f", intent="order_status", entities="[]")
    await browser.post("/console/review/teach", data=data, headers=HX)
    page = (await browser.post(f"{ADDRESS}/collect", data={"csrf": csrf})).text
    assert "не прошло проверку: 1" in page and "ошибка: фраза эталона" in page
    assert files.read(root) == []


async def test_a_file_is_looked_at_and_then_written(browser: httpx.AsyncClient, root: Path) -> None:
    files.write(root, [reviewed("куда пропал курьер")])
    before = files.read(root)
    csrf = await enter(browser, "trainer", "Вера")
    table = (
        "text;intent\nпозвоните 8 916 123-45-67, где груз;order_status\nкуда пропал курьер;order_status\n"
        "где мой заказ 5;order_status\nчто-то;no_such\n"
    )
    page = (await bring(browser, csrf, table)).text
    assert "Прочлось: 4. <strong>Запишется: 1.</strong> Остальные не подошли или уже есть: 3." in page
    assert "фраза эталона" in page and "неизвестный смысл" in page
    assert "8 900 000-00-00" in page and "123-45" not in page
    assert files.read(root) == before
    page = (await browser.post(f"{ADDRESS}/import/write", data={"csrf": csrf, "packed": packed_of(page)})).text
    assert "Записано: 1." in page and "не прошло проверку: 2" in page
    [_, new] = sorted(files.read(root), key=lambda one: one.source, reverse=True)
    assert new.text.startswith("позвоните 8 900") and new.source == "import:new.csv" and new.by == "trainer-Вера"
    async with staff_session() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.action == "examples_import"))).one()
        assert (row.subject, row.data) == ("new.csv", {"added": "1"})


async def test_a_repeated_click_writes_nothing_twice(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    data = {
        "csrf": csrf,
        "packed": packed_of((await bring(browser, csrf, "text;intent\nкуда пропал;order_status")).text),
    }
    assert "Записано: 1." in (await browser.post(f"{ADDRESS}/import/write", data=data)).text
    assert "Нового нет" in (await browser.post(f"{ADDRESS}/import/write", data=data)).text
    assert len(files.read(root)) == 1


async def test_only_what_was_looked_at_by_the_same_person_is_written(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    packed = packed_of((await bring(browser, csrf, "text;intent\nкуда пропал;order_status")).text)
    csrf = await enter(browser, "trainer", "Олег")
    for forged in (packed, packed[:-4], "", "x"):
        answer = await browser.post(f"{ADDRESS}/import/write", data={"csrf": csrf, "packed": forged})
        assert answer.status_code == 409 and "Просмотр устарел" in answer.text
    assert files.read(root) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "text;intent\nтолько текст;\n", "Строка 2"),
        ("a.csv", "слова\n", "нет столбцов"),
        ("a.yml", "nlu: [", "Ошибка YAML в строке"),
        ("a.json", "{}", "Label Studio"),
        ("a.exe", "x", "не понять его формат"),
        ("a.csv", "", "пуст"),
        ("a.csv", b"text;intent\n" + b"x" * MOST_BYTES, "больше 1 МБ"),
    ],
)
async def test_a_file_that_cannot_be_read_is_told(
    browser: httpx.AsyncClient, root: Path, name: str, content: str | bytes, words: str
) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    answer = await bring(browser, csrf, content, name)
    assert answer.status_code in (413, 422) and words in answer.text
    assert files.read(root) == []


async def test_no_file_at_all_is_told(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    answer = await browser.post(f"{ADDRESS}/import", data={"csrf": csrf})
    assert answer.status_code == 422 and "Выберите файл" in answer.text


@pytest.mark.parametrize(("kind", "name"), [("rasa", "a.yml"), ("csv", "a.csv"), ("label-studio", "a.json")])
async def test_what_goes_out_comes_in_again(browser: httpx.AsyncClient, root: Path, kind: str, name: str) -> None:
    marks = ({"start": 5, "end": 12, "entity": "product", "value": "сметана"},)
    kept = [Reviewed("вот, сметана", "order_status", marks, "review:3", "vera"), reviewed("=1+1, «да»: #")]
    files.write(root, kept)
    written = files.read(root)
    csrf = await enter(browser, "trainer", "Вера")
    answer = await browser.get(f"{ADDRESS}/export/{kind}")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert rows[0][:2] == ["text", "intent"] and any(row[0] == "'=1+1, «да»: #" for row in rows)
    if kind == "label-studio":
        assert len(json.loads(answer.content)) == 2
    files.write(root, [])
    page = (await bring(browser, csrf, answer.content, name)).text
    await browser.post(f"{ADDRESS}/import/write", data={"csrf": csrf, "packed": packed_of(page)})
    told = [(one.text, one.intent, one.entities) for one in written]
    assert [(one.text, one.intent, one.entities) for one in files.read(root)] == told
    # Whoever brings them answers for them.
    assert {(one.source.split(":")[0], one.by) for one in files.read(root)} == {("import", "trainer-Вера")}


async def test_the_data_are_checked_when_asked(browser: httpx.AsyncClient, root: Path) -> None:
    await enter(browser, "trainer")
    assert "Всё в порядке" in (await browser.get(f"{ADDRESS}/findings")).text
    files.write(root, [reviewed("где мой заказ 5")])
    page = (await browser.get(f"{ADDRESS}/findings")).text
    assert "1 ошибка" in page and "data/nlu/reviewed/account.yml" in page
    assert "Таких нет" in (await browser.get(f"{ADDRESS}/findings?severity=warning")).text


async def test_examples_are_found_and_turned(browser: httpx.AsyncClient, root: Path) -> None:
    many = [reviewed(f"куда делся груз {n}", by="oleg" if n % 2 else "anna") for n in range(2 * PAGE + 3)]
    files.write(root, [*many, reviewed("вот <b>", source="review:8", by="vera")])
    await enter(browser, "trainer")
    seen = await turned(browser, ADDRESS)
    assert len(seen) == len(set(seen)) == 2 * PAGE + 4 and "вот &lt;b&gt;" in seen
    for query, count in (("by=oleg", PAGE + 1), ("source=review", 1), ("q=ГРУЗ 17", 1), ("intent=order", 0)):
        page = (await browser.get(f"{ADDRESS}?{query}")).text
        assert (f"Найдено: {count}<" in page) == (count > 0) and ("Ничего не нашлось" in page) == (count == 0)


def test_a_page_begins_after_its_key_though_the_example_is_gone() -> None:
    some = [reviewed(f"груз {n:02}") for n in range(PAGE + 5)]
    first, found, after = page_of(some, Filter(), "")
    assert found == PAGE + 5 and first == some[:PAGE]
    assert page_of([one for one in some if one != first[-1]], Filter(), after)[0] == some[PAGE:]
    assert page_of(some, Filter(), "nonsense")[0] == first


async def test_the_page_is_the_trainers(browser: httpx.AsyncClient, root: Path) -> None:
    await enter(browser, "manager")
    for address in ("", "/findings", "/export/csv"):
        assert (await browser.get(ADDRESS + address)).status_code == 403
    assert 'href="/console/training/examples"' not in (await browser.get("/console/review")).text
    await enter(browser, "trainer")
    assert 'href="/console/training/examples"' in (await browser.get("/console/review")).text


async def test_a_broken_file_is_told(browser: httpx.AsyncClient, root: Path) -> None:
    (root / "data" / "nlu" / "reviewed").mkdir()
    (root / "data" / "nlu" / "reviewed" / "account.yml").write_text("nlu: [", encoding="utf-8")
    await enter(browser, "trainer")
    answer = await browser.get(ADDRESS, headers={"Accept": "text/html"})
    assert answer.status_code == 422 and "account.yml" in answer.text
    assert "файл не читается" in (await browser.get(f"{ADDRESS}/findings")).text
