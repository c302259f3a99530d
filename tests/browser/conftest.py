"""One browser and one fake gateway for the package; each test finds the gateway as new and a fresh profile."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chat_page import ChatPage, chromium
from tests.browser.fake_backend import FakeBackend, running

CODE = "KOFE-PETRA"
SITE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><link rel="icon" href="/webchat/static/icon.svg">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Сайт</title></head>
<body><h1>Сайт</h1><p><a href="#x">Ссылка сайта</a></p>
<script src="{origin}/widget.js" data-title="ПродЭкспресс" data-code="KOFE-PETRA"></script></body></html>"""
FULL = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><link rel="icon" href="/webchat/static/icon.svg">
<title>Чат</title><link rel="stylesheet" href="/webchat/static/demo.css">
<script src="/widget.js" data-manual></script></head>
<body><div class="frame"><order-chat full heading="ПродЭкспресс" code="{code}"></order-chat></div></body></html>"""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def started_backend() -> Iterator[FakeBackend]:
    with running() as started:
        yield started


@pytest.fixture
def backend(started_backend: FakeBackend) -> FakeBackend:
    """The fake gateway, as new."""
    started_backend.reset()
    return started_backend


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow", viewport={"width": 1280, "height": 800})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which an uncaught script error fails the test."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    # From the start: Playwright does not wait until the browser hands choosers over, and a fast press comes before it
    # (https://github.com/puppeteer/puppeteer/issues/6040).
    made.on("filechooser", lambda _: None)
    yield made
    assert errors == []


@pytest.fixture
def chat(page: Page, backend: FakeBackend) -> ChatPage:
    """A full-size chat of the demo customer that has been greeted."""
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    opened = ChatPage(page)
    opened.wait_for_bot("Что хотите сделать?")
    return opened


@pytest.fixture
def site(page: Page, backend: FakeBackend) -> Callable[..., ChatPage]:
    """Opens a page with the floating widget on it; the panel is still closed."""

    def open_site(headers: dict[str, str] | None = None, origin: str = "") -> ChatPage:
        page.goto(backend.page("/pages/site", SITE.format(origin=origin), headers))
        return ChatPage(page)

    return open_site
