"""Channels by the names that people call them, also those that are switched off by now."""

from api.channels.registry import OPENERS

TITLES = {"webchat": "сайт", "telegram": "Telegram", "max": "MAX", "whatsapp": "WhatsApp"}


def channel_words(kind: str) -> str:
    return TITLES.get(kind, kind)


def channels() -> list[tuple[str, str]]:
    """Kinds and titles, for the filters."""
    return [(kind, channel_words(kind)) for kind in OPENERS]
