"""What a person may send beside words, in our terms."""

from collections.abc import Callable, Iterable
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message

from api.channels.cleaning import clean
from api.channels.port import Attachment, AttachmentKind

KINDS: dict[str, AttachmentKind] = {
    ContentType.DOCUMENT: "document",
    ContentType.AUDIO: "document",
    ContentType.PHOTO: "photo",
    ContentType.LIVE_PHOTO: "photo",
    ContentType.VOICE: "voice",
    ContentType.VIDEO: "video",
    ContentType.VIDEO_NOTE: "video",
    ContentType.ANIMATION: "video",
    ContentType.STICKER: "sticker",
    ContentType.DICE: "sticker",
    ContentType.LOCATION: "location",
    ContentType.VENUE: "location",
    # What has no word of ours goes to a person rather than nowhere, and so does what is newer than aiogram.
    ContentType.CHECKLIST: "other",
    ContentType.POLL: "other",
    ContentType.STORY: "other",
    ContentType.GAME: "other",
    ContentType.PAID_MEDIA: "other",
    ContentType.RICH_MESSAGE: "other",
    ContentType.UNKNOWN: "other",
}
"""Contents that are not here are Telegram's own notes («закрепил сообщение»), not words of the person."""


def attachment_of(message: Message) -> Attachment | None:
    """The message's attachment; None when it has none."""
    kind = KINDS.get(message.content_type)
    if kind is None:
        return None
    file = _FILES.get(message.content_type, _named)(message)
    return Attachment(
        kind,
        file_ref=clean(getattr(file, "file_id", None) or ""),
        name=clean(getattr(file, "file_name", None) or "")[:200],
        mime=clean(getattr(file, "mime_type", None) or "")[:100],
        size=getattr(file, "file_size", None) or 0,
    )


def _named(message: Message) -> Any:
    return getattr(message, message.content_type, None)


def _largest(sizes: Iterable[Any] | None) -> Any:
    return max(sizes or (), key=lambda size: (size.width * size.height, size.file_size or 0), default=None)


_FILES: dict[str, Callable[[Message], Any]] = {ContentType.PHOTO: lambda message: _largest(message.photo)}
