"""A conversation that changes hands: what an open, a sleeping and a cached widget shows of the former company."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CODE, FULL
from tests.browser.fake_backend import COMPANIES, FakeBackend

PRICES = ("5 500 ₽", "500 ₽", "Молоко", "Сироп")
SHOWN = "(host) => host.shadowRoot.textContent + [...host.shadowRoot.querySelectorAll('input')].map((one) => one.value)"


def shown(chat: ChatPage) -> str:
    """Every word inside the widget, visible or not."""
    return str(chat.widget.evaluate(SHOWN)).replace("\u00a0", " ")


def kept(chat: ChatPage) -> str:
    """All that the browser keeps for the page: storage and caches."""
    return str(
        chat.page.evaluate("""async () => {
          const databases = indexedDB.databases ? await indexedDB.databases() : [];
          const caches_ = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const one of await cache.keys()) caches_.push(one.url, await (await cache.match(one)).text());
          }
          return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, caches_]);
        }""")
    )


def with_prices(chat: ChatPage) -> None:
    chat.press("Повторить последний")
    chat.wait_for_total("5 500 ₽")


@pytest.fixture
def polled(page: Page, backend: FakeBackend) -> ChatPage:
    """A widget whose sockets are refused."""
    backend.faults.refuse_sockets = True
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    chat = ChatPage(page)
    chat.wait_for_bot("Что хотите сделать?")
    return chat


@pytest.mark.parametrize("way", ["chat", "polled"])
def test_everything_of_the_former_company_goes_at_once(
    way: str, backend: FakeBackend, request: pytest.FixtureRequest
) -> None:
    chat: ChatPage = request.getfixturevalue(way)
    with_prices(chat)
    expect(chat.widget.locator(".subtitle")).to_have_text(COMPANIES[CODE])
    backend.cut_off(CODE)
    expect(chat.log.locator(".message")).to_have_count(0, timeout=3_000)
    expect(chat.widget.locator(".subtitle")).to_have_text("Принимаем заказы круглосуточно")
    assert not [word for word in (*PRICES, "Петра") if word in shown(chat)]
    backend.say("Доступ закрыт. Войдите, пожалуйста, снова.", CODE)
    chat.wait_for_bot("Войдите, пожалуйста, снова.")
    chat.send("я новый")
    chat.wait_for_bot("Принято: я новый")
    expect(chat.widget.locator(".earlier")).to_be_hidden()


def test_a_reload_does_not_bring_it_back(chat: ChatPage, backend: FakeBackend) -> None:
    with_prices(chat)
    backend.cut_off(CODE)
    expect(chat.log.locator(".message")).to_have_count(0)
    backend.say("Войдите, пожалуйста.", CODE)
    chat.wait_for_bot("Войдите")
    chat.page.reload()
    chat.wait_for_bot("Войдите")
    assert chat.texts() == ["Войдите, пожалуйста."]


def test_a_widget_that_was_asleep_when_it_happened(
    chat: ChatPage, backend: FakeBackend, context: BrowserContext
) -> None:
    with_prices(chat)
    context.set_offline(True)
    expect(chat.notice).to_contain_text("Нет связи")
    backend.drop_sockets()
    backend.cut_off(CODE)
    backend.say("Войдите, пожалуйста.", CODE)
    context.set_offline(False)
    chat.wait_for_bot("Войдите")
    assert chat.texts() == ["Войдите, пожалуйста."]
    assert not [word for word in PRICES if word in shown(chat)]


def test_what_was_typed_for_the_former_company_is_not_sent_for_the_next(
    chat: ChatPage, backend: FakeBackend, context: BrowserContext
) -> None:
    with_prices(chat)
    context.set_offline(True)
    chat.send("молоко 100")
    chat.set_quantity("20013", "99")
    backend.cut_off(CODE)
    context.set_offline(False)
    expect(chat.log.locator(".message")).to_have_count(0)
    chat.page.wait_for_timeout(1_500)
    assert [body.get("text") for body in backend.conversation(CODE).received] == [None]  # the press at the beginning
    assert "молоко 100" not in kept(chat)


def test_newer_messages_stay(chat: ChatPage, backend: FakeBackend) -> None:
    with_prices(chat)
    hidden = len(backend.conversation(CODE).messages)
    backend.say("уже новой компании", CODE)
    chat.wait_for_bot("уже новой компании")
    conversation = backend.conversation(CODE)
    conversation.hidden_until = hidden
    backend.drop_sockets()
    expect(chat.log.locator(".message")).to_have_count(1)
    assert chat.texts() == ["уже новой компании"]


def test_the_browser_keeps_no_message_and_no_price(chat: ChatPage, backend: FakeBackend) -> None:
    with_prices(chat)
    chat.send("молоко 8")
    chat.wait_for_bot("Принято: молоко 8")
    backend.say("Молоко — 777 ₽", CODE)
    chat.wait_for_bot("777 ₽")
    chat.page.wait_for_timeout(300)
    stored = kept(chat)
    assert not [word for word in ("₽", "Молоко", "молоко", "Петра", "Что хотите") if word in stored], stored


def test_two_tabs_are_both_cleaned(chat: ChatPage, backend: FakeBackend, context: BrowserContext) -> None:
    with_prices(chat)
    other = ChatPage(context.new_page())
    other.page.goto(chat.page.url)
    other.wait_for_total("5 500 ₽")
    backend.cut_off(CODE)
    for tab in (chat, other):
        expect(tab.log.locator(".message")).to_have_count(0)
        assert not [word for word in PRICES if word in shown(tab)]
