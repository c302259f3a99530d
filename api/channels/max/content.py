"""What a person put into a message: words, files, a number. A forwarded message counts as said by who forwards it."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.channels.max import contact
from api.channels.max.updates import Message
from api.channels.port import Attachment, AttachmentKind, SharedContact

CONTACT = "contact"
KINDS: dict[str, AttachmentKind] = {
    "image": "photo",
    "video": "video",
    "audio": "voice",
    "file": "document",
    "sticker": "sticker",
    "location": "location",
}
"""By MAX's `type`; what is not here is «other»."""
NOT_SAID = frozenset(("share", "inline_keyboard", "reply_keyboard", "data"))
"""The preview of a link and the keyboards of forwarded messages: nobody sent them on purpose."""


@dataclass(frozen=True)
class Content:
    text: str
    attachments: tuple[Attachment, ...]
    contact: SharedContact | None


def read(message: Message, sender: int, token: str) -> Content:
    """The content; where nothing can be seen, an attachment that a person has to ask about.

    MAX hides a voice message from bots: it comes without a body.
    """
    forwarded = message.link.message if message.link and message.link.type == "forward" else None
    text = "\n".join(part.text for part in (message.body, forwarded) if part and part.text)
    found = [(one, part is forwarded) for part in (message.body, forwarded) if part for one in part.attachments or ()]
    numbers = [
        contact.shared(_payload(one), sender, token, forwarded=of_other)
        for one, of_other in found
        if one.get("type") == CONTACT
    ]
    number = next((one for one in numbers if one is not None), None)
    unsaid = NOT_SAID | {CONTACT} if number else NOT_SAID
    said = [one for one, _ in found if str(one.get("type")) not in unsaid]
    things = tuple(_attachment(one) for one in said)
    if not text and not things and number is None:
        things = (Attachment("voice" if message.body is None else "other"),)
    return Content(text, things, number)


def _payload(attachment: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = attachment.get("payload")
    return payload if isinstance(payload, Mapping) else {}


def _attachment(found: Mapping[str, Any]) -> Attachment:
    """`file_ref` is the file's address, which is good for some hours."""
    url, name, size = _payload(found).get("url"), found.get("filename"), found.get("size")
    name = name if isinstance(name, str) else ""
    return Attachment(
        kind=KINDS.get(str(found.get("type")), "other"),
        file_ref=url if isinstance(url, str) else "",
        name=name,
        mime=mimetypes.guess_type(name)[0] or "",
        size=size if isinstance(size, int) and 0 <= size < 2**31 else 0,
    )
