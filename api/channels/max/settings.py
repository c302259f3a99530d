"""What a distributor sets for MAX."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.channels import reaching


class MaxSettings(BaseSettings):
    """`MAX_…` of the environment. Without a token there is no MAX."""

    model_config = SettingsConfigDict(
        env_prefix="MAX_",
        env_ignore_empty=True,
        extra="ignore",
        str_strip_whitespace=True,
        # A wrong token must not be quoted in the error that refuses it.
        hide_input_in_errors=True,
    )

    token: str = Field(default="", pattern=r"^[!-~]*$")
    secret: str = Field(default="", pattern=r"^([A-Za-z0-9_-]{5,256})?$")
    """Of the webhook, in the characters that MAX allows; empty: derived from SECRET_KEY."""
    api_url: str = "https://platform-api2.max.ru"
    ca_file: str = ""
    """PEM certificates trusted besides the ordinary ones; empty: those of the Минцифры that maxapi carries."""
    proxy: str = Field(default="", pattern=r"^(https?://.+)?$")
    mode: Literal["", "webhook", "polling"] = ""
    """Empty: a webhook where the product has a public address."""
    file_hosts: str = "oneme.ru,okcdn.ru,max.ru"
    """Domains that attachments may be fetched from, with all below them."""

    @property
    def polls(self) -> bool:
        return reaching.polls(self.mode)

    @property
    def webhook_url(self) -> str:
        return reaching.webhook_url("max")

    @property
    def webhook_secret(self) -> str:
        return self.secret or reaching.derived("webhook of max")

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host.strip().lower() for host in self.file_hosts.split(",") if host.strip())
