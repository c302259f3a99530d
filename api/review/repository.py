"""The tables of what is to be reviewed. Only staff sees them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import CustomerRow, ReadingRow, ReviewDecisionRow, ReviewItemRow, StaffUserRow


async def held(session: AsyncSession, key: str) -> Sequence[ReviewItemRow]:
    """The undecided items of a key, oldest first, held until the transaction ends.

    Whoever waits here for another's decision finds none: PostgreSQL asks the rows again once it has them.
    """
    query = select(ReviewItemRow).where(ReviewItemRow.key == key, ReviewItemRow.decision_id.is_(None))
    locked = query.order_by(ReviewItemRow.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


async def settle(session: AsyncSession, item_ids: Collection[int], decision_id: int) -> None:
    """The items are decided."""
    row = ReviewItemRow
    await session.execute(update(row).where(row.id.in_(item_ids)).values(decision_id=decision_id))


async def reopen(session: AsyncSession, decision_id: int) -> str:
    """The items of the decision wait again; returns their key, empty when it had none."""
    row = ReviewItemRow
    reopened = update(row).where(row.decision_id == decision_id).values(decision_id=None).returning(row.key)
    return next(iter((await session.scalars(reopened)).all()), "")


async def decision(session: AsyncSession, decision_id: int) -> ReviewDecisionRow | None:
    """Held until the transaction ends."""
    return await session.get(ReviewDecisionRow, decision_id, with_for_update=True)


async def item(session: AsyncSession, item_id: int) -> ReviewItemRow | None:
    return await session.get(ReviewItemRow, item_id)


async def earlier(session: AsyncSession, key: str, limit: int = 3) -> list[tuple[ReviewDecisionRow, str]]:
    """What was decided of this key before and stands, the newest first, with the name of who did."""
    row = ReviewDecisionRow
    of_key = select(ReviewItemRow.decision_id).where(ReviewItemRow.key == key, ReviewItemRow.decision_id.is_not(None))
    query = (
        select(row, StaffUserRow.name)
        .join(StaffUserRow, StaffUserRow.login == row.by, isouter=True)
        .where(row.id.in_(of_key), row.undone_at.is_(None))
        .order_by(row.id.desc())
        .limit(limit)
    )
    return [(found, name or found.by) for found, name in (await session.execute(query)).all()]


async def last_of(session: AsyncSession, login: str, since: datetime) -> ReviewDecisionRow | None:
    """This person's newest decision that stands."""
    row = ReviewDecisionRow
    query = select(row).where(row.by == login, row.undone_at.is_(None), row.at >= since).order_by(row.id.desc())
    return (await session.scalars(query.limit(1))).one_or_none()


async def backends(session: AsyncSession, customer_ids: Collection[str]) -> dict[str, str]:
    """Each customer's accounting system."""
    query = select(CustomerRow.id, CustomerRow.backend).where(CustomerRow.id.in_(customer_ids))
    return dict((await session.execute(query)).all())


async def reading(session: AsyncSession, of: ReviewItemRow) -> ReadingRow | None:
    """How the item's message was read: the part with the doubtful phrase in it, else the newest."""
    if of.inbox_id is None:
        return None
    query = select(ReadingRow).where(ReadingRow.inbox_id == of.inbox_id).order_by(ReadingRow.id.desc()).limit(20)
    rows = (await session.scalars(query)).all()
    phrase = of.phrase.casefold()
    return next((row for row in rows if phrase in row.text.casefold()), rows[0] if rows else None)


async def decisions(session: AsyncSession, ids: Collection[int]) -> Sequence[ReviewDecisionRow]:
    """Held until the transaction ends."""
    row = ReviewDecisionRow
    return (await session.scalars(select(row).where(row.id.in_(ids)).order_by(row.id).with_for_update())).all()


async def undone(session: AsyncSession, kinds: Collection[str]) -> set[int]:
    row = ReviewDecisionRow
    return set((await session.scalars(select(row.id).where(row.kind.in_(kinds), row.undone_at.is_not(None)))).all())


async def standing(session: AsyncSession, kinds: Collection[str]) -> list[tuple[ReviewDecisionRow, ReviewItemRow]]:
    """Decisions that were not undone with their items, in the order they were made."""
    query = (
        select(ReviewDecisionRow, ReviewItemRow)
        .join(ReviewItemRow, ReviewItemRow.decision_id == ReviewDecisionRow.id)
        .where(ReviewDecisionRow.kind.in_(kinds), ReviewDecisionRow.undone_at.is_(None))
        .order_by(ReviewDecisionRow.id, ReviewItemRow.id)
    )
    return [(decision, item) for decision, item in await session.execute(query)]
