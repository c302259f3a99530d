"""The settings of `.env` as the page shows them: value, where it comes from, what it means. Secrets are never shown."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from pydantic_settings import BaseSettings
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import SETTINGS
from api.config import Settings
from api.console.setting_words import THEMES, Setting
from api.couriers.log.courier import LogSettings
from api.couriers.smtp.courier import SmtpSettings
from api.db.models import OptionRow
from api.deps.options import OPTIONS, Option

IN_FILE = "ENV_FILE_SETS"
"""Names that `./run` took from `.env`, separated by commas (api/run/environment.py)."""
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")
OTHER = "настройка учётной системы, объяснена на странице docs о ней"
KNOWN = {setting.name for _, settings in THEMES for setting in settings}


@dataclass(frozen=True)
class Shown:
    """A setting of the environment. `value`: «задан» or «не задан» of a secret."""

    name: str
    value: str
    source: str
    explained: str


@dataclass(frozen=True)
class ShownOption:
    """An option with its value now, and who changed it when; None: nobody yet."""

    option: Option
    value: Any
    changed: OptionRow | None


def defaults() -> dict[str, str]:
    """What each setting is when nobody sets it."""
    models: tuple[type[BaseSettings], ...] = (Settings, *SETTINGS, SmtpSettings, LogSettings)
    own = {
        _name(model, name): "" if field.is_required() else _text(field.default)
        for model in models
        for name, field in model.model_fields.items()
    }
    return own | {setting.name: setting.default for _, settings in THEMES for setting in settings if setting.default}


def _name(model: type[BaseSettings], field: str) -> str:
    return f"{model.model_config.get('env_prefix') or ''}{field}".upper()


def _text(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def themes(environment: Mapping[str, str] = os.environ) -> list[tuple[str, list[Shown]]]:
    """The settings of this process, by theme."""
    usual, in_file = defaults(), set(environment.get(IN_FILE, "").split(","))
    shown = [(title, [_shown(one, environment, usual, in_file) for one in settings]) for title, settings in THEMES]
    # Of an adapter or of a further accounting system: any of them may be a password.
    more = sorted(name for name, value in environment.items() if name.startswith("ERP_") and value)
    others = [Shown(name, "задан", _source(name, in_file), OTHER) for name in more if name not in KNOWN]
    if others:
        shown.append(("Учётные системы: остальное", others))
    return shown


def _shown(setting: Setting, environment: Mapping[str, str], usual: Mapping[str, str], in_file: set[str]) -> Shown:
    default, given = usual.get(setting.name, ""), environment.get(setting.name, "")
    by_default = not given or given == default
    source = "по умолчанию" if by_default and setting.name not in in_file else _source(setting.name, in_file)
    if setting.secret:
        return Shown(setting.name, "задан" if given else "не задан", source if given else "", setting.explained)
    value = CREDENTIALS.sub("•••@", given or default)
    return Shown(setting.name, value or "не задано", source, setting.explained)


def _source(name: str, in_file: set[str]) -> str:
    return ".env" if name in in_file else "окружение"


async def options(session: AsyncSession) -> list[ShownOption]:
    """Those that are changed here, in the order of api/deps/options.py."""
    rows = {row.key: row for row in await session.scalars(select(OptionRow))}
    return [
        ShownOption(option, rows[option.key].value if option.key in rows else option.default, rows.get(option.key))
        for option in OPTIONS
    ]
