"""What came of «Непонятое»: decisions, the report for purchasing, examples for training."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from api.config import settings
from api.console import review_rows
from api.console.access import TEACHERS, Member, Trainer
from api.console.pages import page
from api.console.review_rows import DECISIONS, MOST_ID, PAGE
from api.console.sheets import download, headers, sheet
from api.db.session import staff_session
from api.review import service
from api.review.schemas import Example
from api.training.dataset.collecting import reviewed_of
from api.training.dataset.files import text_of

router = APIRouter(prefix="/console/review", include_in_schema=False)

PREVIEWED = 200


@router.get("/decisions")
async def decisions(
    request: Request,
    staff: Member,
    what: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
) -> HTMLResponse:
    async with staff_session() as session:
        rows = await review_rows.decisions(session, what, before)
    values: dict[str, Any] = {
        "rows": rows[:PAGE],
        "more": len(rows) > PAGE,
        "what": what,
        "names": DECISIONS,
        "before": before,
    }
    return page(request, "review_decisions.html", staff=staff, teaches=staff.role in TEACHERS, **values)


@router.get("/not-carried")
async def not_carried(request: Request, staff: Member) -> HTMLResponse:
    async with staff_session() as session:
        rows = await review_rows.not_carried(session)
    return page(request, "review_not_carried.html", staff=staff, teaches=staff.role in TEACHERS, rows=rows)


@router.get("/not-carried.csv")
async def not_carried_file(staff: Member) -> Response:
    """For a spreadsheet."""
    async with staff_session() as session:
        rows = await review_rows.not_carried(session, limit=None)
    return download(
        sheet(
            ("Что спрашивают", "Сколько раз", "Сколько клиентов", "Последний раз"),
            ((row.said, row.times, row.customers, _moment(row.last)) for row in rows),
        ),
        "not-carried.csv",
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(settings().zone):%d.%m.%Y %H:%M}"


@router.get("/examples")
async def examples(request: Request, staff: Trainer) -> HTMLResponse:
    async with staff_session() as session:
        taught = await service.examples(session)
    text = await asyncio.to_thread(_as_rasa, taught[-PREVIEWED:])
    values: dict[str, Any] = {"count": len(taught), "text": text, "previewed": PREVIEWED}
    return page(request, "review_examples.html", staff=staff, teaches=True, **values)


@router.get("/examples.yml")
async def examples_file(staff: Trainer) -> Response:
    async with staff_session() as session:
        taught = await service.examples(session)
    text = await asyncio.to_thread(_as_rasa, taught)
    return PlainTextResponse(text, headers=headers("reviewed.yml"))


def _as_rasa(taught: Sequence[Example]) -> str:
    """As a file of data/nlu/reviewed: nothing personal stands in it."""
    return text_of(map(reviewed_of, taught))
