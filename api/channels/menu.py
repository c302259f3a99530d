"""The menu of commands that a messenger offers, the same in each."""

from typing import get_args

from api.channels.port import Command

MENU: dict[Command, str] = {
    "start": "Главное меню",
    "repeat": "Повторить последний заказ",
    "cart": "Что в заказе сейчас",
    "status": "Где мой заказ",
    "balance": "Долг и счета",
    "help": "Что я умею",
    "human": "Позвать менеджера",
    "exit": "Выйти из компании",
}
"""By the name after «/»: what the menu says."""

BY_NAME: dict[str, Command] = {name: name for name in get_args(Command)}
"""The command that a typed name is, if it is one."""
