"""Writes letters to the log, code and address included: for development only, never beside real customers."""

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.config import settings
from api.couriers.port import Letter, Way

log = structlog.get_logger()


class LogSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, env_prefix="LOG_COURIER_")

    sms: bool = False
    email: bool = False


class LogCourier:
    """The one place where a code may be read in a log: that is what it is for."""

    def __init__(self, way: Way) -> None:
        self.way = way

    async def send(self, letter: Letter) -> None:
        log.warning("courier.not_sent_development_only", way=self.way, to=letter.to, text=letter.text)


def open_log(way: Way) -> LogCourier | None:
    """The courier where LOG_COURIER_SMS or LOG_COURIER_EMAIL asks for it; refused outside of a demo."""
    config = LogSettings()
    if not (config.sms if way == "sms" else config.email):
        return None
    if not settings().demo:
        raise ValueError(
            f"LOG_COURIER_{way.upper()} writes one-time codes into the log: it is for development, with DEMO=true"
        )
    return LogCourier(way)
