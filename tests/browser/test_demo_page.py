"""The demo page: choosing a customer, two beside each other, the floating widget, links."""

from playwright.sync_api import Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.fake_backend import FakeBackend


def test_each_customer_has_a_session_of_its_own(page: Page, backend: FakeBackend) -> None:
    page.goto(backend.url + "/")
    first = ChatPage(page)
    first.wait_for_bot("Что хотите сделать?")
    first.send("я кофейня")
    first.wait_for_bot("Принято: я кофейня")
    page.get_by_role("radio", name="Магазин «Берёзка»").check()
    second = ChatPage(page, page.locator('order-chat[code="MAGAZIN-BEREZKA"]'))
    second.wait_for_bot("Что хотите сделать?")
    assert second.own_messages().count() == 0
    page.get_by_role("radio", name="Кофейня у Петра").check()
    first = ChatPage(page, page.locator('order-chat[code="KOFE-PETRA"]'))
    first.wait_for_bot("Принято: я кофейня")
    assert [one.code for one in backend.visitors.values()] == ["KOFE-PETRA", "MAGAZIN-BEREZKA"]
    assert "customer=KOFE-PETRA" in page.url


def test_two_customers_side_by_side(page: Page, backend: FakeBackend) -> None:
    left, right = ChatPage.side_by_side(page, backend.url, "KOFE-PETRA", "MAGAZIN-BEREZKA")
    left.wait_for_bot("Что хотите сделать?")
    right.wait_for_bot("Что хотите сделать?")
    left.send("слева")
    left.wait_for_bot("Принято: слева")
    assert right.own_messages().count() == 0
    page.get_by_role("checkbox", name="Столовая № 7").check()
    codes = page.locator("order-chat").evaluate_all("(chats) => chats.map((chat) => chat.getAttribute('code'))")
    assert codes == ["MAGAZIN-BEREZKA", "STOLOVAYA-7"]


def test_the_floating_widget_and_the_links(page: Page, backend: FakeBackend) -> None:
    page.goto(backend.url + "/")
    page.get_by_role("radio", name="виджет на сайте").check()
    chat = ChatPage(page)
    expect(page.get_by_role("dialog", name="Чат: ПродЭкспресс")).to_be_visible()
    chat.wait_for_bot("Что хотите сделать?")
    expect(page.get_by_role("link", name="Документы в 1С")).to_have_attribute("href", "http://127.0.0.1:8100/demo/")
    expect(page.get_by_role("link", name="Описание API")).to_have_attribute("href", "/docs")
    page.get_by_role("radio", name="один чат").check()
    expect(page.locator("order-chat")).to_have_count(1)


def test_the_demo_page_on_a_phone(page: Page, backend: FakeBackend) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    chat = ChatPage.demo(page, backend.url, "STOLOVAYA-7")
    chat.wait_for_bot("Что хотите сделать?")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
