"""What a distributor sets for Telegram; docs/connect-telegram.md explains it."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.channels import reaching


class TelegramSettings(BaseSettings):
    """`TELEGRAM_…` of the environment. Without a token there is no Telegram."""

    # A wrong token must not be quoted in the error that refuses it.
    model_config = SettingsConfigDict(
        env_prefix="TELEGRAM_", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    token: str = Field(default="", pattern=r"^([0-9]+:[A-Za-z0-9_-]+)?$")
    bot_name: str = Field(default="", pattern=r"^@?[A-Za-z0-9_]*$")
    mode: Literal["", "webhook", "polling"] = ""
    secret: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,256}$")
    api_url: str = "https://api.telegram.org"
    proxy: str = ""

    @field_validator("proxy")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("an HTTP proxy is needed: http://user:password@host:port")
        return value

    @property
    def polls(self) -> bool:
        """Whether we ask for the updates; else Telegram brings them."""
        return reaching.polls(self.mode)

    @property
    def webhook_secret(self) -> str:
        """What Telegram repeats in every request; derived where none is set, so that nobody has to invent one."""
        return self.secret or reaching.derived("telegram webhook")

    @property
    def webhook_url(self) -> str:
        """Where Telegram is to call.

        Telegram never tells which secret it was given: the mark in the address changes with the secret, so that a new
        one is noticed.
        """
        mark = reaching.derived(f"mark of {self.webhook_secret}")[:8]
        return f"{reaching.webhook_url('telegram')}?mark={mark}"
