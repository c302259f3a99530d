"""What a customer does in the web chat, as functions for browser tests (page objects).

chat = ChatPage.demo(page, "http://127.0.0.1:8000", "KOFE-PETRA")
chat.wait_for_bot("Что хотите сделать?")
chat.press("Повторить последний")
assert chat.card().line("Молоко").quantity == "5"
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
TIMEOUT_MS = 15_000


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class CardLine:
    """One line of a card as seen. `quantity` is the number in the field, or «5 шт.» on a closed card."""

    sku: str
    name: str
    price: str
    quantity: str
    sum: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CardView:
    """A card as the customer sees it; `lines` by sku in the order shown."""

    title: str
    lines: dict[str, CardLine]
    total: str
    badge: str
    editable: bool

    def line(self, name: str) -> CardLine:
        """The only line whose name has these words in it."""
        found = [line for line in self.lines.values() if name.lower() in line.name.lower()]
        assert len(found) == 1, (
            f"«{name}»: {[line.name for line in found]} of {[line.name for line in self.lines.values()]}"
        )
        return found[0]


def plain(text: str) -> str:
    """Every kind of space is a space."""
    return " ".join(text.split())


class ChatPage:
    """One <order-chat> on a page."""

    def __init__(self, page: Page, widget: Locator | None = None) -> None:
        self.page = page
        self.widget = widget or page.locator("order-chat").first
        self.log = self.widget.get_by_role("log")
        self.input = self.widget.get_by_role("textbox", name="Сообщение")
        self.notice = self.widget.locator(".notice")

    @classmethod
    def demo(cls, page: Page, url: str, code: str) -> "ChatPage":
        """Opens the demo page as this customer."""
        page.goto(f"{url}/?mode=one&customer={code}")
        chat = cls(page, page.locator(f'order-chat[code="{code}"]'))
        expect(chat.input).to_be_visible(timeout=TIMEOUT_MS)
        return chat

    @classmethod
    def side_by_side(cls, page: Page, url: str, first: str, second: str) -> "tuple[ChatPage, ChatPage]":
        """Opens two customers' chats beside each other."""
        page.goto(f"{url}/?mode=two&customer={first}&customer={second}")
        return (
            cls(page, page.locator(f'order-chat[code="{first}"]')),
            cls(page, page.locator(f'order-chat[code="{second}"]')),
        )

    def send(self, text: str) -> None:
        """Types a message and presses Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def button(self, title: str) -> Locator:
        """The newest quick reply with this title (a part of it is enough)."""
        return self.widget.locator(".choices button", has_text=title).last

    def press(self, title: str) -> None:
        """Waits until a quick reply may be pressed and presses it."""
        button = self.button(title)
        expect(button).to_be_enabled(timeout=TIMEOUT_MS)
        button.click()

    def bot_messages(self) -> Locator:
        """Messages of the bot and of managers, oldest first."""
        return self.log.locator(".message:not(.customer)")

    def own_messages(self) -> Locator:
        """The customer's messages, oldest first."""
        return self.log.locator(".message.customer")

    def texts(self) -> list[str]:
        """The texts of all messages as they stand in the log."""
        return [plain(text) for text in self.log.locator(".message .text").all_inner_texts()]

    def wait_for_bot(self, text: str, timeout: float = TIMEOUT_MS) -> Locator:
        """Waits until a bot message, its card included, holds this text; gives the newest such message."""
        message = self.bot_messages().filter(has_text=text).last
        expect(message).to_be_visible(timeout=timeout)
        return message

    def wait_for_new_bot_message(self, known: int, timeout: float = TIMEOUT_MS) -> str:
        """Waits until there are more than `known` bot messages; gives the newest one's text, card included."""
        expect(self.bot_messages().nth(known)).to_be_visible(timeout=timeout)
        return plain(self.bot_messages().last.inner_text())

    def card(self) -> CardView:
        """The newest card."""
        card = self.log.locator(".card").last
        expect(card).to_be_visible(timeout=TIMEOUT_MS)
        raw: dict[str, Any] = card.evaluate(READ_CARD)
        lines = [
            CardLine(
                **{part: plain(one[part]) for part in ("sku", "name", "price", "quantity", "sum")},
                notes=tuple(plain(note) for note in one["notes"]),
            )
            for one in raw["lines"]
        ]
        return CardView(
            plain(raw["title"]),
            {line.sku: line for line in lines},
            plain(raw["total"]),
            plain(raw["badge"]),
            raw["editable"],
        )

    def wait_for_total(self, total: str, timeout: float = TIMEOUT_MS) -> CardView:
        """Waits until the newest card's total is this («7 000 ₽»)."""
        expect(self.log.locator(".card").last.locator(".total b")).to_have_text(
            total.replace("\u00a0", " "), timeout=timeout
        )
        return self.card()

    def stepper(self, sku: str, part: str) -> Locator:
        """A control of the newest card's line; part: minus, plus, remove, quantity."""
        return self.log.locator(".card").last.locator(f'.line[data-sku="{sku}"] .{part}')

    def set_quantity(self, sku: str, quantity: str) -> None:
        """Types a quantity into the newest card."""
        field = self.stepper(sku, "quantity")
        field.fill(quantity)
        field.press("Enter")

    def screenshot(self, path: str | Path) -> None:
        """The whole visible page, after animations."""
        self.page.wait_for_timeout(700)
        self.page.screenshot(path=str(path))


READ_CARD = """(card) => ({
  title: card.querySelector("h3").innerText,
  total: card.querySelector(".total b")?.innerText ?? "",
  badge: card.querySelector(".badge").textContent,
  editable: card.classList.contains("live"),
  lines: [...card.querySelectorAll(".line")].map((line) => ({
    sku: line.dataset.sku,
    name: line.querySelector(".name").innerText,
    price: line.querySelector(".price").innerText,
    quantity: line.querySelector(".quantity")?.value ?? line.querySelector(".times").innerText.replace("×", ""),
    sum: line.querySelector(".sum").innerText,
    notes: [...line.querySelectorAll(".note")].map((note) => note.innerText),
  })),
})"""
