"""What is said of a file or a picture where words are expected."""

from api.channels.port import AttachmentKind

NAMES: dict[str, str] = {
    "document": "Файл",
    "photo": "Фото",
    "voice": "Голосовое сообщение",
    "video": "Видео",
    "sticker": "Стикер",
    "location": "Геопозиция",
    "other": "Вложение",
}
ACKNOWLEDGED: dict[AttachmentKind, str] = {
    "document": "Файл получил.",
    "photo": "Фото получил.",
    "voice": "Голосовые сообщения я пока не слушаю.",
    "video": "Видео получил.",
    "location": "Геопозицию получил.",
}
"""A sticker needs no person, and what nobody can name is only passed on."""


def shown(kind: str, name: str) -> str:
    """«Файл «заказ.xlsx»» in the place of the words that did not come."""
    return f"{NAMES[kind]} «{name}»" if name else NAMES[kind]
