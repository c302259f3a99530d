"""Receive fast, work later, once: an update becomes an inbox row and a job, in one transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.cleaning import clean, storable
from api.channels.port import ButtonPress, Command, Inbound, InboundMessage, LineChange, OwnerChanged, Presence, Receipt
from api.conversations import attached, outbox, owners, repository
from api.customers import phones
from api.db.models import AttachmentRow, ConversationRow, InboxRow, OutboxRow
from api.domain.clock import Clock
from api.errors import ApiError, TooMany
from api.worker import defer

BURST = 20
BURST_WINDOW = timedelta(seconds=10)

COMMANDS: dict[Command, str] = {
    "start": "start",
    "repeat": "repeat_last",
    "cart": "show_cart",
    "status": "status",
    "balance": "show_balance",
    "help": "help",
    "human": "call_human",
    "exit": "sign_out",
}
"""What a messenger's menu asks for, as intents."""


@dataclass(frozen=True)
class Said:
    """A message in the customer's eyes (`text`) and in the assistant's (`payload`, empty for typed words)."""

    text: str
    payload: str = ""
    pressed: int | None = None


GONE_BUTTON = "Этой кнопки больше нет."


def intent_payload(intent: str, **entities: str) -> str:
    """A button's payload: `/intent{"key": "value"}`."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"


async def _offered(session: AsyncSession, conversation: ConversationRow, seq: int) -> OutboxRow | None:
    """Our message of this number, unless it was said to another company in this chat."""
    message = await repository.find_outbox(session, conversation.id, seq)
    if message is None or seq <= conversation.hidden_until:
        return None
    return message if message.customer_id in (None, conversation.customer_id) else None


async def _pressed(session: AsyncSession, conversation: ConversationRow, press: ButtonPress) -> Said:
    """Only a button that was really offered in this conversation may carry an intent."""
    message = await _offered(session, conversation, press.message)
    if message is None or press.index >= len(message.buttons):
        raise ApiError(GONE_BUTTON, code="no_button", status=422)
    button = message.buttons[press.index]
    if says := button.get("says"):
        return Said(says, pressed=press.message)
    return Said(button["title"], button.get("payload", ""), press.message)


async def _changed(session: AsyncSession, conversation: ConversationRow, change: LineChange) -> Said:
    message = await _offered(session, conversation, change.message)
    lines: list[dict[str, Any]] = (message.card or {}).get("lines", []) if message is not None else []
    line = next((line for line in lines if line.get("sku") == change.sku), None)
    if line is None:
        raise ApiError("Этой строки больше нет.", code="no_line", status=422)
    quantity = f"{change.quantity.normalize():f}"
    if change.quantity == 0:
        return Said(f"{line['short_name']}: убрать", intent_payload("remove_line", sku=change.sku))
    shown = f"{line['short_name']}: {quantity.replace('.', ',')} {line['unit']}"
    return Said(shown, intent_payload("set_line", sku=change.sku, quantity=quantity))


async def _numbered(session: AsyncSession, conversation: ConversationRow, text: str) -> ButtonPress | None:
    """«2» where the last message offered its buttons as a numbered list."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    last = await repository.last_said(session, conversation.id)
    if last is None or not last.numbered or not 0 < int(text) <= len(last.buttons):
        return None
    return ButtonPress(last.seq, int(text) - 1)


async def _said(session: AsyncSession, conversation: ConversationRow, message: InboundMessage) -> Said:
    if message.group:
        return Said("")
    if message.edited:
        return Said(f"Исправлено: {clean(message.text)}")
    if message.deleted:
        return Said("Сообщение удалено")
    if message.button is not None:
        return await _pressed(session, conversation, message.button)
    if message.line is not None:
        return await _changed(session, conversation, message.line)
    if message.command is not None:
        entities = {"code": message.argument} if message.command == "start" and message.argument else {}
        return Said(message.text or f"/{message.command}", intent_payload(COMMANDS[message.command], **entities))
    if message.contact is not None:
        return Said("Мой номер телефона", intent_payload("share_phone"))
    text = clean(message.text)
    if (press := await _numbered(session, conversation, text)) is not None:
        return await _pressed(session, conversation, press)
    things = ", ".join(attached.shown(one.kind, clean(one.name)) for one in message.attachments)
    if not (things or text):
        # A press whose data nobody of us made.
        raise ApiError(GONE_BUTTON, code="no_button", status=422)
    return Said("\n".join(part for part in (things, text) if part))


def _extra(message: InboundMessage) -> dict[str, Any]:
    """What the turn has to know beside the words."""
    contact = "" if message.contact is None else "own" if message.contact.own else "foreign"
    known = {
        "group": message.group,
        "edited": message.edited,
        "deleted": message.deleted,
        "person": clean(message.person),
        "contact": contact,
    }
    return {name: value for name, value in known.items() if value}


