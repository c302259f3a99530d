"""The owner's dialogue in a real browser against the running product, with the pictures that the README shows."""

from pathlib import Path

from playwright.sync_api import Page

from api.run.system import System
from tests.browser.chat_page import ChatPage
from tests.running import Demo1C


def test_repeat_change_milk_confirm(page: Page, system: System, fresh: None, demo: Demo1C, tmp_path: Path) -> None:
    before = demo.count()
    chat = ChatPage.demo(page, system.url, "KOFE-PETRA")
    chat.wait_for_bot("Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?")
    chat.press("Повторить последний")
    assert chat.wait_for_total("5 500 ₽").line("Молоко").quantity == "5"
    chat.press("Изменить количество")
    chat.wait_for_bot("Какую позицию изменить?")
    chat.press("Молоко — 5 шт.")
    chat.wait_for_bot("Сколько штук молока")
    chat.send("8")
    chat.wait_for_bot("Молоко — теперь 8 шт. (4 000 ₽). Новый итог: 7 000 ₽")
    assert chat.wait_for_total("7 000 ₽").line("Молоко").quantity == "8"
    chat.screenshot(tmp_path / "chat-changed.png")
    chat.press("Оформить")
    chat.wait_for_bot("Водитель позвонит за 30 минут.", timeout=60_000)
    chat.screenshot(tmp_path / "chat-accepted.png")
    assert (tmp_path / "chat-accepted.png").stat().st_size > 10_000
    assert demo.count() == before + 1


def test_two_customers_side_by_side_see_their_own_price(page: Page, system: System, fresh: None) -> None:
    cafe, shop = ChatPage.side_by_side(page, system.url, "KOFE-PETRA", "MAGAZIN-BEREZKA")
    for chat in (cafe, shop):
        chat.wait_for_bot("Здравствуйте")
        chat.send("молоко 3,2% 10л 10 шт")
    assert cafe.wait_for_total("5 000 ₽").line("Молоко").quantity == "10"
    assert shop.wait_for_total("5 050 ₽").line("Молоко").quantity == "10"
    assert "500 ₽" not in " ".join(shop.texts())
