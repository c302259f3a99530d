"""Settings that an admin changes in the console while the product runs; `.env` holds what a restart may need.

A new one is an entry of `OPTIONS`; the page «Система» shows and checks them all.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import OptionRow
from api.errors import ApiError


@dataclass(frozen=True)
class Option:
    """`kind`: flag, whole or text. `least` and `most` bound a whole number, or the length of a text."""

    key: str
    title: str
    explained: str
    kind: str
    default: bool | int | str
    least: int = 0
    most: int = 1000


OPTIONS = (
    Option(
        "pilot",
        "Пилот",
        "Помощник обслуживает только клиентов с отметкой «в пилоте» (раздел «Клиенты»). Остальным он вежливо отвечает, "
        "что работает в тестовом режиме, и зовёт менеджера.",
        "flag",
        False,
    ),
    Option(
        "answer_within_minutes",
        "Напомнить, если клиенту не ответили, минут",
        "Через столько минут без ответа менеджеры получают напоминание. 0 — не напоминать.",
        "whole",
        5,
        most=240,
    ),
    Option(
        "rate_every",
        "Просить оценку после каждого N-го заказа",
        "Клиент ставит оценку одним нажатием. 0 — не просить.",
        "whole",
        5,
        most=100,
    ),
    Option(
        "rate_after_minutes",
        "Через сколько минут после принятия заказа просить оценку",
        "Помощник спросит позже, если клиент ещё пишет, собирает заказ или говорит с менеджером, и не спросит ночью.",
        "whole",
        10,
        most=1440,
    ),
    Option(
        "work_from",
        "Начало рабочего дня, час",
        "По рабочему времени считается доля заказов вне его.",
        "whole",
        9,
        most=23,
    ),
    Option("work_to", "Конец рабочего дня, час", "Час, в который рабочий день заканчивается.", "whole", 18, most=24),
    Option("work_saturday", "Суббота — рабочий день", "Для доли заказов вне рабочего времени.", "flag", False),
    Option(
        "figures_exclude",
        "Клиенты, которых нет в показателях",
        "Проверочные и свои компании: их коды в учётной системе через запятую.",
        "text",
        "",
        most=2000,
    ),
)
_KNOWN = {option.key: option for option in OPTIONS}


async def option(session: AsyncSession, key: str) -> Any:
    """The value as it is set, or its default. Staff sessions only; raises KeyError for an unknown key."""
    known = _KNOWN[key]
    row = await session.get(OptionRow, key)
    return known.default if row is None else row.value


async def all_options(session: AsyncSession) -> dict[str, Any]:
    """Every option's value by its key."""
    set_ = {row.key: row.value for row in await session.scalars(select(OptionRow))}
    return {key: set_.get(key, known.default) for key, known in _KNOWN.items()}


def checked(key: str, value: str) -> bool | int | str:
    """A form's value as the option's own kind; raises ApiError with a sentence for a person."""
    known = _KNOWN[key]
    if known.kind == "flag":
        return value in ("on", "true", "1")
    text = value.strip()
    if known.kind == "text":
        if not known.least <= len(text) <= known.most:
            raise ApiError(f"«{known.title}»: от {known.least} до {known.most} знаков.")
        return text
    if not text.isdecimal() or not known.least <= Decimal(text) <= known.most:
        raise ApiError(f"«{known.title}»: целое число от {known.least} до {known.most}.")
    return int(text)


async def set_option(session: AsyncSession, key: str, value: bool | int | str, by: str) -> None:
    """Sets it for all processes from the next look on; the caller writes the audit row."""
    values = {"key": key, "value": value, "changed_at": settings().clock.now(), "changed_by": by}
    await session.execute(insert(OptionRow).values(values).on_conflict_do_update(index_elements=["key"], set_=values))
