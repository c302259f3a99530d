"""Reading and writing aliases. Under the customer's role a query sees its own rows and those for all."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import AliasRow, ProductRow


async def standing(session: AsyncSession, customer_id: str) -> Sequence[AliasRow]:
    """The customer's rows and those for all, the revoked ones left out."""
    query = select(AliasRow).where(
        (AliasRow.customer_id == customer_id) | AliasRow.customer_id.is_(None), AliasRow.revoked_at.is_(None)
    )
    return (await session.scalars(query)).all()


async def locked(session: AsyncSession, customer_id: str | None, phrase: str) -> AliasRow | None:
    """The standing row of the phrase, held until the transaction ends."""
    query = select(AliasRow).where(
        AliasRow.customer_id.is_not_distinct_from(customer_id), AliasRow.phrase == phrase, AliasRow.revoked_at.is_(None)
    )
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(held)).one_or_none()


async def opened(
    session: AsyncSession, customer_id: str | None, phrase: str, said: str, product_id: str, now: datetime
) -> AliasRow:
    """The same; where there is none, a new one that nothing speaks for yet."""
    values = {
        "customer_id": customer_id,
        "phrase": phrase,
        "said": said,
        "product_id": product_id,
        "origin": "answer",
        "created_at": now,
    }
    await session.execute(insert(AliasRow).inline().values(values).on_conflict_do_nothing())
    row = await locked(session, customer_id, phrase)
    if row is None:
        raise AssertionError(f"{phrase!r}: the alias is neither there nor can it be added")
    return row


async def sold_together(session: AsyncSession, product_id: str, other_id: str) -> bool:
    """Whether the products are of one accounting system."""
    query = select(func.count(ProductRow.backend.distinct())).where(ProductRow.id.in_([product_id, other_id]))
    return await session.scalar(query) == 1


async def was_revoked(session: AsyncSession, customer_id: str, phrase: str, product_id: str) -> bool:
    """Whether a manager took this very meaning away before."""
    query = exists().where(
        AliasRow.customer_id == customer_id,
        AliasRow.phrase == phrase,
        AliasRow.product_id == product_id,
        AliasRow.revoked_at.is_not(None),
    )
    return bool(await session.scalar(select(query)))


async def revoke(session: AsyncSession, row: AliasRow, by: str, now: datetime) -> None:
    """Ends the row at once, so that another may take its place."""
    await session.execute(update(AliasRow).where(AliasRow.id == row.id).values(revoked_at=now, revoked_by=by))


async def held(session: AsyncSession, alias_id: int) -> AliasRow | None:
    """The row, standing or not, held until the transaction ends."""
    return await session.get(AliasRow, alias_id, with_for_update=True)


async def restore_former(session: AsyncSession, row: AliasRow) -> None:
    """What `row` took the place of stands again: it ended in the same moment, by the same hand."""
    former = (
        select(AliasRow.id)
        .where(
            AliasRow.customer_id.is_not_distinct_from(row.customer_id),
            AliasRow.phrase == row.phrase,
            AliasRow.id < row.id,
            AliasRow.revoked_at == row.created_at,
            AliasRow.revoked_by == row.made_by,
        )
        .order_by(AliasRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(update(AliasRow).where(AliasRow.id == former).values(revoked_at=None, revoked_by=""))
