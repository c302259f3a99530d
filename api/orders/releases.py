"""What managers decide about credit: a release, a refusal, a release taken back. The laws are in api/orders/credit.py.

Raises ApiError with a sentence for the manager's page; NotFound and Conflict when there is nothing to decide any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CreditBlockRow, CreditReleaseRow, CustomerRow
from api.deps.audit import audit
from api.deps.events import record
from api.domain.wording import money
from api.errors import ApiError, Conflict, NotFound
from api.orders import repository
from api.worker import defer

LONGEST = timedelta(days=14)
LONGEST_REASON = 500
MOST = Decimal(1_000_000_000)
AGAIN = timedelta(minutes=1)
"""The very same release within this time is a form that was sent twice."""

DECIDED = {
    "released": "Этот заказ уже согласован",
    "declined": "По этому заказу уже отказано",
    "gone": "Решать больше нечего: клиент оформил заказ, изменил его или очистил корзину",
}


@dataclass(frozen=True)
class Terms:
    """What a manager allows: until when, for how many roubles together (None: any sum), and why."""

    until: datetime
    amount: Decimal | None
    reason: str

    def check(self, now: datetime) -> None:
        """Raises ApiError when they cannot stand."""
        if not now < self.until <= now + LONGEST:
            raise ApiError(f"Согласовать можно не больше чем на {LONGEST.days} дней.")
        if self.amount is not None and not 0 < self.amount <= MOST:
            raise ApiError("Сумма должна быть больше нуля.")
        check_reason(self.reason)


def check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ApiError(f"Напишите причину, до {LONGEST_REASON} знаков.")


async def release(session: AsyncSession, customer_id: str, terms: Terms, by: str) -> CreditReleaseRow:
    """Lets the customer order by these terms; held carts that they cover are released by it, the oldest first."""
    if await session.get(CustomerRow, customer_id) is None:
        raise NotFound("Такого клиента нет.")
    await repository.lock_customer(session, customer_id)
    if (sent_twice := await _same(session, customer_id, terms, by)) is not None:
        return sent_twice
    query = select(CreditBlockRow).filter_by(customer_id=customer_id, state="open").order_by(CreditBlockRow.at)
    held = (await session.scalars(query.with_for_update().execution_options(populate_existing=True))).all()
    left, fitting = terms.amount, []
    for block in held:
        if left is None or block.total <= left:
            fitting.append(block)
            left = None if left is None else left - block.total
    return await _grant(session, customer_id, terms, by, fitting)


async def release_block(session: AsyncSession, block_id: int, terms: Terms, by: str) -> CreditReleaseRow:
    """Lets the held cart through, and tells the customer."""
    block = await _open(session, block_id)
    if terms.amount is not None and terms.amount < block.total:
        raise ApiError(f"Заказ на {money(block.total)}: сумма {money(terms.amount)} его не пропустит.")
    return await _grant(session, block.customer_id, terms, by, [block])


async def decline(session: AsyncSession, block_id: int, reason: str, by: str) -> CreditBlockRow:
    """Says no to the held cart; the customer hears it, without the reason."""
    check_reason(reason)
    block = await _open(session, block_id)
    await _decide(session, block, "declined", reason, by)
    await audit(session, by, "credit_declined", block.customer_id, block=str(block.id), reason=block.reason)
    return block


async def revoke(session: AsyncSession, release_id: int, by: str) -> CreditReleaseRow:
    """Ends the release now; what was confirmed under it goes on."""
    release = await session.get(CreditReleaseRow, release_id)
    if release is None:
        raise NotFound("Такого согласования нет.")
    await repository.lock_customer(session, release.customer_id)
    await session.refresh(release, with_for_update=True)
    if release.revoked_at is None:
        release.revoked_at, release.revoked_by = settings().clock.now(), by
        await audit(session, by, "credit_revoked", release.customer_id, release=str(release.id))
    return release


async def _same(session: AsyncSession, customer_id: str, terms: Terms, by: str) -> CreditReleaseRow | None:
    row, since = CreditReleaseRow, settings().clock.now() - AGAIN
    # «1 час» counts from the press; of another preset the end is another one, and so is the release.
    until = row.until.between(terms.until - AGAIN, terms.until + AGAIN)
    query = select(row).where(row.customer_id == customer_id, row.at >= since, row.revoked_at.is_(None), until)
    return (await session.scalars(query.filter_by(by=by, amount=terms.amount, reason=terms.reason.strip()))).first()


async def _open(session: AsyncSession, block_id: int) -> CreditBlockRow:
    block = await session.get(CreditBlockRow, block_id)
    if block is None:
        raise NotFound("Такого заказа нет.")
    await repository.lock_customer(session, block.customer_id)
    await session.refresh(block, with_for_update=True)
    if block.state != "open":
        by = f" ({block.decided_by})" if block.decided_by else ""
        raise Conflict(f"{DECIDED[block.state]}{by}.", code="block_decided")
    return block


async def _grant(
    session: AsyncSession, customer_id: str, terms: Terms, by: str, blocks: Sequence[CreditBlockRow]
) -> CreditReleaseRow:
    now = settings().clock.now()
    terms.check(now)
    release = CreditReleaseRow(
        at=now, customer_id=customer_id, by=by, until=terms.until, amount=terms.amount, reason=terms.reason.strip()
    )
    session.add(release)
    await session.flush()
    for block in blocks:
        block.release_id = release.id
        await _decide(session, block, "released", terms.reason, by)
    allowed = "" if terms.amount is None else str(terms.amount)
    facts = {"until": terms.until.isoformat(), "amount": allowed, "reason": release.reason}
    await audit(session, by, "credit_released", customer_id, release=str(release.id), **facts)
    return release


async def _decide(session: AsyncSession, block: CreditBlockRow, state: str, reason: str, by: str) -> None:
    now = settings().clock.now()
    block.state, block.reason, block.decided_at, block.decided_by = state, reason.strip(), now, by
    await session.flush()
    await record(
        session,
        settings().clock,
        f"credit_{state}",
        customer_id=block.customer_id,
        conversation_id=block.conversation_id,
        block=block.id,
    )
    await defer(session, "notifications.credit_decided", block_id=block.id)
