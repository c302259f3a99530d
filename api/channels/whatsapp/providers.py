"""Who stands between us and WhatsApp. The messages are the same JSON; addresses, keys and proofs differ.

Meta: https://developers.facebook.com/documentation/business-messaging/whatsapp.
360dialog: https://docs.360dialog.com/docs/messaging-api (API key in a header, no number in the path, media through its
own host) and https://docs.360dialog.com/docs/hub/webhook-url (a webhook with headers of our choice).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar, Protocol
from urllib.parse import urlsplit, urlunsplit

import structlog

from api.channels.errors import DeliveryError
from api.channels.port import Webhook
from api.channels.whatsapp.line import Line
from api.channels.whatsapp.settings import WhatsAppSettings

log = structlog.get_logger()

MEDIA_HOST = "lookaside.fbsbx.com"


class Provider(Protocol):
    needs: ClassVar[tuple[str, ...]]
    """The settings without which it cannot work."""
    handshakes: ClassVar[bool]
    """It checks our webhook with a GET first."""
    headers: Mapping[str, str]
    """What proves to it who we are."""
    messages: str
    """Where messages are posted, and receipts of reading."""

    def authentic(self, webhook: Webhook) -> bool:
        """Whether the request is the provider's."""

    def media(self, media_id: str) -> str:
        """Where the description of a file is."""

    def download(self, url: str) -> str | None:
        """Where the bytes are fetched, for the address in that description; None: no place to send our key to."""

    async def prepare(self, line: Line) -> None:
        """Sets the webhook where we know our address and it differs; else sees that the key is good."""


def same(given: str, expected: str) -> bool:
    """In constant time; nothing equals an empty secret."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


class Meta:
    needs: ClassVar[tuple[str, ...]] = ("token", "phone_id", "app_secret", "verify_token")
    handshakes: ClassVar[bool] = True
    default_url = "https://graph.facebook.com/v26.0"

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._settings = settings
        self._base = (settings.api_url or self.default_url).rstrip("/")
        self.headers: Mapping[str, str] = {"Authorization": f"Bearer {settings.token}"}
        self.messages = f"{self._base}/{settings.phone_id}/messages"

    def authentic(self, webhook: Webhook) -> bool:
        """HMAC-SHA256 over the raw bytes: Meta escapes Cyrillic its own way, re-serialised JSON would not match."""
        digest = hmac.new(self._settings.app_secret.encode(), webhook.body, hashlib.sha256).hexdigest()
        return same(webhook.headers.get("x-hub-signature-256", ""), f"sha256={digest}")

    def media(self, media_id: str) -> str:
        return f"{self._base}/{media_id}?phone_number_id={self._settings.phone_id}"

    def download(self, url: str) -> str | None:
        known = url.startswith(f"https://{MEDIA_HOST}/") or _origin(url) == _origin(self._base)
        return url if known else None

    async def prepare(self, line: Line) -> None:
        settings = self._settings
        address = f"{self._base}/{settings.phone_id}"
        number = await line.call("GET", f"{address}?fields=verified_name,quality_rating,webhook_configuration")
        name, quality = number.get("verified_name"), number.get("quality_rating")
        log.info("whatsapp.number", provider="meta", name=name, quality=quality)
        hooks = number.get("webhook_configuration") or {}
        if settings.webhook_url and hooks.get("phone_number") != settings.webhook_url:
            wanted = {"override_callback_uri": settings.webhook_url, "verify_token": settings.verify_token}
            await line.call("POST", address, {"webhook_configuration": wanted})
            log.info("whatsapp.webhook_set", provider="meta")


class Dialog360:
    needs: ClassVar[tuple[str, ...]] = ("token", "verify_token")
    handshakes: ClassVar[bool] = False
    default_url = "https://waba-v2.360dialog.io"

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._settings = settings
        self._base = (settings.api_url or self.default_url).rstrip("/")
        self.headers: Mapping[str, str] = {"D360-API-KEY": settings.token}
        self.messages = f"{self._base}/messages"
        self._proof = f"Bearer {settings.verify_token}"

    def authentic(self, webhook: Webhook) -> bool:
        """Meta's signature does not come through; the header does that the webhook was set with."""
        return bool(self._settings.verify_token) and same(webhook.headers.get("authorization", ""), self._proof)

    def media(self, media_id: str) -> str:
        return f"{self._base}/{media_id}"

    def download(self, url: str) -> str | None:
        """The same path on 360dialog's host: Meta's would not know our key."""
        if not url.startswith(f"https://{MEDIA_HOST}/"):
            return url if _origin(url) == _origin(self._base) else None
        _, _, path, query, _ = urlsplit(url)
        return self._base + urlunsplit(("", "", path, query, ""))

    async def prepare(self, line: Line) -> None:
        hook = f"{self._base}/v1/configs/webhook"
        try:
            current = await line.call("GET", hook)
        except DeliveryError as error:
            if not error.permanent:
                raise
            current = {}
        log.info("whatsapp.number", provider="360dialog", webhook=bool(current.get("url")))
        wanted = {"url": self._settings.webhook_url, "headers": {"Authorization": self._proof}}
        # What it does not tell (the documents are silent about headers) is taken to be as it was set.
        differs = any(current.get(key, value) != value for key, value in wanted.items())
        if self._settings.webhook_url and (differs or not current.get("url")):
            await line.call("POST", hook, wanted)
            log.info("whatsapp.webhook_set", provider="360dialog")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


PROVIDERS: dict[str, type[Meta] | type[Dialog360]] = {"meta": Meta, "360dialog": Dialog360}
