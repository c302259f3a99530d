"""The console's pages."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Cookie, Depends, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from api.config import settings
from api.console import accounting_rows, accounts, order_rows, queries
from api.console.accounts import Staff, check_csrf
from api.conversations import buttons, handoff, outbox, repository
from api.db.models import ConversationRow, CustomerRow
from api.db.session import staff_session
from api.deps.addresses import network_of
from api.deps.audit import audit
from api.domain.wording import clock_time, money, plural, short_date
from api.errors import ApiError, Conflict, NotFound

COOKIE = "console"
FOLDER = Path(__file__).parent
SHOWN_MESSAGES = 200

router = APIRouter(prefix="/console", include_in_schema=False)
templates = Jinja2Templates(FOLDER / "templates")
templates.env.filters["clock"] = lambda at: clock_time(at.astimezone(settings().zone).time()) if at else ""
templates.env.filters["day"] = lambda at: short_date(at.astimezone(settings().zone).date()) if at else ""
templates.env.filters["money"] = money
templates.env.filters["times"] = lambda count: plural(count, "раз", "раза", "раз")


class NotLoggedIn(Exception):
    """The page needs a login; the browser is sent to it."""


async def current(console: Annotated[str, Cookie()] = "") -> Staff:
    """Who works in this browser; raises NotLoggedIn."""
    try:
        session_id = UUID(console)
    except ValueError as error:
        raise NotLoggedIn from error
    async with staff_session() as session:
        staff = await accounts.logged_in(session, session_id, settings().clock.now())
    if staff is None:
        raise NotLoggedIn
    return staff


Me = Annotated[Staff, Depends(current)]


def to_login(_: Request, __: Exception) -> Response:
    """What NotLoggedIn becomes."""
    return RedirectResponse("/console/login", status_code=303)


def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    company = settings().company_name
    return templates.TemplateResponse(request, name, {"company": company, **values}, status_code=status)


@router.get("/static/{name}")
async def static(name: str) -> FileResponse:
    allowed = {"console.css": "text/css", "console.js": "text/javascript"}
    if name not in allowed:
        raise NotFound()
    return FileResponse(FOLDER / "static" / name, media_type=allowed[name])


@router.get("/login")
async def login_page(request: Request) -> HTMLResponse:
    return page(request, "login.html", error="")


@router.post("/login")
async def log_in(request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
    address = network_of(request)
    try:
        async with staff_session() as session:
            opened = await accounts.log_in(session, login.strip(), password, address, settings().clock.now())
    except ApiError as error:
        return page(request, "login.html", status=error.status, error=error.message)
    if opened is None:
        return page(request, "login.html", status=403, error="Неверный логин или пароль.")
    response = RedirectResponse("/console/", status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, str(opened.id), httponly=True, samesite="lax", secure=secure, path="/console")
    return response


@router.post("/logout")
async def log_out(staff: Me, csrf: Annotated[str, Form()]) -> Response:
    check_csrf(staff, csrf)
    async with staff_session() as session:
        await accounts.log_out(session, staff)
    response = RedirectResponse("/console/login", status_code=303)
    response.delete_cookie(COOKIE, path="/console")
    return response


@router.get("/")
async def conversation_list(request: Request, staff: Me, all: bool = False) -> HTMLResponse:
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


@router.get("/conversations/{conversation_id}")
async def conversation_page(request: Request, staff: Me, conversation_id: UUID) -> HTMLResponse:
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


@router.post("/conversations/{conversation_id}/reply")
async def reply(
    staff: Me,
    conversation_id: UUID,
    csrf: Annotated[str, Form()],
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


@router.post("/conversations/{conversation_id}/take")
async def take(staff: Me, conversation_id: UUID, csrf: Annotated[str, Form()]) -> Response:
    """Takes the conversation over: the assistant is silent from now on."""
    check_csrf(staff, csrf)
    async with staff_session() as session:
        conversation = await _opened(session, conversation_id)
        await handoff.take(session, conversation, settings().clock.now(), staff.login)
        await audit(session, staff.login, "take", str(conversation_id))
    return _back(conversation_id)


BACK = "Снова на связи помощник. Что хотите сделать?"
OFFERED = [buttons.NEW_ORDER, buttons.REPEAT_LAST, buttons.STATUS, buttons.CALL_HUMAN]


@router.post("/conversations/{conversation_id}/hand-back")
async def hand_back(staff: Me, conversation_id: UUID, csrf: Annotated[str, Form()]) -> Response:
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
