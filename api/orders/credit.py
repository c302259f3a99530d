"""Debt and credit: the two rules, a manager's release from them, and the carts that they hold back.

A release is for a period, and its amount is a purse: the orders that went by it come to no more than that together,
so that one word never lets a second order through beside the one that it was given for. An order that went by a
release remembers it (`orders.release_id`); cancelled ones give their part back. Whoever confirms, releases or revokes
holds the customer (`repository.lock_customer`), so that a purse is not spent twice at the same moment.

The word is needed when an order is confirmed, not when it is sent: the accounting system may be down overnight, and
the customer was told that the order is taken. An order that went by a release is therefore not refused by our own
rules on its way, though the release may have ended or been revoked since; what must not go any more is cancelled by
hand. The accounting system still judges by its own rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CreditBlockRow, CreditReleaseRow, CustomerRow, OrderRow
from api.deps.turn import CustomerTurn
from api.domain.order import OrderStatus
from api.orders import limits, repository
from api.orders.desk import Desk

Rule = Literal["credit_limit", "overdue"]

STALE = timedelta(days=3)
"""A cart that nobody came back to for so long holds no manager's attention any more."""


@dataclass(frozen=True)
class Breach:
    """A broken rule. `over`: roubles above the free limit, or overdue."""

    rule: Rule
    over: Decimal

    @property
    def policy(self) -> str:
        """What the distributor does about it: warn, ask or block."""
        config = settings()
        return config.credit_limit_policy if self.rule == "credit_limit" else config.overdue_policy

    @property
    def holds(self) -> bool:
        return self.policy != "warn"


@dataclass(frozen=True)
class Standing:
    """What a customer owes and may still spend, in roubles. `free` is None where no limit is kept."""

    debt: Decimal
    overdue: Decimal
    free: Decimal | None

    def breaches(self, total: Decimal) -> list[Breach]:
        """The rules that an order of this sum breaks."""
        over = self.free is not None and total > self.free
        found = [Breach("credit_limit", total - self.free)] if over and self.free is not None else []
        return [*found, *([Breach("overdue", self.overdue)] if self.overdue > 0 else [])]

    def holding(self, total: Decimal) -> Breach | None:
        """The first of them that holds the order back."""
        return next((breach for breach in self.breaches(total) if breach.holds), None)


async def standing(session: AsyncSession, customer: CustomerRow) -> Standing:
    """As of the last reading of debts, and with the orders that are on their way."""
    debt, overdue = await repository.balance(session, customer.id)
    return Standing(debt, overdue, await limits.free_limit(session, customer))


def spent() -> ColumnElement[Decimal]:
    """What went by a release, as a column beside it."""
    by_it = OrderRow.release_id == CreditReleaseRow.id
    mine = OrderRow.customer_id == CreditReleaseRow.customer_id
    stands = OrderRow.status != OrderStatus.CANCELLED.value
    total = select(func.sum(OrderRow.total)).where(mine, by_it, stands).correlate(CreditReleaseRow).scalar_subquery()
    return func.coalesce(total, 0)


async def release_for(
    session: AsyncSession, customer_id: str, total: Decimal, now: datetime
) -> CreditReleaseRow | None:
    """The release that lets an order of this sum through, the narrowest one first. The customer is held."""
    row = CreditReleaseRow
    query = (
        select(row)
        .where(row.customer_id == customer_id, row.revoked_at.is_(None), row.until > now)
        .where(or_(row.amount.is_(None), spent() + total <= row.amount))
        .order_by(row.amount.asc().nulls_last(), row.until, row.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def covered(session: AsyncSession, order: OrderRow, now: datetime) -> bool:
    """Whether a release stands for an order on its way: the one it was confirmed under, else one that lives now."""
    if order.release_id is not None:
        return True
    await repository.lock_customer(session, order.customer_id)
    release = await release_for(session, order.customer_id, order.total, now)
    order.release_id = release.id if release else None
    return release is not None


async def hold(turn: CustomerTurn, desk: Desk, total: Decimal, breach: Breach) -> None:
    """Opens the block of the outlet's cart, or renews the one that is open."""
    now, customer_id = desk.who.now, desk.who.customer.id
    latest = {
        "at": now,
        "conversation_id": turn.scope.conversation_id,
        "contact_id": turn.scope.contact_id,
        "rule": breach.rule,
        "total": total,
        "over": breach.over if breach.rule == "credit_limit" else Decimal(0),
    }
    statement = insert(CreditBlockRow).values(customer_id=customer_id, outlet_id=desk.outlet.id, **latest)
    await turn.session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id", "outlet_id"], index_where=text("state = 'open'"), set_=latest
        )
    )
    await turn.record("credit_blocked", rule=breach.rule, total=str(total))


async def follow(desk: Desk, total: Decimal) -> None:
    """Ends the block of a cart that was changed so that nothing holds it back any more. `total`: of the cart now."""
    customer = desk.who.customer
    query = select(CreditBlockRow.id).filter_by(customer_id=customer.id, outlet_id=desk.outlet.id, state="open")
    if await desk.session.scalar(query) is None:
        return
    if desk.basket.is_empty or (await standing(desk.session, customer)).holding(total) is None:
        await end(desk)


async def end(desk: Desk) -> None:
    """The cart was ordered, emptied or made to fit: there is nothing to decide any more."""
    row = CreditBlockRow
    mine = (row.customer_id == desk.who.customer.id, row.outlet_id == desk.outlet.id, row.state == "open")
    await desk.session.execute(update(row).where(*mine).values(state="gone", decided_at=desk.who.now))


async def forget_stale(session: AsyncSession, now: datetime) -> Sequence[int]:
    """Ends the blocks that nobody came back to. Returns their ids."""
    row = CreditBlockRow
    stale = update(row).where(row.state == "open", row.at < now - STALE).values(state="gone", decided_at=now)
    return (await session.scalars(stale.returning(row.id))).all()
