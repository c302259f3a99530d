"""The port to a messenger: how its updates become our messages.

Sending is a matter of each channel's own jobs; the web chat needs none, its outbox row and a NOTIFY are enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class ButtonPress:
    """The button at `index` (from 0) of our message number `message`."""

    message: int
    index: int


@dataclass(frozen=True)
class LineChange:
    """A quantity changed in place on the card of our message number `message`, in the line's unit; 0 removes."""

    message: int
    sku: str
    quantity: Decimal


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person, checked and read, with the raw update kept. Exactly one of the contents is set."""

    provider_id: str
    """The provider's own id: the same for a redelivery."""
    channel_user: str
    raw: Mapping[str, Any]
    text: str = ""
    button: ButtonPress | None = None
    line: LineChange | None = None


class Channel(Protocol):
    kind: str

    def read(self, headers: Mapping[str, str], body: bytes) -> InboundMessage:
        """Verifies and reads a webhook; raises ChannelError."""
