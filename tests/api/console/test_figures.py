"""The pages of the figures: who may, what an empty day says, tables as files, assumptions."""

import httpx
import pytest

from api.console.figure_cards import span
from api.console.figure_tables import PARTS, TABLES, Cell, Table, as_csv
from tests.api.console.conftest import csrf_of, log_in
from tests.api.orders.conftest import World


@pytest.mark.parametrize("period", ["yesterday", "today", "month", "own&since=2025-01-01", "own&since=x", "nonsense"])
async def test_an_empty_distributor_has_figures_all_the_same(browser: httpx.AsyncClient, period: str) -> None:
    await log_in(browser)
    page = await browser.get(f"/console/figures?period={period}&whole=true")
    assert page.status_code == 200
    assert "заказов не было" in page.text
    assert "заказов не было" in (await browser.get(f"/console/figures/glance?period={period}")).text
    for name in PARTS:
        assert (await browser.get(f"/console/figures/parts/{name}?period={period}")).status_code == 200
    for name in TABLES:
        table = await browser.get(f"/console/figures/tables/{name}.csv?period={period}")
        assert table.content.startswith(b"\xef\xbb\xbf")


async def test_nothing_is_shown_without_a_login_or_by_an_invented_name(browser: httpx.AsyncClient) -> None:
    assert "Войти" in (await browser.get("/console/figures")).text
    assert "Войти" in (await browser.get("/console/figures/payback")).text
    await log_in(browser)
    assert (await browser.get("/console/figures/parts/secrets")).status_code == 404
    assert (await browser.get("/console/figures/tables/secrets.csv")).status_code == 404


async def test_assumptions_are_checked_and_kept(browser: httpx.AsyncClient, world: World) -> None:
    await log_in(browser)
    page = (await browser.get("/console/figures/payback")).text
    assert 'value="550000"' in page
    from api.analytics.payback import ASSUMPTIONS, SCENES

    form = {
        f"{one.key}.{scene}": str(value) for one in ASSUMPTIONS for scene, value in zip(SCENES, one.values, strict=True)
    }
    assert (await browser.post("/console/figures/payback", data=form | {"csrf": "x"})).status_code == 403
    form["csrf"] = csrf_of(page)
    wrong = await browser.post("/console/figures/payback", data=form | {"margin.likely": "120"})
    assert wrong.status_code == 422
    assert "«Маржа»: от 0 до 100." in wrong.text
    assert 'value="120"' in wrong.text
    turned = await browser.post("/console/figures/payback", data=form | {"margin.likely": "90"})
    assert "вероятное должно лежать между крайними" in turned.text
    kept = await browser.post("/console/figures/payback", data=form | {"development.likely": "600 000,5"})
    assert 'value="600000,5"' in kept.text
    assert "Изменил admin" in kept.text
    again = await browser.post("/console/figures/payback/reset", data={"csrf": form["csrf"]})
    assert 'value="550000"' in again.text


def test_customers_words_are_no_formulas_in_a_spreadsheet() -> None:
    made = Table("t", "t", "", ("Слова", "Доля"), [(Cell("=1+1", "=1+1"), Cell("12,5 %", 12.5))], "")
    assert as_csv(made).decode("utf-8-sig") == "Слова;Доля\r\n'=1+1;12,5\r\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.24, "0,2 с"), (59, "59 с"), (60, "1 мин"), (130, "2 мин 10 с"), (3900, "1 ч 5 мин")]
)
def test_spans_of_time(seconds: float, text: str) -> None:
    assert span(seconds).replace("\u00a0", " ") == text
