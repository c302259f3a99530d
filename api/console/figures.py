"""«Показатели»: what the assistant does for customers, by period."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics import periods
from api.analytics.periods import Period
from api.analytics.scope import scope_of
from api.config import settings
from api.console.access import Member
from api.console.figure_cards import cards, numbers, sentence
from api.console.figure_tables import PARTS, TABLES, as_csv
from api.console.pages import page
from api.console.sheets import download
from api.db.session import staff_session
from api.errors import NotFound

router = APIRouter(prefix="/console/figures", include_in_schema=False)

AT_ONCE = 8
"""Days whose cards come with the page; those of a longer period come after it."""


class Wanted:
    """The period of the address: `?period=week&against=before`, of an own one `&since=2025-12-01&until=…`."""

    def __init__(
        self,
        period: str = "yesterday",
        against: str = "before",
        since: Annotated[str, Query(max_length=10)] = "",
        until: Annotated[str, Query(max_length=10)] = "",
    ) -> None:
        self.kind = period if period in periods.KINDS else "yesterday"
        self.against = against if against in periods.AGAINST else "before"
        self.since, self.until = _day(since), _day(until)
        self.period = periods.chosen(self.kind, settings().clock.now(), self.since, self.until)

    @property
    def before(self) -> Period:
        return periods.before(self.period, self.kind, self.against)

    def query(self, **other: str) -> str:
        """The same, with something else in it, as the end of an address."""
        known = {"period": self.kind, "against": self.against} | other
        if known["period"] == "own":
            days = {"since": self.since, "until": self.until}
            known |= {name: day.isoformat() for name, day in days.items() if day is not None}
        return f"?{urlencode(known)}"


def _day(text: str) -> date | None:
    """A day of the form; what is none is as good as nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Chosen = Annotated[Wanted, Depends()]


@router.get("")
async def figures(request: Request, staff: Member, wanted: Chosen, whole: bool = False) -> HTMLResponse:
    """The sentence and the cards; the tables come by themselves, or with `whole` at once."""
    shown = whole or wanted.period.days <= AT_ONCE
    async with staff_session() as session:
        glance = await _glance(session, wanted) if shown else {}
        scope = await scope_of(session, wanted.period)
        parts = (
            {name: [await make(session, scope) for make in makers] for name, (_, makers) in PARTS.items()}
            if whole
            else {}
        )
    return page(
        request,
        "figures.html",
        staff=staff,
        wanted=wanted,
        kinds=periods.KINDS,
        ways=periods.AGAINST,
        **glance,
        titles={name: title for name, (title, _) in PARTS.items()},
        parts=parts,
        demo=settings().demo,
    )


async def _glance(session: AsyncSession, wanted: Wanted) -> dict[str, Any]:
    """The sentence and the cards."""
    now, then = await numbers(session, wanted.period), await numbers(session, wanted.before)
    return {"sentence": sentence(wanted.period, now), "cards": cards(now, then)}


@router.get("/glance")
async def glance(request: Request, staff: Member, wanted: Chosen) -> HTMLResponse:
    """The top of the page, where it would have kept the page waiting."""
    async with staff_session() as session:
        found = await _glance(session, wanted)
    return page(request, "figures_glance.html", staff=staff, **found)


@router.get("/parts/{name}")
async def part(request: Request, staff: Member, wanted: Chosen, name: str) -> HTMLResponse:
    """Some tables of the page."""
    if name not in PARTS:
        raise NotFound("Такой части нет.")
    async with staff_session() as session:
        scope = await scope_of(session, wanted.period)
        tables = [await make(session, scope) for make in PARTS[name][1]]
    return page(request, "figures_part.html", staff=staff, wanted=wanted, tables=tables)


@router.get("/tables/{name}.csv")
async def table(staff: Member, wanted: Chosen, name: str) -> Response:
    """A table for a spreadsheet."""
    if name not in TABLES:
        raise NotFound("Такой таблицы нет.")
    async with staff_session() as session:
        made = await TABLES[name](session, await scope_of(session, wanted.period))
    first = wanted.period.start.date().isoformat()
    return download(as_csv(made), f"{name}-{first}.csv")
