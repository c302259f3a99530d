"""Receive fast, work later, once: a webhook becomes an inbox row and a job, in one transaction."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.port import ButtonPress, InboundMessage, LineChange
from api.conversations import outbox, repository
from api.db.models import ConversationRow, InboxRow
from api.domain.clock import Clock
from api.errors import ApiError, TooMany
from api.worker import defer

BURST = 20
BURST_WINDOW = timedelta(seconds=10)


@dataclass(frozen=True)
class Said:
    """A message in the customer's eyes (`text`) and in the assistant's (`payload`, empty for typed words)."""

    text: str
    payload: str = ""


def intent_payload(intent: str, **entities: str) -> str:
    """A button's payload: `/intent{"key": "value"}`."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"


async def _pressed(session: AsyncSession, conversation_id: UUID, press: ButtonPress) -> Said:
    """Only a button that was really offered in this conversation may carry an intent."""
    message = await repository.find_outbox(session, conversation_id, press.message)
    if message is None or press.index >= len(message.buttons):
        raise ApiError("Этой кнопки больше нет.", code="no_button", status=422)
    button = message.buttons[press.index]
    return Said(button["title"], button["payload"])


async def _changed(session: AsyncSession, conversation_id: UUID, change: LineChange) -> Said:
    message = await repository.find_outbox(session, conversation_id, change.message)
    lines: list[dict[str, Any]] = (message.card or {}).get("lines", []) if message is not None else []
    line = next((line for line in lines if line.get("sku") == change.sku), None)
    if line is None:
        raise ApiError("Этой строки больше нет.", code="no_line", status=422)
    quantity = f"{change.quantity.normalize():f}"
    if change.quantity == 0:
        return Said(f"{line['short_name']}: убрать", intent_payload("remove_line", sku=change.sku))
    shown = f"{line['short_name']}: {quantity.replace('.', ',')} {line['unit']}"
    return Said(shown, intent_payload("set_line", sku=change.sku, quantity=quantity))


async def _said(session: AsyncSession, conversation_id: UUID, message: InboundMessage) -> Said:
    if message.button is not None:
        return await _pressed(session, conversation_id, message.button)
    if message.line is not None:
        return await _changed(session, conversation_id, message.line)
    return Said(message.text)


async def _store(
    session: AsyncSession, clock: Clock, conversation: ConversationRow, seq: int, provider_id: str, said: Said, raw: Any
) -> None:
    row = InboxRow(
        channel=conversation.channel,
        provider_id=provider_id,
        conversation_id=conversation.id,
        seq=seq,
        at=clock.now(),
        text=said.text,
        payload=said.payload,
        raw=dict(raw),
        handled_at=None,
    )
    session.add(row)
    await session.flush()
    await defer(session, "conversations.handle", lock=f"conversation:{conversation.id}", inbox_id=row.id)


async def receive(session: AsyncSession, clock: Clock, channel: str, message: InboundMessage) -> int:
    """Stores a message and defers its turn; returns its number. A redelivery gets the number it had."""
    conversation = await repository.find_by_user(session, channel, message.channel_user)
    if conversation is None:
        raise ApiError("Такого разговора нет.", code="no_conversation", status=404)
    known = await repository.find_inbox(session, channel, message.provider_id)
    if known is not None:
        return known.seq
    if await repository.received_since(session, conversation.id, clock.now() - BURST_WINDOW) >= BURST:
        raise TooMany("Сообщения идут слишком часто. Подождите несколько секунд.")
    said = await _said(session, conversation.id, message)
    conversation.last_seq += 1
    await _store(session, clock, conversation, conversation.last_seq, message.provider_id, said, message.raw)
    await outbox.wake(session, conversation.id)
    return conversation.last_seq


async def begin(session: AsyncSession, clock: Clock, conversation: ConversationRow) -> None:
    """Makes the assistant speak first: an unseen /start, once for a conversation and customer."""
    provider_id = f"{conversation.id}:start:{conversation.customer_id or ''}"
    if await repository.find_inbox(session, conversation.channel, provider_id) is None:
        await _store(session, clock, conversation, 0, provider_id, Said("", intent_payload("start")), {})
