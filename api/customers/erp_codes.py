"""The codes that accounting systems give to companies, as they were last read.

A code of two companies opens neither: who types it would see the other's prices. It is kept, revoked, so that the
next reading of one of them does not open it again; two accounting systems know nothing of each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import ARRAY, ColumnElement, Text, any_, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import identity
from api.customers.codes import digest, normalized
from api.db.models import CompanyCodeRow, ConversationRow, CustomerRow
from api.deps.holds import Loss
from api.domain.clock import Clock
from api.domain.customer import Customer

log = structlog.get_logger()

SHARED = "shared:"
"""Begins `issued_by` of a code of several companies; the accounting system that told of the second one follows."""


@dataclass
class ReadCodes:
    """Digests of the codes that a reading told, and whose each is."""

    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, customer: Customer) -> None:
        """Notes the customer's code, if it has one."""
        if normalized(customer.code):
            self.owners[digest(customer.code)].add(customer.id)


async def loss(session: AsyncSession, read: ReadCodes, told: ColumnElement[bool]) -> Loss:
    """What this reading would take away. `told`: the customers that it is about."""
    row = CompanyCodeRow
    mine = (row.source == "erp", row.revoked_at.is_(None), row.customer_id.in_(select(CustomerRow.id).where(told)))
    known = set((await session.scalars(select(row.digest).where(*mine))).all())
    return Loss("codes", len(known), len(known - read.owners.keys()), may_be_empty=True)


async def store(
    session: AsyncSession, read: ReadCodes, told: ColumnElement[bool], backend: str, clock: Clock, *, whole: bool
) -> None:
    """The codes as they are now: one that was changed or given to another company no longer opens the former.

    `whole`: the reading told all customers of the backend. Who came by a code that is shared now is out.
    """
    await _forget_lost(session, read, told, backend, whole)
    stored = await _stored(session, read.owners)
    about = set((await session.scalars(select(CustomerRow.id).where(told))).all())
    opening, shared = {}, {}
    for code, owners in read.owners.items():
        known = stored.get(code)
        if known is None or known.source == "erp":
            elsewhere = known is not None and known.customer_id not in owners and known.customer_id not in about
            if len(owners) > 1 or (elsewhere and known is not None and known.active):
                shared[code] = min(owners)
            else:
                opening[code] = next(iter(owners))
    await _open(session, opening)
    await _close(session, shared, told, backend, clock)


def _is_one_of(digests: Iterable[str]) -> ColumnElement[bool]:
    """One value of the statement, however many there are."""
    return CompanyCodeRow.digest == any_(literal(list(digests), ARRAY(Text)))


async def _forget_lost(
    session: AsyncSession, read: ReadCodes, told: ColumnElement[bool], backend: str, whole: bool
) -> None:
    """Codes issued here are not the accounting system's to take away, nor is what a manager revoked."""
    row, ours = CompanyCodeRow, f"{SHARED}{backend}"
    mine = (row.source == "erp", row.customer_id.in_(select(CustomerRow.id).where(told)))
    lost = ~_is_one_of(read.owners) & row.revoked_at.is_(None)
    if whole:
        # What was shared within this backend is judged anew, now that all of it is known.
        lost |= row.issued_by == ours
    await session.execute(delete(row).where(*mine, lost))


async def _stored(session: AsyncSession, owners: Mapping[str, Any]) -> Mapping[str, Any]:
    row = CompanyCodeRow
    query = (
        select(row.digest, row.source, row.customer_id, CustomerRow.active)
        .join(CustomerRow, CustomerRow.id == row.customer_id)
        .where(_is_one_of(owners))
    )
    return {found.digest: found for found in await session.execute(query)}


async def _open(session: AsyncSession, codes: Mapping[str, str]) -> None:
    """Gives each its owner; one that is revoked stays so."""
    if not codes:
        return
    row = CompanyCodeRow
    statement = insert(row)
    changed = {"customer_id": statement.excluded.customer_id}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["digest"], set_=changed, where=row.source == "erp"),
        [{"digest": code, "customer_id": customer_id} for code, customer_id in codes.items()],
    )


async def _close(
    session: AsyncSession, codes: Mapping[str, str], told: ColumnElement[bool], backend: str, clock: Clock
) -> None:
    """Keeps them revoked, and ends what was signed in with them.

    One that is shared with another backend stays so for good: neither can tell when the other gives it up.
    """
    if not codes:
        return
    row = CompanyCodeRow
    values = {"revoked_at": clock.now(), "issued_by": f"{SHARED}{backend}"}
    anew = row.revoked_at.is_(None) | row.customer_id.not_in(select(CustomerRow.id).where(told))
    statement = insert(row).on_conflict_do_update(
        index_elements=["digest"], set_=values, where=anew & (row.source == "erp")
    )
    rows = [{"digest": code, "customer_id": customer_id, **values} for code, customer_id in codes.items()]
    await session.execute(statement, rows)
    closed = (await session.scalars(select(row.id).where(_is_one_of(codes), row.revoked_at.is_not(None)))).all()
    log.warning("customers.shared_codes", backend=backend, codes=list(closed))
    by = [f"code:{number}" for number in closed]
    await identity.cut_off(session, ConversationRow.signed_in_by.in_(by), "code", clock)
