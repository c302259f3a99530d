"""The bot's menu, and what typed commands mean."""

import re

from api.channels.port import Command

COMMANDS: tuple[tuple[Command, str], ...] = (
    ("start", "Главное меню"),
    ("repeat", "Повторить последний заказ"),
    ("cart", "Что в заказе сейчас"),
    ("status", "Где мой заказ"),
    ("balance", "Долг и счета"),
    ("help", "Что я умею"),
    ("human", "Позвать менеджера"),
    ("exit", "Выйти из компании"),
)
"""By the name after «/»: the words of the menu."""

_NAMES: dict[str, Command] = {name: name for name, _ in COMMANDS}
_FORM = re.compile(r"/([a-z]+)(?:@\w+)?(?:\s+(\S{1,512}))?", re.IGNORECASE)


def read(text: str) -> tuple[Command, str] | None:
    """A typed command and its argument; None for anything else.

    Only `/start` takes an argument (an invitation's code): words after another command are words to be answered.
    """
    found = _FORM.fullmatch(text.strip())
    command = _NAMES.get(found[1].lower()) if found else None
    if found is None or command is None or (found[2] and command != "start"):
        return None
    return command, found[2] or ""
