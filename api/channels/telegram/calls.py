"""The Bot API's methods whose answers are read loosely.

aiogram reads an answer as a whole: one field of a newer Bot API would turn a message that was sent into an error, and
one strange update would hold back all that wait behind it.
"""

from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove
from pydantic import BaseModel

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sent(BaseModel):
    """All we need to know of a message that was sent."""

    message_id: int


class Send(TelegramMethod[Sent]):
    """`sendMessage`, plain text."""

    __returning__ = Sent
    __api_method__ = "sendMessage"

    chat_id: str
    text: str
    reply_markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None = None
    link_preview_options: LinkPreviewOptions = NO_PREVIEW
    disable_notification: bool | None = None


class Edit(TelegramMethod[Any]):
    """`editMessageText`, plain text; without `reply_markup` the buttons go."""

    __returning__ = Any
    __api_method__ = "editMessageText"

    chat_id: str
    message_id: int
    text: str
    reply_markup: InlineKeyboardMarkup | None = None
    link_preview_options: LinkPreviewOptions = NO_PREVIEW


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates`, the updates as they came."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]
