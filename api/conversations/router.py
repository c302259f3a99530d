"""Webhooks of the channels, and what the assistant asks about the person who speaks."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from api.channels.errors import ChannelError
from api.channels.port import Inbound, InboundMessage, Webhook
from api.channels.registry import calls_out, channels
from api.config import settings
from api.conversations import arrivals, handoff, intake, people, service
from api.conversations.bodies import read_body
from api.conversations.rates import MESSAGES_OF_ADDRESS, rates
from api.conversations.schemas import (
    ChannelBody,
    Empty,
    HandoffBody,
    HandoffOut,
    MisunderstoodBody,
    ReceiptOut,
)
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.deps.addresses import address_of
from api.deps.turn import Who
from api.errors import ApiError, NotFound

router = APIRouter()

BROWSER_BYTES = 64 * 1024
PROVIDER_BYTES = 4 * 1024 * 1024
"""WhatsApp puts up to a thousand updates, 3 MB, into one request."""


@router.api_route("/webhooks/{channel}", methods=["GET", "POST"], tags=["channels"], response_model=None)
async def webhook(channel: str, request: Request) -> ReceiptOut | PlainTextResponse:
    """Takes a provider's update: checks, stores, defers, answers. Nothing slow happens here."""
    adapter = channels().get(channel)
    if adapter is None:
        raise NotFound("Такого канала нет.", code="no_channel")
    if not calls_out(channel):  # a messenger speaks for all its people from one address
        rates.take(MESSAGES_OF_ADDRESS, address_of(request))
    body = await read_body(request, PROVIDER_BYTES if calls_out(channel) else BROWSER_BYTES)
    try:
        reading = adapter.read(Webhook(request.method, request.headers, request.query_params, body))
    except ChannelError as error:
        raise ApiError(error.message, code=error.code, status=error.status) from error
    if reading.answer is not None:
        return PlainTextResponse(reading.answer)
    return ReceiptOut(seq=await _stored(channel, reading.events))


async def _stored(channel: str, events: Sequence[Inbound]) -> int | None:
    """Keeps the events; the number of the message where the sender waits for it."""
    if calls_out(channel):
        await arrivals.store(channel, events)
        return None
    (message,) = events
    assert isinstance(message, InboundMessage)
    async with staff_session() as session:
        return await intake.receive(session, settings().clock, channel, message)


@router.put("/v1/me/channel", tags=["session"])
async def prefer_channel(body: ChannelBody, who: Who) -> Empty:
    """Where the person wants to hear of orders: a channel in which they wrote to us already."""
    async with staff_session() as session:
        await service.prefer_channel(session, who, body.channel)
    return Empty()


@router.post("/v1/handoff", tags=["session"])
async def call_human(body: HandoffBody, who: Who) -> HandoffOut:
    """Asks for a person; from then on the assistant is silent in this conversation."""
    now = settings().clock.now()
    async with staff_session() as session:
        conversation = await session.get_one(ConversationRow, who.conversation_id, with_for_update=True)
        await handoff.request(session, conversation, now, reason=body.reason, note=body.note)
        customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    working, hours = people.office_hours(now)
    return HandoffOut(manager=people.manager_of(customer), working_hours=working, hours_text=hours)


@router.post("/v1/misunderstood", tags=["session"])
async def misunderstood(body: MisunderstoodBody, who: Who) -> Empty:
    """Records words that were not understood, with their context, for review."""
    async with staff_session() as session:
        await service.note_misunderstood(session, who, body, settings().clock.now())
    return Empty()
