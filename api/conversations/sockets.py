"""The web chat's socket: pushes what is new in one conversation. It carries nothing the other way."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from api.channels.errors import ChannelError
from api.channels.webchat import visitor
from api.conversations.history import LOOK_SECONDS, MOST_SEQ, fetch
from api.conversations.hub import hub
from api.conversations.rates import OPEN_SOCKETS_OF_ADDRESS, OPEN_SOCKETS_OF_CONVERSATION, SOCKETS_OF_ADDRESS, rates
from api.deps.addresses import address_of
from api.errors import TooMany

router = APIRouter(tags=["web chat"])
log = structlog.get_logger()

PING_SECONDS = 25.0
HELLO_SECONDS = 10.0
FULL_SECONDS = 60.0
"""When a place may be free again."""
BAD_VISITOR = 4401
TOO_MANY = 4429
TRY_AGAIN = 1011


@router.websocket("/webchat/socket")
async def socket(socket: WebSocket) -> None:
    """Pushes the conversation. The first frame names the visitor and the last number seen."""
    address = address_of(socket)
    with rates.hold(f"socket:{address}", OPEN_SOCKETS_OF_ADDRESS) as free:
        try:
            if address and not free:
                raise TooMany("Слишком много открытых чатов.", retry_after=FULL_SECONDS)
            rates.take(SOCKETS_OF_ADDRESS, address)
        except TooMany as error:
            await _deny(socket, error)
            return
        await socket.accept()
        await _serve(socket)


async def _deny(socket: WebSocket, error: TooMany) -> None:
    headers = {"Retry-After": f"{error.retry_after or FULL_SECONDS:.0f}"}
    await socket.send_denial_response(JSONResponse({"error": {"code": error.code}}, error.status, headers))


async def _serve(socket: WebSocket) -> None:
    try:
        conversation_id, after = await _hello(socket)
    except (ChannelError, KeyError, TypeError, ValueError, OverflowError, RecursionError, TimeoutError):
        await socket.close(BAD_VISITOR)
        return
    except WebSocketDisconnect:
        return
    with rates.hold(f"socket:{conversation_id}", OPEN_SOCKETS_OF_CONVERSATION) as free:
        if not free:
            await socket.close(TOO_MANY)  # the widget asks by long polling then
            return
        await _run(socket, conversation_id, after)


async def _hello(socket: WebSocket) -> tuple[UUID, int]:
    frame: Any = await asyncio.wait_for(socket.receive_json(), HELLO_SECONDS)
    return visitor.read(str(frame["visitor"])), min(max(int(frame.get("after", 0)), 0), MOST_SEQ)


async def _run(socket: WebSocket, conversation_id: UUID, after: int) -> None:
    """Until either side ends it."""
    pushing = asyncio.create_task(_push(socket, conversation_id, after))
    listening = asyncio.create_task(_until_gone(socket))
    try:
        await asyncio.wait({pushing, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        listening.cancel()
        pushing.cancel()
        _, pushed = await asyncio.gather(listening, pushing, return_exceptions=True)
    # Nobody would tell a browser whose socket stays open in silence that it must connect again.
    if isinstance(pushed, Exception) and not isinstance(pushed, WebSocketDisconnect | RuntimeError):
        log.warning("webchat.push_failed", conversation=str(conversation_id), error=str(pushed))
        await socket.close(TRY_AGAIN)


async def _push(socket: WebSocket, conversation_id: UUID, after: int) -> None:
    """Sends what is new, for ever; each message once and in order.

    What must not be shown goes first, even when there is nothing: until then the widget sends nothing that waited.
    """
    typing, hidden, last_ping = False, -1, asyncio.get_running_loop().time()
    with hub.watch(conversation_id) as news:
        while True:
            news.clear()
            found = await fetch(conversation_id, after)
            if found.hidden_until > hidden:
                hidden = found.hidden_until
                await socket.send_json({"type": "reset", "from": hidden})
            for message in found.messages:
                await socket.send_json({"type": "message", "message": message.model_dump(mode="json", by_alias=True)})
                after = message.seq
            if found.typing != typing:
                typing = found.typing
                await socket.send_json({"type": "typing", "on": typing})
            if asyncio.get_running_loop().time() - last_ping >= PING_SECONDS:
                last_ping = asyncio.get_running_loop().time()
                await socket.send_json({"type": "ping"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LOOK_SECONDS)


async def _until_gone(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
