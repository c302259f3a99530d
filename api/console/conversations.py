"""«Разговоры»: who needs a person, what was said, and the answer of one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import accounting_rows, order_rows, queries
from api.console.access import Csrf, Member, check_csrf
from api.console.pages import page
from api.conversations import buttons, handoff, outbox, repository
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import Conflict, NotFound

SHOWN_MESSAGES = 200

router = APIRouter(prefix="/console/conversations", include_in_schema=False)


@router.get("")
async def conversation_list(request: Request, staff: Member, all: bool = False) -> HTMLResponse:
    async with staff_session() as session:
        rows = await queries.conversations(session, attention_only=not all)
        requests = await queries.open_requests(session)
        held = await accounting_rows.open_questions(session)
        troubles = await order_rows.count(session)
    waiting = {"requests": requests, "held": held, "troubles": troubles}
    return page(request, "list.html", staff=staff, rows=rows, all=all, waiting=waiting)


async def _opened(session: Any, conversation_id: UUID) -> ConversationRow:
    conversation = await repository.locked(session, conversation_id)
    if conversation is None:
        raise NotFound("Такого разговора нет.")
    return conversation


@router.get("/{conversation_id}")
async def conversation_page(request: Request, staff: Member, conversation_id: UUID) -> HTMLResponse:
    async with staff_session() as session:
        conversation = await session.get(ConversationRow, conversation_id)
        if conversation is None:
            raise NotFound("Такого разговора нет.")
        customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
        asked = await repository.open_handoff(session, conversation_id)
        messages = await repository.newest_messages(session, conversation, SHOWN_MESSAGES)
        files = await queries.files_by_message(session, conversation)
    return page(
        request,
        "conversation.html",
        staff=staff,
        conversation=conversation,
        customer=customer,
        asked=asked,
        reason=queries.reason_words(asked.reason if asked else None),
        messages=messages,
        whom=whose(conversation),
        files=files,
    )


def _back(conversation_id: UUID) -> Response:
    return RedirectResponse(f"/console/conversations/{conversation_id}", status_code=303)


def whose(conversation: ConversationRow) -> str:
    """The company and the person that a page was written for: what it quotes is not for the next ones."""
    return f"{conversation.customer_id or ''}/{conversation.contact_id or ''}"


@router.post("/{conversation_id}/reply")
async def reply(
    staff: Member,
    conversation_id: UUID,
    csrf: Csrf,
    whom: Annotated[str, Form()],
    text: Annotated[str, Form(max_length=4000)],
) -> Response:
    """Says it as a person; the conversation is then this person's until it is handed back."""
    check_csrf(staff, csrf)
    now = settings().clock.now()
    if text.strip():
        async with staff_session() as session:
            conversation = await _opened(session, conversation_id)
            if whom != whose(conversation):
                raise Conflict("Этот чат перешёл к другому человеку или компании. Откройте страницу заново.")
            await handoff.take(session, conversation, now, staff.login)
            await outbox.say(session, conversation_id, now, text.strip(), sender="manager", author=staff.name)
            await audit(session, staff.login, "reply", str(conversation_id))
    return _back(conversation_id)


@router.post("/{conversation_id}/take")
async def take(staff: Member, conversation_id: UUID, csrf: Csrf) -> Response:
    """Takes the conversation over: the assistant is silent from now on."""
    check_csrf(staff, csrf)
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        await handoff.take(session, conversation, settings().clock.now(), staff.login)
        await audit(session, staff.login, "take", str(conversation_id))
    return _back(conversation_id)


BACK = "Снова на связи помощник. Что хотите сделать?"
OFFERED = [buttons.NEW_ORDER, buttons.REPEAT_LAST, buttons.STATUS, buttons.CALL_HUMAN]


@router.post("/{conversation_id}/hand-back")
async def hand_back(staff: Member, conversation_id: UUID, csrf: Csrf) -> Response:
    """Gives the conversation back to the assistant, which says so."""
    check_csrf(staff, csrf)
    now = settings().clock.now()
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        if conversation.mode != "bot":
            await handoff.close(session, conversation, now)
            await outbox.say(session, conversation_id, now, BACK, buttons=OFFERED)
            await audit(session, staff.login, "hand_back", str(conversation_id))
    return _back(conversation_id)
