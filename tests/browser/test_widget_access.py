"""The widget for everybody and anywhere: keyboard, screen reader, contrast, phones, zoom, strict policies."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CODE, FULL, SITE
from tests.browser.fake_backend import STRICT_POLICY, FakeBackend, card_message

MILK = "20013"


def full_of_everything(chat: ChatPage, backend: FakeBackend) -> None:
    """Every kind of thing the widget can show, one after another."""
    chat.wait_for_bot("Что хотите сделать?")
    chat.press("Повторить последний")
    chat.wait_for_bot("Последний заказ")
    chat.send("Длинное" * 30 + " https://example.ru/" + "a" * 90)
    chat.wait_for_bot("Принято: Длинное")
    backend.say("Это Анна. Мой телефон +7 495 123-45-67", CODE, **{"from": "manager", "author": "Анна"})
    closed = card_message({MILK: 3}, "Заказ № 12847")
    closed["card"]["editable"] = False
    backend.say(code=CODE, **closed)
    backend.say(code=CODE, **card_message({MILK: 8, "20014": 10, "20015": 2}))
    chat.wait_for_bot("7 000 ₽")
    backend.faults.fail_posts = [422]
    chat.send("не уйдёт")
    chat.widget.get_by_text("Не отправлено").wait_for()


def overflow(page: Page) -> list[str]:
    """What is wider than the window or than the chat's own log."""
    found: list[str] = page.evaluate("""() => {
      const wide = document.documentElement.scrollWidth > innerWidth ? ["page"] : [];
      const root = document.querySelector("order-chat").shadowRoot;
      for (const one of root.querySelectorAll("*")) {
        const box = one.getBoundingClientRect();
        if (one.matches(".unseen, .unseen *, svg *") || !box.width) continue;
        if (box.right > innerWidth + 0.5 || box.left < -0.5) wide.push(one.className || one.tagName);
        if (one.matches(".log") && one.scrollWidth > one.clientWidth) wide.push("log scrolls sideways");
      }
      return wide;
    }""")
    return found


def test_everything_by_keyboard(site: Callable[..., ChatPage], backend: FakeBackend) -> None:
    chat = site()
    keys = chat.page.keyboard
    keys.press("Tab")  # the site's own link
    keys.press("Tab")
    expect(chat.widget.get_by_role("button", name="Открыть чат")).to_be_focused()
    keys.press("Enter")
    chat.wait_for_bot("Что хотите сделать?")
    expect(chat.input).to_be_focused()
    for _ in range(3):
        keys.press("Shift+Tab")
    expect(chat.button("Повторить последний").or_(chat.button("Статус заказа"))).to_have_count(2)
    chat.button("Повторить последний").focus()
    keys.press("Space")
    chat.wait_for_bot("Последний заказ")
    stops = []
    for _ in range(12):
        keys.press("Tab")
        stops.append(chat.page.evaluate(FOCUSED))
    milk = "Молоко 3,2%"
    assert stops[:4] == [f"Меньше: {milk}", f"Количество: {milk}, шт", f"Больше: {milk}", f"Убрать: {milk}"]
    chat.stepper(MILK, "quantity").focus()
    keys.press("ArrowUp")
    chat.wait_for_total("6 000 ₽")
    expect(chat.stepper(MILK, "quantity")).to_be_focused()
    chat.input.focus()
    keys.type("спасибо")
    keys.press("Enter")
    chat.wait_for_bot("Принято: спасибо")
    keys.press("Escape")
    expect(chat.input).to_be_hidden()
    expect(chat.widget.get_by_role("button", name="Открыть чат")).to_be_focused()


FOCUSED = """() => {
  const one = document.querySelector("order-chat").shadowRoot.activeElement;
  return one ? one.getAttribute("aria-label") || one.textContent : "";
}"""


def test_names_and_roles(chat: ChatPage, backend: FakeBackend) -> None:
    full_of_everything(chat, backend)
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.page.get_by_role("region", name="Чат: ПродЭкспресс")).to_be_visible()
    expect(chat.log.get_by_role("article", name="Вы, ").first).to_be_visible()
    expect(chat.log.get_by_role("article", name="Анна, ")).to_be_visible()
    expect(chat.log.get_by_role("region", name="Заказ № 12847").get_by_role("listitem")).to_have_count(1)
    expect(chat.log.get_by_role("group", name="Варианты ответа").last.get_by_role("button")).to_have_count(3)
    expect(chat.log.get_by_role("textbox", name="Количество: Молоко 3,2%, шт")).to_be_visible()
    unnamed: list[str] = (
        chat.widget.evaluate("""(host) => [...host.shadowRoot.querySelectorAll("button, input, textarea, a")]
      .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
      .map((one) => one.outerHTML)""")
    )
    assert unnamed == []
    ids: list[str] = chat.widget.evaluate(
        "(host) => [...host.shadowRoot.querySelectorAll('[id]')].map((one) => one.id)"
    )
    assert len(ids) == len(set(ids))


