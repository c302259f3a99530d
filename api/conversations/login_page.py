"""The page on which a login and password are typed. It shows a number, and the chat that asked is in with that."""

import secrets
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.templating import Jinja2Templates

from api.channels.registry import channels
from api.config import settings
from api.conversations import intake, login_link, repository
from api.conversations.login_link import DEAD, Link
from api.customers import login_steps, logins
from api.db.models import ConversationRow
from api.db.session import staff_session
from api.deps.addresses import network_of
from api.errors import ApiError, Forbidden, NotFound

COOKIE = "sign_in"
FOLDER = Path(__file__).parent / "templates"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
}

router = APIRouter(prefix="/sign-in", include_in_schema=False)
templates = Jinja2Templates(FOLDER)


def _page(request: Request, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"company": settings().company_name, "error": "", "login": "", "state": "form", **values}
    return templates.TemplateResponse(request, "sign_in.html", shown, status_code=status, headers=HEADERS)


def _form(request: Request, conversation: ConversationRow, status: int = 200, **values: Any) -> HTMLResponse:
    csrf = secrets.token_urlsafe(24)
    channel = channels().get(conversation.channel)
    where = f"Откуда вы входите: {channel.title if channel else conversation.channel}."
    manager = f"{settings().manager_name}, {settings().manager_phone}"
    page = _page(request, status, csrf=csrf, where=where, manager=manager, **values)
    secure = request.url.scheme == "https"
    page.set_cookie(COOKIE, csrf, httponly=True, samesite="strict", secure=secure, path="/sign-in", max_age=900)
    return page


async def _waiting(session: Any, link: Link) -> ConversationRow:
    """The conversation that waits for this link; raises NotFound."""
    conversation, now = await repository.locked(session, link.conversation_id), settings().clock.now()
    if conversation is None or not await login_steps.waits_for_login(session, conversation, link.mark, now):
        raise NotFound(DEAD, code="dead_link")
    return conversation


@router.get("/static/sign_in.css")
async def style() -> FileResponse:
    return FileResponse(FOLDER / "sign_in.css", media_type="text/css")


@router.get("/{token}")
async def show(request: Request, token: str) -> HTMLResponse:
    try:
        async with staff_session() as session:
            conversation = await _waiting(session, login_link.read(token))
    except NotFound as error:
        return _page(request, error.status, state="dead", error=error.message)
    return _form(request, conversation)


@router.post("/{token}")
async def sign_in(
    request: Request,
    token: str,
    csrf: Annotated[str, Form(max_length=100)],
    login: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=200)],
    sign_in: Annotated[str, Cookie()] = "",
) -> HTMLResponse:
    """Shows the number and lets the assistant ask for it. A refusal is shown after its attempt is kept."""
    refusal: ApiError | None = None
    number = ""
    address = network_of(request)
    try:
        async with staff_session() as session:
            link = login_link.read(token)
            conversation = await _waiting(session, link)
            try:
                if not sign_in or not secrets.compare_digest(sign_in.encode(), csrf.encode()):
                    raise Forbidden("Страница устарела. Попробуйте ещё раз.", code="csrf")
                proof = await logins.prove(session, conversation, login, password, address, settings().clock)
                number = await login_steps.show_number(session, conversation, proof, settings().clock.now())
                await intake.begin(session, settings().clock, conversation, mark=link.mark)
            except ApiError as error:
                refusal = error
    except NotFound as error:
        return _page(request, error.status, state="dead", error=error.message)
    if refusal is not None:
        return _form(request, conversation, refusal.status, error=refusal.message, login=login)
    return _page(request, state="done", number=f"{number[:3]} {number[3:]}")
