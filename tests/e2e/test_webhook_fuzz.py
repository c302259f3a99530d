"""Whatever a provider brings: the webhooks answer in words and never break. Schemathesis makes the updates."""

import json
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, settings

from api.run.system import System
from tests.e2e.phone import signed

TEXT = {"type": "string", "maxLength": 5000}
ID = {"type": ["integer", "string"], "minimum": -(2**53), "maximum": 2**53}
PERSON = {"type": "object", "properties": {"id": ID, "is_bot": {"type": "boolean"}, "first_name": TEXT}}
CHAT = {"type": "object", "properties": {"id": ID, "type": {"enum": ["private", "group", "channel", "?"]}}}


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TELEGRAM_MESSAGE = an_object(
    message_id=ID, date={"type": "integer"}, chat=CHAT, text=TEXT, contact=an_object(phone_number=TEXT, user_id=ID),
    document=an_object(file_id=TEXT, file_name=TEXT, file_size=ID), **{"from": PERSON},
)  # fmt: skip
TELEGRAM = an_object(
    update_id=ID,
    message=TELEGRAM_MESSAGE,
    edited_message=TELEGRAM_MESSAGE,
    callback_query=an_object(id=TEXT, data=TEXT, message=TELEGRAM_MESSAGE, **{"from": PERSON}),
    my_chat_member=an_object(chat=CHAT, new_chat_member=an_object(status=TEXT)),
) | {"required": ["update_id"]}
WHATSAPP_MESSAGE = an_object(
    id=TEXT, type={"enum": ["text", "interactive", "image", "system", "?"]}, timestamp=TEXT, text=an_object(body=TEXT),
    interactive=an_object(type=TEXT, button_reply=an_object(id=TEXT, title=TEXT)), **{"from": TEXT},
)  # fmt: skip
WHATSAPP_VALUE = an_object(
    metadata=an_object(phone_number_id={"enum": ["1001", "1002"]}),
    contacts={"type": "array", "items": an_object(wa_id=TEXT, profile=an_object(name=TEXT)), "maxItems": 2},
    messages={"type": "array", "items": WHATSAPP_MESSAGE, "maxItems": 3},
    statuses={"type": "array", "items": an_object(id=TEXT, status=TEXT, recipient_id=TEXT), "maxItems": 3},
)
WHATSAPP = an_object(
    object={"enum": ["whatsapp_business_account", "page"]},
    entry={
        "type": "array",
        "maxItems": 2,
        "items": an_object(changes={"type": "array", "maxItems": 2, "items": an_object(value=WHATSAPP_VALUE)}),
    },
)
MAX_BODY = an_object(
    mid=TEXT, text=TEXT, attachments={"type": "array", "maxItems": 2, "items": an_object(type=TEXT, payload={})}
)
MAX_MESSAGE = an_object(
    sender=an_object(user_id=ID, first_name=TEXT),
    recipient=an_object(chat_type={"enum": ["dialog", "chat", "?"]}, chat_id=ID),
    timestamp=ID,
    body=MAX_BODY,
)
MAX = an_object(
    update_type={"enum": ["message_created", "message_callback", "bot_started", "bot_stopped", "bot_added", "?"]},
    timestamp=ID,
    message=MAX_MESSAGE,
    callback=an_object(callback_id=TEXT, payload=TEXT, user=an_object(user_id=ID)),
    user=an_object(user_id=ID),
    chat_id=ID,
    payload=TEXT,
)
WEBCHAT = an_object(
    id=TEXT, text=TEXT, button=an_object(message=ID, index=ID), line=an_object(message=ID, sku=TEXT, quantity={})
)
BODIES = {"telegram": TELEGRAM, "whatsapp": WHATSAPP, "max": MAX, "webchat": WEBCHAT}


CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "webhooks", "version": "1"},
    "paths": {
        f"/webhooks/{channel}": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {"200": {"description": "taken"}},
            }
        }
        for channel, body in BODIES.items()
    },
}
"""What we read of each provider's updates."""

schema = schemathesis.openapi.from_dict(CONTRACT)
PROVIDER = httpx.Client(trust_env=False, timeout=20)
"""One for all: a client of its own would cost each of some thousands of updates more than the update itself."""
FUZZED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def bring(case: schemathesis.Case[Any], system: System) -> None:
    """An authentic update never breaks the webhook."""
    channel = case.path.rsplit("/", 1)[1]
    body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
    headers = {"Content-Type": "application/json"} | signed(channel, body)
    answer = PROVIDER.post(system.url + case.path, content=body, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code != 200:
        assert answer.json()["error"]["message"]


# One by one: schemathesis calls the tests of all operations by one name, and of one name pytest-xdist runs one.


@schema.include(path="/webhooks/telegram").parametrize()
@FUZZED
def test_any_telegram_update_is_answered(case: schemathesis.Case[Any], system: System) -> None:
    bring(case, system)


@schema.include(path="/webhooks/whatsapp").parametrize()
@FUZZED
def test_any_whatsapp_update_is_answered(case: schemathesis.Case[Any], system: System) -> None:
    bring(case, system)


@schema.include(path="/webhooks/max").parametrize()
@FUZZED
def test_any_max_update_is_answered(case: schemathesis.Case[Any], system: System) -> None:
    bring(case, system)


@schema.include(path="/webhooks/webchat").parametrize()
@FUZZED
def test_any_webchat_update_is_answered(case: schemathesis.Case[Any], system: System) -> None:
    bring(case, system)
