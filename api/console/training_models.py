"""«Модели»: all versions, a version's card, and which of them serves."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import audit_rows, training_card, training_rows, training_shelf
from api.console.access import Admin, Trainer
from api.console.pages import page
from api.console.training_figures import part
from api.console.training_shelf import Shelf
from api.console.training_words import DEPLOYMENT_KINDS, DEPLOYMENT_STEPS
from api.db.session import staff_session
from api.errors import ApiError, NotFound
from api.training import publishing

router = APIRouter(prefix="/console/training/models", include_in_schema=False)

NO_MODEL = "Такой модели нет: она удалена или её ещё не было."
NO_REASON = "Напишите, почему модель вводится вопреки проверке: это останется в журнале."
"""Of a reason: «надо» is none."""

Version = Annotated[str, Path(max_length=64)]


@router.get("")
async def models(request: Request, staff: Trainer) -> HTMLResponse:
    """The list; while a model is being put in, it asks for itself again."""
    async with staff_session() as session:
        shelf = await training_shelf.shelf(session)
        people = await audit_rows.names(session)
        deployment = await publishing.under_way(session)
        changes = await training_rows.deployments(session)
    return page(
        request,
        "training_models.html",
        staff=staff,
        shelf=shelf,
        people=people,
        deployment=deployment,
        changes=[row for row in changes if row.ended_at is not None],
        kinds=DEPLOYMENT_KINDS,
        deployment_steps=DEPLOYMENT_STEPS,
    )


def _compared(shelf: Shelf, raw: dict[str, Any]) -> str:
    """The version that the card compares with; empty when it is no more."""
    version = str(part(raw, "compared_with").get("version", ""))
    return version if shelf.model(version) else ""


def _to_models() -> Response:
    return RedirectResponse("/console/training/models", status_code=303)


@router.post("/roll-back")
async def roll_back(staff: Trainer) -> Response:
    """Brings the previous model back."""
    async with staff_session() as session:
        await publishing.roll_back(session, staff.login, settings().clock.now())
    return _to_models()


@router.post("/{version}/publish")
async def publish(staff: Trainer, version: Version) -> Response:
    """Puts in a model that the gate let pass."""
    async with staff_session() as session:
        await publishing.publish(session, version, staff.login, settings().clock.now())
    return _to_models()


@router.post("/{version}/publish-over")
async def publish_over(staff: Admin, version: Version, reason: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Puts in a model that the gate refused."""
    words = " ".join(reason.split())
    if len(words) < publishing.FEWEST_LETTERS:
        raise ApiError(NO_REASON, status=422)
    async with staff_session() as session:
        await publishing.publish(session, version, staff.login, settings().clock.now(), words)
    return _to_models()


@router.get("/{version}")
async def card(request: Request, staff: Trainer, version: Version) -> HTMLResponse:
    async with staff_session() as session:
        shelf = await training_shelf.shelf(session)
        deployment = await publishing.under_way(session)
    model = shelf.model(version)
    if model is None:
        raise NotFound(NO_MODEL)
    return page(
        request,
        "training_card.html",
        staff=staff,
        model=model,
        shelf=shelf,
        deployment=deployment,
        card=training_card.card(model.of.card),
        compared=_compared(shelf, model.of.card),
        pictures=training_card.pictures(version),
    )


@router.get("/{version}/{name}")
async def picture(staff: Trainer, version: Version, name: Annotated[str, Path(max_length=50)]) -> Response:
    """A picture of the card."""
    found = training_card.picture(version, name)
    if found is None:
        raise NotFound("Такого рисунка нет.")
    return FileResponse(found, media_type="image/png", headers={"X-Content-Type-Options": "nosniff"})
