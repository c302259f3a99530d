"""Our messages as Telegram draws them."""

from collections.abc import Iterable

from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from api.channels.menu import MENU
from api.channels.port import Button, Capabilities, Outgoing

LIMITS = Capabilities(
    text=4096,
    # Telegram takes 100 buttons; what nobody would scroll through is better answered by its number.
    buttons=30,
    button_title=60,
    payload_bytes=64,
    row_buttons=3,
    row_chars=36,
    contact_button=True,
    contact_apart=True,
    link_button=True,
    edits=True,
    # Telegram's own advice: no more than 30 a second in all, one a second in a chat.
    per_second=25.0,
    per_chat_seconds=1.0,
    # getFile gives nothing larger.
    attachment_bytes=20_000_000,
)


def menu() -> list[BotCommand]:
    """MENU for setMyCommands."""
    return [BotCommand(command=command, description=title) for command, title in MENU.items()]


def keyboard(message: Outgoing) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """The buttons under a message; the request for the number is a keyboard in the place of the person's own."""
    if any(button.asks_contact for button in message.buttons):
        asked = [[KeyboardButton(text=button.title, request_contact=True)] for button in message.buttons]
        return ReplyKeyboardMarkup(keyboard=asked, one_time_keyboard=True, resize_keyboard=True)
    if not message.rows:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[_row(row) for row in message.rows])


def _row(buttons: Iterable[Button]) -> list[InlineKeyboardButton]:
    return [
        InlineKeyboardButton(text=button.title, url=button.url)
        if button.url
        else InlineKeyboardButton(text=button.title, callback_data=button.data)
        for button in buttons
    ]
