"""The desk of «Непонятое»: the queue and the group that is open beside it."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import review_group, review_rows
from api.console.review_group import Group
from api.console.review_rows import KINDS, PAGE, PERIODS, Filter, Grouped, Rank, told
from api.db.models import ReviewDecisionRow
from api.review import repository
from api.review.schemas import Candidate

UNDONE_AT_ONCE = timedelta(hours=12)
"""A decision of this shift is undone with one key; older ones on their list."""


@dataclass
class Desk:
    """`place`: the open group's place in the queue; `chosen`: it was asked for, so a phone shows it alone."""

    wanted: Filter
    rows: list[Grouped]
    before: str
    more: bool
    group: Group | None
    place: Rank | None
    chosen: bool
    groups: int
    items: int
    last: ReviewDecisionRow | None
    found: list[Candidate] = field(default_factory=list)
    asked: str = ""
    notice: str = ""
    failed: bool = False

    kinds = KINDS
    periods = PERIODS

    @property
    def last_told(self) -> str:
        return told(self.last) if self.last else ""

    @property
    def next_page(self) -> str:
        return f"/console/review?{urlencode(self.wanted.query() | {'before': str(self.rows[-1].rank)})}"

    def address(self, key: str = "", path: str = "") -> str:
        """Of a group beside this page of the queue, or of a deed that comes back to it."""
        query = self.wanted.query() | {"before": self.before, "key": key}
        query = {name: value for name, value in query.items() if value}
        return f"/console/review{path}{'?' if query else ''}{urlencode(query)}"


async def desk(
    session: AsyncSession, login: str, wanted: Filter, *, before: str = "", key: str = "", after: Rank | None = None
) -> Desk:
    """The group of `key`; where it is decided or none is asked for, the first one after that place, then the first."""
    now = settings().clock.now()
    rows = await review_rows.groups(session, wanted, now, Rank.read(before))
    if after is not None and not any(row.rank.after(after) for row in rows) and (len(rows) > PAGE or before):
        # The page is done: the next one, or the first again.
        before = str(after) if len(rows) > PAGE else ""
        rows = await review_rows.groups(session, wanted, now, Rank.read(before))
    shown = rows[:PAGE]
    opened = await review_group.group(session, key, now) if key else None
    if opened is None and shown:
        following = next((row for row in shown if after is not None and row.rank.after(after)), shown[0])
        opened = await review_group.group(session, following.key, now)
    groups, items = await review_rows.totals(session, wanted, now)
    return Desk(
        wanted=wanted,
        rows=shown,
        before=before,
        more=len(rows) > PAGE,
        group=opened,
        place=next((row.rank for row in shown if opened and row.key == opened.key), None),
        chosen=bool(key or after),
        groups=groups,
        items=items,
        last=await repository.last_of(session, login, now - UNDONE_AT_ONCE),
        found=opened.found if opened else [],
    )
