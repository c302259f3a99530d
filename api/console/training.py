"""«Обучение»: the first page, and a run from the wish to the verdict, live while it goes on."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import audit_rows, training_desk, training_rows, training_shelf
from api.console.access import Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.training_desk import LOOP
from api.console.training_steps import steps
from api.console.training_words import DEPLOYMENT_KINDS, DEPLOYMENT_STEPS
from api.db.session import staff_session
from api.training import runs

router = APIRouter(prefix="/console/training", include_in_schema=False)

MOST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=MOST_ID)]


async def _desk(request: Request, staff: Staff, template: str, seen: str = "") -> Response:
    async with staff_session() as session:
        desk = await training_desk.desk(session, settings().clock.now())
    if seen and seen != desk.seen:
        return Response(headers={"HX-Refresh": "true"})
    return page(
        request,
        template,
        staff=staff,
        desk=desk,
        run=desk.run,
        steps=steps(desk.run.row) if desk.run else [],
        deployment=desk.deployment,
        kinds=DEPLOYMENT_KINDS,
        deployment_steps=DEPLOYMENT_STEPS,
        loop_stages=LOOP,
    )


@router.get("")
async def overview(request: Request, staff: Trainer) -> Response:
    return await _desk(request, staff, "training.html")


@router.get("/now")
async def now(request: Request, staff: Trainer, seen: Annotated[str, Query(max_length=50)] = "") -> Response:
    """What goes on, for the first page, which asks again and again; it is read anew when something began or ended."""
    return await _desk(request, staff, "training_now.html", seen)


@router.post("/runs")
async def start(staff: Trainer, note: Annotated[str, Form(max_length=500)] = "") -> Response:
    async with staff_session() as session:
        row = await runs.start(session, staff.login, settings().clock.now(), note)
        address = f"/console/training/runs/{row.id}"
    return RedirectResponse(address, status_code=303)


@router.post("/runs/{run_id}/stop")
async def stop(staff: Trainer, run_id: Id) -> Response:
    async with staff_session() as session:
        await runs.stop(session, run_id, staff.login, settings().clock.now())
    return RedirectResponse(f"/console/training/runs/{run_id}", status_code=303)


@router.get("/runs/{run_id}")
async def run(request: Request, staff: Trainer, run_id: Id) -> HTMLResponse:
    """The page of a run; while it goes on it asks for itself again."""
    async with staff_session() as session:
        people = await audit_rows.names(session)
        found = await training_rows.run(session, run_id, people, settings().clock.now())
        shelf = await training_shelf.shelf(session)
    return page(
        request,
        "training_run.html",
        staff=staff,
        run=found,
        steps=steps(found.row),
        reasons=found.reasons,
        model=shelf.model(found.row.version),
        compared=shelf.model(found.row.compared_with),
    )
