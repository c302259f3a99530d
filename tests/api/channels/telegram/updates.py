"""Updates as Telegram writes them (https://core.telegram.org/bots/api#update). aiogram reads them in test_fakes.py."""

import json
from typing import Any

from api.channels.port import Webhook
from api.channels.telegram.adapter import SECRET_HEADER

TOKEN = "4200000042:AAfake-token_of-the-tests"
BOT = {"id": 4200000042, "is_bot": True, "first_name": "Заказы", "username": "orders_test_bot"}
ANNA = {"id": 700000001, "is_bot": False, "first_name": "Анна", "last_name": "Ким", "language_code": "ru"}
CHAT = {"id": 700000001, "type": "private", "first_name": "Анна", "last_name": "Ким"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Кофейня: закупки"}
CHANNEL = {"id": -1009876543210, "type": "channel", "title": "Новости"}
DATE = 1765782000
"""15 Dec 2025, 10:00 in Moscow."""

Json = dict[str, Any]

RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members"
    " can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
    " can_send_welcome_messages"
)
STANDINGS: dict[str, Json] = {"kicked": {"until_date": 0}, "administrator": dict.fromkeys(RIGHTS.split(), False)}


def message(chat: Json = CHAT, sender: Json = ANNA, **content: Any) -> Json:
    return {"message_id": 51, "from": sender, "chat": chat, "date": DATE, **content}


def wrote(update: int, **content: Any) -> Json:
    """A private message."""
    return {"update_id": update, "message": message(**content)}


def edited(update: int, **content: Any) -> Json:
    return {"update_id": update, "edited_message": message(edit_date=DATE + 60, **content)}


def pressed(update: int, data: str, chat: Json = CHAT) -> Json:
    ours = {"message_id": 50, "from": BOT, "chat": chat, "date": DATE - 5, "text": "Что дальше?"}
    query = {"id": f"30064{update}", "from": ANNA, "chat_instance": "-77", "message": ours, "data": data}
    return {"update_id": update, "callback_query": query}


def shared(update: int, phone: str, user_id: int | None, **more: Any) -> Json:
    contact: Json = {"phone_number": phone, "first_name": "Анна"}
    if user_id is not None:
        contact["user_id"] = user_id
    return wrote(update, contact=contact, **more)


def in_group(update: int, text: str, chat: Json = GROUP, **more: Any) -> Json:
    kind = "channel_post" if chat["type"] == "channel" else "message"
    return {"update_id": update, kind: message(chat=chat, text=text, **more)}


def member(update: int, new: str, old: str, chat: Json = CHAT) -> Json:
    """The bot's own standing in a chat changed."""

    def standing(status: str) -> Json:
        return {"status": status, "user": BOT} | STANDINGS.get(status, {})

    change = {"chat": chat, "from": ANNA, "date": DATE}
    return {
        "update_id": update,
        "my_chat_member": change | {"old_chat_member": standing(old), "new_chat_member": standing(new)},
    }


def webhook(update: Any, secret: str) -> Webhook:
    """As it arrives: Telegram writes other letters than Latin as \\uXXXX."""
    return Webhook("POST", {SECRET_HEADER: secret}, body=json.dumps(update).encode())
