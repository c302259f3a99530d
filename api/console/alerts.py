"""«Мои уведомления»: each manager ties their own chat with the bot, and hears there who needs a person."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.registry import channels, messenger
from api.config import settings
from api.console.access import Member
from api.console.accounts import Staff
from api.console.pages import page
from api.conversations import staff_chats
from api.conversations.people import WORKDAYS
from api.customers.invitations import messenger_links
from api.db.models import ConversationRow, StaffUserRow
from api.db.session import staff_session
from api.deps.options import option
from api.deps.staff_chats import untie
from api.domain.wording import delivery_days
from api.errors import Conflict
from api.notifications import alerts

ADDRESS = "/console/conversations/alerts"

router = APIRouter(prefix=ADDRESS, include_in_schema=False)


async def _user(session: AsyncSession, staff: Staff) -> StaffUserRow:
    return (await session.scalars(select(StaffUserRow).filter_by(login=staff.login))).one()


async def _show(request: Request, staff: Staff, word: str = "") -> HTMLResponse:
    """`word`: the one-time word, on the page that answers the wish for one and nowhere else."""
    async with staff_session() as session:
        user = await _user(session, staff)
        tied = user.alert_conversation_id
        chat = await session.get(ConversationRow, tied) if tied else None
        hours = [await option(session, key) for key in ("work_from", "work_to")]
        minutes = await option(session, "answer_within_minutes")
    channel = channels().get(chat.channel) if chat else None
    limits = messenger(chat.channel) if chat else None
    return page(
        request,
        "alerts.html",
        staff=staff,
        user=user,
        chat=chat,
        channel=channel.title if channel else "",
        window=limits.capabilities.window if limits else None,
        word=word,
        links=messenger_links(staff_chats.PREFIX + word, staff_chats.typed(word)),
        typed=staff_chats.typed(word),
        good_for=staff_chats.GOOD_FOR,
        hours=f"{delivery_days(WORKDAYS)} с {hours[0]} до {hours[1]}",
        minutes=minutes,
        last_call=minutes * alerts.LAST_CALL,
    )


@router.get("")
async def alerts_page(request: Request, staff: Member) -> HTMLResponse:
    return await _show(request, staff)


@router.post("/word")
async def new_word(request: Request, staff: Member) -> HTMLResponse:
    """Links and a QR for each messenger with a word that ties the chat to this login."""
    async with staff_session() as session:
        word = await staff_chats.new_word(session, staff.login, settings().clock.now())
    return await _show(request, staff, word)


def _back() -> Response:
    return RedirectResponse(ADDRESS, status_code=303)


@router.post("/hours")
async def set_hours(staff: Member, hours: Annotated[Literal["work", "always"], Form()]) -> Response:
    async with staff_session() as session:
        (await _user(session, staff)).alert_hours = hours
    return _back()


@router.post("/try")
async def try_out(staff: Member) -> Response:
    """A message to the tied chat, so that the person sees where alerts come."""
    async with staff_session() as session:
        user = await _user(session, staff)
        if user.alert_conversation_id is None:
            raise Conflict("Чат для уведомлений не подключён.")
        await alerts.try_out(session, settings().clock.now(), user)
    return _back()


@router.post("/untie")
async def stop(staff: Member) -> Response:
    async with staff_session() as session:
        await untie(session, await _user(session, staff), staff.login)
    return _back()
