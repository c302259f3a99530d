"""How a provider reaches us: by which address and with which secret, or not at all."""

import hashlib
import hmac

from api.config import settings


def webhook_url(kind: str) -> str:
    """Where the provider of this channel is to call; the path alone where the product has no public address."""
    return f"{settings().public_url.rstrip('/')}/webhooks/{kind}"


def polls(mode: str) -> bool:
    """Whether we ask for the updates. `mode`: webhook, polling, or empty: a webhook where it can reach us."""
    return mode == "polling" if mode else not settings().public_url


def derived(purpose: str) -> str:
    """A secret of hexadecimal digits that follows from SECRET_KEY, so that nobody has to invent one."""
    return hmac.new(settings().secret_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
