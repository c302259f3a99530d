"""An Outgoing as MAX's message body. Plain text: no format is named, so marks in it stay what they are."""

from typing import Any

from api.channels.port import Button, Outgoing


def body(message: Outgoing) -> dict[str, Any]:
    """For `POST /messages` and `PUT /messages`; an empty list of attachments takes the keyboard away."""
    rows = [[button(one) for one in row] for row in message.rows]
    keyboard = [{"type": "inline_keyboard", "payload": {"buttons": rows}}] if rows else []
    return {"text": message.text, "attachments": keyboard}


def button(one: Button) -> dict[str, str]:
    """A link, a request for the number, or a press that comes back with its data."""
    if one.url:
        return {"type": "link", "text": one.title, "url": one.url}
    if one.asks_contact:
        return {"type": "request_contact", "text": one.title}
    return {"type": "callback", "text": one.title, "payload": one.data}
