"""«Разговоры»: who needs a person, what was said, who the customer is. What a manager does there: replies.py."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import (
    accounting_rows,
    channel_words,
    conversation_page,
    conversation_rows,
    order_rows,
    presence,
    queries,
)
from api.console import quick_answers as answers
from api.console.access import Member
from api.console.accounts import Staff
from api.console.conversation_rows import TABS, Wanted
from api.console.pages import page
from api.conversations import repository
from api.conversations.history import MOST_SEQ
from api.db.models import ConversationRow
from api.db.session import staff_session
from api.errors import NotFound

router = APIRouter(prefix="/console/conversations", include_in_schema=False)

Number = Annotated[int | None, Query(ge=0, le=MOST_SEQ)]
ADDRESS = "/console/conversations"


@router.get("")
async def conversation_list(
    request: Request, staff: Member, tab: str = "", channel: str = "", name: str = "", before: str = ""
) -> HTMLResponse:
    """The list, or for htmx the part of it that changes."""
    wanted = Wanted(tab if tab in dict(TABS) else "", channel, name.strip()[:100], before)
    async with staff_session() as session:
        rows, more = await conversation_rows.conversations(session, wanted, staff.login)
        waiting = {
            "requests": await queries.open_requests(session),
            "held": await accounting_rows.open_questions(session),
            "troubles": await order_rows.count(session),
        }
    shown = {"tab": wanted.tab, "channel": wanted.channel, "name": wanted.name}
    here = {key: value for key, value in shown.items() if value}
    template = "conversation_rows.html" if request.headers.get("HX-Request") else "conversations.html"
    return page(
        request,
        template,
        staff=staff,
        rows=rows,
        now=settings().clock.now(),
        wanted=wanted,
        tabs=TABS,
        channels=channel_words.channels(),
        waiting=waiting,
        address=f"{ADDRESS}?{urlencode(here | ({'before': before} if before else {}))}",
        more=f"{ADDRESS}?{urlencode(here | {'before': more})}" if more else "",
    )


async def _found(session: AsyncSession, conversation_id: UUID) -> ConversationRow:
    conversation = await session.get(ConversationRow, conversation_id)
    if conversation is None:
        raise NotFound("Такого разговора нет.")
    return conversation


def whose(conversation: ConversationRow) -> str:
    """The company and the person that a page was written for: what it quotes is not for the next ones."""
    return f"{conversation.customer_id or ''}/{conversation.contact_id or ''}"


async def changing(session: AsyncSession, conversation: ConversationRow, staff: Staff, first: int) -> dict[str, Any]:
    """The values of the part of the page that is fetched anew; the manager has seen the messages by that."""
    asked = await repository.open_handoff(session, conversation.id)
    said = await conversation_page.messages(session, conversation, first=first)
    await conversation_page.note_seen(session, conversation)
    now = settings().clock.now()
    return {
        "conversation": conversation,
        "asked": asked,
        "now": now,
        "reason": conversation_rows.reason_words(asked.reason if asked else None),
        "holder": await conversation_page.holder_name(session, asked),
        "mine": asked is not None and asked.taken_by == staff.login,
        "others": await presence.others(session, conversation.id, staff, now),
        "messages": said,
        "first": said[0].seq if said else 1,
        "earlier": max(said[0].seq - conversation_page.SHOWN, 1) if said and said[0].seq > 1 else 0,
        "full": len(said) >= conversation_page.MOST,
        "channel": channel_words.channel_words(conversation.channel),
        "seen": conversation.last_seq,
        "whom": whose(conversation),
        "side": await conversation_page.side(session, conversation),
    }


async def whole(
    request: Request,
    session: AsyncSession,
    conversation: ConversationRow,
    staff: Staff,
    *,
    first: int = 0,
    draft: str = "",
    refused: str = "",
    key: str = "",
) -> HTMLResponse:
    """The whole page; `draft` and `refused`: what was not sent, and why."""
    values = await changing(session, conversation, staff, first)
    side = values["side"]
    name = side.contact.name if side and side.contact else conversation.name
    return page(
        request,
        "conversation.html",
        status=409 if refused else 200,
        staff=staff,
        answers=await answers.filled(session, name, staff.name),
        key=key or str(uuid4()),
        draft=draft,
        refused=refused,
        **values,
    )


@router.get("/{conversation_id:uuid}")
async def conversation(
    request: Request, staff: Member, conversation_id: UUID, first: Number = 0, before: Number = None
) -> HTMLResponse:
    """The page with the messages from `first` on; with `before` only what was said before that number."""
    async with staff_session() as session:
        found = await _found(session, conversation_id)
        if before is None:
            return await whole(request, session, found, staff, first=first or 0)
        said = await conversation_page.messages(session, found, before=before)
    first = said[0].seq if said else 1
    return page(request, "conversation_before.html", staff=staff, conversation=found, messages=said, first=first)


@router.get("/{conversation_id:uuid}/live")
async def live(request: Request, staff: Member, conversation_id: UUID, first: Number = 0) -> HTMLResponse:
    """The part that changes."""
    async with staff_session() as session:
        found = await _found(session, conversation_id)
        return page(request, "conversation_live.html", staff=staff, **await changing(session, found, staff, first or 0))