def test_history_is_not_read_aloud_but_news_is(chat: ChatPage, backend: FakeBackend) -> None:
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.page.add_init_script("""document.addEventListener("DOMContentLoaded", () => {
      window.live = [];
      const root = document.querySelector("order-chat").shadowRoot;
      const note = (node) => node.matches(".message") && window.live.push(node.closest("[role=log]").ariaLive);
      new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(note)))
        .observe(root.querySelector(".items"), { childList: true });
    })""")
    chat.page.reload()
    chat.wait_for_bot("Что хотите сделать?")
    backend.say("новость", CODE)
    chat.wait_for_bot("новость")
    assert chat.page.evaluate("window.live.length") == 2
    expect(chat.log).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(chat: ChatPage, backend: FakeBackend, scheme: Any) -> None:
    chat.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    full_of_everything(chat, backend)
    chat.input.fill("я" * 4001)
    poor: list[Any] = chat.widget.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """(host) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  for (const one of host.shadowRoot.querySelectorAll("*")) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!text || !one.offsetParent || one.matches(".unseen, style")) continue;
    const [front, back] = [light(rgba(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) poor.push([one.className || one.tagName, one.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return poor;
}"""


@pytest.mark.parametrize(("width", "height"), [(375, 700), (320, 568), (667, 375)])
def test_phones(site: Callable[..., ChatPage], backend: FakeBackend, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    chat = site()
    chat.widget.get_by_role("button", name="Открыть чат").click()
    full_of_everything(chat, backend)
    assert overflow(page) == []
    box = chat.widget.locator(".panel").bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, height)
    sizes: list[float] = chat.widget.evaluate(
        """(host) => [...host.shadowRoot.querySelectorAll("input, textarea")]
          .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= 16, "a smaller field makes phones zoom in"
    small: list[str] = chat.widget.evaluate("""(host) => [...host.shadowRoot.querySelectorAll("button, input")]
      .filter((one) => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < 24)
      .map((one) => one.outerHTML)""")
    assert small == []


def test_the_phone_panel_keeps_the_focus_inside(
    site: Callable[..., ChatPage], backend: FakeBackend, page: Page
) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    chat = site()
    chat.widget.get_by_role("button", name="Открыть чат").click()
    chat.wait_for_bot("Что хотите сделать?")
    expect(chat.widget.get_by_role("button", name="Закрыть чат")).to_be_focused()
    expect(page.get_by_role("dialog", name="Чат: ПродЭкспресс")).to_have_attribute("aria-modal", "true")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "ORDER-CHAT"
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    page.keyboard.press("Escape")
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") != "hidden"


def test_twice_enlarged(site: Callable[..., ChatPage], backend: FakeBackend, page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 × 900 at 200 %
    chat = site()
    chat.widget.get_by_role("button", name="Открыть чат").click()
    full_of_everything(chat, backend)
    assert overflow(page) == []
    assert chat.log.evaluate("(log) => log.clientHeight") > 150
    expect(chat.input).to_be_in_viewport(ratio=1)


def test_reduced_motion(chat: ChatPage, backend: FakeBackend) -> None:
    chat.page.emulate_media(reduced_motion="reduce")
    backend.set_typing(True, CODE)
    dot = chat.widget.locator(".typing i").first
    expect(dot).to_be_visible()
    assert dot.evaluate("(one) => getComputedStyle(one).animationName") == "none"


def test_a_strict_policy_and_no_other_hosts(browser: Browser, backend: FakeBackend) -> None:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    complaints: list[str] = []
    addresses: set[str] = set()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: addresses.add(request.url))
    page.on("websocket", lambda socket: addresses.add(socket.url))
    page.goto(backend.page("/pages/strict", SITE.format(origin=""), {"Content-Security-Policy": STRICT_POLICY}))
    chat = ChatPage(page)
    chat.widget.get_by_role("button", name="Открыть чат").click()
    chat.wait_for_bot("Что хотите сделать?")
    chat.press("Повторить последний")
    chat.set_quantity(MILK, "8")
    chat.wait_for_total("7 000 ₽")
    background = chat.widget.locator(".launcher").evaluate("(one) => getComputedStyle(one).borderRadius")
    assert background == "50%", "the styles are not applied"
    host = backend.url.removeprefix("http://")
    foreign = {address for address in addresses if not address.startswith((f"http://{host}/", f"ws://{host}/"))}
    context.close()
    assert complaints == []
    assert foreign == set()
    assert any(address.startswith("ws:") for address in addresses)


def test_the_sites_own_styles_do_not_reach_in(page: Page, backend: FakeBackend) -> None:
    wild = "<style>* { color: red !important; font: 40px cursive } button { background: lime !important }</style>"
    page.goto(backend.page("/pages/wild", FULL.format(code=CODE).replace("</head>", wild + "</head>")))
    chat = ChatPage(page)
    text = chat.wait_for_bot("Что хотите сделать?").locator(".text")
    assert text.evaluate("(one) => [getComputedStyle(one).fontSize, getComputedStyle(one).color]") == [
        "15px",
        "rgb(23, 33, 29)",
    ]


def test_the_brands_colour(page: Page, backend: FakeBackend) -> None:
    brand = "<style>order-chat { --order-chat-accent: rgb(120, 30, 90) }</style>"
    page.goto(backend.page("/pages/brand", FULL.format(code=CODE).replace("</head>", brand + "</head>")))
    chat = ChatPage(page)
    chat.wait_for_bot("Что хотите сделать?")
    assert chat.button("Баланс").evaluate("(one) => getComputedStyle(one).color") == "rgb(120, 30, 90)"
