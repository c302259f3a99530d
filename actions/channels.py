"""Where a customer wants to hear of orders: the channel in their words."""

import re

from actions import replies
from actions.gateway import GatewayError
from actions.turn import Turn

_WORDS = {
    "telegram": r"телег\w*|тг|telegram|tg",
    "whatsapp": r"в[ао]ц?т?с?ап\w*|whats\s?app|wa",
    "max": r"макс\w?|max",
    "webchat": r"сайт\w*|веб\w*",
}
_TITLES = {"telegram": "в Telegram", "whatsapp": "в WhatsApp", "max": "в MAX", "webchat": "в чат на сайте"}
_CHANNELS = {channel: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for channel, words in _WORDS.items()}
_REFUSALS = ("nobody_there", "no_person")


def channel_in(text: str) -> str | None:
    """The only channel that the words name: «пишите в телегу» → telegram."""
    named = [channel for channel, words in _CHANNELS.items() if words.search(text)]
    return named[0] if len(named) == 1 else None


async def prefer_channel(turn: Turn, channel: str) -> None:
    """News of orders go there from now on, or why they cannot."""
    try:
        await turn.gateway.prefer_channel(channel)
    except GatewayError as error:
        if error.code not in _REFUSALS:
            raise
        turn.say(error.message, replies.menu_and_person())
        return
    turn.say(f"Хорошо, новости о заказах буду присылать {_TITLES[channel]}.", replies.menu_and_person())
