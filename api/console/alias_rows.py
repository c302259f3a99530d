"""What the page of customers' words shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import AliasRow, ContactRow, CustomerRow, EventRow, ProductRow
from api.domain.wording import plural
from api.understanding.aliases import key

PAGE = 100
SUGGESTED = 6


@dataclass(frozen=True)
class Filter:
    """What the manager looks for; empty fields find everything."""

    customer: str = ""
    phrase: str = ""
    revoked: bool = False


@dataclass(frozen=True)
class Shown:
    """An alias on the list."""

    id: int
    said: str
    product: str
    sku: str
    customer: str
    """Empty: for all."""
    origin: str
    state: str
    created_at: datetime
    used: int
    last_used_at: datetime | None
    revoked_at: datetime | None


async def aliases(session: AsyncSession, wanted: Filter, *, owner: str = "") -> list[Shown]:
    """The newest first; `owner`: only the words of the customer with this id."""
    used = (
        select(func.count().label("times"), func.max(EventRow.at).label("last"))
        .where(EventRow.kind == "alias_used", EventRow.data["alias"].astext == cast(AliasRow.id, Text))
        .lateral()
    )
    query = (
        select(AliasRow, ProductRow, CustomerRow.name, ContactRow.name, used.c.times, used.c.last)
        .join(ProductRow, ProductRow.id == AliasRow.product_id)
        .join(CustomerRow, CustomerRow.id == AliasRow.customer_id, isouter=True)
        .join(ContactRow, ContactRow.id == AliasRow.made_by, isouter=True)
        .join(used, onclause=true())
        .where(AliasRow.revoked_at.is_not(None) if wanted.revoked else AliasRow.revoked_at.is_(None))
        .order_by(AliasRow.id.desc())
        .limit(PAGE)
    )
    if owner:
        query = query.where(AliasRow.customer_id == owner)
    if wanted.customer:
        query = query.where(CustomerRow.name.icontains(wanted.customer, autoescape=True))
    if wanted.phrase:
        said = AliasRow.said.icontains(wanted.phrase, autoescape=True)
        query = query.where(or_(said, AliasRow.phrase.contains(key(wanted.phrase) or wanted.phrase, autoescape=True)))
    return [
        Shown(
            id=row.id,
            said=row.said,
            product=product.name,
            sku=product.sku,
            customer=customer or "",
            origin=_origin(row, contact),
            state=_state(row, product),
            created_at=row.created_at,
            used=times,
            last_used_at=last,
            revoked_at=row.revoked_at,
        )
        for row, product, customer, contact, times, last in (await session.execute(query)).all()
    ]


def _origin(row: AliasRow, contact: str | None) -> str:
    if row.origin == "manager":
        return f"от менеджера {row.made_by}"
    return f"из ответов: {contact}" if contact else "из ответов клиента"


def _state(row: AliasRow, product: ProductRow) -> str:
    if row.revoked_at is not None:
        return f"отменено: {row.revoked_by}"
    if not product.active:
        return "товар снят, не действует"
    answers = f"{row.confirmed} {plural(row.confirmed, 'ответ', 'ответа', 'ответов')} подряд"
    if row.effective_at is not None:
        return f"действует, {answers}" if row.confirmed else "действует"
    return f"пока спрашиваем, {answers}" if row.confirmed else "клиент исправил, спрашиваем"


@dataclass(frozen=True)
class Company:
    """A customer that the manager may mean."""

    id: str
    name: str
    tax_id: str
    backend: str


async def customers(session: AsyncSession, text: str) -> list[Company]:
    """Whom the manager may mean by an id, a name or a part of it; one when that is certain."""
    found = select(CustomerRow.id, CustomerRow.name, CustomerRow.tax_id, CustomerRow.backend).where(CustomerRow.active)
    for fits in (
        CustomerRow.id == text,
        func.lower(CustomerRow.name) == text.lower(),
        CustomerRow.name.icontains(text, autoescape=True),
    ):
        query = found.where(fits).order_by(CustomerRow.name).limit(SUGGESTED)
        if rows := (await session.execute(query)).all():
            return [Company(*row) for row in rows]
    return []
