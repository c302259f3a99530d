"""What the customer presses and types: quick replies, quantities on a card, the message field. And what text may do."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CODE
from tests.browser.fake_backend import FakeBackend, card_line, card_message

MILK, CREAM, SYRUP = "20013", "20014", "20015"
ATTACK = """<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>жирно</b> javascript:alert(1)"""


def lines_sent(backend: FakeBackend) -> list[tuple[str, str]]:
    return [
        (body["line"]["sku"], body["line"]["quantity"])
        for body in backend.conversation(CODE).received
        if "line" in body
    ]


@pytest.fixture
def cart(chat: ChatPage) -> ChatPage:
    """A chat with the last order on an editable card."""
    chat.press("Повторить последний")
    chat.wait_for_bot("Последний заказ от 15 декабря")
    return chat


def test_a_quick_reply_is_one_message_however_often_it_is_pressed(chat: ChatPage, backend: FakeBackend) -> None:
    backend.faults.reply_after_s = 0.7
    chat.button("Повторить последний").dblclick()
    expect(chat.button("Новый заказ")).to_be_disabled()
    chat.wait_for_bot("Последний заказ от 15 декабря")
    received = backend.conversation(CODE).received
    assert [body.get("button") for body in received] == [{"message": 1, "index": 1}]
    assert chat.own_messages().count() == 1


def test_only_the_newest_buttons_can_be_pressed(cart: ChatPage, backend: FakeBackend) -> None:
    expect(cart.button("Новый заказ")).to_be_visible()
    expect(cart.button("Новый заказ")).to_be_disabled()
    cart.button("Новый заказ").click(force=True)
    expect(cart.button("Оформить")).to_be_enabled()
    assert len(backend.conversation(CODE).received) == 1
    cart.page.reload()
    expect(cart.button("Оформить")).to_be_enabled()
    expect(cart.button("Новый заказ")).to_be_disabled()


def test_a_notice_in_between_leaves_the_buttons(cart: ChatPage, backend: FakeBackend) -> None:
    backend.say("Заказ № 120 собирается", CODE)
    cart.wait_for_bot("Заказ № 120 собирается")
    expect(cart.button("Оформить")).to_be_enabled()
    cart.send("спасибо")
    cart.wait_for_bot("Принято: спасибо")
    expect(cart.button("Оформить")).to_be_disabled()


def test_a_card_shows_lines_sums_and_notes(cart: ChatPage) -> None:
    card = cart.card()
    assert (card.title, card.total, card.editable, card.badge) == ("Последний заказ от 15 декабря", "5 500 ₽", True, "")
    assert [(line.quantity, line.sum) for line in card.lines.values()] == [
        ("5", "2 500 ₽"), ("10", "1 800 ₽"), ("2", "1 200 ₽"),
    ]  # fmt: skip
    assert card.line("Сливки").price == "прежняя цена 170 ₽ 180 ₽ / шт"
    assert card.line("Сироп").notes == ("осталось 3 шт.",)
    assert cart.texts()[-2:] == ["Повторить последний", "Всё верно?"], "what the card shows is not said twice"


def test_several_presses_of_plus_are_one_change(cart: ChatPage, backend: FakeBackend) -> None:
    for _ in range(3):
        cart.stepper(MILK, "plus").click()
    card = cart.wait_for_total("7 000 ₽")
    assert card.line("Молоко").quantity == "8"
    assert card.line("Молоко").notes == ("было 5 шт.",)
    assert card.line("Молоко").sum == "4 000 ₽"
    assert lines_sent(backend) == [(MILK, "8")]


def test_a_change_renews_the_card_where_it_stands(cart: ChatPage, backend: FakeBackend) -> None:
    cart.set_quantity(MILK, "8")
    cart.wait_for_total("7 000 ₽")
    cart.wait_for_bot("Молоко 3,2% — теперь 8 шт. Новый итог: 7 000 ₽")
    expect(cart.log.locator(".card")).to_have_count(1)
    assert cart.card().title == "Последний заказ от 15 декабря"
    expect(cart.stepper(MILK, "quantity")).to_be_in_viewport()
    cart.page.reload()
    cart.wait_for_total("7 000 ₽")
    expect(cart.log.locator(".card")).to_have_count(1)
    cart.set_quantity(MILK, "5")
    cart.wait_for_total("5 500 ₽")


def test_a_newer_card_closes_the_older(cart: ChatPage, backend: FakeBackend) -> None:
    cart.stepper(MILK, "plus").focus()
    cart.send("корзина")
    cart.wait_for_bot("Ваш заказ")
    older = cart.log.locator(".card").first
    expect(older.locator(".badge")).to_have_text("Только просмотр")
    expect(older.locator(".stepper")).to_have_count(0)
    expect(older.locator(".times")).to_have_text(["× 5 шт.", "× 10 шт.", "× 2 шт."])
    assert cart.card().editable


def test_an_orders_card_closes_the_cart_until_it_changes(cart: ChatPage, backend: FakeBackend) -> None:
    order = card_message({MILK: 5}, "Заказ № 12847")
    order["card"] |= {"editable": False, "kind": "order"}
    backend.say(code=CODE, **order)
    cart.wait_for_bot("Заказ № 12847")
    expect(cart.log.locator(".stepper")).to_have_count(0)
    update = card_message({MILK: 6})["card"] | {"kind": "update"}
    backend.say("Молоко — теперь 6 шт.", CODE, card=update)
    cart.wait_for_bot("теперь 6 шт.")
    expect(cart.log.locator(".card")).to_have_count(2)
    expect(cart.log.locator(".card").first.locator(".total b")).to_have_text("3 000 ₽")
    expect(cart.log.locator(".card").first.locator(".stepper")).to_have_count(1)
    expect(cart.log.locator(".card").last.locator(".stepper")).to_have_count(0)


def test_typing_a_quantity_and_removing_a_line(cart: ChatPage, backend: FakeBackend) -> None:
    cart.set_quantity(CREAM, "12")
    cart.wait_for_total("5 860 ₽")
    cart.stepper(SYRUP, "remove").click()
    card = cart.wait_for_total("4 660 ₽")
    assert list(card.lines) == [MILK, CREAM]
    assert lines_sent(backend) == [(CREAM, "12"), (SYRUP, "0")]


def test_changing_two_lines_at_once_loses_neither(cart: ChatPage, backend: FakeBackend) -> None:
    cart.stepper(MILK, "plus").click()
    cart.stepper(CREAM, "minus").click()
    card = cart.wait_for_total("5 820 ₽")
    assert (card.line("Молоко").quantity, card.line("Сливки").quantity) == ("6", "9")
    assert sorted(lines_sent(backend)) == [(MILK, "6"), (CREAM, "9")]


def test_presses_during_the_answer_go_over_to_the_new_card(cart: ChatPage, backend: FakeBackend) -> None:
    backend.faults.reply_after_s = 1.0
    cart.stepper(MILK, "plus").click()
    expect(cart.widget.get_by_text("Сохраняем…")).to_be_visible()
    cart.page.wait_for_timeout(500)
    cart.stepper(MILK, "plus").click()
    card = cart.wait_for_total("6 500 ₽")
    assert card.line("Молоко").quantity == "7"
    assert lines_sent(backend)[-1] == (MILK, "7")


def test_the_order_step_is_kept(chat: ChatPage, backend: FakeBackend) -> None:
    message = card_message({MILK: 5})
    message["card"]["lines"] = [card_line(MILK, 1.5) | {"step": "0.5", "unit": "кг"}]
    backend.faults.silent_bot = True
    backend.say(code=CODE, **message)
    quantity = chat.stepper(MILK, "quantity")
    expect(quantity).to_have_value("1,5")
    quantity.fill("1,6")
    quantity.press("Enter")
    expect(quantity).to_have_value("2")
    chat.stepper(MILK, "minus").click()
    expect(quantity).to_have_value("1,5")
    quantity.fill("много")
    quantity.press("Enter")
    expect(quantity).to_have_value("1,5")
    quantity.fill("0,5")
    quantity.press("Enter")
    expect(chat.stepper(MILK, "minus")).to_be_disabled()
    chat.stepper(MILK, "plus").click()
    expect(quantity).to_have_value("1")
    chat.page.wait_for_timeout(900)
    assert lines_sent(backend)[-1] == (MILK, "1")


def test_a_refused_change_puts_the_quantity_back(cart: ChatPage, backend: FakeBackend) -> None:
    backend.faults.fail_posts = [422]
    cart.set_quantity(MILK, "9")
    expect(cart.widget.get_by_text("Так не получится.")).to_be_visible()
    expect(cart.stepper(MILK, "quantity")).to_have_value("5")
    cart.set_quantity(MILK, "8")
    cart.wait_for_total("7 000 ₽")


def test_focus_stays_on_the_control_when_the_card_is_renewed(cart: ChatPage) -> None:
    cart.stepper(MILK, "plus").focus()
    cart.page.keyboard.press("Enter")
    cart.wait_for_total("6 000 ₽")
    expect(cart.stepper(MILK, "plus")).to_be_focused()


def test_a_closed_card_cannot_be_changed(chat: ChatPage, backend: FakeBackend) -> None:
    message = card_message({MILK: 5}, "Заказ № 12847")
    message["card"] |= {"editable": False, "kind": "order"}
    backend.say(code=CODE, **message)
    card = chat.card()
    assert (card.editable, card.badge, card.line("Молоко").quantity) == (False, "Только просмотр", "5 шт.")
    expect(chat.log.locator(".card input, .card button")).to_have_count(0)


def test_markup_is_shown_as_text_everywhere(chat: ChatPage, backend: FakeBackend) -> None:
    message = card_message({MILK: 5}, ATTACK)
    message["card"]["lines"][0] |= {
        "name": ATTACK,
        "note": ATTACK,
        "unit": "<i>шт</i>",
        "issue_text": ATTACK,
        "short_name": ATTACK,
    }
    message["card"]["footer"] = ATTACK
    message |= {"text": ATTACK, "buttons": [{"title": ATTACK}]}
    backend.say(code=CODE, **message)
    backend.say(ATTACK, CODE, **{"from": "manager", "author": ATTACK})
    chat.wait_for_bot("менеджер")
    chat.send(ATTACK)
    chat.wait_for_bot("Принято: <img")
    assert ATTACK in chat.texts()
    assert chat.log.locator("img, script, b:not(.total b), a").count() == 0
    assert chat.page.evaluate("window.hacked") is None


def test_links_and_phones_become_links(chat: ChatPage, backend: FakeBackend) -> None:
    backend.say(
        "Прайс: https://example.ru/price?a=1&b=2. Звоните +7 495 123-45-67 или 8 (800) 555-35-35!\n"
        "Счёт 40702810900000012345, javascript:alert(1), ftp://example.ru",
        CODE,
    )
    chat.wait_for_bot("Прайс")
    links = chat.log.locator("a")
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://example.ru/price?a=1&b=2", "tel:+74951234567", "tel:+78005553535",
    ]  # fmt: skip
    assert links.first.get_attribute("rel") == "noopener noreferrer nofollow"
    assert "\nСчёт" in chat.log.locator(".message .text").last.inner_text()


def test_enter_sends_and_shift_enter_breaks_the_line(chat: ChatPage, backend: FakeBackend) -> None:
    chat.input.press_sequentially("молоко 8")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("сливки 2")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("")
    chat.wait_for_bot("Принято")
    assert backend.conversation(CODE).received[0]["text"] == "молоко 8\nсливки 2"
    chat.send("   ")
    assert len(backend.conversation(CODE).received) == 1


def test_the_limit_of_a_message(chat: ChatPage, backend: FakeBackend) -> None:
    counter = chat.widget.locator(".counter")
    chat.input.fill("я" * 3000)
    expect(counter).to_be_hidden()
    chat.input.fill("🥛" * 3999)
    expect(counter).to_have_text("3999 из 4000")
    chat.input.fill("я" * 4001)
    expect(counter).to_have_text("Слишком длинное сообщение: 4001 из 4000")
    chat.input.press("Enter")
    expect(chat.input).not_to_have_value("")
    chat.input.fill("я" * 4000)
    chat.input.press("Enter")
    chat.wait_for_bot("Принято: яяя")
    assert len(backend.conversation(CODE).received[0]["text"]) == 4000


def test_reading_older_messages_is_not_disturbed(chat: ChatPage, backend: FakeBackend, page: Page) -> None:
    for number in range(20):
        backend.say(f"строка {number}", CODE)
    chat.wait_for_bot("строка 19")
    page.wait_for_timeout(700)
    chat.log.evaluate("(log) => { log.scrollTop = 0 }")
    page.wait_for_timeout(100)
    backend.say("новость", CODE)
    jump = chat.widget.get_by_role("button", name="Новые сообщения")
    expect(jump).to_be_visible()
    assert chat.log.evaluate("(log) => log.scrollTop") == 0
    jump.click()
    expect(chat.bot_messages().last).to_be_in_viewport()
    expect(jump).to_be_hidden()
