"""What a manager does in a conversation: replies, takes it over, hands it back, and shows that they are there."""

import json
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import conversation_page, presence
from api.console.access import Member
from api.console.accounts import Staff
from api.console.conversations import whole, whose
from api.console.pages import HEADERS, page
from api.conversations import handoff, outbox, pilot, repository, summary
from api.conversations.history import MOST_SEQ
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import Conflict, NotFound

router = APIRouter(prefix="/console/conversations", include_in_schema=False)

CHANGED_HANDS = "Этот чат перешёл к другому человеку или компании. Откройте страницу заново."
OVERTAKEN = "Пока вы писали, появился ответ коллеги: {name}. Прочтите его; если ваш ещё нужен, отправьте ещё раз."


async def _opened(session: AsyncSession, conversation_id: UUID) -> ConversationRow:
    conversation = await repository.locked(session, conversation_id)
    if conversation is None:
        raise NotFound("Такого разговора нет.")
    return conversation


def _back(request: Request, conversation_id: UUID) -> Response:
    """The page again; for htmx only the word that something was done, on which the page fetches its part."""
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Trigger": "done"})
    return RedirectResponse(f"/console/conversations/{conversation_id}", status_code=303)


@router.post("/{conversation_id:uuid}/reply")
async def reply(
    request: Request,
    staff: Member,
    conversation_id: UUID,
    whom: Annotated[str, Form()],
    text: Annotated[str, Form(max_length=4000)],
    key: Annotated[UUID | None, Form()] = None,
    seen: Annotated[int, Form(ge=0, le=MOST_SEQ)] = MOST_SEQ,
) -> Response:
    """Says it as a person; the conversation is then this person's, unless another one has it.

    `key`: of the form; what was sent with it already is not sent again. `seen`: the newest message that the writer
    knew when they began; a colleague's later answer holds the reply back once.
    """
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        if whom != whose(conversation):
            raise Conflict(CHANGED_HANDS)
        if text.strip():
            name = await conversation_page.replied_since(session, conversation, seen, staff.login)
            if name:
                return await _refused(request, session, conversation, staff, text, key, name)
            await _say(session, conversation, staff, text.strip(), key or uuid4())
    if request.headers.get("HX-Request"):
        return Response(headers=HEADERS | {"HX-Trigger": json.dumps({"said": {"key": str(uuid4())}})})
    return _back(request, conversation_id)


async def _say(session: AsyncSession, conversation: ConversationRow, staff: Staff, text: str, key: UUID) -> None:
    now, dedupe_key = settings().clock.now(), conversation_page.reply_key(staff.login, str(key))
    if await outbox.was_said(session, dedupe_key):
        return
    if conversation.mode != "manager":
        await handoff.take(session, conversation, now, staff.login)
    await outbox.say(session, conversation.id, now, text, sender="manager", author=staff.name, dedupe_key=dedupe_key)
    await audit(session, staff.login, "reply", str(conversation.id))


async def _refused(
    request: Request,
    session: AsyncSession,
    conversation: ConversationRow,
    staff: Staff,
    text: str,
    key: UUID | None,
    name: str,
) -> HTMLResponse:
    """A colleague was quicker: the draft stays, and the next press sends it."""
    words = OVERTAKEN.format(name=name)
    if not request.headers.get("HX-Request"):
        return await whole(request, session, conversation, staff, draft=text, refused=words, key=str(key or ""))
    answer = page(request, "conversation_refused.html", staff=staff, refused=words)
    answer.headers["HX-Trigger"] = json.dumps({"overtaken": {"seen": conversation.last_seq}})
    return answer


Holder = Annotated[str, Form()]
"""Who had the conversation on the page that was pressed on: a colleague who took it since is not overridden unseen,
the page shows who has it now, and its button asks."""


async def _holder(session: AsyncSession, conversation: ConversationRow) -> str:
    """The login of the manager who has the conversation; empty: nobody."""
    held = await repository.open_handoff(session, conversation.id)
    return held.taken_by if held is not None and conversation.mode == "manager" else ""


@router.post("/{conversation_id:uuid}/take")
async def take(request: Request, staff: Member, conversation_id: UUID, holder: Holder = "") -> Response:
    """Takes the conversation over, from the assistant or from a colleague: both are told at once."""
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        before = await _holder(session, conversation)
        if before in ("", holder):
            await handoff.take(session, conversation, settings().clock.now(), staff.login)
            await audit(session, staff.login, "take", str(conversation_id), **({"from": before} if before else {}))
    return _back(request, conversation_id)


@router.post("/{conversation_id:uuid}/hand-back")
async def hand_back(request: Request, staff: Member, conversation_id: UUID, holder: Holder = "") -> Response:
    """Gives the conversation back to the assistant, which tells where the order stands."""
    now = settings().clock.now()
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        if conversation.mode != "bot" and await _holder(session, conversation) in ("", staff.login, holder):
            await handoff.close(session, conversation, now)
            customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
            if await pilot.serves(session, customer):
                text, buttons = await summary.back(session, conversation)
                await outbox.say(session, conversation_id, now, text, buttons=buttons)
            await audit(session, staff.login, "hand_back", str(conversation_id))
    return _back(request, conversation_id)


@router.post("/{conversation_id:uuid}/presence", status_code=204)
async def present(
    staff: Member,
    conversation_id: UUID,
    typing: Annotated[bool, Form()] = False,
    left: Annotated[bool, Form()] = False,
) -> None:
    """The page is open; or was closed (`left`)."""
    async with staff_session() as session:
        if await session.get(ConversationRow, conversation_id) is None:
            raise NotFound("Такого разговора нет.")
        if left:
            await presence.gone(session, conversation_id, staff)
        else:
            await presence.here(session, conversation_id, staff, settings().clock.now(), typing=typing)
