"""A manager reads yesterday's figures: a day of real chats, moved back by a day."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.run.postgres import LOGIN
from api.run.system import System
from tests.browser.console_page import picture
from tests.conftest import ADMIN_PASSWORD
from tests.e2e.chat import Chat

MOVED = {"orders": "created_at", "events": "at", "inbox": "at", "handoffs": "requested_at", "ratings": "asked_at"}
"""What stands on which day, by table."""


def database(system: System) -> "psycopg.Connection[Any]":
    return psycopg.connect(system.database_url.replace(f"//{LOGIN}@", "//postgres@"), autocommit=True)


@pytest.fixture
def yesterday(system: System, fresh: None) -> None:
    """Two orders, one of them with a question; a search for nothing; a call for a person; a low rating."""
    cafe = Chat(system.url, "KOFE-PETRA")
    cafe.say("молока 3 и сливок 10")
    cafe.press("Оформить")
    cafe.wait_for("принят!")
    cafe.say("есть ли тунцовые хлопья?")
    colleague = Chat(system.url, "KOFE-PETRA")
    colleague.press("Повторить последний")
    colleague.say("зюзюка 3")
    colleague.press("Пропустить")
    colleague.press("Оформить")
    colleague.wait_for("принят!")
    left = Chat(system.url, "KOFE-PETRA")
    left.say("сливок 4")
    left.say("позовите менеджера")
    with database(system) as connection:
        connection.execute(
            "INSERT INTO ratings SELECT id, created_at, customer_id, conversation_id, 2, 'долго', created_at"
            " FROM orders WHERE key LIKE 'AI-%' ORDER BY id LIMIT 1"
        )
        for table, column in MOVED.items():
            ours = " WHERE key LIKE 'AI-%'" if table == "orders" else ""
            connection.execute(f"UPDATE {table} SET {column} = {column} - interval '1 day'{ours}")
        connection.execute(
            "UPDATE events SET data = data || jsonb_build_object('began', (data->>'began')::timestamptz"
            " - interval '1 day') WHERE data ? 'began'"
        )


def open_figures(page: Page, system: System, query: str = "") -> None:
    page.goto(f"{system.url}/console/login")
    page.get_by_label("Логин").fill("admin")
    page.get_by_label("Пароль").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.goto(f"{system.url}/console/figures{query}")
    expect(page.locator(".late")).to_have_count(0)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def card(page: Page, title: str) -> str:
    return page.locator(".card", has=page.get_by_text(title, exact=True)).inner_text()


def test_yesterdays_figures_are_read(page: Page, system: System, yesterday: None) -> None:
    open_figures(page, system)
    with database(system) as connection:
        (total,) = connection.execute("SELECT sum(total) FROM orders WHERE key LIKE 'AI-%'").fetchone() or (0,)
    sentence = page.locator(".sentence").inner_text().replace("\u00a0", " ")
    money = f"{int(total):,}".replace(",", " ")
    picture(page, "figures-1-yesterday")
    assert sentence == f"Вчера 2 заказа на {money} ₽, 1 без единого вопроса; 1 раз понадобился человек."
    assert "2 из 3" in card(page, "Доведены до конца").replace("\u00a0", " ")
    assert "данных мало" in card(page, "Заказы")
    assert "1 из 2" in card(page, "Повторные").replace("\u00a0", " ")
    expect(page.locator("#reasons tbody, #reasons table")).not_to_have_count(0)
    page.locator("#funnel summary").click()
    assert [cell.inner_text() for cell in page.locator("#funnel tbody td:nth-child(2)").all()] == ["3", "3", "2", "2"]
    picture(page, "figures-2-path")
    assert "на показанном заказе" in page.locator("#left").inner_text() or page.locator("#left .empty").count()
    missed = page.locator("#missed").inner_text()
    assert "зюзюк" in missed
    expect(page.locator("#missed").get_by_role("link", name=re.compile("Научить"))).to_have_attribute(
        "href", "/console/review"
    )
    page.locator("#missed").scroll_into_view_if_needed()
    picture(page, "figures-3-missed")
    assert "долго" in page.locator("#comments").inner_text()
    assert page.locator("#comments a[href^='/console/conversations/']").count() == 1


def test_a_table_comes_as_csv(page: Page, system: System, yesterday: None) -> None:
    open_figures(page, system)
    with page.expect_download() as coming:
        page.locator("#channels").get_by_role("link", name="CSV").click()
    content = Path(coming.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "сайт;2;100,0;" in content.decode("utf-8-sig")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(browser: Browser, system: System, yesterday: None, scheme: str) -> None:
    context = browser.new_context(locale="ru-RU", color_scheme=scheme, viewport={"width": 375, "height": 800})  # type: ignore[arg-type]
    page = context.new_page()
    open_figures(page, system)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.goto(f"{system.url}/console/figures/payback")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()


def test_the_payback_is_a_range_and_its_numbers_are_ours_to_change(page: Page, system: System, fresh: None) -> None:
    open_figures(page, system)
    page.get_by_role("link", name="Окупаемость").click()
    verdict = page.locator(".sentence").inner_text()
    assert "вероятно" in verdict.lower()
    assert "Своих данных мало" in page.locator(".note").inner_text()
    page.get_by_label("Разработка, ₽: удачно").fill("9000000")
    page.get_by_label("Разработка, ₽: вероятно").fill("9000000")
    page.get_by_label("Разработка, ₽: осторожно").fill("9000000")
    page.get_by_role("button", name="Пересчитать").click()
    expect(page.locator(".sentence")).not_to_have_text(verdict)
    page.get_by_label("Маржа, %: вероятно").fill("много")
    page.get_by_role("button", name="Пересчитать").click()
    expect(page.get_by_role("alert")).to_have_text("«Маржа»: нужны три числа.")
    picture(page, "payback")
    with database(system) as connection:
        changes = connection.execute("SELECT actor, data FROM audit_log WHERE action = 'payback_changed'").fetchall()
    assert changes == [("admin", {"development": "800000 / 550000 / 300000 → 9000000 / 9000000 / 9000000"})]
