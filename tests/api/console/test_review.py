"""«Непонятое»: ranked, filtered, turned by key; decided by those who may; reported to purchasing; quick."""

import csv
import io
import re
import time
from datetime import timedelta
from decimal import Decimal
from math import inf

import httpx
import pytest
from sqlalchemy import select, text

from api.config import settings
from api.console import passwords
from api.console.review_group import pieces, place
from api.console.review_rows import Filter, Rank, groups, totals
from api.db.models import AliasRow, OutboxRow, ReadingRow, ReviewDecisionRow, ReviewItemRow, StaffUserRow
from api.db.session import staff_session
from api.domain.clock import FixedClock
from tests.api.console.conftest import PASSWORD, csrf_of
from tests.api.orders.conftest import BEREZKA, CREAM, NOW, PETRA, World
from tests.api.review.conftest import Doubts, doubts

__all__ = ["doubts"]

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(settings()), "clock", FixedClock(NOW))


async def enter(browser: httpx.AsyncClient, role: str, name: str = "Анна") -> str:
    """Logs in as somebody of this role; returns the token of forms."""
    async with staff_session() as session:
        login = f"{role}-{name}"
        hashed = await passwords.kept(PASSWORD)
        session.add(StaffUserRow(login=login, name=name, role=role, password_hash=hashed))
    await browser.post("/console/login", data={"login": login, "password": PASSWORD})
    return csrf_of((await browser.get("/console/review")).text)


def form(csrf: str, item: int, key: str, **more: str) -> dict[str, str]:
    return {"csrf": csrf, "key": key, "example": str(item), **more}


def headings(page: str) -> list[str]:
    return [one.strip() for one in re.findall(r"<strong>(.*?)</strong>", page, flags=re.DOTALL)]


async def test_the_dearest_stands_first_and_is_open(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    await doubts("химоза", *["химозы 2"] * 3)
    await doubts("сгуха", "сгуха 5", cost=Decimal(5), kind="handed_off")
    await doubts("тягучка", *["тягучка"] * 3, at=NOW)
    await enter(browser, "manager")
    page = (await browser.get("/console/review")).text
    assert headings(page) == ["сгуха", "тягучка", "химоза"]
    assert "3 группы, 7 сообщений" in page
    assert "позвали человека" in page and 'id="search"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=fallback", ["а где"]), ("kind=unknown_product", ["сгуха", "тягучка"]), ("customer=берёз", ["тягучка"]),
        ("customer=%25", []), ("days=7", ["а где", "тягучка"]), ("days=7&kind=corrected", []),
        ("kind=nonsense&days=x", ["а где", "сгуха", "тягучка"]),
    ],
)  # fmt: skip
async def test_filters(browser: httpx.AsyncClient, world: World, doubts: Doubts, query: str, found: list[str]) -> None:
    await doubts("сгуха", at=NOW - timedelta(days=20))
    await doubts("тягучка", customer=BEREZKA)
    await doubts("", "а где", kind="fallback", key="fallback:где")
    await enter(browser, "manager")
    page = (await browser.get(f"/console/review?{query}")).text
    assert sorted(headings(page)) == found


async def test_pages_go_on_where_the_last_ended(world: World, doubts: Doubts) -> None:
    for n in range(60):
        await doubts(f"слово{n}", *["x"] * (1 + n % 3), at=NOW - timedelta(minutes=n % 7))
    seen: list[str] = []
    async with staff_session() as session:
        before: Rank | None = None
        while page := await groups(session, Filter(), NOW, before):
            seen += [row.key for row in page[:25]]
            before = Rank.read(str(page[:25][-1].rank))
            assert before is not None
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize("junk", ["", "1", "1~2", "NaN~2025-01-01T00:00:00+03:00~k", "1~2025-01-01~k", "~~"])
async def test_a_place_that_is_none_is_the_beginning(
    browser: httpx.AsyncClient, world: World, doubts: Doubts, junk: str
) -> None:
    await doubts("сгуха")
    await enter(browser, "manager")
    page = await browser.get("/console/review", params={"before": junk, "after": junk})
    assert page.status_code == 200 and headings(page.text) == ["сгуха"]


