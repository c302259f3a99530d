"""«Эталон»: shown without the strangers, proposed by one person and decided by another, with one click."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from api.console.training_frozen_rows import PAGE, Filter, order_cases, page_of, stories
from api.db.models import FrozenChangeRow, StaffUserRow
from api.db.session import staff_session
from api.training import frozen_files
from api.training.frozen_files import Phrase, add, folder
from tests.api.console.conftest import turned
from tests.api.console.test_review import enter
from tests.api.training.frozen.conftest import ACCOUNT, root

__all__ = ["root"]

ADDRESS = "/console/training/frozen"
NEW = {"deed": "add", "text": "когда же приедет", "intent": "order_status", "note": "спрашивали"}


async def test_one_proposes_and_another_decides(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    page = (await browser.post(ADDRESS, data=NEW | {"csrf": csrf})).text
    assert "«когда же приедет»" in page and "ждёт второго человека" in page and "спрашивали" in page
    assert "/1/approve" not in page and "/1/withdraw" in page
    own = await browser.post(f"{ADDRESS}/1/approve", data={"csrf": csrf})
    assert own.status_code == 403 and "другой человек" in own.text
    async with staff_session() as session:  # another role makes no other person of her
        await session.execute(update(StaffUserRow).where(StaffUserRow.name == "Вера").values(role="admin"))
    assert (await browser.post(f"{ADDRESS}/1/approve", data={"csrf": csrf})).status_code == 403
    assert (folder(root) / "account.yml").read_text(encoding="utf-8") == ACCOUNT

    csrf = await enter(browser, "trainer", "Олег")
    page = (await browser.get(ADDRESS)).text
    assert "/1/approve" in page and "/1/withdraw" not in page and "ждёт второго человека" not in page
    page = (await browser.post(f"{ADDRESS}/1/approve", data={"csrf": csrf})).text
    assert "принято: Олег" in page and "предложено: Вера" in page
    assert frozen_files.read(root).of("когда же приедет") == [Phrase("account", "order_status", "когда же приедет")]
    late = await browser.post(f"{ADDRESS}/1/reject", data={"csrf": csrf})
    assert late.status_code == 409 and "Уже решено до вас" in late.text
    assert "принято: Олег" in (await browser.get(f"{ADDRESS}/changes")).text
    assert "Более ранних нет" in (await browser.get(f"{ADDRESS}/changes?before=1")).text


ONE = {"part": "account", "text": "где мой заказ 1", "was": "order_status"}


@pytest.mark.parametrize(
    ("form", "wish"),
    [
        (ONE | {"deed": "remove"}, ("remove", "account", "")),
        (ONE | {"deed": "move", "intent": "complaint"}, ("move", "handoff", "order_status")),
        (ONE | {"deed": "must"}, ("move", "must", "order_status")),
        ({"deed": "unmust", "text": "где машина", "was": "order_status"}, ("move", "account", "order_status")),
        ({"deed": "add", "part": "must", "text": "а\r\nб", "intent": "order"}, ("add", "must", "")),
    ],
)
async def test_each_form_proposes_its_change(
    browser: httpx.AsyncClient, root: Path, form: dict[str, str], wish: tuple[str, str, str]
) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    answer = await browser.post(f"{ADDRESS}?q=%D0%B3%D0%B4%D0%B5", data=form | {"csrf": csrf})
    assert answer.status_code == 200 and answer.url.params["q"] == "где"
    async with staff_session() as session:
        row = (await session.scalars(select(FrozenChangeRow))).one()
    assert (row.action, row.part, row.was) == wish and row.text == form["text"].replace("\r", "")


async def test_what_is_refused_is_told_and_the_form_kept(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    answer = await browser.post(ADDRESS, data=NEW | {"csrf": csrf, "text": "где моя сметана"})
    assert answer.status_code == 422 and "есть в обучающих данных" in answer.text
    assert ">где моя сметана</textarea>" in answer.text and '"order_status" selected' in answer.text


async def test_what_came_between_is_told(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    gone = {"deed": "move", "part": "handoff", "text": "молоко 3 скисло", "was": "complaint", "intent": "order_status"}
    await browser.post(ADDRESS, data=gone | {"csrf": csrf})
    frozen_files.remove(root, Phrase("handoff", "complaint", "молоко 3 скисло"))
    csrf = await enter(browser, "trainer", "Олег")
    page = (await browser.get(ADDRESS)).text
    assert "Принять нельзя: Этой фразы под этим смыслом в эталоне уже нет" in page
    assert "/1/approve" not in page and "/1/reject" in page
    assert (await browser.post(f"{ADDRESS}/1/approve", data={"csrf": csrf})).status_code == 409
    assert "отклонено: Олег" in (await browser.post(f"{ADDRESS}/1/reject", data={"csrf": csrf})).text


async def test_strangers_are_only_counted(browser: httpx.AsyncClient, root: Path) -> None:
    await enter(browser, "trainer")
    for query in ("", "?part=strangers", "?q=тайная", "?part=must", "?intent=order"):
        page = (await browser.get(ADDRESS + query)).text
        assert "Чужие фразы · 2" in page and "тайная фраза" not in page


async def test_phrases_are_found_and_marked(browser: httpx.AsyncClient, root: Path) -> None:
    await enter(browser, "trainer")
    page = (await browser.get(f"{ADDRESS}?q=ГДЕ, машина")).text
    assert page.count('<p class="said">') == 1 and "обязательная</span>" in page
    assert "Обязательные фразы</a> · 3" in page and "Заказы, долг, документы</a> · 21" in page
    assert "Ничего не нашлось" in (await browser.get(f"{ADDRESS}?q=нет такого")).text
    assert "3,2" in (await browser.get(f"{ADDRESS}?part=must")).text


async def test_turned_by_key_each_phrase_is_seen_once(browser: httpx.AsyncClient, root: Path) -> None:
    for n in range(2 * PAGE):
        add(root, Phrase("account", "order_status", f"ещё ~ {n}"))
    await enter(browser, "trainer")
    seen = await turned(browser, ADDRESS)
    assert len(seen) == len(set(seen)) == 32 + 3 + 2 * PAGE


def test_a_page_begins_after_its_key_though_the_phrase_is_gone(root: Path) -> None:
    for n in range(PAGE):
        add(root, Phrase("account", "order_status", f"ещё {n:02}"))
    before, found, after = page_of(frozen_files.read(root), Filter(part="account"), "", [])
    assert found == 21 + PAGE and before[-1].key == after
    frozen_files.remove(root, before[-1].phrase)
    rest, *_ = page_of(frozen_files.read(root), Filter(part="account"), after, [])
    assert len(rest) == 21 and before[-2].phrase not in [one.phrase for one in rest]
    assert page_of(frozen_files.read(root), Filter(), "nonsense", [])[0]


async def test_what_people_write_is_no_markup(browser: httpx.AsyncClient, root: Path) -> None:
    csrf = await enter(browser, "trainer", "Вера")
    answer = await browser.post(ADDRESS, data=NEW | {"csrf": csrf, "text": "<script>x", "note": '"><i>'})
    assert "&lt;script&gt;x" in answer.text and "<script>x" not in answer.text and "<i>" not in answer.text


async def test_a_broken_file_is_told(browser: httpx.AsyncClient, root: Path) -> None:
    (folder(root) / "must.yml").write_text("order: [", encoding="utf-8")
    await enter(browser, "trainer")
    answer = await browser.get(ADDRESS, headers={"Accept": "text/html"})
    assert answer.status_code == 409 and "must.yml не читается" in answer.text


def test_the_hidden_parts_are_counted() -> None:
    assert order_cases() > 100 and stories() > 3
