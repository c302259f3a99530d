"""Telegram's updates as our events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Contact, Message, Update, User

from api.channels import press
from api.channels.cleaning import clean
from api.channels.menu import BY_NAME
from api.channels.port import Attachment, Command, Inbound, InboundMessage, Presence, SharedContact
from api.channels.telegram.attachments import attachment_of
from api.channels.telegram.plain import parsed

_COMMAND = re.compile(r"/([A-Za-z_]+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
LONGEST_CODE = 64

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
INSIDE = (ChatMemberStatus.CREATOR, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)


@dataclass(frozen=True)
class Me:
    """The bot itself. `name` without the @; empty where it is not known."""

    id: int
    name: str = ""


def read_update(raw: Mapping[str, Any], me: Me) -> tuple[Inbound, ...]:
    """The events of one update (one, or none that concerns us). Never raises: an update that is refused would be
    brought again and again, and all later ones would wait behind it."""
    update = parsed(raw)
    event = _unreadable(raw, me) if update is None else _read(update, raw, me)
    return (event,) if event is not None else ()


def _read(update: Update, raw: Mapping[str, Any], me: Me) -> Inbound | None:
    provider_id = _provider_id(update.update_id, me)
    if update.message is not None:
        return _message(provider_id, raw, update.message, me)
    if update.edited_message is not None:
        return _edited(provider_id, raw, update.edited_message)
    if update.callback_query is not None:
        return _pressed(provider_id, raw, update.callback_query)
    if update.my_chat_member is not None:
        return _member(provider_id, raw, update.my_chat_member)
    return None


def _provider_id(update_id: int, me: Me) -> str:
    """Update numbers are a bot's own: another bot of the same distributor may use the same ones."""
    return f"{me.id}:{update_id}"


def _unreadable(raw: Mapping[str, Any], me: Me) -> InboundMessage | None:
    """Not even its plain parts can be read: where it can be told who wrote, a person looks at it."""
    part = raw.get("message")
    chat = part.get("chat") if isinstance(part, dict) else None
    if not isinstance(chat, dict) or chat.get("type") != ChatType.PRIVATE:
        return None
    if type(chat.get("id")) is not int or type(raw.get("update_id")) is not int:
        return None
    provider_id = _provider_id(raw["update_id"], me)
    return InboundMessage(provider_id, str(chat["id"]), raw, attachments=(Attachment("other"),))


def _name(user: User | None) -> str:
    return clean(user.full_name)[:100] if user is not None else ""


def _message(provider_id: str, raw: Mapping[str, Any], message: Message, me: Me) -> InboundMessage | None:
    if message.chat.type in GROUPS:
        return _in_group(provider_id, raw, message) if _addresses(message, me) else None
    if message.chat.type != ChatType.PRIVATE:
        return None
    text = clean(message.text or message.caption or "")
    command, argument = _command(text)
    contact, attachment = _contact(message), attachment_of(message)
    if not (text or contact or attachment):
        return None
    return InboundMessage(
        provider_id,
        str(message.chat.id),
        raw,
        text=text,
        command=command,
        argument=argument,
        contact=contact,
        attachments=(attachment,) if attachment else (),
        sent_at=message.date,
        name=_name(message.from_user),
    )


def _command(text: str) -> tuple[Command | None, str]:
    """A command of the menu. Other words after it are an order, not to be lost: then it is no command."""
    found = _COMMAND.fullmatch(text)
    name = BY_NAME.get(found[1].lower()) if found else None
    if found is None or name is None:
        return None, ""
    rest = (found[3] or "").strip()
    if name == "start":
        return "start", rest[:LONGEST_CODE]
    return (None if rest else name), ""


def _contact(message: Message) -> SharedContact | None:
    contact = message.contact
    if contact is None:
        return None
    phone = _e164(contact)
    # Anybody's contact can be sent on from an address book; the user id in it is set by Telegram, not by the sender.
    sender = message.from_user.id if message.from_user else None
    own = contact.user_id is not None and contact.user_id == sender and message.forward_origin is None
    return SharedContact(phone, own and bool(phone))


def _e164(contact: Contact) -> str:
    """Telegram writes numbers internationally, with and without the plus; empty for what is no number."""
    digits = re.sub(r"\D", "", contact.phone_number, flags=re.ASCII)
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _edited(provider_id: str, raw: Mapping[str, Any], message: Message) -> InboundMessage | None:
    """Words that were changed after they were sent. A moving location is «edited» every few seconds: it says nothing.

    The person believes that the order has changed with the words. It has not, and must not by guess («8» made «18»
    would be added to the 8 that is there): they are told, by the doorman.
    """
    text = clean(message.text or message.caption or "")
    if message.chat.type != ChatType.PRIVATE or not text or message.edit_date is None:
        return None
    return InboundMessage(provider_id, str(message.chat.id), raw, text=text, name=_name(message.from_user), edited=True)


def _pressed(provider_id: str, raw: Mapping[str, Any], query: CallbackQuery) -> InboundMessage | None:
    """A button. One that is not ours is a dead one, and so answered."""
    if query.message is None:
        return None
    return InboundMessage(
        provider_id,
        str(query.message.chat.id),
        raw,
        button=press.read(query.data or "") or press.NOWHERE,
        name=_name(query.from_user),
        group=query.message.chat.type != ChatType.PRIVATE,
    )


def _member(provider_id: str, raw: Mapping[str, Any], change: ChatMemberUpdated) -> Inbound | None:
    """The bot was stopped or let back in; or taken into a group, where it says once that orders are private."""
    inside = change.new_chat_member.status in INSIDE
    if change.chat.type not in (ChatType.PRIVATE, *GROUPS):
        return None
    if change.chat.type in GROUPS and inside and change.old_chat_member.status not in INSIDE:
        return InboundMessage(provider_id, str(change.chat.id), raw, sent_at=change.date, group=True)
    return Presence(str(change.chat.id), inside)


# Groups: nobody's words are read there; who speaks to the bot is asked to write in private


def _in_group(provider_id: str, raw: Mapping[str, Any], message: Message) -> InboundMessage:
    return InboundMessage(provider_id, str(message.chat.id), raw, sent_at=message.date, group=True)


def _addresses(message: Message, me: Me) -> bool:
    """A reply to the bot, its name, or a command of its menu.

    Without the bot's name any `@name` after a command counts: in privacy mode Telegram brings only the bot's own.
    """
    answered = message.reply_to_message.from_user if message.reply_to_message else None
    if answered is not None and answered.id == me.id:
        return True
    text = message.text or message.caption or ""
    if me.name and re.search(rf"@{re.escape(me.name)}\b", text, re.IGNORECASE):
        return True
    mentioned = [*(message.entities or ()), *(message.caption_entities or ())]
    if any(entity.user is not None and entity.user.id == me.id for entity in mentioned):
        return True
    command = _COMMAND.fullmatch(text)
    to_other = command and command[2] and me.name and command[2].lower() != me.name.lower()
    return bool(command and command[1].lower() in BY_NAME and not to_other)
