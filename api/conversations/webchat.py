"""The web chat's own endpoints: a visitor's session, history with long polling, the socket."""

import asyncio
import contextlib
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.errors import ChannelError
from api.channels.webchat import visitor
from api.config import settings
from api.conversations import intake, repository
from api.conversations.hub import hub
from api.conversations.schemas import MessagesOut, SessionIn, SessionOut
from api.customers import codes
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.errors import ApiError, NotFound

router = APIRouter(tags=["web chat"])
log = structlog.get_logger()

PING_SECONDS = 25.0
LOOK_SECONDS = 5.0
"""How long a waiter trusts the notices before it looks for itself."""
BAD_VISITOR = 4401
TRY_AGAIN = 1011
MOST_SEQ = 2**53
"""What JavaScript counts to, and PostgreSQL too."""


def conversation_of(token: str) -> UUID:
    try:
        return visitor.read(token)
    except ChannelError as error:
        raise ApiError(error.message, code=error.code, status=error.status) from error


async def _known(session: AsyncSession, token: str | None, code: str | None) -> ConversationRow | None:
    """The visitor's conversation; None for a newcomer, for a token that is no longer good, for another company."""
    if not token:
        return None
    try:
        conversation = await session.get(ConversationRow, visitor.read(token))
    except ChannelError:
        return None
    if conversation is None or not code or conversation.customer_id is None:
        return conversation
    same = await codes.is_of(session, code, conversation, settings().clock.now())
    return conversation if same else None


async def _try_code(session: AsyncSession, conversation: ConversationRow, code: str, address: str) -> ApiError | None:
    """Signs in by the code. A refusal is returned, not raised: its attempt must be kept."""
    try:
        await codes.sign_in(session, conversation, code, settings().clock, address=address)
    except ApiError as refusal:
        return refusal
    return None


@router.post("/webchat/session")
async def open_session(body: SessionIn, request: Request) -> SessionOut:
    """Opens or resumes a visitor's conversation; with a company code it is signed in at once."""
    clock, refusal = settings().clock, None
    address = request.client.host if request.client else ""
    async with staff_session() as session:
        known = await _known(session, body.visitor, body.code)
        conversation = await repository.open_conversation(
            session, "webchat", known.channel_user if known else None, address
        )
        if body.code and conversation.customer_id is None:
            refusal = await _try_code(session, conversation, body.code, address)
        if refusal is None:
            await intake.begin(session, clock, conversation)
        customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    if refusal is not None:
        raise refusal
    return SessionOut(
        visitor=visitor.issue(conversation.id),
        conversation=conversation.id,
        customer=customer.name if customer else None,
        seq=conversation.last_seq,
    )


async def fetch(conversation_id: UUID, after: int) -> MessagesOut:
    async with staff_session() as session:
        hidden = await session.scalar(select(ConversationRow.hidden_until).where(ConversationRow.id == conversation_id))
        messages = await repository.messages_after(session, conversation_id, max(after, hidden or 0))
        return MessagesOut(messages=messages, typing=await repository.is_typing(session, conversation_id))


@router.get("/webchat/messages")
async def messages(
    authorization: Annotated[str, Header()],
    after: Annotated[int, Query(ge=0, le=MOST_SEQ)] = 0,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
) -> MessagesOut:
    """History after a number; with `wait` the answer comes when there is something new, or after that many seconds."""
    conversation_id = conversation_of(authorization.removeprefix("Bearer ").strip())
    deadline = asyncio.get_running_loop().time() + wait
    with hub.watch(conversation_id) as news:
        while True:
            news.clear()
            found = await fetch(conversation_id, after)
            left = deadline - asyncio.get_running_loop().time()
            if found.messages or left <= 0:
                return found
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(left, LOOK_SECONDS))


async def _hello(socket: WebSocket) -> tuple[UUID, int]:
    frame: Any = await asyncio.wait_for(socket.receive_json(), 10)
    return visitor.read(str(frame["visitor"])), min(max(int(frame.get("after", 0)), 0), MOST_SEQ)


async def _push(socket: WebSocket, conversation_id: UUID, after: int) -> None:
    """Sends what is new, for ever; each message once and in order."""
    typing, last_ping = False, asyncio.get_running_loop().time()
    with hub.watch(conversation_id) as news:
        while True:
            news.clear()
            found = await fetch(conversation_id, after)
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


@router.websocket("/webchat/socket")
async def socket(socket: WebSocket) -> None:
    """Pushes the conversation. The first frame names the visitor and the last number seen."""
    await socket.accept()
    try:
        conversation_id, after = await _hello(socket)
    except (ChannelError, KeyError, TypeError, ValueError, TimeoutError):
        await socket.close(BAD_VISITOR)
        return
    except WebSocketDisconnect:
        return
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


async def _until_gone(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()


DEMO_CUSTOMERS = [
    {"code": "KOFE-PETRA", "name": "Кофейня у Петра", "about": "Одна точка, постоянный заказ"},
    {"code": "MAGAZIN-BEREZKA", "name": "Магазин «Берёзка»", "about": "Свои договорные цены"},
    {"code": "STOLOVAYA-7", "name": "Столовая № 7", "about": "Две торговые точки"},
    {"code": "BULOCHNAYA", "name": "Булочная", "about": "В прошлом заказе кое-что изменилось"},
    {"code": "BISTRO-DOLG", "name": "Бистро", "about": "Кредитный лимит исчерпан"},
    {"code": "LAVKA-24", "name": "Лавка 24", "about": "Есть просроченный счёт"},
]


@router.get("/webchat/demo-customers")
async def demo_customers() -> list[dict[str, str]]:
    """Customers of the demo distributor to choose from; only where DEMO is on."""
    if not settings().demo:
        raise NotFound()
    return DEMO_CUSTOMERS


@router.get("/webchat/demo-links")
async def demo_links() -> dict[str, str]:
    """Where else to look in the demo."""
    if not settings().demo:
        raise NotFound()
    return {"demo_erp": f"http://127.0.0.1:{settings().demo_erp_port}/demo/", "docs": "/docs", "console": "/console/"}
