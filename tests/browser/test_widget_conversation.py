"""The widget keeps one conversation whole: through reloads, broken sockets, lost answers and no network at all."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CODE, FULL, SITE
from tests.browser.fake_backend import FakeBackend, running

KEY = "order-chat:{url}/:" + CODE + ":session"


def remember(page: Page, backend: FakeBackend, visitor: str, conversation: str) -> None:
    """Makes the browser a returning visitor."""
    page.goto(backend.page("/pages/empty", "<!doctype html><title>.</title>"))
    page.evaluate(
        "([key, value]) => localStorage.setItem(key, JSON.stringify(value))",
        [KEY.format(url=backend.url), {"visitor": visitor, "conversation": conversation}],
    )


def sent_texts(backend: FakeBackend) -> list[str]:
    return [body["text"] for body in backend.conversation(CODE).received if "text" in body]


def test_history_is_there_after_a_reload(chat: ChatPage, backend: FakeBackend) -> None:
    chat.send("молоко 8")
    chat.wait_for_bot("Принято: молоко 8")
    before = chat.texts()
    chat.page.reload()
    chat.wait_for_bot("Принято: молоко 8")
    assert chat.texts() == before
    assert len(backend.visitors) == 1, "a reload must not start another conversation"


def test_a_long_history_is_shown_by_pages_with_days(page: Page, backend: FakeBackend) -> None:
    old = backend.history(250, CODE)
    remember(page, backend, old.visitor, old.id)
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    chat = ChatPage(page)
    chat.wait_for_bot("сообщение 250")
    assert chat.texts() == [f"сообщение {number}" for number in range(151, 251)]
    assert chat.log.locator(".day").all_inner_texts() == ["Сегодня"]
    chat.widget.get_by_role("button", name="Показать предыдущие сообщения").click()
    expect(chat.bot_messages()).to_have_count(200)
    chat.widget.get_by_role("button", name="Показать предыдущие сообщения").click()
    expect(chat.bot_messages()).to_have_count(250)
    assert chat.texts() == [f"сообщение {number}" for number in range(1, 251)]
    days = chat.log.locator(".day").all_inner_texts()
    assert len(days) == 2 and days[1] == "Сегодня" and days[0][0].isdigit(), days
    expect(chat.widget.locator(".earlier")).to_be_hidden()


def test_a_dropped_socket_loses_and_doubles_nothing(chat: ChatPage, backend: FakeBackend) -> None:
    backend.drop_sockets()
    backend.say("пока вас не было", CODE)
    chat.wait_for_bot("пока вас не было")
    backend.drop_sockets()
    chat.send("я вернулся")
    chat.wait_for_bot("Принято: я вернулся")
    assert chat.texts()[1:] == ["пока вас не было", "я вернулся", "Принято: я вернулся"]


@pytest.mark.parametrize("fault", ["duplicate_frames", "shuffle_frames"])
def test_frames_twice_or_out_of_order(chat: ChatPage, backend: FakeBackend, fault: str) -> None:
    setattr(backend.faults, fault, True)
    chat.send("два")
    chat.wait_for_bot("два!")
    chat.send("ещё")
    chat.wait_for_bot("Принято: ещё")
    assert chat.texts()[1:] == ["два", "раз", "два!", "ещё", "Принято: ещё"]


def test_a_frame_that_never_came_is_asked_for(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.swallow_frames = 1
    backend.say("пропало", CODE)
    backend.say("дошло", CODE)
    chat.wait_for_bot("дошло")
    assert chat.texts()[1:] == ["пропало", "дошло"]


def test_an_answer_swallowed_by_the_socket_is_found_after_the_receipt(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.swallow_frames = 5
    chat.send("есть кто?")
    chat.wait_for_bot("Принято: есть кто?")
    assert chat.texts()[1:] == ["есть кто?", "Принято: есть кто?"]


def test_a_storm_of_faults_leaves_the_conversation_whole(chat: ChatPage, backend: FakeBackend) -> None:
    chance = random.Random(7)
    for number in range(25):
        backend.faults.duplicate_frames = chance.random() < 0.3
        backend.faults.swallow_frames = int(chance.random() < 0.2)
        backend.faults.lose_answers = int(chance.random() < 0.15)
        if chance.random() < 0.2:
            backend.drop_sockets()
        chat.send(f"позиция {number}")
        if chance.random() < 0.3:
            backend.say(f"кстати {number}", CODE)
        chat.page.wait_for_timeout(chance.choice([0, 60, 120]))
    backend.faults.duplicate_frames = False
    chat.wait_for_bot("Принято: позиция 24", timeout=30_000)
    assert sent_texts(backend) == [f"позиция {number}" for number in range(25)]
    expect(chat.log.locator(".message")).to_have_count(len(backend.conversation(CODE).messages))
    assert chat.texts() == [message["text"] for message in backend.conversation(CODE).messages]


def test_a_gateway_that_is_down_for_a_while(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.fail_posts = [503, 502]
    chat.send("терпение")
    expect(chat.notice.get_by_text("Нет связи. Сообщения отправятся сами")).to_be_visible()
    chat.wait_for_bot("Принято: терпение")
    expect(chat.notice).to_be_hidden()


def test_messages_wait_for_the_network_and_go_once_in_order(
    chat: ChatPage, backend: FakeBackend, context: BrowserContext
) -> None:
    context.set_offline(True)
    expect(chat.notice.get_by_text("Нет связи. Сообщения отправятся сами")).to_be_visible()
    chat.send("первое")
    chat.send("второе")
    expect(chat.own_messages()).to_have_text([r"первоеотправляется…", r"второеотправляется…"])
    assert sent_texts(backend) == []
    context.set_offline(False)
    chat.wait_for_bot("Принято: второе")
    expect(chat.notice).to_be_hidden()
    assert sent_texts(backend) == ["первое", "второе"]
    assert [text for text in chat.texts() if not text.startswith("Принято")][1:] == ["первое", "второе"]


def test_unsent_messages_survive_closing_the_page(
    chat: ChatPage, backend: FakeBackend, context: BrowserContext
) -> None:
    backend.faults.fail_posts = [503] * 3
    chat.send("не потеряйте")
    expect(chat.own_messages()).to_have_count(1)
    chat.page.close()
    backend.faults.fail_posts = []
    assert sent_texts(backend) == []
    again = context.new_page()
    again.goto(backend.url + "/pages/full")
    reopened = ChatPage(again)
    reopened.wait_for_bot("Принято: не потеряйте")
    assert sent_texts(backend) == ["не потеряйте"]
    assert reopened.texts().count("не потеряйте") == 1


def test_a_lost_answer_repeats_the_same_message(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.lose_answers = 2
    chat.send("ровно один раз")
    chat.wait_for_bot("Принято: ровно один раз")
    expect(chat.own_messages().last).not_to_contain_text("отправляется")
    assert sent_texts(backend) == ["ровно один раз"]
    assert chat.texts().count("ровно один раз") == 1
    backend.faults.lose_answers = 0
    chat.send("дальше")
    chat.wait_for_bot("Принято: дальше")
    assert sent_texts(backend) == ["ровно один раз", "дальше"]


def test_a_refused_message_offers_to_repeat_or_delete(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.fail_posts = [422, 422]
    chat.send("странное")
    expect(chat.own_messages().last).to_contain_text("Не отправлено: Так не получится.")
    chat.send("хорошее")
    expect(chat.own_messages().filter(has_text="Не отправлено")).to_have_count(2)
    chat.own_messages().filter(has_text="странное").get_by_role("button", name="Удалить").click()
    chat.own_messages().filter(has_text="хорошее").get_by_role("button", name="Повторить").click()
    chat.wait_for_bot("Принято: хорошее")
    assert sent_texts(backend) == ["хорошее"]
    chat.page.reload()
    chat.wait_for_bot("Принято: хорошее")
    assert "странное" not in chat.texts()


def test_long_polling_when_sockets_are_refused(page: Page, backend: FakeBackend) -> None:
    backend.faults.refuse_sockets = True
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    chat = ChatPage(page)
    chat.wait_for_bot("Что хотите сделать?")
    chat.send("без сокета")
    chat.wait_for_bot("Принято: без сокета")
    backend.say("само пришло", CODE)
    chat.wait_for_bot("само пришло")
    assert chat.texts()[1:] == ["без сокета", "Принято: без сокета", "само пришло"]
    expect(chat.notice).to_be_hidden()
    assert backend.requests.count("socket") == 1, "it must not knock at the socket all the time"


def test_typing_is_shown_until_the_answer(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.reply_after_s = 1.5
    chat.send("думай")
    expect(chat.widget.get_by_text("Бот печатает")).to_be_attached()
    expect(chat.widget.locator(".typing")).to_be_visible()
    chat.wait_for_bot("Принято: думай")
    expect(chat.widget.locator(".typing")).to_be_hidden()


def test_a_visitor_the_gateway_forgot_starts_anew(chat: ChatPage, backend: FakeBackend) -> None:
    backend.visitors.clear()
    chat.send("вы меня помните?")
    chat.wait_for_bot("Принято: вы меня помните?")
    assert chat.texts() == ["Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?", *chat.texts()[1:]]
    assert sent_texts(backend) == ["вы меня помните?"]


def test_a_button_of_a_lost_conversation_is_not_pressed_in_the_new_one(chat: ChatPage, backend: FakeBackend) -> None:
    backend.visitors.clear()
    chat.press("Баланс")
    failed = chat.own_messages().filter(has_text="Разговор начат заново, нажмите кнопку ещё раз")
    expect(failed).to_be_visible()
    failed.get_by_role("button", name="Удалить").click()
    assert backend.conversation(CODE).received == []
    chat.press("Баланс")
    chat.wait_for_bot("Принято: Баланс")


def test_two_tabs_show_one_conversation(chat: ChatPage, backend: FakeBackend, context: BrowserContext) -> None:
    other = ChatPage(context.new_page())
    other.page.goto(chat.page.url)
    other.wait_for_bot("Что хотите сделать?")
    chat.send("из первой")
    other.wait_for_bot("Принято: из первой")
    other.send("из второй")
    chat.wait_for_bot("Принято: из второй")
    assert chat.texts() == other.texts()
    assert sent_texts(backend) == ["из первой", "из второй"]
    assert len(backend.visitors) == 1


def test_a_wrong_code_is_told_in_words(page: Page, backend: FakeBackend) -> None:
    page.goto(backend.page("/pages/wrong", FULL.format(code="WRONG")))
    chat = ChatPage(page)
    expect(chat.notice).to_contain_text("Код не подошёл. Проверьте его у менеджера.")
    expect(chat.notice.get_by_role("button", name="Повторить")).to_be_visible()


def test_a_browser_without_storage(page: Page, backend: FakeBackend) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    page.goto(backend.page("/pages/full", FULL.format(code=CODE)))
    chat = ChatPage(page)
    chat.wait_for_bot("Что хотите сделать?")
    chat.send("частное окно")
    chat.wait_for_bot("Принято: частное окно")


def test_unread_messages_are_counted_on_the_launcher(site: Callable[..., ChatPage], backend: FakeBackend) -> None:
    chat = site()
    assert backend.visitors == {}, "a page view alone must not start a conversation"
    chat.widget.get_by_role("button", name="Открыть чат").click()
    chat.wait_for_bot("Что хотите сделать?")
    chat.widget.get_by_role("button", name="Закрыть чат").click()
    backend.say("Заказ собирается", CODE)
    expect(chat.widget.get_by_role("button", name="Открыть чат, непрочитанных: 1")).to_be_visible()
    chat.page.reload()
    chat.widget.get_by_role("button", name="Открыть чат, непрочитанных: 1").click()
    chat.wait_for_bot("Заказ собирается")
    chat.widget.get_by_role("button", name="Закрыть чат").click()
    expect(chat.widget.get_by_role("button", name="Открыть чат", exact=True)).to_be_visible()


def test_a_site_of_another_origin(page: Page, backend: FakeBackend) -> None:
    with running() as shop:
        page.goto(shop.page("/pages/shop", SITE.format(origin=backend.url)))
        chat = ChatPage(page)
        chat.widget.get_by_role("button", name="Открыть чат").click()
        chat.wait_for_bot("Что хотите сделать?")
        chat.send("с чужого сайта")
        chat.wait_for_bot("Принято: с чужого сайта")
        assert shop.visitors == {} and shop.requests == [], "the gateway is where the script came from"
