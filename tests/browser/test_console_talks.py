"""Answering in the console, in real browsers against the running product: a customer who asked for a person, and two
managers at once on one conversation."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.browser.console_page import at_work, faults, hire, overflow, picture

CAFE = "Кофейня у Петра"
SOON_MS = 4_000
"""How long news may take from the chat to a console that is open."""


@pytest.fixture
def chat(page: Page, system: System, fresh: None) -> ChatPage:
    """The café's chat, greeted."""
    opened = ChatPage.demo(page, system.url, "KOFE-PETRA")
    opened.wait_for_bot("Что хотите сделать?")
    return opened


@pytest.fixture
def anna(browser: Browser, system: System, fresh: None) -> Iterator[Page]:
    hire(system, "anna", "Анна")
    console = at_work(browser, system, "anna")
    yield console
    console.context.close()


@pytest.fixture
def boris(browser: Browser, system: System, fresh: None) -> Iterator[Page]:
    hire(system, "boris", "Борис")
    console = at_work(browser, system, "boris")
    yield console
    console.context.close()


def test_a_customer_who_asked_for_a_person_is_answered(chat: ChatPage, anna: Page) -> None:
    expect(anna.locator("#list .empty")).to_contain_text("Никто не ждёт")
    assert faults(anna) == []
    chat.send("молоко 3,2% 10л 10 шт")
    chat.wait_for_total("5 000 ₽")
    chat.send("позовите менеджера")
    row = anna.locator("#list li", has_text=CAFE)
    expect(row).to_contain_text("ждёт меньше минуты", timeout=20_000)
    expect(anna).to_have_title(re.compile(r"^\(1\) Разговоры"))
    picture(anna, "talks-1-waiting")
    assert faults(anna) == []
    assert overflow(anna) <= 0
    row.get_by_role("link").click()
    expect(anna.locator(".side")).to_contain_text("Итого 5 000 ₽")
    expect(anna.locator(".side")).to_contain_text("Молоко")
    anna.get_by_role("button", name="Взять разговор").click()
    expect(anna.locator(".standing")).to_contain_text("Отвечаете вы")
    reply = anna.get_by_label("Ответ клиенту")
    reply.press("/")
    anna.keyboard.type("здрав")
    reply.press("Enter")
    expect(reply).to_have_value(re.compile(r"Это Анна\. Чем помочь\?$"))
    picture(anna, "talks-2-answering")
    reply.press("Control+Enter")
    expect(anna.locator(".messages .manager")).to_contain_text("Это Анна", timeout=SOON_MS)
    expect(reply).to_have_value("")
    chat.wait_for_bot("Чем помочь?")
    picture(chat.page, "talks-3-answered")
    reply.fill("Черновик, который переживёт новые слова")
    chat.send("добавьте ещё сливки")
    expect(anna.locator(".messages .customer").last).to_contain_text("добавьте ещё сливки", timeout=SOON_MS)
    expect(reply).to_have_value("Черновик, который переживёт новые слова")
    anna.reload()
    expect(reply).to_have_value("Черновик, который переживёт новые слова")
    assert faults(anna) == []
    anna.locator("#answers summary").click()
    assert overflow(anna) <= 0
    anna.locator("#answers summary").click()
    reply.fill("")
    anna.get_by_role("button", name="Вернуть помощнику").click()
    chat.wait_for_bot("Снова на связи помощник. В корзине 1 позиция на 5 000 ₽. Что делаем дальше?")
    expect(anna.locator(".standing")).to_contain_text("Отвечает помощник")
    picture(anna, "talks-4-handed-back")
    chat.press("Показать заказ")
    chat.wait_for_total("5 000 ₽")


def test_two_managers_do_not_step_on_each_other(chat: ChatPage, anna: Page, boris: Page) -> None:
    chat.send("позовите менеджера")
    for console in (anna, boris):
        console.locator("#list li", has_text=CAFE).get_by_role("link").click(timeout=20_000)
    expect(anna.locator(".others")).to_contain_text("Борис смотрит", timeout=SOON_MS)
    expect(boris.locator(".others")).to_contain_text("Анна смотрит", timeout=SOON_MS)
    hers, his = (console.get_by_label("Ответ клиенту") for console in (anna, boris))
    his.press_sequentially("Сейчас проверю склад")
    expect(anna.locator(".others")).to_contain_text("Борис печатает…", timeout=SOON_MS)
    hers.fill("Здравствуйте! Смотрю ваш заказ.")
    hers.press("Control+Enter")
    expect(boris.locator(".standing")).to_contain_text("Отвечает Анна", timeout=SOON_MS)
    his.press("Control+Enter")
    expect(boris.get_by_role("alert")).to_contain_text("Пока вы писали, появился ответ коллеги: Анна")
    expect(his).to_have_value("Сейчас проверю склад")
    picture(boris, "two-managers")
    assert faults(boris) == []
    assert "Сейчас проверю склад" not in chat.texts()
    his.press("Control+Enter")
    chat.wait_for_bot("Сейчас проверю склад")
    expect(his).to_have_value("")
    asked: list[str] = []
    boris.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    boris.get_by_role("button", name="Перехватить").click()
    expect(boris.locator(".standing")).to_contain_text("Отвечаете вы", timeout=SOON_MS)
    expect(anna.locator(".standing")).to_contain_text("Отвечает Борис", timeout=SOON_MS)
    assert asked == ["Сейчас отвечает Анна. Перехватить разговор?"]
    boris.goto(boris.url.rpartition("/")[0])
    expect(anna.locator(".others")).to_have_text("", timeout=SOON_MS)
    assert chat.texts().count("Здравствуйте! Смотрю ваш заказ.") == 1


def test_quick_answers_are_kept(anna: Page) -> None:
    anna.get_by_role("link", name="Быстрые ответы").click()
    new = anna.locator("main > form.answer")
    new.get_by_label("Название").fill("Выходные")
    new.get_by_label("Текст").fill("В выходные не возим, {имя}.")
    new.get_by_role("button", name="Добавить").click()
    last = anna.locator(".answer-list > li").last
    expect(last.get_by_label("Название")).to_have_value("Выходные")
    assert faults(anna) == []
    assert overflow(anna) <= 0
    anna.once("dialog", lambda dialog: dialog.accept())
    last.get_by_role("button", name="Удалить").click()
    expect(anna.locator(".answer-list")).not_to_contain_text("В выходные не возим")


def test_the_list_lives_without_the_stream(browser: Browser, system: System, chat: ChatPage) -> None:
    hire(system, "vera", "Вера")
    console = at_work(browser, system, "vera")
    console.add_init_script("delete window.SharedWorker")
    console.route("**/console/conversations/stream", lambda route: route.abort())
    console.reload()
    chat.send("позовите менеджера")
    expect(console.locator("#list li", has_text=CAFE)).to_contain_text("ждёт", timeout=20_000)
    console.context.close()
