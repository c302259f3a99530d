"""Files in the widget: chosen, dropped, pasted; on their way, refused, cancelled, sent again."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CODE, FULL, SITE
from tests.browser.fake_backend import FILE_BYTES, STRICT_POLICY, FakeBackend

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(name: str, content: bytes = b"PK\x03\x04 a list", mime: str = BOOK) -> Any:
    return {"name": name, "mimeType": mime, "buffer": content}


def attach(chat: ChatPage, *files: Any) -> None:
    """By the paper clip."""
    with chat.page.expect_file_chooser() as chooser:
        chat.widget.get_by_role("button", name="Прикрепить файл").click()
    chooser.value.set_files(list(files))


def pending(chat: ChatPage, name: str) -> Locator:
    return chat.own_messages().filter(has_text=name)


def dropped(chat: ChatPage, event: str, name: str, content: str = "PK list") -> None:
    """A file pulled over the panel, as the browser tells it."""
    chat.widget.locator(".panel").evaluate(
        """(panel, [event, name, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([content], name));
          panel.dispatchEvent(new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [event, name, content],
    )


def test_a_workbook_is_sent_and_shown(chat: ChatPage, backend: FakeBackend) -> None:
    attach(chat, file("заказ.xlsx"))
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    assert chat.texts()[1:] == ["Файл «заказ.xlsx»", "Принято: Файл «заказ.xlsx»"]
    assert backend.files == {"заказ.xlsx": b"PK\x03\x04 a list"}
    expect(chat.own_messages()).to_have_count(1)
    expect(chat.input).to_be_focused()


def test_several_files_go_one_after_another(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.stall_files = 0.4
    attach(chat, *(file(f"список {number}.xlsx") for number in range(4)))
    expect(chat.log.get_by_role("progressbar")).to_have_count(1)
    chat.wait_for_bot("Принято: Файл «список 3.xlsx»")
    assert list(backend.files) == [f"список {number}.xlsx" for number in range(4)]
    texts = [body["text"] for body in backend.conversation(CODE).received]
    assert texts == [f"Файл «список {number}.xlsx»" for number in range(4)]


def test_one_s_own_picture_is_shown_from_this_page_only(chat: ChatPage, backend: FakeBackend) -> None:
    attach(chat, file("полка.png", PIXEL, "image/png"))
    chat.wait_for_bot("Принято: Фото «полка.png»")
    picture = chat.log.locator("img.preview")
    expect(picture).to_have_count(1)
    assert str(picture.get_attribute("src")).startswith("blob:")
    chat.page.reload()
    chat.wait_for_bot("Принято: Фото «полка.png»")
    expect(chat.log.locator("img")).to_have_count(0)


def test_dropped_on_the_chat(chat: ChatPage, backend: FakeBackend) -> None:
    zone = chat.widget.get_by_text("Отпустите файл")
    expect(zone).to_be_hidden()
    dropped(chat, "dragenter", "заказ.xlsx")
    expect(zone).to_be_visible()
    dropped(chat, "dragleave", "заказ.xlsx")
    expect(zone).to_be_hidden()
    dropped(chat, "dragover", "заказ.xlsx")
    dropped(chat, "drop", "заказ.xlsx")
    expect(zone).to_be_hidden()
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    assert list(backend.files) == ["заказ.xlsx"]


PASTE = """(field, [text, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(["x"], name, { type: "image/png" }));
  if (text) data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_a_pasted_picture_is_sent_but_a_pasted_table_is_text(chat: ChatPage, backend: FakeBackend) -> None:
    chat.input.evaluate(PASTE, ["", "снимок.png"])
    chat.wait_for_bot("Принято: Фото «снимок.png»")
    chat.input.evaluate(PASTE, ["молоко\t8", "таблица.png"])
    chat.page.wait_for_timeout(300)
    assert list(backend.files) == ["снимок.png"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (file("вирус.exe", b"MZ", "application/x-msdownload"), "такие файлы не принимаем"),
        (file("пустой.xlsx", b""), "файл пустой"),
        (file("большой.xlsx", b"\0" * (FILE_BYTES + 1)), "файл больше 10 МБ"),
    ],
)
def test_what_cannot_be_sent_is_told_at_once(chat: ChatPage, backend: FakeBackend, given: Any, words: str) -> None:
    attach(chat, given, file("хороший.xlsx"))
    refused = pending(chat, given["name"])
    expect(refused).to_contain_text(f"Не отправлено: {words}")
    expect(refused.get_by_role("button", name="Повторить")).to_have_count(0)
    chat.wait_for_bot("Принято: Файл «хороший.xlsx»")
    refused.get_by_role("button", name="Удалить").click()
    expect(chat.own_messages()).to_have_count(1)
    assert list(backend.files) == ["хороший.xlsx"]


def test_a_refusal_of_the_gateway_is_told_in_its_words(chat: ChatPage, backend: FakeBackend) -> None:
    attach(chat, file("переименован.xlsx", b"MZ\x90\0"))
    expect(pending(chat, "переименован.xlsx")).to_contain_text("Не отправлено: Такие файлы не принимаем.")
    assert backend.files == {}


def test_a_proxy_s_refusal_without_words(chat: ChatPage, page: Page) -> None:
    page.route("**/webchat/files", lambda route: route.fulfill(status=413, body="<html>nginx</html>"))
    attach(chat, file("заказ.xlsx"))
    expect(pending(chat, "заказ.xlsx")).to_contain_text("Не отправлено: файл слишком большой")


def test_cancelling_on_the_way(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.stall_files = 1
    attach(chat, file("не тот.xlsx"), file("тот.xlsx"))
    pending(chat, "не тот.xlsx").get_by_role("button", name="Отменить").click()
    expect(pending(chat, "не тот.xlsx")).to_have_count(0)
    chat.wait_for_bot("Принято: Файл «тот.xlsx»")
    assert "Файл «тот.xlsx»" in chat.texts()


def test_too_often_waits_and_goes_on(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.fail_files = [429, 503]
    attach(chat, file("заказ.xlsx"))
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    assert len(backend.conversation(CODE).received) == 1


def test_a_file_that_does_not_get_through_can_be_sent_again(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.fail_files = [400]
    attach(chat, file("заказ.xlsx"))
    failed = pending(chat, "заказ.xlsx")
    expect(failed).to_contain_text("Не отправлено")
    failed.get_by_role("button", name="Повторить").click()
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")


def test_a_lost_answer_does_not_send_it_twice(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.lose_answers = 1
    attach(chat, file("заказ.xlsx"))
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    chat.page.wait_for_timeout(2_500)
    assert len(backend.conversation(CODE).received) == 1
    expect(chat.own_messages()).to_have_count(1)


def test_without_a_network_it_waits(chat: ChatPage, backend: FakeBackend, context: BrowserContext) -> None:
    context.set_offline(True)
    expect(chat.notice).to_contain_text("Нет связи")
    attach(chat, file("заказ.xlsx"))
    expect(pending(chat, "заказ.xlsx").get_by_role("button", name="Отменить")).to_be_visible()
    assert backend.files == {}
    context.set_offline(False)
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    assert list(backend.files) == ["заказ.xlsx"]


def test_a_visitor_the_gateway_forgot_sends_it_in_the_new_conversation(chat: ChatPage, backend: FakeBackend) -> None:
    backend.visitors.clear()
    attach(chat, file("заказ.xlsx"))
    chat.wait_for_bot("Принято: Файл «заказ.xlsx»")
    assert len(backend.visitors) == 1


def test_by_keyboard(site: Callable[..., ChatPage], backend: FakeBackend) -> None:
    chat = site()
    chat.widget.get_by_role("button", name="Открыть чат").click()
    chat.wait_for_bot("Что хотите сделать?")
    expect(chat.input).to_be_focused()
    chat.page.keyboard.press("Shift+Tab")
    expect(chat.widget.get_by_role("button", name="Прикрепить файл")).to_be_focused()
    with chat.page.expect_file_chooser() as chooser:
        chat.page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    backend.faults.stall_files = 1
    chooser.value.set_files([file("заказ.xlsx")])
    cancel = pending(chat, "заказ.xlsx").get_by_role("button", name="Отменить")
    cancel.focus()
    chat.page.keyboard.press("Space")
    expect(pending(chat, "заказ.xlsx")).to_have_count(0)
    expect(chat.input).to_be_focused()


def test_the_site_s_policy_may_forbid_the_preview_but_not_the_file(page: Page, backend: FakeBackend) -> None:
    page.goto(backend.page("/pages/strict", SITE.format(origin=""), {"Content-Security-Policy": STRICT_POLICY}))
    chat = ChatPage(page)
    chat.widget.get_by_role("button", name="Открыть чат").click()
    chat.wait_for_bot("Что хотите сделать?")
    attach(chat, file("полка.png", PIXEL, "image/png"))
    chat.wait_for_bot("Принято: Фото «полка.png»")
    expect(chat.log.locator("img")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (1280, 800)])
def test_names_as_long_as_people_make_them(
    page: Page, backend: FakeBackend, width: int, height: int, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    chat = ChatPage(page)
    chat.wait_for_bot("Что хотите сделать?")
    backend.faults.stall_files = 20
    attach(
        chat,
        file("Заказ_на_декабрь_для_кофейни_на_улице_Мира_исправленный_окончательный_2.xlsx", b"\0" * 900_000),
        file("полка в холодильнике.png", PIXEL, "image/png"),
        file("вирус.exe", b"MZ", "application/x-msdownload"),
    )
    expect(chat.own_messages()).to_have_count(3)
    chat.screenshot(tmp_path / "files.png")
    wide = chat.log.evaluate("(log) => log.scrollWidth > log.clientWidth")
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chat.page.evaluate("document.querySelector('order-chat').uploads.clear()")
