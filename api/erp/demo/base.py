"""The demo base as the routers see it: store, faults, clock, credentials."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from api.domain.clock import Clock
from api.erp.demo.faults import FaultBox
from api.erp.demo.store import Store


@dataclass(frozen=True)
class Base:
    store: Store
    faults: FaultBox
    clock: Clock
    user: str
    password: str
    max_body: int

    def now(self) -> datetime:
        """Local wall time without a zone, as 1C keeps dates."""
        return self.clock.now().replace(tzinfo=None, microsecond=0)

    def accepts(self, authorization: str) -> bool:
        """Whether the header carries our user and password."""
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded, validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(given, f"{self.user}:{self.password}".encode())