async def test_a_group_shows_what_was_understood_and_said(
    browser: httpx.AsyncClient, world: World, doubts: Doubts
) -> None:
    [item] = await doubts("сгуха", "сгуха 5 коробок и молоко", guess={"intent": "order", "confidence": 0.62})
    async with staff_session() as session:
        row = await session.get_one(ReviewItemRow, item)
        session.add(
            ReadingRow(
                at=NOW, inbox_id=row.inbox_id, conversation_id=row.conversation_id, customer_id=PETRA, text=row.text,
                operation="message",
                spans=[{"start": 6, "end": 7, "kind": "quantity"}, {"start": 8, "end": 15, "kind": "unit"}],
                lines=[{"phrase": "молоко", "op": "add", "sku": "20013", "name": "Молоко 3,2% 10 л",
                        "quantity": "1", "unit": "шт", "score": 0.91}],
                questions=[{"id": "q", "phrase": "сгуха", "reason": "unknown",
                            "candidates": [{"sku": CREAM, "name": "Сливки 20% 1 л", "score": 0.4}]}],
            )
        )  # fmt: skip
        session.add(
            OutboxRow(
                conversation_id=row.conversation_id,
                seq=9,
                at=NOW,
                sender="bot",
                text="Не знаю сгуху. Всего 12 345,60 ₽",
            )
        )
    await enter(browser, "trainer")
    page = (await browser.get("/console/review")).text
    assert '<mark class=" doubted">сгуха</mark>' in page
    assert '<mark class="quantity" data-sign="количество">5</mark>' in page
    assert "Заказ или правка заказа · 62 %" in page and "91 %" in page and "не знаем такого" in page
    assert f'name="sku" value="{CREAM}"' in page and "предлагали" in page
    assert "Не знаю сгуху. Всего … ₽" in page, "a trainer needs no prices"


async def test_choosing_what_the_customers_chose_is_one_key(
    browser: httpx.AsyncClient, world: World, doubts: Doubts
) -> None:
    await doubts("сгуха", "сгуха", meant={"sku": CREAM, "name": "Сливки 20% 1 л"}, kind="answered_otherwise")
    await enter(browser, "manager")
    page = (await browser.get("/console/review")).text
    assert re.search(r'<input type="radio" name="sku" value="20021"', page)[0] and "выбрал клиент" in page  # type: ignore[index]
    assert "checked> <kbd>1</kbd>" not in page, "nothing is chosen before a person chose it"


