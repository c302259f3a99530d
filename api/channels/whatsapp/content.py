"""What a message says, by its type."""

from collections.abc import Callable
from dataclasses import dataclass

from api.channels import press
from api.channels.port import Attachment, AttachmentKind, ButtonPress, SharedContact
from api.channels.whatsapp.wire import Media, Message, Reply


@dataclass(frozen=True)
class Content:
    text: str = ""
    button: ButtonPress | None = None
    contact: SharedContact | None = None
    attachments: tuple[Attachment, ...] = ()
    edited: bool = False
    deleted: bool = False


def _text(message: Message) -> Content | None:
    return Content(message.text.body) if message.text and message.text.body else None


def _pressed(data: str, title: str) -> Content | None:
    """A button that is not ours (a template's, another program's) is as if its title had been typed."""
    button = press.read(data)
    return Content(button=button) if button else Content(title) if title else None


def _interactive(message: Message) -> Content | None:
    replies = (message.interactive.button_reply, message.interactive.list_reply) if message.interactive else ()
    reply = next((one for one in replies if one is not None), Reply())
    return _pressed(reply.id, reply.title)


def _button(message: Message) -> Content | None:
    return _pressed(message.button.payload, message.button.text) if message.button else None


def _media(kind: AttachmentKind, media: Media | None) -> Content | None:
    if media is None:
        return None
    return Content(media.caption, attachments=(Attachment(kind, media.id, media.filename, media.mime_type),))


def _audio(message: Message) -> Content | None:
    """Spoken into the telephone, or a file with sound."""
    audio = message.audio or message.voice
    return _media("voice" if audio and (audio.voice or message.voice) else "document", audio)


def _location(message: Message) -> Content:
    place = message.location
    name = ", ".join(part for part in (place.name, place.address) if part) if place else ""
    return Content(attachments=(Attachment("location", name=name),))


def _contacts(message: Message) -> Content | None:
    """A card of the address book proves nothing, whoever sends it."""
    phones = (phone for card in message.contacts for phone in card.phones)
    found = next((f"+{one.wa_id}" if one.wa_id else one.phone for one in phones if one.wa_id or one.phone), None)
    return Content(contact=SharedContact(found, own=False)) if found else None


def _edit(message: Message) -> Content | None:
    """The new version, as words: the old one may have been carried out already."""
    now = message.edit.message if message.edit else {}
    inner = Message.model_validate({**now, "id": message.id})
    content = content_of(inner)
    return Content(content.text, edited=True) if content.text else None


READERS: dict[str, Callable[[Message], Content | None]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "image": lambda message: _media("photo", message.image),
    "document": lambda message: _media("document", message.document),
    "audio": _audio,
    "voice": _audio,
    "video": lambda message: _media("video", message.video),
    "sticker": lambda message: _media("sticker", message.sticker),
    "location": _location,
    "contacts": _contacts,
    "edit": _edit,
    "revoke": lambda message: Content(deleted=True),
}
UNKNOWN = Content(attachments=(Attachment("other"),))
"""A poll, an order from Meta's catalogue, something new: a person looks at it."""


def content_of(message: Message) -> Content:
    """What the message says; UNKNOWN where its type is new or its part is not there."""
    reader = READERS.get(message.type)
    return (reader(message) if reader else None) or UNKNOWN
