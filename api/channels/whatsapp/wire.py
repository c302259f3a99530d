"""The parts of WhatsApp's updates that we read.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages (17 June 2026).
Everything may be missing or new: what is not understood must not stand in the way of the rest.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,500}$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Text(Part):
    body: str


class Reply(Part):
    id: str = ""
    title: str = ""


class Interactive(Part):
    button_reply: Reply | None = None
    list_reply: Reply | None = None


class Button(Part):
    """The answer to a template's quick reply."""

    payload: str = ""
    text: str = ""


class Media(Part):
    id: str = ""
    mime_type: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Place(Part):
    name: str = ""
    address: str = ""


class CardPhone(Part):
    phone: str = ""
    wa_id: str = ""


class Card(Part):
    """A person of somebody's address book."""

    phones: list[CardPhone] = []


class System(Part):
    type: str = ""
    wa_id: str = ""
    new_wa_id: str = ""
    customer: str = ""
    user_id: str = ""


class Edit(Part):
    """`message`: the message as it is now, without an id."""

    message: dict[str, Any]


class Message(Part):
    """A message of a person. `sender` is empty for somebody who hides the number behind a username."""

    id: Id
    type: str = ""
    sender: str = Field("", alias="from")
    from_user_id: str = ""
    group_id: str = ""
    timestamp: str = ""
    text: Text | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    image: Media | None = None
    document: Media | None = None
    audio: Media | None = None
    voice: Media | None = None
    video: Media | None = None
    sticker: Media | None = None
    location: Place | None = None
    contacts: list[Card] = []
    system: System | None = None
    edit: Edit | None = None


class Profile(Part):
    name: str = ""


class Contact(Part):
    """Who wrote."""

    wa_id: str = ""
    user_id: str = ""
    profile: Profile = Profile()


class Status(Part):
    """What became of a message of ours."""

    id: Id
    status: str
    errors: list[dict[str, Any]] = []


class Metadata(Part):
    phone_number_id: str = ""


class Value(Part):
    """The messages and statuses stay raw here: each is read by itself."""

    metadata: Metadata = Metadata()
    contacts: list[Any] = []
    messages: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []


class Change(Part):
    field: str = ""
    value: dict[str, Any] = {}


class Entry(Part):
    changes: list[Change] = []


class Update(Part):
    entry: list[Entry] = []
