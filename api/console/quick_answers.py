"""«Быстрые ответы»: what managers say ten times a day, ready to be put into a reply."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.access import Member
from api.console.pages import page
from api.db.models import QuickAnswerRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import Conflict, NotFound

ADDRESS = "/console/conversations/answers"
MOST = 100
MOST_ID = 2**63 - 1

router = APIRouter(prefix=ADDRESS, include_in_schema=False)

Title = Annotated[str, Form(min_length=1, max_length=60)]
Text = Annotated[str, Form(min_length=1, max_length=2000)]
Id = Annotated[int, Path(ge=1, le=MOST_ID)]

NAME = re.compile(r"(,?\s*)\{имя\}")


@dataclass(frozen=True)
class Ready:
    """An answer as it goes into this reply."""

    title: str
    text: str


def ready(text: str, name: str, manager: str) -> str:
    """The answer with the names in it: {имя} of the customer's person, with its comma gone where nobody knows it."""
    named = NAME.sub(lambda found: f"{found[1]}{name}" if name else "", text)
    return named.replace("{менеджер}", manager).strip()


async def rows(session: AsyncSession) -> list[QuickAnswerRow]:
    """In the managers' order."""
    query = select(QuickAnswerRow).order_by(QuickAnswerRow.position, QuickAnswerRow.id)
    return list(await session.scalars(query))


async def filled(session: AsyncSession, name: str, manager: str) -> list[Ready]:
    """Ready for a reply to this person."""
    return [Ready(row.title, ready(row.text, name, manager)) for row in await rows(session)]


async def _row(session: AsyncSession, answer_id: int) -> QuickAnswerRow:
    row = await session.get(QuickAnswerRow, answer_id, with_for_update=True)
    if row is None:
        raise NotFound("Такого ответа нет: его удалили.")
    return row


def _back() -> Response:
    return RedirectResponse(ADDRESS, status_code=303)


@router.get("")
async def answer_list(request: Request, staff: Member) -> HTMLResponse:
    async with staff_session() as session:
        return page(request, "answers.html", staff=staff, answers=await rows(session))


@router.post("")
async def add(staff: Member, title: Title, text: Text) -> Response:
    """A new one, at the end."""
    async with staff_session() as session:
        known = await session.scalar(select(func.count()).select_from(QuickAnswerRow)) or 0
        if known >= MOST:
            raise Conflict(f"Быстрых ответов уже {MOST}: больше никто не найдёт. Удалите лишние.")
        last = await session.scalar(select(func.coalesce(func.max(QuickAnswerRow.position), 0))) or 0
        session.add(QuickAnswerRow(title=title.strip(), text=text.strip(), position=last + 1))
        await audit(session, staff.login, "add_answer", title.strip())
    return _back()


@router.post("/{answer_id:int}")
async def change(staff: Member, answer_id: Id, title: Title, text: Text) -> Response:
    async with staff_session() as session:
        row = await _row(session, answer_id)
        row.title, row.text = title.strip(), text.strip()
        await audit(session, staff.login, "change_answer", row.title)
    return _back()


@router.post("/{answer_id:int}/delete")
async def delete(staff: Member, answer_id: Id) -> Response:
    async with staff_session() as session:
        row = await _row(session, answer_id)
        await session.delete(row)
        await audit(session, staff.login, "delete_answer", row.title)
    return _back()


@router.post("/{answer_id:int}/up")
async def up(staff: Member, answer_id: Id) -> Response:
    """Changes places with the one above."""
    async with staff_session() as session:
        ordered = list(await session.scalars(select(QuickAnswerRow).order_by(
            QuickAnswerRow.position, QuickAnswerRow.id).with_for_update()))  # fmt: skip
        place = next((place for place, row in enumerate(ordered) if row.id == answer_id), 0)
        if place:
            ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
        for position, row in enumerate(ordered, 1):
            row.position = position
    return _back()
