"""What a distributor sets for WhatsApp."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

from api.channels import reaching
from api.config import settings


class WhatsAppSettings(BaseSettings):
    """Without a token there is no WhatsApp. What else is needed depends on the provider (`providers.py`)."""

    model_config = SettingsConfigDict(env_prefix="WHATSAPP_", env_ignore_empty=True, extra="ignore")

    provider: Literal["meta", "360dialog"] = "meta"
    token: str = ""
    """Meta: a system user's access token; 360dialog: the API key of the number."""
    phone_id: str = ""
    """The id of our number (not the number): updates of the app's other numbers are not ours."""
    app_secret: str = ""
    """Meta signs its requests with it."""
    verify_token: str = ""
    """A secret of our own invention: Meta repeats it in the handshake, 360dialog in a header of every request."""
    api_url: str = ""
    """Where the provider answers; empty: its usual address."""
    proxy: str = ""
    template: str = ""
    """An approved template with one variable in its body, for what is said outside the 24 hours; empty: none."""
    template_language: str = "ru"

    @property
    def webhook_url(self) -> str:
        """Where the provider is to call; empty: the webhook is set by hand at the provider's."""
        return reaching.webhook_url("whatsapp") if settings().public_url else ""
