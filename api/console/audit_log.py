"""«Журнал»: who did what and when; admins only."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from api.config import settings
from api.console import audit_rows
from api.console.access import Member
from api.console.audit_rows import PAGE, Filter
from api.console.audit_words import ACTIONS, ACTORS, action_words, actor_words, address_of, facts_words
from api.console.pages import page
from api.console.sheets import MEDIA_TYPE, headers, line, sheet
from api.db.session import staff_session
from api.deps.audit import audit

router = APIRouter(prefix="/console/system", include_in_schema=False)

Wanted = Annotated[Filter, Depends()]
COLUMNS = ("когда", "кто", "логин", "что", "действие", "над чем", "подробности")


@router.get("/audit")
async def audit_page(
    request: Request, staff: Member, wanted: Wanted, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None
) -> HTMLResponse:
    async with staff_session() as session:
        rows = await audit_rows.rows(session, wanted, before)
        names = await audit_rows.names(session)
    machines = {actor: words for actor, words in ACTORS.items() if actor != "contact"}
    actions = sorted((words, action) for action, (words, _) in ACTIONS.items())
    shown: dict[str, Any] = {
        "rows": rows,
        "names": names,
        "actors": names | machines,
        "before": before,
        "actions": actions,
        "more": len(rows) == PAGE,
    }
    shown |= {"action_words": action_words, "actor_words": actor_words, "facts_words": facts_words}
    return page(request, "audit.html", staff=staff, wanted=wanted, address_of=address_of, **shown)


@router.get("/audit.csv")
async def audit_file(staff: Member, wanted: Wanted) -> Response:
    """All that match, for Excel."""
    wanted.on()
    async with staff_session() as session:
        names = await audit_rows.names(session)
        await audit(session, staff.login, "audit_download", "")
    return StreamingResponse(_lines(wanted, names), media_type=MEDIA_TYPE, headers=headers("audit.csv"))


async def _lines(wanted: Filter, names: dict[str, str]) -> AsyncIterator[str]:
    yield sheet(COLUMNS, ())
    async for row in audit_rows.all_rows(wanted):
        at = row.at.astimezone(settings().zone).strftime("%Y-%m-%d %H:%M:%S")
        who, what = actor_words(row.actor, names), action_words(row.action)
        yield line((at, who, row.actor, what, row.action, row.subject, facts_words(row.data)))
