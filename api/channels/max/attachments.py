"""What a message holds beside words."""

import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

from api.channels.port import Attachment, AttachmentKind

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


def read(found: Iterable[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    """The attachments that a person meant to send. `file_ref` is the address, good for some hours."""
    return tuple(_one(attachment) for attachment in found if attachment.get("type") not in NOT_SAID)


def _one(attachment: Mapping[str, Any]) -> Attachment:
    payload = attachment.get("payload")
    url = payload.get("url") if isinstance(payload, Mapping) else None
    name, size = attachment.get("filename"), attachment.get("size")
    name = name if isinstance(name, str) else ""
    return Attachment(
        kind=KINDS.get(str(attachment.get("type")), "other"),
        file_ref=url if isinstance(url, str) else "",
        name=name,
        mime=mimetypes.guess_type(name)[0] or "",
        size=size if isinstance(size, int) and 0 <= size < 2**31 else 0,
    )
