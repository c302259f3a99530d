"""Reading and writing carts and orders."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import BalanceRow, CartRow, CartSessionRow, ErpHealthRow, OrderLineRow, OrderRow
from api.db.session import staff_session
from api.domain.order import OrderLine, OrderStatus
from api.domain.wording import SHORT_KEY

UNSHIPPED = (OrderStatus.SENDING, OrderStatus.REVIEW, OrderStatus.ACCEPTED, OrderStatus.PICKING)
"""Orders whose sums are not in the debt yet."""


async def find_cart(session: AsyncSession, customer_id: str, outlet_id: str) -> CartRow | None:
    query = select(CartRow).where(CartRow.customer_id == customer_id, CartRow.outlet_id == outlet_id)
    return (await session.scalars(query)).one_or_none()


async def open_carts(session: AsyncSession, customer_id: str, limit: int) -> list[CartRow]:
    """Carts with lines or questions, the one that changed last first."""
    held = (func.jsonb_array_length(CartRow.lines) > 0) | (func.jsonb_array_length(CartRow.questions) > 0)
    query = select(CartRow).where(CartRow.customer_id == customer_id, held)
    return list(await session.scalars(query.order_by(CartRow.updated_at.desc(), CartRow.id.desc()).limit(limit)))


async def locked_cart(session: AsyncSession, customer_id: str, outlet_id: str, now: datetime) -> CartRow:
    """The cart, made when there is none, held until the transaction ends."""
    values = {"customer_id": customer_id, "outlet_id": outlet_id, "updated_at": now}
    await session.execute(insert(CartRow).values(values).on_conflict_do_nothing())
    query = select(CartRow).where(CartRow.customer_id == customer_id, CartRow.outlet_id == outlet_id)
    return (await session.scalars(query.with_for_update().execution_options(populate_existing=True))).one()


async def cart_session(session: AsyncSession, conversation_id: UUID, customer_id: str) -> CartSessionRow | None:
    """What the conversation orders for. A row of an earlier customer of the conversation is invisible here."""
    query = select(CartSessionRow).where(
        CartSessionRow.conversation_id == conversation_id, CartSessionRow.customer_id == customer_id
    )
    return (await session.scalars(query)).one_or_none()


async def save_cart_session(
    session: AsyncSession,
    conversation_id: UUID,
    customer_id: str,
    *,
    outlet_id: str | None,
    pending: dict[str, object] | None,
) -> None:
    """Remembers the outlet of the conversation, and what waits for the choice."""
    values = {"customer_id": customer_id, "outlet_id": outlet_id, "pending": pending}
    statement = insert(CartSessionRow).values(conversation_id=conversation_id, **values)
    statement = statement.on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    try:
        async with session.begin_nested():
            await session.execute(statement, execution_options={"populate_existing": True})
    except ProgrammingError:
        # Another company was signed in here before: its row is invisible to this one, and in the way.
        async with staff_session() as staff:
            await staff.execute(
                delete(CartSessionRow).where(
                    CartSessionRow.conversation_id == conversation_id, CartSessionRow.customer_id != customer_id
                )
            )
        await session.execute(statement)


async def lock_customer(session: AsyncSession, customer_id: str) -> None:
    """One confirmation of a customer at a time: two outlets must not spend one credit limit twice."""
    await session.execute(text("SELECT pg_advisory_xact_lock(715, hashtext(:id))"), {"id": customer_id})


async def order(session: AsyncSession, order_id: int, *, lock: bool = False) -> OrderRow | None:
    query = select(OrderRow).where(OrderRow.id == order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def lines(session: AsyncSession, order_id: int) -> list[OrderLine]:
    """The order's positions in their order."""
    query = select(OrderLineRow).where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position)
    return [OrderLine(row.product_id, row.quantity, row.price, row.unit) for row in await session.scalars(query)]


Paths = Mapping[str, list[dict[str, Any]]]
"""How lines came into an order, by product id (api/orders/paths.py)."""


async def add_order(
    session: AsyncSession, row: OrderRow, positions: Sequence[OrderLine], paths: Paths | None = None
) -> OrderRow:
    """Writes an order with its lines."""
    session.add(row)
    await session.flush()
    add_lines(session, row.id, positions, paths or {})
    await session.flush()
    return row


def add_lines(session: AsyncSession, order_id: int, positions: Sequence[OrderLine], paths: Paths) -> None:
    for position, line in enumerate(positions, 1):
        session.add(
            OrderLineRow(
                order_id=order_id,
                position=position,
                product_id=line.product_id,
                quantity=line.quantity,
                unit=line.unit,
                price=line.price,
                path=paths.get(line.product_id, []),
            )
        )


