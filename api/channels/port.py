"""The port to a messenger: how its updates become our messages, and how ours are sent.

A channel that fetches our messages itself (the web chat) is a `Channel`; one that we call is a `Messenger`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol, runtime_checkable

AttachmentKind = Literal["document", "photo", "voice", "video", "sticker", "location", "other"]
Command = Literal["start", "repeat", "cart", "status", "balance", "help", "human", "exit"]
"""What a messenger's own menu of commands may ask for; conversations/intake.py says what each does."""


@dataclass(frozen=True)
class Capabilities:
    """What a messenger can draw and how much it takes. Lengths are in characters unless they say otherwise."""

    text: int
    """The longest text of one message."""
    buttons: int
    """The most quick replies under one message; 0: none."""
    button_title: int
    payload_bytes: int
    row_buttons: int = 1
    """The most buttons side by side."""
    row_chars: int = 40
    """Titles side by side are readable up to so many characters together."""
    list_rows: int = 0
    """The most rows of a list to choose from; 0: no lists."""
    list_title: int = 0
    interactive_text: int = 0
    """The longest text of a message with buttons or a list; 0: as long as any other."""
    contact_button: bool = False
    """A button by which a person shares their own number."""
    contact_apart: bool = False
    """That button cannot stand beside others: they follow in a message of their own."""
    link_button: bool = False
    edits: bool = False
    """A sent message can be changed."""
    window: timedelta | None = None
    """How long after the person's last words one may write freely; None: always."""
    window_text: int = 0
    """The longest text outside the window, where nothing can be pressed; 0: as long as any other."""
    per_second: float = 20.0
    """Messages of the whole channel."""
    per_chat_seconds: float = 1.0
    """The pause between two messages of one chat, in the long run."""
    chat_burst: int = 3
    """Messages that a chat may be ahead of that pace: an answer in two messages comes at once."""
    attachment_bytes: int = 20_000_000


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
class SharedContact:
    """A number as the messenger gave it. `own`: the provider proves that it is the sender's; a forwarded one is not."""

    phone: str
    own: bool


@dataclass(frozen=True)
class Attachment:
    """Something beside words. `file_ref` is the provider's name of the file; empty where nothing can be fetched."""

    kind: AttachmentKind
    file_ref: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0


@dataclass(frozen=True)
class InboundMessage:
    """One message of a person, checked and read, with the raw update kept."""

    provider_id: str
    """The provider's own id: the same for a redelivery."""
    channel_user: str
    """Whom to answer: the chat's address in the provider's terms."""
    raw: Mapping[str, Any]
    text: str = ""
    button: ButtonPress | None = None
    line: LineChange | None = None
    command: Command | None = None
    argument: str = ""
    """What follows `/start`: the code of an invitation's link."""
    contact: SharedContact | None = None
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None
    name: str = ""
    phone: str = ""
    """E.164, where the channel vouches for the sender's number with every message."""
    group: bool = False
    """Not a private chat: nobody's prices may be told there."""
    edited: bool = False
    """The new words of a message that was read before: they are not acted upon."""
    deleted: bool = False
    """A message that was read before is taken back."""
    person: str = ""
    """The provider's own id of whoever writes, where the address itself may pass to somebody else."""


@dataclass(frozen=True)
class Receipt:
    """What became of a message of ours. Receipts come late, twice and out of order."""

    message_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    error: str = ""
    permanent: bool = True


@dataclass(frozen=True)
class Presence:
    """The person stopped the bot, or let it back in."""

    channel_user: str
    reachable: bool


@dataclass(frozen=True)
class OwnerChanged:
    """The address is another person's now, or will be: whoever writes from it next has to show who it is.

    `phone` (E.164): the number that its owner gave up; it proves nothing until a manager binds it anew.
    """

    provider_id: str
    """The same for a redelivery, which must not sign out the next owner."""
    channel_user: str
    phone: str = ""


Inbound = InboundMessage | Receipt | Presence | OwnerChanged


@dataclass(frozen=True)
class Webhook:
    """A provider's HTTP request. `headers` find names in any case."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reading:
    """What a webhook holds. `answer`: the plain text that the provider wants to see (a handshake), else None."""

    events: tuple[Inbound, ...] = ()
    answer: str | None = None


@dataclass(frozen=True)
class Button:
    """`data` comes back when it is pressed; a link or a request for the number has none.

    `full_title` is the title before it was cut to the channel's length.
    """

    title: str
    data: str = ""
    full_title: str = ""
    url: str = ""
    asks_contact: bool = False


@dataclass(frozen=True)
class Outgoing:
    """A message cut to the channel's measure. `as_list`: the rows, one button each, are to be drawn as a list."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    as_list: bool = False

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)


class Channel(Protocol):
    kind: str
    title: str
    """As people know it."""

    def read(self, webhook: Webhook) -> Reading:
        """Verifies and reads a webhook; raises ChannelError."""


@runtime_checkable
class Messenger(Channel, Protocol):
    """A channel that we call. Every method that goes out raises DeliveryError and nothing else."""

    capabilities: Capabilities

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        """Sends one message; returns the provider's id of it. Outside the window only what the provider allows."""

    async def edit(self, to: str, message_id: str, message: Outgoing) -> None:
        """Changes a sent message; one that is like that already is no error. Only where `capabilities.edits`."""

    async def acknowledge(self, to: str, raw: Mapping[str, Any]) -> None:
        """Shows at once that an update has come: ends the press's spinner, marks as read, shows «печатает»."""

    async def fetch(self, file_ref: str) -> bytes:
        """The content of an attachment, at most `capabilities.attachment_bytes`."""

    async def prepare(self) -> None:
        """Makes the provider call us: webhook, commands. Called at every start and by a watch; changes what differs."""

    async def close(self) -> None:
        """Gives back its connections."""


@runtime_checkable
class Poller(Protocol):
    """A messenger that can be asked for updates, for a machine that it cannot reach."""

    polls: bool
    """Whether the settings ask for it; else the webhook is used."""

    async def poll(self, cursor: str | None) -> tuple[tuple[Inbound, ...], str | None]:
        """Waits for updates after the cursor (None: the oldest kept); returns them with the next cursor.

        Asking with the next cursor tells the provider that the former updates are stored. Raises DeliveryError.
        """
