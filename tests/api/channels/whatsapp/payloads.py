"""Updates as WhatsApp writes them; test_peer.py has them read by pywa too."""

import json
from typing import Any

OUR_PHONE_ID = "106540352242922"
ANNA = "79000000011"
ANNAS_PERSON = "RU.13491208655302741918"

Json = dict[str, Any]
CONTEXT: Json = {"from": "79000000000", "id": "wamid.OUT1"}
"""The message of ours that is answered."""


def contact(wa_id: str = ANNA, person: str = ANNAS_PERSON, name: str = "Анна") -> Json:
    found = {"profile": {"name": name}, "user_id": person}
    return found | ({"wa_id": wa_id} if wa_id else {})


def value(*, phone_id: str = OUR_PHONE_ID, contacts: list[Json] | None = None, **parts: Any) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "79000000000", "phone_number_id": phone_id},
        "contacts": [contact()] if contacts is None else contacts,
        **parts,
    }


def update(*values: Json, field: str = "messages") -> Json:
    changes = [{"field": field, "value": one} for one in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def message(number: int, kind: str, content: Any = None, *, at: int = 1_765_782_000, **more: Any) -> Json:
    """A message of Anna; the same number is the same message."""
    body = {"from": ANNA, "from_user_id": ANNAS_PERSON, "id": f"wamid.IN{number}", "timestamp": str(at), "type": kind}
    return body | ({kind: content} if content is not None else {}) | more


def text(number: int, words: str, **more: Any) -> Json:
    return message(number, "text", {"body": words}, **more)


def reply(number: int, data: str, title: str = "Оформить") -> Json:
    chosen = {"type": "button_reply", "button_reply": {"id": data, "title": title}}
    return message(number, "interactive", chosen, context=CONTEXT)


def row(number: int, data: str, title: str = "Молоко") -> Json:
    chosen = {"id": data, "title": title, "description": "Молоко 3,2 %"}
    return message(number, "interactive", {"type": "list_reply", "list_reply": chosen}, context=CONTEXT)


def status(message_id: str, state: str, error: Json | None = None) -> Json:
    told = {"id": message_id, "status": state, "timestamp": "1765782000", "recipient_id": ANNA}
    return told | ({"errors": [error]} if error else {})


def error(code: int, details: str = "Details of the failure") -> Json:
    return {"code": code, "title": "Title", "message": "Title", "error_data": {"details": details}}


def raw(body: Json) -> bytes:
    """As Meta sends it: Cyrillic escaped, slashes too, no blanks. No Python writes the same bytes again by chance."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
