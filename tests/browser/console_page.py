"""A manager's browser for the tests of the console: a person made in the database, a login, what every page must be."""

import os
from pathlib import Path

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from pwdlib import PasswordHash

from api.run.system import System

PASSWORD = "a manager of the tests"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "console"
BAD = ("serious", "critical")
SETTLED_MS = 500
"""Colours of links and buttons change by a transition."""


def hire(system: System, login: str, name: str, role: str = "manager") -> None:
    """Makes a person of the console whose password is PASSWORD."""
    values = (login, name, role, PasswordHash.recommended().hash(PASSWORD))
    with psycopg.connect(system.database_url) as connection:
        connection.execute("SET ROLE orders_staff")
        connection.execute("INSERT INTO staff_users (login, name, role, password_hash) VALUES (%s, %s, %s, %s)", values)


def at_work(browser: Browser, system: System, login: str, *, width: int = 1280, dark: bool = False) -> Page:
    """A browser of its own in which this person is logged in; an error of a script fails the test by `errors`."""
    context: BrowserContext = browser.new_context(
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{system.url}/console/login")
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/console/conversations")
    return page


def picture(page: Page, name: str) -> None:
    """What the screen shows, for docs/console.md and docs/console-tasks.md, when the variable PICTURES asks.

    A task's film strip is `<task>-<step>-<what>`.
    """
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=str(PICTURES / f"{name}.png"))


def faults(page: Page) -> list[str]:
    """What axe finds serious on the page, in either colour scheme."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(300)  # colours change by a transition
        for fault in Axe().run(page).response["violations"]:
            if fault["impact"] in BAD:
                found += [f"{scheme}: {fault['id']}: {node['html'][:120]}" for node in fault["nodes"]]
    page.emulate_media(color_scheme="light")
    return found


def overflow(page: Page) -> int:
    """By how many pixels a phone's screen would have to scroll sideways."""
    size = page.viewport_size
    page.set_viewport_size({"width": 375, "height": 740})
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if size:
        page.set_viewport_size(size)
    return wider
