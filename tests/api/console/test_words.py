"""«Слова клиентов»: seen, found, shared, revoked, added by hand; every change in the audit log."""

import httpx
import pytest
from sqlalchemy import select

from api.aliases import service as vocabulary
from api.db.models import AliasRow, AuditRow, ContactRow, CustomerRow, ProductRow
from api.db.session import customer_session, staff_session
from api.orders import service
from tests.api.console.conftest import csrf_of, log_in
from tests.api.orders.conftest import BEREZKA, CARAMEL, CREAM, NOW, PETRA, World


@pytest.fixture
async def words(world: World) -> World:
    """Two customers' words, one of them still being learnt."""
    await world.add(ContactRow(id="olga", customer_id=PETRA, name="Ольга"))
    async with customer_session(PETRA) as session:
        await vocabulary.learn(session, PETRA, "сгуха", "p-cream", known_word=False, by="olga", now=NOW)
    async with customer_session(BEREZKA) as session:
        await vocabulary.learn(session, BEREZKA, "сиропчик", "p-caramel", known_word=True, by="", now=NOW)
    return world


@pytest.fixture
async def csrf(browser: httpx.AsyncClient) -> str:
    return csrf_of((await log_in(browser)).text)


async def standing() -> list[tuple[str | None, str, str]]:
    async with staff_session() as session:
        rows = await session.scalars(select(AliasRow).where(AliasRow.revoked_at.is_(None)).order_by(AliasRow.id))
        return [(row.customer_id, row.said, row.product_id) for row in rows]


async def audited() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(AuditRow.action).order_by(AuditRow.id)))[1:]


async def test_closed_without_a_login(browser: httpx.AsyncClient, words: World) -> None:
    assert (await browser.get("/console/words")).url.path == "/console/login"
    for path in ("/console/words", "/console/words/1/share", "/console/words/1/revoke"):
        data = {"csrf": "x", "said": "а", "product": CREAM}
        assert (await browser.post(path, data=data)).url.path == "/console/login"
    assert len(await standing()) == 2


async def test_the_list_tells_what_who_and_how_often(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    async with words.turn() as turn:
        await service.perform(turn, "message", text="сгуха 3")
    page = (await browser.get("/console/words")).text
    assert "«сгуха»" in page and "Сливки 20% 1 л" in page and "Кофейня у Петра" in page
    assert (
        "действует, 1 ответ подряд" in page
        and "из ответов: Ольга, 15 декабря" in page
        and "помогло 1 раз, последний раз 15 декабря" in page
    )
    assert "пока спрашиваем, 1 ответ подряд" in page and "из ответов клиента" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("customer=кофейня", {"сгуха"}), ("customer=берёз", {"сиропчик"}), ("phrase=СГУХИ", {"сгуха"}),
        ("phrase=чик", {"сиропчик"}), ("customer=кофейня&phrase=чик", set()), ("phrase=%25", set()),
        ("revoked=true", set()), ("", {"сгуха", "сиропчик"}),
    ],
)  # fmt: skip
async def test_searching(browser: httpx.AsyncClient, words: World, csrf: str, query: str, found: set[str]) -> None:
    page = (await browser.get(f"/console/words?{query}")).text
    assert {said for said in ("сгуха", "сиропчик") if f"«{said}»" in page} == found


async def test_one_accounting_system_s_word_for_all_does_not_take_another_s(
    browser: httpx.AsyncClient, words: World, csrf: str
) -> None:
    """The customers of both would otherwise lose theirs in turn, without a word."""
    await words.add(
        ProductRow(id="north:1", sku=CREAM, name="Сливки Север", base_unit="шт", backend="north"),
        CustomerRow(id="north:k", name="Север", backend="north"),
    )
    async with customer_session("north:k") as session:
        await vocabulary.learn(session, "north:k", "сгуха", "north:1", known_word=False, by="", now=NOW)
    await browser.post("/console/words/1/share", data={"csrf": csrf})
    answer = await browser.post("/console/words/3/share", data={"csrf": csrf})
    assert answer.status_code == 409
    assert "другой учётной системы" in answer.text
    assert (None, "сгуха", "p-cream") in await standing()


async def test_for_all_and_back(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    answer = await browser.post("/console/words/1/share?phrase=сгуха", data={"csrf": csrf})
    assert answer.url.path == "/console/words" and dict(answer.url.params) == {"phrase": "сгуха"}
    assert "для всех клиентов" in answer.text
    assert await standing() == [
        (PETRA, "сгуха", "p-cream"),
        (BEREZKA, "сиропчик", "p-caramel"),
        (None, "сгуха", "p-cream"),
    ]
    await browser.post("/console/words/3/revoke", data={"csrf": csrf})
    assert len(await standing()) == 2
    assert "отменено: admin" in (await browser.get("/console/words?revoked=true")).text
    assert (await browser.post("/console/words/3/revoke", data={"csrf": csrf})).status_code == 404
    assert await audited() == ["alias_share", "alias_revoke"]


async def test_added_for_all_by_article(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    await browser.post("/console/words", data={"csrf": csrf, "said": " химоза ", "product": CARAMEL})
    assert (await standing())[-1] == (None, "химоза", "p-caramel")
    async with staff_session() as session:
        log = (await session.scalars(select(AuditRow).where(AuditRow.action == "alias_add"))).one()
    assert (log.actor, log.data) == ("admin", {"phrase": "химоза", "product": "p-caramel", "customer": ""})


async def test_what_is_not_certain_is_asked(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    await words.add(CustomerRow(id="petra2", name="Кафе у Петра"))
    form = {"csrf": csrf, "said": "тягучка", "product": "сироп", "customer": "у петра"}
    asked = await browser.post("/console/words", data=form)
    assert asked.status_code == 422 and 'value="тягучка"' in asked.text
    assert f'type="radio" name="product" value="{CARAMEL}"' in asked.text
    assert 'type="radio" name="customer" value="petra2"' in asked.text
    await browser.post("/console/words", data=form | {"product": CARAMEL, "customer": "petra2"})
    assert (await standing())[-1] == ("petra2", "тягучка", "p-caramel")


@pytest.mark.parametrize(
    "wrong",
    [{"said": "5"}, {"said": ", и"}, {"product": "якорь морской"}, {"product": "20051"}, {"customer": "нет такого"}],
)
async def test_what_cannot_be_is_refused(
    browser: httpx.AsyncClient, words: World, csrf: str, wrong: dict[str, str]
) -> None:
    answer = await browser.post("/console/words", data={"csrf": csrf, "said": "тягучка", "product": CARAMEL} | wrong)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert len(await standing()) == 2


async def test_a_form_of_another_session_changes_nothing(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    for path in ("/console/words", "/console/words/1/share", "/console/words/1/revoke"):
        answer = await browser.post(path, data={"csrf": "forged", "said": "тягучка", "product": CARAMEL})
        assert answer.status_code == 403
    assert len(await standing()) == 2


async def test_what_customers_say_is_no_markup(browser: httpx.AsyncClient, words: World, csrf: str) -> None:
    async with staff_session() as session:
        await vocabulary.add(session, PETRA, "<script>alert(1)</script> сироп", "p-caramel", "anna", NOW)
    assert "<script>alert" not in (await browser.get("/console/words")).text
