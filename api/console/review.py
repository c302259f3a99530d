"""The page «Непонятое»: the queue, a group close up, and the decisions on it."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import access, review_desk
from api.console.access import Member, Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.review_desk import Desk
from api.console.review_group import DOUBTS, SPANS
from api.console.review_rows import DECISIONS, MOST_ID, Filter, Rank, told
from api.db.models import ReviewDecisionRow
from api.db.session import staff_session
from api.errors import ApiError, NotFound
from api.review import candidates, repository, service
from api.review.intents import ENTITIES, INTENTS
from api.review.schemas import Group, Meaning

router = APIRouter(prefix="/console/review", include_in_schema=False)

Wanted = Annotated[Filter, Depends()]
Before = Annotated[str, Query(max_length=1000)]
Id = Annotated[int, Path(ge=1, le=MOST_ID)]
Decision = Callable[[AsyncSession], Awaitable[ReviewDecisionRow]]


def _chosen(
    key: Annotated[str, Form(max_length=500)],
    example: Annotated[int, Form()],
    shown: Annotated[list[int] | None, Form()] = None,
    kept: Annotated[list[int] | None, Form()] = None,
) -> Group:
    return Group(key, example, frozenset(shown or ()) - frozenset(kept or ()))


Chosen = Annotated[Group, Depends(_chosen)]
Place = Annotated[str, Form(alias="rank", max_length=1000)]
"""Where the group stood in the queue: the one after it is opened next."""


@router.get("")
async def queue(
    request: Request,
    staff: Member,
    wanted: Wanted,
    key: Annotated[str, Query(max_length=500)] = "",
    before: Before = "",
    after: Annotated[str, Query(max_length=1000)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The queue with a group beside it; `q` looks for a product where there is no script."""
    async with staff_session() as session:
        desk = await review_desk.desk(session, staff.login, wanted, before=before, key=key, after=Rank.read(after))
        if q and desk.group is not None:
            desk.found = await candidates.search(session, desk.group.item, q, settings().clock.now())
            desk.asked = q
    if key and (desk.group is None or desk.group.key != key):
        desk.notice = "Эта группа уже решена."
    return _shown(request, staff, desk)


def _shown(request: Request, staff: Staff, desk: Desk, status: int = 200) -> HTMLResponse:
    """The whole page, or for htmx the desk on it."""
    part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    values = {
        "desk": desk,
        "teaches": staff.role in access.TEACHERS,
        "intents": INTENTS,
        "entities": ENTITIES,
        "signs": SPANS,
        "doubts": DOUBTS,
        "decisions": DECISIONS,
    }
    shown = page(request, "review_desk.html" if part else "review.html", status, staff=staff, **values)
    if part and request.method == "POST":
        shown.headers["HX-Replace-Url"] = desk.address(desk.group.key if desk.group else "")
    return shown


@router.get("/search")
async def search(
    request: Request,
    staff: Member,
    item: Annotated[int, Query(ge=1, le=MOST_ID)],
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The candidates for other words; for none, what was offered at first."""
    now = settings().clock.now()
    async with staff_session() as session:
        row = await repository.item(session, item)
        if row is None:
            raise NotFound()
        if q.strip():
            found = await candidates.search(session, row, q, now)
        else:
            found = await candidates.suggest(session, [row], await repository.reading(session, row), now)
    return page(request, "review_found.html", staff=staff, found=found, asked=q.strip())


@router.post("/decide")
async def decide(
    request: Request,
    staff: Member,
    wanted: Wanted,
    chosen: Chosen,
    deed: Annotated[str, Form(max_length=20)],
    before: Before = "",
    rank: Place = "",
    sku: Annotated[str, Form(max_length=100)] = "",
    said: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A word for its customers or for all, or: no order, not carried, skipped."""
    now = settings().clock.now()

    async def decision(session: AsyncSession) -> ReviewDecisionRow:
        if deed not in ("customer", "all"):
            return await service.dismiss(session, chosen, deed, staff.login, now)
        if not sku:
            raise ApiError("Сначала выберите товар: цифрой, щелчком или поиском.", status=422)
        meaning = Meaning(sku, said.strip(), for_all=deed == "all")
        return await service.mean(session, chosen, meaning, staff.login, now)

    return await _decide(request, staff, wanted, chosen, before, rank, decision)


@router.post("/teach")
async def teach(
    request: Request,
    staff: Trainer,
    wanted: Wanted,
    chosen: Chosen,
    before: Before = "",
    rank: Place = "",
    intent: Annotated[str, Form(max_length=40)] = "",
    entities: Annotated[str, Form(max_length=20_000)] = "[]",
) -> Response:
    """An example for training: the trainers' business."""

    async def decision(session: AsyncSession) -> ReviewDecisionRow:
        now = settings().clock.now()
        return await service.teach(session, chosen, intent, _spans(entities), staff.login, now)

    return await _decide(request, staff, wanted, chosen, before, rank, decision)


def _spans(text: str) -> list[dict[str, Any]]:
    try:
        spans = json.loads(text or "[]")
    except ValueError as error:
        raise ApiError(service.WRONG_SPANS, status=422) from error
    if not isinstance(spans, list) or not all(isinstance(one, dict) for one in spans):
        raise ApiError(service.WRONG_SPANS, status=422)
    return spans


async def _decide(
    request: Request, staff: Staff, wanted: Filter, chosen: Group, before: str, rank: str, decision: Decision
) -> Response:
    """Decides in one transaction, then shows the next group; what could not be is told on the same one."""
    status, notice, failed = 200, "", False
    try:
        async with staff_session() as session:
            notice = f"Решено: {told(await decision(session))}"
    except ApiError as error:
        status, notice, failed = error.status, error.message, True
        if "HX-Request" not in request.headers and error.status == 403:
            raise
    place = Rank.read(rank)
    if "HX-Request" not in request.headers and not failed:
        query = wanted.query() | {"before": before, "after": rank}
        return RedirectResponse(f"/console/review?{urlencode(query)}", status_code=303)
    stays = chosen.key if failed and status != 409 else ""
    async with staff_session() as session:
        desk = await review_desk.desk(session, staff.login, wanted, before=before, key=stays, after=place)
    desk.notice, desk.failed = notice, failed
    return _shown(request, staff, desk, status)


@router.post("/decisions/{decision_id}/undo")
async def undo(request: Request, staff: Member, wanted: Wanted, decision_id: Id, before: Before = "") -> Response:
    """Takes a decision back; beside the queue its group is opened again."""
    key, notice, status = "", "", 200
    try:
        async with staff_session() as session:
            row = await repository.decision(session, decision_id)
            if row is not None and row.kind == "example":
                await access.trainer(staff)
            key = await service.undo(session, decision_id, staff.login, settings().clock.now())
            notice = f"Отменено: {told(row)}" if row is not None else ""
    except ApiError as error:
        if "HX-Request" not in request.headers:
            raise
        notice, status = error.message, error.status
    if "HX-Request" not in request.headers:
        return RedirectResponse("/console/review/decisions", status_code=303)
    async with staff_session() as session:
        desk = await review_desk.desk(session, staff.login, wanted, before=before, key=key)
    desk.notice, desk.failed = notice, status != 200
    return _shown(request, staff, desk, status)
