"""MAX's updates as our events."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from api.channels import press
from api.channels.max import commands
from api.channels.max.content import read as content_of
from api.channels.max.updates import Body, Message, Update
from api.channels.port import Inbound, InboundMessage, Presence

Value = TypeVar("Value")

DIALOG, GROUP_PREFIX = "dialog", "chat:"
MOST_PAYLOAD = 512
_BOT_NAME = re.compile(r"@?\w*bot", re.IGNORECASE)


class Reader:
    """Reads with the bot's token, which contacts are signed with."""

    def __init__(self, token: str) -> None:
        self._token = token

    def events(self, raw: Mapping[str, Any]) -> tuple[Inbound, ...]:
        """The events of one update; none for a kind that says nothing to us. Raises ValueError for a broken one."""
        read = KINDS.get(str(raw.get("update_type")))
        event = read(self, Update.model_validate(raw), raw) if read is not None else None
        return (event,) if event is not None else ()

    def _created(self, update: Update, raw: Mapping[str, Any]) -> Inbound | None:
        message = _given(update.message)
        sender, where = message.sender, message.recipient
        if sender is None or sender.is_bot or where.chat_type == "channel":
            return None
        provider_id = message.body.mid if message.body else _made_up_id(update, sender.user_id)
        sent_at = _moment(message.timestamp if message.timestamp is not None else update.timestamp)
        if where.chat_type != DIALOG:
            # Nobody's words are read there: who speaks to the bot is asked to write in private.
            group = group_address(_given(where.chat_id))
            addressed = _addressed(message)
            return InboundMessage(provider_id, group, raw, sent_at=sent_at, group=True) if addressed else None
        content = content_of(message, sender.user_id, self._token)
        command, argument = (commands.read(content.text) if not content.attachments else None) or (None, "")
        return InboundMessage(
            provider_id,
            str(sender.user_id),
            raw,
            text=content.text,
            command=command,
            argument=argument,
            contact=content.contact,
            attachments=content.attachments,
            sent_at=sent_at,
            name=sender.full_name,
        )

    def _edited(self, update: Update, raw: Mapping[str, Any]) -> Inbound | None:
        """New words of an old message: the order was made of the old ones, the person is told so."""
        message = _given(update.message)
        sender, text = message.sender, message.body.text if message.body else None
        if sender is None or sender.is_bot or not text or message.recipient.chat_type != DIALOG:
            return None
        provider_id = _made_up_id(update, sender.user_id)
        return InboundMessage(provider_id, str(sender.user_id), raw, text=text, name=sender.full_name, edited=True)

    def _pressed(self, update: Update, raw: Mapping[str, Any]) -> Inbound:
        # The schema calls callback_id the keyboard's: with the time a second press of one keyboard is another one.
        callback, message = _given(update.callback), update.message
        in_group = message is not None and message.recipient.chat_type != DIALOG
        chat = message.recipient.chat_id if message is not None else None
        return InboundMessage(
            f"{callback.callback_id}:{update.timestamp}",
            group_address(_given(chat)) if in_group else str(callback.user.user_id),
            raw,
            button=press.read(callback.payload or ""),
            sent_at=_moment(update.timestamp),
            name="" if in_group else callback.user.full_name,
            group=in_group,
        )

    def _started(self, update: Update, raw: Mapping[str, Any]) -> Inbound:
        user = _given(update.user)
        return InboundMessage(
            _made_up_id(update, user.user_id),
            str(user.user_id),
            raw,
            command="start",
            argument=(update.payload or "").strip()[:MOST_PAYLOAD],
            sent_at=_moment(update.timestamp),
            name=user.full_name,
        )

    def _added(self, update: Update, raw: Mapping[str, Any]) -> Inbound | None:
        if update.is_channel:
            return None
        chat = _given(update.chat_id)
        return InboundMessage(
            _made_up_id(update, chat), group_address(chat), raw, sent_at=_moment(update.timestamp), group=True
        )

    def _left(self, update: Update, raw: Mapping[str, Any]) -> Inbound:
        return Presence(str(_given(update.user).user_id), reachable=False)

    def _thrown_out(self, update: Update, raw: Mapping[str, Any]) -> Inbound:
        return Presence(group_address(_given(update.chat_id)), reachable=False)


KINDS: dict[str, Callable[[Reader, Update, Mapping[str, Any]], Inbound | None]] = {
    "message_created": Reader._created,
    "message_edited": Reader._edited,
    "message_callback": Reader._pressed,
    "bot_started": Reader._started,
    "bot_added": Reader._added,
    "bot_stopped": Reader._left,
    "dialog_removed": Reader._left,
    "bot_removed": Reader._thrown_out,
}
"""What is subscribed to. The rest says nothing to us: a removed message was read already."""


def group_address(chat: int) -> str:
    """A group's `channel_user`. A person's is their user id: a press may come without the chat it was made in."""
    return f"{GROUP_PREFIX}{chat}"


def chat_of(raw: Mapping[str, Any]) -> int | None:
    """The chat that an update came from, where it says so."""
    message = raw.get("message")
    recipient = message.get("recipient") if isinstance(message, Mapping) else None
    chat = recipient.get("chat_id") if isinstance(recipient, Mapping) else raw.get("chat_id")
    return chat if isinstance(chat, int) else None


def _given(value: Value | None) -> Value:
    if value is None:
        raise ValueError("a field that this kind of update needs is missing")
    return value


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _made_up_id(update: Update, who: int) -> str:
    """MAX numbers messages and presses only; other updates are the same when their kind, time and person are."""
    return f"{update.update_type}:{update.timestamp}:{who}"


def _addressed(message: Message) -> bool:
    """A command, an answer to a bot's message, or a mention of a bot: in a group the rest is not for us."""
    body: Body | None = message.body
    if body is None:
        return False
    answered = message.link.sender if message.link and message.link.type == "reply" else None
    mentions = (str(mark.get("user_link") or "") for mark in body.markup or () if mark.get("type") == "user_mention")
    return (
        (body.text or "").startswith("/")
        or (answered is not None and answered.is_bot)
        or any(_BOT_NAME.fullmatch(name) for name in mentions)
    )
