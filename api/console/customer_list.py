"""The list of customers: by name, a page after the other, with what a manager looks for beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.console.channel_words import channel_words
from api.customers import codes, phones
from api.db.models import (
    CompanyCodeRow,
    ContactPhoneRow,
    ContactRow,
    ConversationRow,
    CreditBlockRow,
    CustomerRow,
    OrderRow,
    ProfileRequestRow,
)

PAGE = 50
WAITING = 20


@dataclass(frozen=True)
class Search:
    """What the manager looks for; `after`: the id of the last customer of the page before."""

    q: str = ""
    pilot: str = ""
    """yes, no, or empty for both."""
    after: str = ""


@dataclass(frozen=True)
class Listed:
    """A customer on the list. `open`: requests that wait for a manager; `held`: an order that credit stopped."""

    id: str
    name: str
    tax_id: str
    active: bool
    pilot: bool
    people: int
    open: int
    ordered_at: datetime | None
    total: Decimal | None
    channels: list[str]
    stopped: list[str]
    """Channels in which somebody told our bot to be silent."""
    held: bool


@dataclass(frozen=True)
class Page:
    """`waiting`: those with requests, on the first page of an unfiltered list; `after`: empty at the end."""

    rows: list[Listed]
    waiting: list[Listed]
    after: str
    flagged: int
    """How many take part in the pilot."""


async def page_of(session: AsyncSession, wanted: Search) -> Page:
    """The page that follows `wanted.after`."""
    row = CustomerRow
    query = select(row).order_by(row.name, row.id).limit(PAGE + 1)
    if text := wanted.q.strip():
        query = query.where(_fits(text))
    if wanted.pilot in ("yes", "no"):
        query = query.where(row.pilot.is_(wanted.pilot == "yes"))
    last = await session.get(row, wanted.after) if wanted.after else None
    if last is not None:
        query = query.where(tuple_(row.name, row.id) > tuple_(last.name, last.id))
    found = (await session.scalars(query)).all()
    first = not (text or wanted.pilot or last)
    flagged = await session.scalar(select(func.count()).where(row.pilot)) or 0
    return Page(
        rows=await _listed(session, found[:PAGE]),
        waiting=await _listed(session, await _waiting(session)) if first else [],
        after=found[PAGE - 1].id if len(found) > PAGE else "",
        flagged=flagged,
    )


def _fits(text: str) -> ColumnElement[bool]:
    """Name, tax number, id, a person's name or number, a code: whatever the manager has at hand."""
    row, code = CustomerRow, CompanyCodeRow
    owned = select(ContactPhoneRow.contact_id).filter_by(phone=phones.number(text) or "")
    person = ContactRow.name.icontains(text, autoescape=True) | ContactRow.id.in_(owned)
    theirs = row.id.in_(select(ContactRow.customer_id).where(person))
    by_code = row.id.in_(select(code.customer_id).where(code.digest == codes.digest(text)))
    named = row.name.icontains(text, autoescape=True) | (row.tax_id == text) | (row.id == text)
    return named | theirs | by_code if codes.normalized(text) else named | theirs


async def _waiting(session: AsyncSession) -> Sequence[CustomerRow]:
    asked = select(ProfileRequestRow.customer_id).filter_by(state="open")
    query = select(CustomerRow).where(CustomerRow.id.in_(asked)).order_by(CustomerRow.name, CustomerRow.id)
    return (await session.scalars(query.limit(WAITING))).all()


async def _listed(session: AsyncSession, found: Sequence[CustomerRow]) -> list[Listed]:
    ids = [row.id for row in found]
    people = await _counts(session, ContactRow.customer_id, ContactRow.customer_id.in_(ids), ContactRow.active)
    asked = ProfileRequestRow
    open_ = await _counts(session, asked.customer_id, asked.customer_id.in_(ids), asked.state == "open")
    held = await _counts(
        session, CreditBlockRow.customer_id, CreditBlockRow.customer_id.in_(ids), CreditBlockRow.state == "open"
    )
    orders = await _last_orders(session, ids)
    channels, stopped = await _channels(session, ids)
    return [
        Listed(
            id=row.id,
            name=row.name,
            tax_id=row.tax_id,
            active=row.active,
            pilot=row.pilot,
            people=people.get(row.id, 0),
            open=open_.get(row.id, 0),
            ordered_at=orders[row.id][0] if row.id in orders else None,
            total=orders[row.id][1] if row.id in orders else None,
            channels=channels[row.id],
            stopped=stopped[row.id],
            held=row.id in held,
        )
        for row in found
    ]


async def _counts(
    session: AsyncSession, owner: InstrumentedAttribute[str], *where: ColumnElement[bool] | InstrumentedAttribute[bool]
) -> dict[str, int]:
    query = select(owner, func.count()).where(*where).group_by(owner)
    return dict((await session.execute(query)).all())


async def _last_orders(session: AsyncSession, ids: Sequence[str]) -> dict[str, tuple[datetime, Decimal]]:
    row = OrderRow
    last = (
        select(row.created_at, row.total)
        .where(row.customer_id == CustomerRow.id)
        .order_by(row.created_at.desc())
        .limit(1)
        .lateral()
    )
    query = select(CustomerRow.id, last.c.created_at, last.c.total).where(CustomerRow.id.in_(ids)).join(last, true())
    return {customer: (at, total) for customer, at, total in await session.execute(query)}


async def _channels(
    session: AsyncSession, ids: Sequence[str]
) -> tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]]:
    """By customer where they write, and where somebody stopped the bot."""
    row = ConversationRow
    stopped = func.count().filter(row.blocked_at.is_not(None))
    query = select(row.customer_id, row.channel, stopped).where(row.customer_id.in_(ids))
    written: defaultdict[str, list[str]] = defaultdict(list)
    silent: defaultdict[str, list[str]] = defaultdict(list)
    grouped = query.group_by(row.customer_id, row.channel).order_by(row.channel)
    for customer, channel, blocked in await session.execute(grouped):
        written[customer or ""].append(channel_words(channel))
        if blocked:
            silent[customer or ""].append(channel_words(channel))
    return written, silent
