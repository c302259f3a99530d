"""Updates as MAX writes them. `tests/api/channels/max/test_maxapi.py` shows that maxapi reads them too."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

TOKEN = "f9LHodD0cOL-token-of-the-tests"
USER, CHAT, BOT, GROUP = 5_012_345, 77_001_122, 900_001, -68_005_544
NOW = 1_765_782_000_000
"""15 December 2025, 07:00 UTC, in milliseconds."""


def person(user: int = USER, **known: Any) -> dict[str, Any]:
    return {
        "user_id": user,
        "first_name": "Анна",
        "last_name": "Петрова",
        "username": None,
        "is_bot": False,
        "last_activity_time": NOW,
        "name": "Анна Петрова",
        **known,
    }


def bot() -> dict[str, Any]:
    return person(BOT, first_name="Заказы", last_name=None, username="id7700000000_bot", is_bot=True)


def body(number: int, text: str | None, attachments: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    return {"mid": f"mid.{number:08x}", "seq": 115_000 + number, "text": text, "attachments": [*attachments], **more}


def created(
    number: int,
    text: str | None = None,
    *attachments: Mapping[str, Any],
    sender: Mapping[str, Any] | None = None,
    **message: Any,
) -> dict[str, Any]:
    """A message in the dialogue; fields of the message may be given by name."""
    return {
        "update_type": "message_created",
        "timestamp": NOW + number,
        "user_locale": "ru",
        "message": {
            "sender": sender or person(),
            "recipient": {"chat_id": CHAT, "chat_type": "dialog", "user_id": BOT},
            "timestamp": NOW + number,
            "body": body(number, text, attachments),
            **message,
        },
    }


def in_group(number: int, text: str, **more: Any) -> dict[str, Any]:
    """A message in a group that speaks to nobody unless `markup` or `link` say so."""
    link = {"link": more.pop("link")} if "link" in more else {}
    recipient = {"chat_id": GROUP, "chat_type": "chat", "user_id": None}
    return created(number, recipient=recipient, body=body(number, text, **more), **link)


def mention(name: str = "@id7700000000_bot") -> list[dict[str, Any]]:
    return [{"type": "user_mention", "from": 0, "length": len(name), "user_link": name}]


def pressed(number: int, payload: str | None, *, message: bool = True) -> dict[str, Any]:
    held = created(1, "Что дальше?", sender=bot())["message"] if message else None
    callback = {"timestamp": NOW + number, "callback_id": f"cb.{number:08x}", "payload": payload, "user": person()}
    return {
        "update_type": "message_callback",
        "timestamp": NOW + number,
        "user_locale": "ru",
        "callback": callback,
        "message": held,
    }


def event(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """`bot_started` and its like."""
    return {"update_type": kind, "timestamp": NOW + number, "chat_id": CHAT, "user": person(), **more}


def card(phone: str) -> str:
    """A vCard in MAX's form: the number without a plus."""
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{phone.lstrip('+')}\r\nFN:Анна Петрова\r\nEND:VCARD\r\n"


def signature(vcf: str, token: str = TOKEN) -> str:
    return hmac.new(token.encode(), vcf.encode(), hashlib.sha256).hexdigest()


def contact(vcf: str | None, hash: str | None, user: int | None = USER) -> dict[str, Any]:
    about = {"max_info": person(user)} if user is not None else {}
    return {"type": "contact", "payload": {"vcf_info": vcf, "hash": hash, **about}}


def own_contact(phone: str) -> dict[str, Any]:
    return contact(card(phone), signature(card(phone)))
