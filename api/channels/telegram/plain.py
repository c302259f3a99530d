"""Updates that aiogram does not know as a whole: what is plain in them is read all the same.

Telegram adds fields and kinds several times a year, and a message must not be lost for a new kind of forward.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from aiogram.enums import ChatMemberStatus
from aiogram.types import Update
from pydantic import ValidationError

log = structlog.get_logger()

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The updates that we ask Telegram for."""

FIELDS = ("message_id", "date", "edit_date", "text", "caption", "contact", "data", "id", "chat_instance")
CHAT = ("id", "type")
USER = ("id", "is_bot", "first_name", "last_name")
AWAY = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)


def parsed(raw: Mapping[str, Any]) -> Update | None:
    """The update, where it must be without all but its plain parts; None where even those cannot be read."""
    for candidate in (raw, _plain(raw)):
        try:
            return Update.model_validate(candidate)
        except ValidationError as error:
            # Where and what kind of fault, never the value: it is somebody's message.
            faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors()[:3]]
            log.warning("telegram.update_not_understood", update=str(raw.get("update_id"))[:20], faults=faults)
    return None


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"update_id": raw.get("update_id")} | {kind: _part(raw[kind]) for kind in KINDS if kind in raw}


def _part(part: Any) -> Any:
    kept = _picked(part, FIELDS)
    if kept is not None:
        kept |= {key: _picked(part[key], fields) for key, fields in (("chat", CHAT), ("from", USER)) if key in part}
        kept |= {key: _member(part[key]) for key in ("old_chat_member", "new_chat_member") if key in part}
        kept |= {"message": _part(part["message"])} if "message" in part else {}
    return kept


def _member(member: Any) -> Any:
    """In or out: an administrator is read with all the rights there are, and each year has new ones."""
    if not isinstance(member, dict):
        return None
    status = ChatMemberStatus.LEFT if member.get("status") in AWAY else ChatMemberStatus.MEMBER
    return {"status": status, "user": _picked(member.get("user"), USER)}


def _picked(part: Any, fields: Iterable[str]) -> dict[str, Any] | None:
    return {name: part[name] for name in fields if name in part} if isinstance(part, dict) else None
