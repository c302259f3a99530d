"""The shapes of MAX's updates, as far as they are read (schema 0.0.33, github.com/max-messenger/api-schema).

Lenient where people's software varies: attachments stay as they came, one unknown kind must not lose a message.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

LAST_MOMENT = 253_402_300_799_000
"""The year 9999 in milliseconds."""


class Part(BaseModel):
    """What people wrote is not to be quoted in the error that refuses it."""

    model_config = ConfigDict(hide_input_in_errors=True)


class User(Part):
    user_id: int
    first_name: str | None = None
    last_name: str | None = None
    is_bot: bool = False

    @property
    def full_name(self) -> str:
        return " ".join(name for name in (self.first_name, self.last_name) if name)


class Recipient(Part):
    chat_type: str
    chat_id: int | None = None


class Body(Part):
    mid: str = Field(min_length=1)
    text: str | None = None
    attachments: list[dict[str, Any]] | None = None
    markup: list[dict[str, Any]] | None = None


class Link(Part):
    """What a message forwards or answers."""

    type: str
    sender: User | None = None
    message: Body | None = None


class Message(Part):
    """`body` is null where only a forwarded message is sent, and where MAX cannot show a bot what was sent: a voice."""

    recipient: Recipient
    sender: User | None = None
    timestamp: int | None = Field(default=None, ge=0, le=LAST_MOMENT)
    body: Body | None = None
    link: Link | None = None


class Callback(Part):
    callback_id: str = Field(min_length=1)
    user: User
    payload: str | None = None


class Update(Part):
    """Every kind in one: which fields there are depends on `update_type`. Times are milliseconds."""

    update_type: str
    timestamp: int = Field(ge=0, le=LAST_MOMENT)
    message: Message | None = None
    callback: Callback | None = None
    user: User | None = None
    chat_id: int | None = None
    is_channel: bool = False
    payload: str | None = None