async def replace_lines(session: AsyncSession, order_id: int, positions: Sequence[OrderLine]) -> None:
    """Writes other lines in the place of the order's; a product's path stays with it."""
    paths = await line_paths(session, order_id)
    for row in await session.scalars(select(OrderLineRow).where(OrderLineRow.order_id == order_id)):
        await session.delete(row)
    await session.flush()
    add_lines(session, order_id, positions, paths)
    await session.flush()


async def line_paths(session: AsyncSession, order_id: int) -> Paths:
    """How the order's lines came into it."""
    query = select(OrderLineRow.product_id, OrderLineRow.path).where(OrderLineRow.order_id == order_id)
    return {row.product_id: row.path for row in await session.execute(query)}


async def recent_order(
    session: AsyncSession, customer_id: str, outlet_id: str, conversation_id: UUID, since: datetime
) -> OrderRow | None:
    """The newest order that this conversation sent from the cart since then and that still stands."""
    query = select(OrderRow).where(
        OrderRow.customer_id == customer_id,
        OrderRow.outlet_id == outlet_id,
        OrderRow.conversation_id == conversation_id,
        OrderRow.created_at >= since,
        OrderRow.status != OrderStatus.CANCELLED.value,
    )
    return (await session.scalars(query.order_by(OrderRow.created_at.desc(), OrderRow.id.desc()).limit(1))).first()


def _shown() -> ColumnElement[bool]:
    """Not what went back into the cart before the accounting system ever saw it."""
    return not_(and_(OrderRow.status == OrderStatus.CANCELLED.value, OrderRow.erp_id.is_(None)))


async def newest_orders(session: AsyncSession, customer_id: str, limit: int) -> list[OrderRow]:
    """Newest first."""
    query = select(OrderRow).where(OrderRow.customer_id == customer_id, _shown())
    return list(await session.scalars(query.order_by(OrderRow.created_at.desc(), OrderRow.id.desc()).limit(limit)))


def _numbered(number: str) -> list[ColumnElement[bool]]:
    digits = func.ltrim(func.substring(OrderRow.number, r"\d+$"), "0")
    bare = re.fullmatch(r"\D*0*([1-9]\d*)", number)
    end_of_key = func.upper(func.right(OrderRow.key, SHORT_KEY)) == number.upper()
    return [OrderRow.number == number, end_of_key, *([digits == bare[1]] if bare is not None else [])]


async def order_by_number(session: AsyncSession, customer_id: str, number: str) -> OrderRow | None:
    """By the whole number or by its digits as people say them: «120» finds «ПЭ00-000120»."""
    query = select(OrderRow).where(OrderRow.customer_id == customer_id, or_(*_numbered(number)))
    return (await session.scalars(query.order_by(OrderRow.created_at.desc(), OrderRow.id.desc()).limit(1))).first()


async def orders_named(session: AsyncSession, name: str) -> list[OrderRow]:
    """Whosever, by our key or by the accounting system's number; the newest first."""
    return list(await session.scalars(select(OrderRow).where(named(name)).order_by(OrderRow.id.desc())))


def named(name: str) -> ColumnElement[bool]:
    """Our key, or the accounting system's number whole or as people say it."""
    return or_(OrderRow.key == name, *_numbered(name))


async def order_by_name(session: AsyncSession, customer_id: str, name: str) -> OrderRow | None:
    """By what the understanding calls it: the number as people say it, or «~» and our id before there is one."""
    if not name.startswith("~"):
        return await order_by_number(session, customer_id, name)
    query = select(OrderRow).where(OrderRow.customer_id == customer_id, OrderRow.id == int(name[1:]))
    return (await session.scalars(query)).one_or_none()


async def balance(session: AsyncSession, customer_id: str) -> tuple[Decimal, Decimal]:
    """Debt and overdue debt; who has no row owes nothing."""
    query = select(BalanceRow).where(BalanceRow.customer_id == customer_id)
    row = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    return (row.debt, row.overdue) if row else (Decimal(0), Decimal(0))


async def unshipped_sum(session: AsyncSession, customer_id: str, *, but: int | None = None) -> Decimal:
    """What ordered but not shipped goods come to, without the order `but`."""
    query = select(func.coalesce(func.sum(OrderRow.total), 0)).where(
        OrderRow.customer_id == customer_id, OrderRow.status.in_([status.value for status in UNSHIPPED])
    )
    if but is not None:
        query = query.where(OrderRow.id != but)
    return Decimal(await session.scalar(query) or 0)


async def erp_is_up(session: AsyncSession, backend: str) -> bool:
    """As of the last time it was asked; before that it is taken to be up."""
    up = await session.scalar(select(ErpHealthRow.up).where(ErpHealthRow.backend == backend))
    return True if up is None else up
