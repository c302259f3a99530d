"""«Тень»: a candidate reads the live traffic beside the live model; where they differ, and who was right."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import training_labels
from api.console.access import Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.review_rows import MOST_ID
from api.console.training_labels import DecisionId, Guess, Labelled, told
from api.db.session import staff_session
from api.errors import ApiError
from api.review import service
from api.training import registry, shadow, shadow_report, slots
from api.training.shadow_report import Difference

router = APIRouter(prefix="/console/training/shadow", include_in_schema=False)

PERIODS = {"1": "час", "24": "день", "72": "три дня", "336": "пока не остановлю (не дольше 14 дней)"}
"""In hours."""
ENDED = {
    shadow.UNTIL: "время вышло",
    shadow.STOPPED: "остановлена",
    shadow.PUBLISHED: "модель введена в работу",
    shadow.TAKEN: "место понадобилось другой модели",
}
FEW = 30
"""With fewer messages a share says little yet."""
RunId = Annotated[int | None, Query(ge=1, le=MOST_ID)]


def guesses(difference: Difference) -> list[Guess]:
    """The candidate's word first: it is the one that is on trial."""
    pairs = [(difference.intent, difference.confidence), (difference.live_intent, difference.live_confidence)]
    return training_labels.guesses(pairs)


@router.get("")
async def report(request: Request, staff: Trainer, run: RunId = None) -> HTMLResponse:
    """The shadow that reads, or the last one; `run`: an earlier one."""
    return await _shown(request, staff, run)


@router.post("/start")
async def start(
    request: Request,
    staff: Trainer,
    version: Annotated[str, Form(max_length=100)],
    hours: Annotated[int, Form(ge=1, le=336)],
) -> Response:
    now = settings().clock.now()
    try:
        async with staff_session() as session:
            await shadow.start(session, version, now + timedelta(hours=hours), staff.login, now)
    except ApiError as error:
        return await _shown(request, staff, notice=error.message, status=error.status)
    await slots.tell_seats()
    return RedirectResponse("/console/training/shadow", status_code=303)


@router.post("/stop")
async def stop(request: Request, staff: Trainer) -> Response:
    try:
        async with staff_session() as session:
            await shadow.stop(session, staff.login, settings().clock.now())
    except ApiError as error:
        return await _shown(request, staff, notice=error.message, status=error.status)
    await slots.tell_seats()
    return RedirectResponse("/console/training/shadow", status_code=303)


@router.post("/label")
async def label(request: Request, staff: Trainer, given: Labelled, run: RunId = None) -> Response:
    """Labels the alike messages of a difference."""
    try:
        async with staff_session() as session:
            now = settings().clock.now()
            decision = await shadow_report.label_difference(session, run or 0, given.key, given.deed, staff.login, now)
            notice = told(decision)
    except ApiError as error:
        return await _shown(request, staff, run, error.message, error.status)
    return await _done(request, staff, run, notice)


@router.post("/undo")
async def undo(request: Request, staff: Trainer, decision: DecisionId, run: RunId = None) -> Response:
    try:
        async with staff_session() as session:
            await service.undo(session, decision, staff.login, settings().clock.now())
    except ApiError as error:
        return await _shown(request, staff, run, error.message, error.status)
    return await _done(request, staff, run, "Отменено. Различие снова без разметки.")


async def _done(request: Request, staff: Staff, run: int | None, notice: str) -> Response:
    if "HX-Request" not in request.headers:
        return RedirectResponse(f"/console/training/shadow?run={run}" if run else "/console/training/shadow", 303)
    return await _shown(request, staff, run, notice)


async def _shown(
    request: Request, staff: Staff, run_id: int | None = None, notice: str = "", status: int = 200
) -> HTMLResponse:
    async with staff_session() as session:
        runs = await shadow.latest(session)
        chosen = next((one for one in runs if one.id == run_id), runs[0] if runs else None)
        found = await shadow_report.report(session, chosen) if chosen is not None else None
        live = await slots.live(session)
        last = await training_labels.last(session, staff.login, settings().clock.now())
    models = registry.versions()
    return page(
        request,
        "training_shadow.html",
        status,
        staff=staff,
        notice=notice,
        failed=status >= 400,
        report=found,
        runs=runs,
        reads=bool(runs) and runs[0].ended_at is None,
        candidates=[one for one in models if one.version != live.version],
        trained={one.version: one.trained_at for one in models},
        last=last,
        guesses=guesses,
        periods=PERIODS,
        ended=ENDED,
        few=FEW,
        **training_labels.words(),
    )
