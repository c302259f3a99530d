"""A company code from the console to the chat, and the pages «Клиенты» and «Система» in a browser.

With PICTURES set in the environment the pictures of docs/console.md are made anew.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.browser.console_page import picture
from tests.conftest import ADMIN_PASSWORD

PHONE = {"width": 375, "height": 800}
DESK = {"width": 1280, "height": 900}


def log_in(page: Page, system: System) -> None:
    page.goto(f"{system.url}/console/login")
    page.locator('input[name="login"]').fill("admin")
    page.locator('input[name="password"]').fill(ADMIN_PASSWORD)
    page.locator("form button").click()
    expect(page.get_by_role("link", name="Клиенты")).to_be_visible()


def check_looks(page: Page) -> None:
    """Nothing serious for axe in either scheme; nothing to scroll sideways on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(500)  # Pico fades the colours
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], scheme
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def test_issue_a_code_and_sign_in_with_it(page: Page, system: System, fresh: None) -> None:
    log_in(page, system)
    page.get_by_role("link", name="Клиенты").click()
    page.wait_for_url("**/console/customers")  # the page before has a search of its own
    page.get_by_role("searchbox").fill("берёзка")
    expect(page.locator(".companies li")).to_have_count(1)
    picture(page, "code-1-search")
    check_looks(page)
    page.locator(".companies a").click()
    page.locator("summary", has_text="Выдать код").click()
    picture(page, "code-2-customer")
    check_looks(page)
    page.get_by_role("button", name="Выдать код").click()
    code = page.locator(".code strong").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    expect(page.get_by_role("img", name="QR: чат на сайте")).to_be_visible()
    picture(page, "code-3-issued")
    check_looks(page)

    page.goto(f"{system.url}/chat")
    chat = ChatPage(page)
    chat.wait_for_bot("код")
    chat.send(code)
    chat.wait_for_bot("Берёзка-Торг»! Что хотите сделать?")
    # Once used, the code stands in the chat no more.
    picture(page, "code-4-signed-in")

    page.goto(f"{system.url}/console/customers?q=берёзка")
    page.locator(".companies a").click()
    expect(page.get_by_text("вошли по коду: 1")).to_be_visible()
    expect(page.get_by_text(code)).to_have_count(0)
    questions: list[str] = []

    def answer(dialog: object) -> None:
        questions.append(dialog.message)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    row = page.locator(".people li", has_text=code[:4])
    row.get_by_label("закрыть входы по нему").check()
    row.get_by_role("button", name="Отозвать").click()
    expect(page.get_by_text("вошли по коду: 1")).to_have_count(0)
    assert questions == ["Отозвать код? Войти по нему больше не получится."]
    page.goto(f"{system.url}/console/static/console.css")  # the chat itself would keep its visitor again
    page.evaluate("localStorage.clear()")
    page.goto(f"{system.url}/chat")
    stranger = ChatPage(page)
    stranger.wait_for_bot("код")
    stranger.send(code)
    stranger.wait_for_bot("Такого кода нет")


def test_the_list_can_be_flagged_with_a_tick(page: Page, system: System, fresh: None) -> None:
    log_in(page, system)
    page.goto(f"{system.url}/console/customers")
    check_looks(page)
    count = page.locator(".companies input[name=id]").count()
    page.get_by_label("вся страница").check()
    page.get_by_role("button", name="Отмеченных — в пилот").click()
    expect(page.locator(".companies .tag", has_text="в пилоте")).to_have_count(count)


@pytest.mark.parametrize("address", ["/console/system", "/console/system/settings"])
def test_the_system_page_looks_well(page: Page, system: System, fresh: None, address: str) -> None:
    log_in(page, system)
    page.goto(system.url + address)
    expect(page.get_by_role("heading", name="Система")).to_be_visible()
    check_looks(page)


def test_the_state_is_read_anew_by_itself(page: Page, system: System, fresh: None) -> None:
    log_in(page, system)
    page.goto(f"{system.url}/console/system")
    part = page.locator(".part", has_text="Обработчик заданий")
    expect(part).to_contain_text("Работает.")
    system.stop_process("worker")
    try:
        expect(page.locator(".trouble", has_text="Обработчик заданий")).to_be_visible(timeout=40_000)
        expect(part).to_contain_text("Не работает")
        picture(page, "system-trouble")
    finally:
        system.start_process("worker")
    expect(page.locator(".trouble", has_text="Обработчик заданий")).to_have_count(0, timeout=40_000)