async def _store(
    session: AsyncSession,
    clock: Clock,
    conversation: ConversationRow,
    seq: int,
    provider_id: str,
    said: Said,
    message: InboundMessage | None = None,
) -> InboxRow:
    row = InboxRow(
        channel=conversation.channel,
        provider_id=provider_id,
        conversation_id=conversation.id,
        seq=seq,
        at=clock.now(),
        text=said.text,
        payload=said.payload,
        raw=storable(dict(message.raw)) if message else {},
        sent_at=message.sent_at if message else None,
        pressed_seq=said.pressed,
        extra=_extra(message) if message else {},
        handled_at=None,
    )
    session.add(row)
    await session.flush()
    await defer(session, "conversations.handle", lock=f"conversation:{conversation.id}", inbox_id=row.id)
    return row


async def receive(
    session: AsyncSession,
    clock: Clock,
    channel: str,
    message: InboundMessage,
    contents: Mapping[str, bytes] | None = None,
) -> int:
    """Stores a message of the web chat and defers its turn; returns its number. A redelivery gets the number it had.

    `contents`: files that came with the message, by their `file_ref`.
    """
    conversation = await repository.find_by_user(session, channel, message.channel_user)
    if conversation is None:
        raise ApiError("Такого разговора нет.", code="no_conversation", status=404)
    known = await repository.find_inbox(session, channel, message.provider_id)
    if known is not None:
        return known.seq
    if await repository.received_since(session, conversation.id, clock.now() - BURST_WINDOW) >= BURST:
        words = "Сообщения идут слишком часто. Подождите несколько секунд."
        raise TooMany(words, retry_after=BURST_WINDOW.total_seconds())
    said = await _said(session, conversation, message)
    return await _take(session, clock, conversation, message, said, contents or {})


def _spoken_at(message: InboundMessage, clock: Clock) -> datetime:
    return min(message.sent_at or clock.now(), clock.now())


async def _take(
    session: AsyncSession,
    clock: Clock,
    conversation: ConversationRow,
    message: InboundMessage,
    said: Said,
    contents: Mapping[str, bytes],
) -> int:
    conversation.last_seq += 1
    # A message that was long on its way does not open the window anew.
    spoke = _spoken_at(message, clock)
    conversation.last_inbound_at = max(spoke, conversation.last_inbound_at or spoke)
    conversation.blocked_at = None
    if said.text:
        conversation.last_at, conversation.last_sender = clock.now(), "customer"
        conversation.last_text = said.text[: outbox.GLIMPSE]
    if conversation.mode != "bot" and conversation.unanswered_since is None:
        conversation.unanswered_since = clock.now()
    row = await _store(session, clock, conversation, conversation.last_seq, message.provider_id, said, message)
    for one in message.attachments:
        session.add(
            AttachmentRow(
                inbox_id=row.id,
                conversation_id=conversation.id,
                customer_id=conversation.customer_id,
                kind=one.kind,
                name=clean(one.name)[:200],
                mime=clean(one.mime)[:100],
                size=one.size,
                file_ref=clean(one.file_ref),
                content=contents.get(one.file_ref),
            )
        )
    await outbox.wake(session, conversation.id)
    return conversation.last_seq


async def take_in(session: AsyncSession, clock: Clock, channel: str, event: Inbound) -> None:
    """Stores what a messenger brought. A repeat changes nothing; nothing is refused, for it would be lost."""
    match event:
        case Receipt():
            await defer(
                session,
                "messages.receipt",
                channel=channel,
                message_id=event.message_id,
                state=event.state,
                error=event.error,
                permanent=event.permanent,
            )
        case Presence():
            now = None if event.reachable else clock.now()
            person = (ConversationRow.channel == channel) & (ConversationRow.channel_user == event.channel_user)
            await session.execute(update(ConversationRow).where(person).values(blocked_at=now))
        case OwnerChanged():
            await owners.told(session, clock, channel, event)
        case InboundMessage():
            await _take_in_message(session, clock, channel, event)


async def _take_in_message(session: AsyncSession, clock: Clock, channel: str, message: InboundMessage) -> None:
    conversation = await repository.open_conversation(session, channel, message.channel_user)
    if await repository.find_inbox(session, channel, message.provider_id) is not None:
        return
    if message.person:
        await owners.compare(session, clock, conversation, message.person, message.provider_id)
    if message.name:
        conversation.name = clean(message.name)[:100]
    vouched = message.contact.phone if message.contact is not None and message.contact.own else message.phone
    if vouched and not message.group:
        conversation.phone, conversation.phone_vouched_at = phones.vouched(vouched), _spoken_at(message, clock)
    try:
        said = await _said(session, conversation, message)
    except ApiError:
        # A messenger has no way to show a refusal: the turn says that the button is dead.
        said = Said("Кнопка из старого сообщения", intent_payload("dead_button"))
    await _take(session, clock, conversation, message, said, {})


async def begin(session: AsyncSession, clock: Clock, conversation: ConversationRow, mark: str = "") -> None:
    """Makes the assistant speak first: an unseen /start, once for a conversation, customer and mark."""
    key = f"start:{conversation.customer_id or ''}{mark}"
    await bring(session, clock, conversation, key, intent_payload("start"))


async def bring(session: AsyncSession, clock: Clock, conversation: ConversationRow, key: str, payload: str) -> None:
    """Brings the assistant an unseen message of our own, once for a conversation and key."""
    provider_id = f"{conversation.id}:{key}"
    if await repository.find_inbox(session, conversation.channel, provider_id) is None:
        await _store(session, clock, conversation, 0, provider_id, Said("", payload))
