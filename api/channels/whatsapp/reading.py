"""WhatsApp's updates as our events: a batch of entries, changes, messages and statuses, in their order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from api.channels.errors import ChannelError
from api.channels.port import Inbound, InboundMessage, OwnerChanged, Receipt
from api.channels.whatsapp import failures
from api.channels.whatsapp.content import UNKNOWN, Content, content_of
from api.channels.whatsapp.drawing import PERSON, PHONE
from api.channels.whatsapp.wire import Contact, Message, Status, Update, Value

log = structlog.get_logger()

P = TypeVar("P", bound=BaseModel)

STATES: dict[str, Literal["sent", "delivered", "read"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
}
NOT_WORDS = ("reaction", "request_welcome")
"""A like under a message says nothing that could be answered, least of all «yes» to a question asked since."""
ENVELOPE = ("id", "from", "from_user_id", "group_id", "timestamp", "type")
MOVED = ("user_changed_number", "customer_changed_number", "user_changed_user_id")


def read_update(body: bytes, phone_id: str) -> tuple[Inbound, ...]:
    """The events of our number (`phone_id`; empty: of any). Raises ChannelError for what is no update at all.

    A part that cannot be read is logged and left out: refusing it would bring the whole batch again for seven days.
    """
    try:
        update = Update.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise ChannelError(422, "broken_update", "Обновление не получилось прочитать.") from error
    events: list[Inbound] = []
    for change in (change for entry in update.entry for change in entry.changes if change.field == "messages"):
        value = _part(Value, change.value)
        if value is not None and (not phone_id or value.metadata.phone_number_id == phone_id):
            events += _events(value)
    return tuple(events)


def _events(value: Value) -> Iterator[Inbound]:
    contacts = [contact for raw in value.contacts if (contact := _part(Contact, raw)) is not None]
    for raw in value.messages:
        yield from _read_message(raw, contacts)
    for raw in value.statuses:
        yield from _read_status(raw)
    for error in value.errors:
        log.warning("whatsapp.error", evidence=failures.evidence(error))


def _part(kind: type[P], raw: Any) -> P | None:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        log.error("whatsapp.unreadable", part=kind.__name__, errors=error.error_count())
        return None


def _read_status(raw: Mapping[str, Any]) -> Iterator[Receipt]:
    status = _part(Status, raw)
    if status is None:
        return
    if status.status == "failed":
        error = status.errors[0] if status.errors else {}
        told = failures.verdict(failures.code_of(error))
        if told.urgent:
            log.error("whatsapp.needs_a_person", evidence=failures.evidence(error))
        yield Receipt(status.id, "failed", failures.evidence(error), told.permanent)
    elif status.status in STATES:
        yield Receipt(status.id, STATES[status.status])


def _read_message(raw: Mapping[str, Any], contacts: Sequence[Contact]) -> Iterator[Inbound]:
    message = _part(Message, raw)
    # A part of a new shape: that somebody wrote is known all the same, and a person will look.
    known = message or _part(Message, {key: raw.get(key) or "" for key in ENVELOPE})
    if known is None:
        return
    if known.type == "system":
        yield from _read_system(known)
    elif known.type in NOT_WORDS:
        log.info("whatsapp.not_words", type=known.type)
    elif (address := _address(known)) is None:
        log.error("whatsapp.no_sender", type=known.type)
    else:
        yield _message(known, address, raw, contacts, _content(message))


def _content(message: Message | None) -> Content:
    try:
        return content_of(message) if message else UNKNOWN
    except ValidationError:
        return UNKNOWN


def _address(message: Message) -> str | None:
    """A group, a number, or a person whose number is hidden."""
    if message.group_id:
        return message.group_id
    if PHONE.fullmatch(message.sender):
        return message.sender
    return message.from_user_id if PERSON.fullmatch(message.from_user_id) else None


def _message(
    message: Message, address: str, raw: Mapping[str, Any], contacts: Sequence[Contact], content: Content
) -> InboundMessage:
    contact = next((one for one in contacts if _is_of(one, message)), Contact())
    return InboundMessage(
        provider_id=message.id,
        channel_user=address,
        raw=raw,
        text=content.text,
        button=content.button,
        contact=content.contact,
        attachments=content.attachments,
        sent_at=_time(message.timestamp),
        name=contact.profile.name,
        phone=f"+{address}" if address == message.sender else "",
        group=bool(message.group_id),
        edited=content.edited,
        deleted=content.deleted,
        person="" if message.group_id else message.from_user_id or contact.user_id,
    )


def _is_of(contact: Contact, message: Message) -> bool:
    same_number = bool(message.sender) and contact.wa_id == message.sender
    return same_number or (bool(message.from_user_id) and contact.user_id == message.from_user_id)


def _time(timestamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read_system(message: Message) -> Iterator[OwnerChanged]:
    """A changed number: the old one will be sold again, and the new one was perhaps another customer's till now."""
    system = message.system
    if system is None or system.type not in MOVED:
        log.info("whatsapp.system", type=system.type if system else "")
        return
    given_up = dict.fromkeys(filter(PHONE.fullmatch, (message.sender, system.customer)))
    others = dict.fromkeys((system.wa_id, system.new_wa_id, message.from_user_id))
    addresses = [*given_up, *(one for one in others if one and one not in given_up)]
    for number, address in enumerate(addresses):
        phone = f"+{address}" if address in given_up else ""
        yield OwnerChanged(f"{message.id}:{number}", address, phone)
