"""«Эталон»: the phrases that measure a model, and changes of them that two people make."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.config import settings
from api.console import audit_rows
from api.console import training_frozen_rows as rows
from api.console.access import Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.review_rows import MOST_ID
from api.console.training_frozen_rows import PAGE, Filter
from api.db.session import staff_session
from api.errors import ApiError
from api.review.intents import INTENTS
from api.training import frozen
from api.training.frozen_files import MUST
from api.training.frozen_rules import FEWEST, LONGEST, Wish

ADDRESS = "/console/training/frozen"
router = APIRouter(prefix=ADDRESS, include_in_schema=False)

Deed = Literal["add", "remove", "move", "must", "unmust"]
Wanted = Annotated[Filter, Depends()]
After = Annotated[str, Query(max_length=2000)]


@router.get("")
async def phrases(request: Request, staff: Trainer, wanted: Wanted, after: After = "") -> HTMLResponse:
    return await _page(request, staff, wanted, after)


async def _page(
    request: Request,
    staff: Staff,
    wanted: Filter,
    after: str = "",
    *,
    status: int = 200,
    error: str = "",
    entered: Wish | None = None,
) -> HTMLResponse:
    async with staff_session() as session:
        desk = await rows.desk(session, wanted, after, staff.login, await audit_rows.names(session))
    values: dict[str, Any] = {
        "desk": desk,
        "after": after,
        "parts": rows.PARTS,
        "intents": INTENTS,
        "longest": LONGEST,
        "fewest": FEWEST,
        "order_cases": rows.order_cases(),
        "stories": rows.stories(),
        "error": error,
        "entered": entered,
    }
    return page(request, "training_frozen.html", status, staff=staff, **values)


@router.get("/changes")
async def changes(
    request: Request, staff: Trainer, before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None
) -> HTMLResponse:
    """What was decided, the newest first."""
    async with staff_session() as session:
        decided = await rows.decided(session, before, await audit_rows.names(session))
    values: dict[str, Any] = {"decided": decided[:PAGE], "more": len(decided) > PAGE, "before": before}
    return page(request, "training_frozen_changes.html", staff=staff, **values)


@router.post("")
async def propose(
    request: Request,
    staff: Trainer,
    wanted: Wanted,
    deed: Annotated[Deed, Form()],
    text: Annotated[str, Form(max_length=5000)] = "",
    part: Annotated[str, Form(max_length=40)] = "",
    intent: Annotated[str, Form(max_length=40)] = "",
    was: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=500)] = "",
    after: After = "",
) -> Response:
    """A change for another person to decide; what is refused is told on the same page."""
    said = text.replace("\r\n", "\n")  # as browsers send a line's end
    wish = {
        "add": Wish("add", part, said, intent),
        "remove": Wish("remove", part, said, was),
        "move": Wish("move", part, said, intent, was),
        "must": Wish("move", MUST, said, was, was),
        "unmust": Wish("move", "", said, was, was),
    }[deed]
    try:
        async with staff_session() as session:
            await frozen.propose(session, wish, staff.login, settings().clock.now(), note)
    except ApiError as error:
        entered = wish if deed == "add" else None
        return await _page(request, staff, wanted, after, status=error.status, error=error.message, entered=entered)
    return _back(wanted, after)


@router.post("/{change_id}/{deed}")
async def decide(
    request: Request,
    staff: Trainer,
    wanted: Wanted,
    change_id: Annotated[int, Path(ge=1, le=MOST_ID)],
    deed: Literal["approve", "reject", "withdraw"],
    after: After = "",
) -> Response:
    """The second person's word, or the proposer's own second thoughts."""
    now = settings().clock.now()
    try:
        async with staff_session() as session:
            if deed == "withdraw":
                await frozen.withdraw(session, change_id, staff.login, now)
            else:
                await frozen.decide(session, change_id, deed == "approve", staff.login, now)
    except ApiError as error:
        return await _page(request, staff, wanted, after, status=error.status, error=error.message)
    return _back(wanted, after)


def _back(wanted: Filter, after: str) -> Response:
    """To the page, looking for the same."""
    query = wanted.query() | ({"after": after} if after else {})
    return RedirectResponse(f"{ADDRESS}?{urlencode(query)}" if query else ADDRESS, status_code=303)
