"""The channels there are: a new one is a folder and a line here."""

from collections.abc import Callable
from functools import lru_cache

from pydantic_settings import BaseSettings

from api.channels.max.adapter import open_max
from api.channels.max.settings import MaxSettings
from api.channels.port import Channel, Messenger
from api.channels.telegram.adapter import open_telegram
from api.channels.telegram.settings import TelegramSettings
from api.channels.webchat.adapter import WebChat
from api.channels.whatsapp.adapter import open_whatsapp
from api.channels.whatsapp.settings import WhatsAppSettings

OPENERS: dict[str, Callable[[], Channel | None]] = {
    "webchat": WebChat,
    "telegram": open_telegram,
    "max": open_max,
    "whatsapp": open_whatsapp,
}
"""By kind: what opens the channel with its settings, or says None where the distributor has none of it."""

SETTINGS: tuple[type[BaseSettings], ...] = (TelegramSettings, MaxSettings, WhatsAppSettings)
"""What the channels read of the environment; the README's table has every name (a test compares them)."""


@lru_cache
def channels() -> dict[str, Channel]:
    """The channels that are set up in this process."""
    opened = {kind: opener() for kind, opener in OPENERS.items()}
    return {kind: channel for kind, channel in opened.items() if channel is not None}


def messenger(kind: str) -> Messenger | None:
    """The channel that we have to call to deliver; None for one that fetches its messages itself, or is not set up."""
    channel = channels().get(kind)
    return channel if isinstance(channel, Messenger) else None


def calls_out(kind: str) -> bool:
    """Whether messages of the kind wait to be sent, even while the channel is not set up."""
    return kind != WebChat.kind


async def close_channels() -> None:
    """Gives back what the channels of this process hold."""
    for channel in channels().values():
        if isinstance(channel, Messenger):
            await channel.close()
    channels.cache_clear()
