"""Credit as the pages show it: carts that a rule holds back, what the customer owes, releases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CartRow, ContactRow, ConversationRow, CreditBlockRow, CreditReleaseRow, CustomerRow, OutletRow
from api.orders import credit, limits
from api.orders.credit import Standing

OPEN = 50
PAST = 20

RULES = {"credit_limit": "сверх кредитного лимита", "overdue": "есть просроченный долг"}
POLICIES = {"warn": "предупреждаем", "ask": "согласует менеджер", "block": "не принимаем"}
DECISIONS = {"open": "ждёт решения", "released": "согласован", "declined": "отказано", "gone": "решать нечего"}
ROUND_TO = Decimal(100)


@dataclass(frozen=True)
class Held:
    """A cart that a rule holds back. `before`: the last decision about this outlet. `waits`: a person is asked for."""

    block: CreditBlockRow
    customer: str
    outlet: str
    contact: str
    rule: str
    positions: int
    waits: bool
    debt: Decimal | None
    limit: Decimal | None
    free: Decimal | None
    overdue: Decimal
    before: CreditBlockRow | None

    @property
    def offered(self) -> int:
        """The sum that a release is offered with: the order's, rounded up to a hundred roubles."""
        return int((self.block.total / ROUND_TO).to_integral_value(ROUND_CEILING) * ROUND_TO)


@dataclass(frozen=True)
class Release:
    """A release with what went by it."""

    row: CreditReleaseRow
    spent: Decimal
    lives: bool


def _blocks() -> Select[Any]:
    row = CreditBlockRow
    return (
        select(row, CustomerRow, OutletRow.name, ContactRow.name, ConversationRow.mode, CartRow.lines)
        .join(CustomerRow, CustomerRow.id == row.customer_id)
        .join(OutletRow, OutletRow.id == row.outlet_id, isouter=True)
        .join(ContactRow, ContactRow.id == row.contact_id, isouter=True)
        .join(ConversationRow, ConversationRow.id == row.conversation_id, isouter=True)
        .join(CartRow, (CartRow.customer_id == row.customer_id) & (CartRow.outlet_id == row.outlet_id), isouter=True)
        .where(row.state == "open")
        .order_by(row.at.desc(), row.id.desc())
    )


async def held(session: AsyncSession, customer_id: str = "") -> list[Held]:
    """The open blocks of everybody, or of one customer; the newest first."""
    query = _blocks().where(CreditBlockRow.customer_id == customer_id) if customer_id else _blocks()
    found = []
    for block, customer, outlet, contact, mode, lines in (await session.execute(query.limit(OPEN))).all():
        stands = await credit.standing(session, customer)
        found.append(
            Held(
                block=block,
                customer=customer.name,
                outlet=outlet or "",
                contact=contact or "",
                rule=RULES[block.rule],
                positions=len(lines or []),
                waits=mode == "waiting",
                debt=stands.debt if await limits.debt_is_known(session, customer) else None,
                limit=customer.credit_limit,
                free=stands.free,
                overdue=stands.overdue,
                before=await _decided_before(session, block),
            )
        )
    return found


async def _decided_before(session: AsyncSession, block: CreditBlockRow) -> CreditBlockRow | None:
    row = CreditBlockRow
    mine = (row.customer_id == block.customer_id, row.outlet_id == block.outlet_id)
    query = select(row).where(*mine, row.state.in_(["released", "declined"])).order_by(row.decided_at.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()


async def decided(session: AsyncSession, customer_id: str) -> Sequence[CreditBlockRow]:
    """Past blocks of the customer, the newest first."""
    row = CreditBlockRow
    query = select(row).where(row.customer_id == customer_id, row.state.in_(["released", "declined"]))
    return (await session.scalars(query.order_by(row.decided_at.desc()).limit(PAST))).all()


async def releases(session: AsyncSession, customer_id: str, now: datetime) -> list[Release]:
    """The newest first."""
    row = CreditReleaseRow
    query = select(row, credit.spent()).where(row.customer_id == customer_id).order_by(row.id.desc()).limit(PAST)
    return [
        Release(release, spent, release.revoked_at is None and release.until > now)
        for release, spent in (await session.execute(query)).all()
    ]


@dataclass(frozen=True)
class Figures:
    """What the customer's page of credit begins with."""

    stands: Standing
    limit: Decimal | None
    debt_known: bool
    on_their_way: Decimal | None


async def figures(session: AsyncSession, customer: CustomerRow) -> Figures:
    stands = await credit.standing(session, customer)
    limit = customer.credit_limit
    on_their_way = None if limit is None or stands.free is None else limit - stands.debt - stands.free
    return Figures(stands, limit, await limits.debt_is_known(session, customer), on_their_way)


def policies() -> dict[str, str]:
    """What the distributor does about either rule, in words."""
    config = settings()
    return {"credit_limit": POLICIES[config.credit_limit_policy], "overdue": POLICIES[config.overdue_policy]}
