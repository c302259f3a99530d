"""Our messages as WhatsApp's JSON.

Limits: https://developers.facebook.com/documentation/business-messaging/whatsapp (interactive reply buttons and lists).
"""

import re
from typing import Any

from api.channels.port import Button, Outgoing
from api.channels.rendering import ELLIPSIS

BUTTON_TITLE = 20
ROW_TITLE = 24
ROW_DESCRIPTION = 72
BODY = 1_024
CHOOSE = "Выбрать"
CHOICES = "Варианты"

PHONE = re.compile(r"[0-9]{6,16}")
PERSON = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
"""A business-scoped user id: all that is known of somebody who hides the number behind a username."""

Json = dict[str, Any]


def addressed(to: str) -> Json:
    """Whom a message goes to: a number, a person without one, or a group."""
    head = {"messaging_product": "whatsapp"}
    if PERSON.fullmatch(to):
        return {**head, "recipient_type": "individual", "recipient": to}
    kind = "individual" if PHONE.fullmatch(to) else "group"
    return {**head, "recipient_type": kind, "to": to}


def draw(to: str, message: Outgoing) -> Json:
    """Words, reply buttons or a list."""
    if not message.buttons:
        return {**addressed(to), "type": "text", "text": {"body": message.text, "preview_url": False}}
    action = _list(message) if message.as_list else _replies(message)
    kind = "list" if message.as_list else "button"
    interactive = {"type": kind, "body": {"text": message.text or CHOOSE}, "action": action}
    return {**addressed(to), "type": "interactive", "interactive": interactive}


def draw_template(to: str, text: str, *, name: str, language: str) -> Json:
    """An approved template whose body has one variable."""
    body = {"type": "body", "parameters": [{"type": "text", "text": flat(text)}]}
    template = {"name": name, "language": {"code": language}, "components": [body]}
    return {**addressed(to), "type": "template", "template": template}


def flat(text: str) -> str:
    """In one line: a variable may hold no line breaks, no tabs, no four blanks in a row."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = ""
    for line in filter(None, lines):
        joined += (" " if joined.endswith((".", "!", "?", ":", ";", ",")) else "; ") + line if joined else line
    return joined or ELLIPSIS


def _title(words: str, length: int) -> str:
    title = " ".join(words.split()) or ELLIPSIS
    return title if len(title) <= length else title[: length - 1].rstrip() + ELLIPSIS


def _replies(message: Outgoing) -> Json:
    return {"buttons": [{"type": "reply", "reply": _reply(button)} for button in message.buttons]}


def _reply(button: Button) -> Json:
    return {"id": button.data, "title": _title(button.title, BUTTON_TITLE)}


def _list(message: Outgoing) -> Json:
    return {"button": CHOOSE, "sections": [{"title": CHOICES, "rows": [_row(button) for button in message.buttons]}]}


def _row(button: Button) -> Json:
    row = {"id": button.data, "title": _title(button.title, ROW_TITLE)}
    if button.full_title != button.title:
        row["description"] = _title(button.full_title, ROW_DESCRIPTION)
    return row
