"""What a distributor sets for 1C with our extension; docs/connect-1c-http.md explains it."""

from pydantic import Field, SecretStr

from api.erp.settings import ErpSettings


class OnecHttpSettings(ErpSettings):
    """The service as it is published, with or without /hs/bot. Without an address the demo 1C of this machine."""

    webhook_secret: SecretStr = SecretStr("")
    """Signs what 1C tells us; empty: 1C cannot reach us, and we ask it for changes now and then."""
    poll_seconds: int = Field(default=60, ge=5)
    """How often we ask for changes where there is no webhook."""
    check_prices: bool = True
    """1C refuses an order with another price than its own; off: it writes the price that was confirmed."""
