"""The full page: installs on a phone, stands without a network, keeps no prices, takes an invitation's code once."""

import json
import struct
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.channels.webchat import pages
from tests.browser.chat_page import ChatPage
from tests.browser.fake_backend import COMPANIES, COMPANY, FakeBackend

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
GREETED = "Что хотите сделать?"
CONTROLLED = "navigator.serviceWorker.controller !== null"


def opened(page: Page, backend: FakeBackend, query: str = "") -> ChatPage:
    page.goto(f"{backend.url}/chat{query}")
    return ChatPage(page)


def until(page: Page, expression: str) -> None:
    """Waits for it from outside: Playwright's own waiting needs eval, which the page's policy forbids."""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


@pytest.fixture
def app(page: Page, backend: FakeBackend) -> ChatPage:
    """The page on a phone, greeted, its service worker at work."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    chat = opened(page, backend)
    chat.wait_for_bot(GREETED)
    until(page, CONTROLLED)
    return chat


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return bytes(answer.read())


def test_the_manifest_makes_it_installable(page: Page, backend: FakeBackend) -> None:
    opened(page, backend).wait_for_bot(GREETED)
    link = page.locator("link[rel=manifest]").evaluate("(link) => link.href")
    manifest: dict[str, Any] = json.loads(fetched(link))
    assert manifest["short_name"] == COMPANY
    assert (manifest["display"], manifest["lang"]) == ("standalone", "ru")
    resolve = "([address, base]) => new URL(address, base).href"
    for name in ("start_url", "scope"):
        assert page.evaluate(resolve, [manifest[name], link]) == f"{backend.url}/chat"
    for one in manifest["icons"]:
        content = fetched(page.evaluate(resolve, [one["src"], link]))
        if one["type"] == "image/png":
            assert one["sizes"] == "{}x{}".format(*struct.unpack(">II", content[16:24])), one
            assert len(content) < 20_000
    pngs = {(one["sizes"], one.get("purpose", "any")) for one in manifest["icons"] if one["type"] == "image/png"}
    assert pngs == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_chromium_itself_finds_no_fault(browser: Browser, backend: FakeBackend) -> None:
    context = browser.new_context()
    page = context.new_page()
    opened(page, backend).wait_for_bot(GREETED)
    until(page, CONTROLLED)
    devtools = context.new_cdp_session(page)
    read = devtools.send("Page.getAppManifest")
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    context.close()
    assert read["errors"] == []
    assert [one for one in errors if one["errorId"] != "in-incognito"] == []


def test_the_page_for_ios(page: Page, backend: FakeBackend) -> None:
    opened(page, backend)
    icon = page.locator("link[rel=apple-touch-icon]").evaluate("(link) => link.href")
    assert struct.unpack(">II", fetched(icon)[16:24]) == (180, 180)
    names = ("apple-mobile-web-app-capable", "mobile-web-app-capable", "apple-mobile-web-app-title")
    contents = [page.locator(f"meta[name={name}]").get_attribute("content") for name in names]
    assert contents == ["yes", "yes", COMPANY]
    assert page.title() == f"{COMPANY}: заказ в чате"


def test_nothing_is_complained_about_under_its_own_policy(browser: Browser, backend: FakeBackend) -> None:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("filechooser", lambda _: None)  # from the start, as the fixture `page` does
    page.on("request", lambda one: foreign.append(one.url) if not one.url.startswith(backend.url) else None)
    chat = opened(page, backend, "?code=KOFE-PETRA")
    chat.wait_for_bot(GREETED)
    chat.press("Повторить последний")
    chat.wait_for_total("5 500 ₽")
    with page.expect_file_chooser() as chooser:
        chat.widget.get_by_role("button", name="Прикрепить файл").click()
    chooser.value.set_files([{"name": "а.png", "mimeType": "image/png", "buffer": PIXEL}])
    chat.wait_for_bot("Принято: Фото «а.png»")
    expect(chat.log.locator("img.preview")).to_have_count(1)
    until(page, CONTROLLED)
    context.close()
    assert complaints == []
    assert [url for url in foreign if not url.startswith("blob:")] == []


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)


def test_the_code_is_used_once_and_leaves_the_address(page: Page, backend: FakeBackend) -> None:
    chat = opened(page, backend, "?code=KOFE-PETRA")
    chat.wait_for_bot(GREETED)
    assert page.url == f"{backend.url}/chat"
    expect(chat.widget.locator(".subtitle")).to_have_text(COMPANIES["KOFE-PETRA"])
    assert "KOFE" not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])")
    assert "KOFE" not in page.content()
    page.reload()
    chat.wait_for_bot(GREETED)
    expect(chat.widget.locator(".subtitle")).to_have_text(COMPANIES["KOFE-PETRA"])
    assert len(backend.visitors) == 1


def test_the_page_sends_no_referrer(page: Page, backend: FakeBackend) -> None:
    answer = page.goto(f"{backend.url}/chat?code=KOFE-PETRA")
    assert answer is not None
    headers = answer.headers
    assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_a_wrong_code_leaves_a_chat_that_works(page: Page, backend: FakeBackend) -> None:
    chat = opened(page, backend, "?code=WRONG")
    expect(chat.notice).to_contain_text("Код не подошёл")
    chat.notice.get_by_role("button", name="Повторить").click()
    chat.wait_for_bot(GREETED)
    expect(chat.notice).to_be_hidden()


def test_the_code_of_another_company_does_not_carry_words_over(
    page: Page, backend: FakeBackend, context: BrowserContext
) -> None:
    chat = opened(page, backend, "?code=KOFE-PETRA")
    chat.wait_for_bot(GREETED)
    backend.faults.fail_posts = [503] * 100
    chat.send("молоко 100")
    expect(chat.own_messages()).to_have_count(1)
    page.close()
    backend.faults.fail_posts = []
    other = opened(context.new_page(), backend, "?code=BEREZKA-1")
    other.wait_for_bot(GREETED)
    expect(other.widget.locator(".subtitle")).to_have_text(COMPANIES["BEREZKA-1"])
    other.page.wait_for_timeout(1_000)
    assert backend.conversation("BEREZKA-1").received == []
    assert other.own_messages().count() == 0


def test_without_a_network_the_shell_stands_and_a_message_waits(
    app: ChatPage, backend: FakeBackend, context: BrowserContext, tmp_path: Path
) -> None:
    app.send("корзина")
    app.wait_for_total("5 500 ₽")
    context.set_offline(True)
    app.page.reload()
    expect(app.input).to_be_visible()
    expect(app.notice).to_contain_text("Нет связи. Сообщения отправятся сами")
    expect(app.widget.locator(".subtitle")).to_have_text("Нет связи")
    expect(app.widget.get_by_text("История и цены появятся, когда связь вернётся")).to_be_visible()
    assert "₽" not in str(app.widget.evaluate("(host) => host.shadowRoot.textContent"))
    app.send("набрано в лифте")
    expect(app.own_messages()).to_contain_text("отправляется")
    app.screenshot(tmp_path / "offline.png")
    app.page.reload()
    expect(app.own_messages()).to_contain_text("набрано в лифте")
    context.set_offline(False)
    app.wait_for_bot("Принято: набрано в лифте")
    expect(app.notice).to_be_hidden()
    received = [body.get("text") for conversation in backend.visitors.values() for body in conversation.received]
    assert received == ["корзина", "набрано в лифте"]


def test_an_offline_start_with_a_code_in_the_address(
    app: ChatPage, backend: FakeBackend, context: BrowserContext
) -> None:
    """A link opened again without a network: the shell stands, the code waits until it can be used."""
    context.set_offline(True)
    app.page.goto(f"{backend.url}/chat?code=KOFE-PETRA")
    expect(app.notice).to_contain_text("Нет связи")
    assert app.page.url == f"{backend.url}/chat"
    context.set_offline(False)
    app.wait_for_bot(GREETED)
    expect(app.widget.locator(".subtitle")).to_have_text(COMPANIES["KOFE-PETRA"])


def test_the_worker_keeps_the_shell_and_nothing_else(app: ChatPage, backend: FakeBackend) -> None:
    app.send("корзина")
    app.wait_for_total("5 500 ₽")
    kept: list[str] = app.page.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys()) found.push(...(await (await caches.open(name)).keys()));
      return found.map((one) => one.url).sort();
    }""")
    shell = ["/chat", "/chat/manifest.webmanifest", "/widget.js"]
    shell += [f"/webchat/static/{name}" for name in pages.SHELL if name != "widget.js"]
    assert kept == sorted(backend.url + path for path in shell)


