"""Two models side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.console import training_shelf
from api.console.access import Trainer
from api.console.pages import page
from api.console.training_pair import pair
from api.console.training_words import CHANGES
from api.db.session import staff_session
from api.training import registry

router = APIRouter(prefix="/console/training/compare", include_in_schema=False)

Name = Annotated[str, Query(max_length=64)]


@router.get("")
async def compare(request: Request, staff: Trainer, a: Name = "", b: Name = "", kind: Name = "") -> HTMLResponse:
    """`a` was, `b` came; `kind`: only phrases of this change. One that is not there any more is said so."""
    async with staff_session() as session:
        shelf = await training_shelf.shelf(session)
    was, now = shelf.model(a or shelf.live), shelf.model(b)
    found = pair(was.of, now.of, registry.cards()) if was and now and was != now else None
    return page(
        request,
        "training_compare.html",
        staff=staff,
        shelf=shelf,
        was=was,
        now=now,
        a=a,
        b=b,
        pair=found,
        kind=kind if kind in CHANGES else "",
        changes=CHANGES,
    )
