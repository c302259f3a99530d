"""«Release a blocked order» in real browsers: the customer is refused, a manager allows, the order is in the 1C.

With PICTURES set in the environment the pictures of docs/console.md are made anew.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.browser.console_page import SETTLED_MS, picture
from tests.conftest import ADMIN_PASSWORD
from tests.running import Demo1C

SERIOUS = ("serious", "critical")


def accessible(page: Page) -> None:
    """Nothing serious for axe in either scheme; nothing to scroll sideways on a phone."""
    wide = page.viewport_size
    page.mouse.move(0, 0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(SETTLED_MS)
        found = Axe().run(page).response["violations"]
        told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]
        assert told == [], f"{page.url}, {scheme}: {told}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 375, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375, page.url
    assert wide is not None
    page.set_viewport_size(wide)


@pytest.fixture
def console(browser: Browser, system: System, fresh: None) -> Page:
    """A manager's browser of its own, on the page of orders."""
    context = browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{system.url}/console/login")
    page.get_by_label("Логин").fill("admin")
    page.get_by_label("Пароль").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.goto(f"{system.url}/console/orders")
    return page


def refused(page: Page, system: System) -> ChatPage:
    """The bistro's chat: it owes more than its limit, and repeats its last order."""
    chat = ChatPage.demo(page, system.url, "BISTRO-DOLG")
    chat.wait_for_bot("Что хотите сделать?")
    chat.press("Повторить последний")
    chat.press("Оформить")
    chat.wait_for_bot("К сожалению, ваш кредитный лимит исчерпан")
    return chat


def test_a_blocked_order_is_released_and_arrives(page: Page, console: Page, system: System, demo: Demo1C) -> None:
    before = demo.count()
    expect(console.get_by_text("Разбирать нечего")).to_be_visible()
    accessible(console)
    chat = refused(page, system)
    picture(page, "release-1-refused")

    console.reload()
    held = console.get_by_role("listitem").filter(has_text="Бистро")
    expect(held).to_contain_text("сверх кредитного лимита на")
    held.get_by_text("Согласовать", exact=True).click()
    held.get_by_label("Причина").first.fill("Оплата подтверждена, придёт сегодня")
    accessible(console)
    picture(console, "release-2-block")
    held.get_by_role("button", name="Согласовать и сообщить клиенту").click()
    expect(console.get_by_text("Разбирать нечего")).to_be_visible()

    told = chat.wait_for_bot("Менеджер согласовал ваш заказ на сумму до")
    expect(told).to_contain_text("сегодня, 15 декабря, до 23:59")
    picture(page, "release-3-told")
    chat.press("Оформить")
    chat.wait_for_bot("Водитель позвонит за 30 минут.", timeout=60_000)
    assert demo.count() == before + 1

    console.goto(f"{system.url}/console/orders?all=true")
    accessible(console)
    picture(console, "orders")
    console.get_by_role("searchbox").fill("Бистро")
    console.get_by_role("button", name="Найти").click()
    console.locator(".orders a").first.click()
    expect(console.get_by_text("Оплата подтверждена, придёт сегодня")).to_be_visible()
    expect(console.get_by_text("Принят учётной системой")).to_be_visible()
    accessible(console)
    picture(console, "release-4-accepted")
    console.get_by_role("link", name="кредит", exact=True).click()
    expect(console.get_by_text("действует", exact=True)).to_be_visible()
    accessible(console)
    picture(console, "credit")


def test_a_declined_order_is_told_politely(page: Page, console: Page, system: System, demo: Demo1C) -> None:
    before = demo.count()
    chat = refused(page, system)
    console.reload()
    held = console.get_by_role("listitem").filter(has_text="Бистро")
    held.get_by_text("Отказать", exact=True).click()
    held.get_by_label("Причина").last.fill("Долг растёт третий месяц")
    held.get_by_role("button", name="Отказать и сообщить клиенту").click()
    chat.wait_for_bot("К сожалению, согласовать этот заказ сейчас не получилось")
    assert "третий месяц" not in " ".join(chat.texts())
    assert demo.count() == before
