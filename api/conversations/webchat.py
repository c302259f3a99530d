"""The web chat's own endpoints: a visitor's session and history with long polling. The socket: sockets.py."""

import asyncio
import contextlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.errors import ChannelError
from api.channels.webchat import visitor
from api.config import settings
from api.conversations import intake, repository
from api.conversations.history import LOOK_SECONDS, MOST_SEQ, fetch
from api.conversations.hub import hub
from api.conversations.rates import (
    OPEN_POLLS_OF_CONVERSATION,
    READS_OF_CONVERSATION,
    SESSIONS_OF_ADDRESS,
    SESSIONS_OF_CONVERSATION,
    rates,
)
from api.conversations.schemas import MessagesOut, SessionIn, SessionOut
from api.customers import codes
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.deps.addresses import address_of, network_of
from api.errors import ApiError, NotFound

router = APIRouter(tags=["web chat"])

MEGABYTE = 1_000_000


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
    rates.take(SESSIONS_OF_ADDRESS, address_of(request))
    clock, refusal = settings().clock, None
    address = network_of(request)
    async with staff_session() as session:
        known = await _known(session, body.visitor, body.code)
        rates.take(SESSIONS_OF_CONVERSATION, str(known.id) if known else "")
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
        file_bytes=settings().webchat_file_mb * MEGABYTE,
    )


@router.get("/webchat/messages")
async def messages(
    authorization: Annotated[str, Header()],
    after: Annotated[int, Query(ge=0, le=MOST_SEQ)] = 0,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
    hidden: Annotated[int | None, Query(ge=0, le=MOST_SEQ)] = None,
) -> MessagesOut:
    """History after a number; with `wait` the answer comes when there is something new, or after that many seconds.

    `hidden`: up to which number the caller knows that nothing may be shown; news of that end the wait too.
    """
    conversation_id = conversation_of(authorization.removeprefix("Bearer ").strip())
    rates.take(READS_OF_CONVERSATION, str(conversation_id))
    deadline = asyncio.get_running_loop().time() + wait
    with hub.watch(conversation_id) as news, rates.hold(f"poll:{conversation_id}", OPEN_POLLS_OF_CONVERSATION) as free:
        while True:
            news.clear()
            found = await fetch(conversation_id, after)
            hidden = found.hidden_until if hidden is None else hidden
            left = deadline - asyncio.get_running_loop().time()
            if found.messages or found.hidden_until > hidden or left <= 0 or not free:
                return found
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(left, LOOK_SECONDS))


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