async def test_searching_with_the_customer_s_matcher(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    [item] = await doubts("сгуха")
    await enter(browser, "manager")
    found = (await browser.get("/console/review/search", params={"item": item, "q": "сироп карамел"}, headers=HX)).text
    assert found.index("Сироп карамель") < found.index("Сироп ваниль")
    assert 'data-for="сироп карамел"' in found and found.count("checked") == 1
    assert "по артикулу" in (await browser.get(f"/console/review/search?item={item}&q={CREAM}")).text
    assert "Ничего похожего" in (await browser.get(f"/console/review/search?item={item}&q=якорь")).text
    assert (await browser.get("/console/review/search?item=999&q=а")).status_code == 404


async def test_deciding_opens_the_next_group(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    await doubts("первое", *["первое"] * 3)
    [second] = await doubts("второе", cost=Decimal(2))
    await doubts("третье")
    csrf = await enter(browser, "manager")
    opened = (await browser.get("/console/review", params={"key": "unknown_product:второе"}, headers=HX)).text
    rank = re.search(r'name="rank" value="([^"]+)"', opened)
    assert rank is not None and "<html" not in opened
    data = form(csrf, second, "unknown_product:второе", deed="not_order", rank=rank[1])
    answer = await browser.post("/console/review/decide", data=data, headers=HX)
    assert "Решено: «второе» — не заказ" in answer.text
    assert 'name="key" value="unknown_product:третье"' in answer.text, "not back to the first"
    assert "key=unknown_product%3A%D1%82%D1%80%D0%B5" in answer.headers["HX-Replace-Url"]
    plain = await browser.post("/console/review/decide", data=data | {"deed": "skipped"})
    assert plain.status_code == 409 and "Уже решено до вас: Анна." in plain.text


async def test_a_word_by_form_and_its_undoing(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    [item] = await doubts("сгуха")
    csrf = await enter(browser, "manager")
    data = form(csrf, item, "unknown_product:сгуха", deed="customer", said="сгуха")
    nothing = await browser.post("/console/review/decide", data=data, headers=HX)
    assert nothing.status_code == 422 and "Сначала выберите товар" in nothing.text
    assert 'name="key" value="unknown_product:сгуха"' in nothing.text
    page = (await browser.post("/console/review/decide", data=data | {"sku": CREAM})).text
    assert "Пока всё понято" in page and "Отменить последнее" in page
    listed = (await browser.get("/console/review/decisions")).text
    assert "«сгуха» — Сливки 20% 1 л, для клиента" in listed and "Анна, 15 декабря 10:00" in listed
    back = await browser.post("/console/review/decisions/1/undo", data={"csrf": csrf}, headers=HX)
    assert "Отменено: «сгуха»" in back.text and 'name="key" value="unknown_product:сгуха"' in back.text
    again = await browser.post("/console/review/decisions/1/undo", data={"csrf": csrf}, headers=HX)
    assert again.status_code == 409 and "уже отменено" in again.text
    assert "отменено: manager-Анна" in (await browser.get("/console/review/decisions")).text
    async with staff_session() as session:
        assert all(row.revoked_at for row in await session.scalars(select(AliasRow)))


async def test_what_is_left_out_by_its_box(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    ids = await doubts("сгуха", "сгуха 5", "совсем не то")
    csrf = await enter(browser, "manager")
    data = {**form(csrf, ids[0], "unknown_product:сгуха", deed="not_carried"), "shown": ids, "kept": [ids[0]]}
    await browser.post("/console/review/decide", data=data)
    async with staff_session() as session:
        rows = await session.scalars(select(ReviewItemRow.decision_id).order_by(ReviewItemRow.id))
        assert list(rows) == [1, None]


async def test_a_manager_teaches_nothing(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    [item] = await doubts("", "а где", kind="fallback", key="f")
    data = form("", item, "f", intent="order_status", entities='[{"start": 2, "end": 5, "entity": "product"}]')
    csrf = await enter(browser, "trainer", "Вера")
    assert 'id="teach"' in (await browser.get("/console/review")).text
    answer = await browser.post("/console/review/teach", data=data | {"csrf": csrf}, headers=HX)
    assert "пример для обучения" in answer.text

    csrf = await enter(browser, "manager")
    assert 'id="teach"' not in (await browser.get("/console/review")).text
    for refused in (
        await browser.post("/console/review/teach", data=data | {"csrf": csrf}),
        await browser.post("/console/review/decisions/1/undo", data={"csrf": csrf}),
    ):
        assert refused.status_code == 403 and "Это делают тренеры" in refused.text
    async with staff_session() as session:
        assert (await session.get_one(ReviewDecisionRow, 1)).undone_at is None


async def test_a_form_of_another_session_or_none_changes_nothing(
    browser: httpx.AsyncClient, world: World, doubts: Doubts
) -> None:
    [item] = await doubts("сгуха")
    data = form("forged", item, "unknown_product:сгуха", deed="skipped", intent="order")
    addresses = ("/console/review/decide", "/console/review/teach", "/console/review/decisions/1/undo")
    for address in addresses:
        assert (await browser.post(address, data=data)).url.path == "/console/login"
    await enter(browser, "trainer")
    for address in addresses:
        assert (await browser.post(address, data=data)).status_code == 403
    async with staff_session() as session:
        assert (await session.get_one(ReviewItemRow, item)).decision_id is None


@pytest.mark.parametrize("spans", ["{", "5", "[1]", "null", '[{"start": 0}]'])
async def test_broken_spans_are_told(browser: httpx.AsyncClient, world: World, doubts: Doubts, spans: str) -> None:
    [item] = await doubts("сгуха")
    csrf = await enter(browser, "trainer")
    data = form(csrf, item, "unknown_product:сгуха", intent="order", entities=spans)
    answer = await browser.post("/console/review/teach", data=data, headers=HX)
    assert answer.status_code == 422 and "Разметка не подходит" in answer.text


async def test_what_is_not_carried_is_counted_on(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    ids = await doubts("кумыс", "кумыс 5", "кумысу бы") + await doubts("кумыс", customer=BEREZKA)
    [formula] = await doubts("=1+1")
    csrf = await enter(browser, "manager")
    for item, key in ((ids[0], "кумыс"), (formula, "=1+1")):
        data = form(csrf, item, f"unknown_product:{key}", deed="not_carried")
        await browser.post("/console/review/decide", data=data)
    await doubts("кумыс", at=NOW)
    assert "кумыс" in (await browser.get("/console/review/not-carried")).text
    answer = await browser.get("/console/review/not-carried.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "not-carried.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Что спрашивают", "Сколько раз", "Сколько клиентов", "Последний раз"]
    assert rows[1] == ["кумыс", "4", "2", "15.12.2025 10:00"] and rows[2][0] == "'=1+1"
    await browser.post("/console/review/decisions/1/undo", data={"csrf": csrf})
    assert "кумыс" not in (await browser.get("/console/review/not-carried")).text


async def test_empty_pages_teach(browser: httpx.AsyncClient, world: World) -> None:
    await enter(browser, "trainer")
    for address, words in (
        ("", "Пока всё понято. Сюда попадут"), ("/decisions", "Решений пока нет"), ("/not-carried", "Пока пусто"),
        ("?kind=fallback", "С таким отбором"),
    ):  # fmt: skip
        assert words in (await browser.get(f"/console/review{address}")).text


async def test_what_customers_say_is_no_markup(browser: httpx.AsyncClient, world: World, doubts: Doubts) -> None:
    [item] = await doubts("<script>x</script>", meant={"name": "<b>"}, guess={"intent": "<i>", "confidence": 0.1})
    csrf = await enter(browser, "trainer")
    page = (await browser.get("/console/review")).text
    data = form(csrf, item, "unknown_product:<script>x</script>", deed="not_carried")
    page += (await browser.post("/console/review/decide", data=data, headers=HX)).text
    page += (await browser.get("/console/review/decisions")).text + (
        await browser.get("/console/review/not-carried")
    ).text
    assert "<script>x" not in page and "<b>" not in page and "<i>" not in page


@pytest.mark.parametrize("phrase", ["сгуха", "", "нет такого", "СГУХА"])
def test_pieces_are_the_text_again(phrase: str) -> None:
    text_ = "Сгуха 5 коробок"
    spans = [{"start": 6, "end": 7, "kind": "quantity"}, {"start": 8, "end": 99, "kind": "unit"}]
    cut = pieces(text_, spans, phrase)
    assert "".join(piece.text for piece in cut) == text_
    assert {piece.kind for piece in cut if piece.text == "5"} == {"quantity"}
    assert any(piece.doubted for piece in cut) == (phrase.casefold() == "сгуха")


MANY = """
INSERT INTO review_items (at, source, kind, conversation_id, customer_id, text, phrase, key, guess, cost)
SELECT timestamptz '2025-12-15 10:00+03' - n * interval '1 minute', 'many:' || n,
       (ARRAY['unknown_product', 'fallback', 'corrected'])[1 + n % 3], :conversation, :customer,
       'привезите пожалуйста слово' || n % 7000 || ' пять коробок', 'слово' || n % 7000, 'key:' || n % 7000,
       '{"intent": "order", "confidence": 0.7}', 1 + n % 5
FROM generate_series(1, 50000) n
"""


async def test_fifty_thousand_items_open_at_once(browser: httpx.AsyncClient, world: World) -> None:
    async with staff_session() as session:
        await session.execute(text(MANY), {"conversation": world.conversations[PETRA], "customer": PETRA})
        assert await totals(session, Filter(), NOW) == (7000, 50000)
    await enter(browser, "manager")
    for query in ("", "?kind=fallback&days=30", "?key=key:5"):
        fastest = inf
        for _ in range(12):  # a busy machine slows some of them
            began = time.perf_counter()
            assert (await browser.get(f"/console/review{query}")).status_code == 200
            fastest = min(fastest, time.perf_counter() - began)
            if fastest < 0.3:
                break
        print(f"/console/review{query}: {fastest * 1000:.0f} ms")
        assert fastest < 0.3


@pytest.mark.parametrize(
    ("text", "read", "at"),
    [
        ("сгуха 5", "сгуха 5", 0),
        ("на Лесную сгуха 5", "сгуха 5", 10),
        ("cгухa — 5\u00a0банок", "сгуха - 5 банок", 0),
        ("сгуха\u200b 5", "сгуха 5", -1),
        ("сгуха 5", "сливки", -1),
    ],
)
def test_colours_stand_where_the_words_were_read(text: str, read: str, at: int) -> None:
    """Phones write a long dash and a space that does not break, people a Latin «c»: as many characters."""
    assert place(text, read) == at