def test_a_changed_shell_is_taken_without_a_reload_by_hand(
    app: ChatPage, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[str] = app.page.evaluate("caches.keys()")
    script = pages.worker_script(COMPANY)
    version = script.split('VERSION = "')[1][:16]
    monkeypatch.setattr(pages, "worker_script", lambda company: script.replace(version, "0123456789abcdef"))
    app.page.reload()  # an ordinary visit: the page registers, the browser compares
    until(app.page, "caches.keys().then((names) => names.join() === 'order-chat-0123456789abcdef')")
    assert before == [f"order-chat-{version}"]
    app.wait_for_bot(GREETED)


def test_a_gateway_that_is_down_is_met_with_the_shell(app: ChatPage, page: Page, context: BrowserContext) -> None:
    context.route("**/chat", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    page.reload()
    expect(app.input).to_be_visible()


def test_a_narrow_and_a_wide_window(page: Page, backend: FakeBackend, tmp_path: Path) -> None:
    for size in (PHONE, DESKTOP, {"width": 320, "height": 568}, {"width": 844, "height": 390}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        chat = opened(page, backend)
        chat.wait_for_bot(GREETED)
        chat.press("Повторить последний")
        chat.wait_for_total("5 500 ₽")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
        expect(chat.input).to_be_in_viewport(ratio=1)
        chat.screenshot(tmp_path / f"app-{size['width']}.png")
        page.evaluate("localStorage.clear()")
        backend.reset()


def test_the_whole_page_by_keyboard(app: ChatPage) -> None:
    names = []
    app.page.evaluate("document.activeElement.blur()")
    for _ in range(9):
        app.page.keyboard.press("Tab")
        names.append(
            app.page.evaluate("""() => {
              const one = document.querySelector("order-chat").shadowRoot.activeElement;
              return one ? one.getAttribute("aria-label") || one.textContent || one.id : "";
            }""")
        )
    assert names[:8] == [
        "Сообщения", "Новый заказ", "Повторить последний", "Статус заказа", "Баланс", "Прикрепить файл", "text",
        "Отправить",
    ]  # fmt: skip
