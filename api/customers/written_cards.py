"""The customer's card on its way back into the accounting system: addresses, people, numbers.

What comes from there is taken as it is by the sync. What is changed here is written there by a job; when the same
field was changed there meanwhile, RULES says who wins, and the page of the customer shows it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers import phones
from api.db.models import CardChangeRow, ContactPhoneRow, ContactRow, CustomerRow, OutletRow
from api.db.session import staff_session
from api.deps.erp import erp
from api.domain.customer import CardChange, CardField
from api.erp.errors import ErpConflict, ErpError
from api.worker import defer

log = structlog.get_logger()

Rule = Literal["ask", "theirs", "ours"]

RULES: Mapping[CardField, Rule] = {
    # Goods brought to a wrong address cost more than a question.
    CardField.ADDRESS: "ask",
    # Ours stays beside theirs: a person may have two numbers.
    CardField.PHONE: "theirs",
    CardField.CONTACT: "ours",
}


NOT_THERE = "Этого сотрудника в учётной системе нет."


def writable(customer: CustomerRow) -> frozenset[CardField]:
    """What of this customer's card its accounting system lets us write; one that is no more lets nothing."""
    known = customer.backend in settings().erp_names
    return erp(customer.backend).capabilities.card if known else frozenset()


async def propose(
    session: AsyncSession,
    customer: CustomerRow,
    field: CardField,
    subject: OutletRow | ContactRow,
    after: str,
    *,
    by: str,
    request_id: int | None = None,
) -> CardChangeRow | None:
    """Notes the change and defers its writing; None where the accounting system does not let us write this.

    A contact whom only we know is written there as a new one. What still waits is written before this.
    """
    if field not in writable(customer):
        return None
    waiting = await _waiting(session, subject)
    there = await _subject(session, subject)
    new = isinstance(subject, ContactRow) and not there and not waiting
    row = CardChangeRow(
        at=settings().clock.now(),
        customer_id=customer.id,
        request_id=request_id,
        field=(CardField.CONTACT if new else field).value,
        contact_id=subject.id if isinstance(subject, ContactRow) else None,
        subject_id=there,
        before="" if new else _before(subject, field, waiting),
        after=subject.name if new and isinstance(subject, ContactRow) else after,
        phone=after if new and field is CardField.PHONE else getattr(subject, "phone", ""),
        by=by,
    )
    session.add(row)
    await session.flush()
    await _send(session, row)
    return row


async def _send(session: AsyncSession, row: CardChangeRow) -> None:
    await defer(session, "cards.write", lock=f"card:{row.customer_id}", change_id=row.id)


async def _waiting(session: AsyncSession, subject: OutletRow | ContactRow) -> Sequence[CardChangeRow]:
    """Its changes that are not written yet, the newest first."""
    row = CardChangeRow
    whose = row.subject_id == subject.id if isinstance(subject, OutletRow) else row.contact_id == subject.id
    query = select(row).where(whose, row.customer_id == subject.customer_id, row.state == "waiting")
    return (await session.scalars(query.order_by(row.id.desc()))).all()


def _before(subject: OutletRow | ContactRow, field: CardField, waiting: Sequence[CardChangeRow]) -> str:
    """What the field will hold when this change is written: jobs of one customer run in their order."""
    for row in waiting:
        if row.field == field:
            return row.after
        if field is CardField.PHONE and not row.subject_id and row.field == CardField.CONTACT:
            return row.phone
    if isinstance(subject, OutletRow):
        return subject.address
    return subject.phone if field is CardField.PHONE else subject.name


async def names_there(session: AsyncSession) -> dict[str, str]:
    """Our own contacts by the id that the accounting system gave them when they were written there."""
    row = CardChangeRow
    query = select(row.subject_id, row.contact_id).where(
        row.field == CardField.CONTACT.value, row.state == "written", row.contact_id.startswith("own-")
    )
    return {there: ours for there, ours in await session.execute(query) if there and ours}


async def _known_there(session: AsyncSession, contact_id: str) -> str | None:
    row = CardChangeRow
    query = select(row.subject_id).where(row.contact_id == contact_id, row.state == "written", row.subject_id != "")
    return await session.scalar(query.limit(1))


async def _subject(session: AsyncSession, subject: OutletRow | ContactRow) -> str:
    """How it is called there; empty for a contact whom only we know."""
    if isinstance(subject, ContactRow) and subject.source == "own":
        return await _known_there(session, subject.id) or ""
    return subject.id


async def write(change_id: int) -> None:
    """Writes one change. Raises a transient ErpError for the job to be repeated; everything else is settled here."""
    async with staff_session() as session:
        row = await session.get(CardChangeRow, change_id)
        if row is None or row.state != "waiting":
            return
        backend = (await session.get_one(CustomerRow, row.customer_id)).backend
        subject_id = row.subject_id or (await _known_there(session, row.contact_id) if row.contact_id else None) or ""
        change = CardChange(
            key=f"card-{row.id}",
            customer_id=row.customer_id,
            field=CardField(row.field),
            subject_id=subject_id,
            before=row.before,
            after=row.after,
            phone=row.phone,
        )
    if not subject_id and change.field is not CardField.CONTACT:
        await _settle(change_id, "refused", evidence=NOT_THERE)
        return
    rule = RULES[change.field]
    try:
        subject = await erp(backend).change_card(change, force=rule == "ours")
    except ErpConflict as conflict:
        await _settle(change_id, "conflict" if rule == "ask" else "kept", stored=conflict.stored)
    except ErpError as error:
        if not error.permanent:
            raise
        log.warning("card.refused", change=change_id, message=error.message, evidence=error.evidence)
        await _settle(change_id, "refused", evidence=error.message)
    else:
        await _settle(change_id, "written", subject_id=subject)


async def _settle(change_id: int, state: str, **values: str) -> None:
    async with staff_session() as session:
        row = await session.get_one(CardChangeRow, change_id, with_for_update=True)
        row.state, row.decided_at = state, settings().clock.now()
        for name, value in values.items():
            setattr(row, name, value)
        if state == "written":
            await _take_over(session, row)
        if row.request_id is not None and state in ("written", "kept"):
            decision = "done" if state == "written" else "refused"
            await defer(session, "notifications.request_decided", request_id=row.request_id, decision=decision)


async def _take_over(session: AsyncSession, row: CardChangeRow) -> None:
    """What is there now is what we know, without waiting for the next sync.

    Not of whom another company has by now. A number follows the accounting system where that keeps the person.
    """
    if row.field == CardField.ADDRESS:
        outlet = await session.get_one(OutletRow, row.subject_id)
        if outlet.customer_id == row.customer_id:
            outlet.address = row.after
        return
    contact = await session.get(ContactRow, row.contact_id) if row.contact_id else None
    if contact is None or contact.customer_id != row.customer_id:
        return
    if row.field == CardField.PHONE:
        contact.phone = row.after
        known = await session.get(ContactPhoneRow, (contact.id, row.after))
        if known is None or known.revoked_at is None or known.revoked_at < row.at:
            source = "manager" if contact.source == "own" else "erp"
            await phones.add(session, contact.id, row.after, source, settings().clock.now())
    else:
        contact.name = row.after


async def decide(session: AsyncSession, row: CardChangeRow, *, ours: bool, by: str) -> None:
    """A person's word on a conflict: ours is written over what was seen there, or theirs stays."""
    row.by = by
    if not ours:
        row.state, row.decided_at = "kept", settings().clock.now()
        return
    row.state, row.before, row.stored = "waiting", row.stored, ""
    await session.flush()
    await _send(session, row)
