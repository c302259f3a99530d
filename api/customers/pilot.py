"""Who takes part in the pilot: a flag of ours at the customer, set one by one or by a pasted list."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import codes
from api.db.models import CompanyCodeRow, CustomerRow

BETWEEN = re.compile(r"[\n;,\t]+")


@dataclass(frozen=True)
class Meant:
    """Whom a pasted list means: ids of customers, and the words that mean nobody."""

    ids: list[str]
    unknown: list[str]


async def set_flag(session: AsyncSession, ids: Iterable[str], on: bool) -> list[str]:
    """Flags these customers, or takes the flag away; returns those for whom that was a change."""
    row = CustomerRow
    changed = update(row).where(row.id.in_(list(ids)), row.pilot.is_not(on)).values(pilot=on).returning(row.id)
    return sorted(await session.scalars(changed))


async def meant(session: AsyncSession, text: str) -> Meant:
    """Whom a list means: a tax number, a company's code, the accounting system's id or the whole name each.

    Between them stand line ends, commas, semicolons, tabs; blanks too, where the words together mean nobody.
    """
    wanted = [word.strip() for word in BETWEEN.split(text) if word.strip()]
    found = await _owners(session, wanted)
    apart = [word for line in wanted if line not in found for word in line.split()]
    found |= await _owners(session, apart)
    ids = {customer for owners in found.values() for customer in owners}
    return Meant(sorted(ids), [word for word in dict.fromkeys(apart) if word not in found])


async def _owners(session: AsyncSession, words: Sequence[str]) -> dict[str, set[str]]:
    """By the word the customers that it means; several where they share a tax number."""
    row, code = CustomerRow, CompanyCodeRow
    by_digest = {codes.digest(word): word for word in words if codes.normalized(word)}
    by_name = {word.lower(): word for word in words}
    named = or_(row.tax_id.in_(words), row.id.in_(words), func.lower(row.name).in_(by_name))
    found: dict[str, set[str]] = {}
    for customer, tax_id, name in await session.execute(select(row.id, row.tax_id, row.name).where(named)):
        for word in {tax_id, customer, by_name.get(name.lower(), "")} & set(words):
            found.setdefault(word, set()).add(customer)
    theirs = select(code.digest, code.customer_id).where(code.digest.in_(by_digest), code.revoked_at.is_(None))
    for digest, customer in await session.execute(theirs):
        found.setdefault(by_digest[digest], set()).add(customer)
    return found
