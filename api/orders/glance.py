"""What the slices above may know of a customer's orders without opening a cart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.catalog.service import Shopper
from api.db.models import OrderRow
from api.orders import repository, sent, views
from api.orders.desk import open_desk
from api.orders.schemas import CartView, OrderView

OPEN_CARTS = 3
"""Carts that a manager is shown beside a conversation."""


async def chosen_outlet_id(session: AsyncSession, conversation_id: UUID, customer_id: str) -> str | None:
    """The outlet that this conversation orders for, when that was settled."""
    chosen = await repository.cart_session(session, conversation_id, customer_id)
    return chosen.outlet_id if chosen else None


async def last_order(session: AsyncSession, customer_id: str) -> OrderRow | None:
    """The customer's newest order, whoever made it."""
    newest = await repository.newest_orders(session, customer_id, 1)
    return newest[0] if newest else None


async def order_view(
    session: AsyncSession, order_id: int, conversation_id: UUID, now: datetime, *, shows_prices: bool
) -> OrderView:
    """The order as its customer reads it; `session` is the customer's own."""
    order = await session.get_one(OrderRow, order_id)
    who = await catalog.shopper(session, order.customer_id, conversation_id, now, shows_prices=shows_prices)
    return await sent.view(who, order)


async def cart(
    session: AsyncSession,
    customer_id: str,
    outlet_id: str,
    conversation_id: UUID,
    now: datetime,
    *,
    shows_prices: bool,
) -> CartView | None:
    """The open cart of the outlet as this conversation may see it; None when it orders for another outlet."""
    who = await catalog.shopper(session, customer_id, conversation_id, now, shows_prices=shows_prices)
    if who.outlet is None or who.outlet.id != outlet_id:
        return None
    return await views.cart_view(await open_desk(who, who.outlet, lock=False))


async def current_cart(who: Shopper) -> CartView | None:
    """The cart that the conversation orders into; None until the outlet is chosen."""
    return await views.cart_view(await open_desk(who, who.outlet, lock=False)) if who.outlet else None


async def open_carts(who: Shopper) -> list[CartView]:
    """The customer's carts that hold something, the one that changed last first."""
    rows = await repository.open_carts(who.session, who.customer.id, OPEN_CARTS)
    outlets = {row.id: row for row in who.outlets}
    found = []
    for row in rows:
        if (outlet := outlets.get(row.outlet_id)) is not None:
            found.append(await views.cart_view(await open_desk(who.at(outlet), outlet, lock=False)))
    return found


async def newest_orders(session: AsyncSession, customer_id: str, count: int) -> list[tuple[OrderRow, str]]:
    """The customer's last orders, whoever made them, each with its state in words."""
    rows = await repository.newest_orders(session, customer_id, count)
    return [(row, sent.status_text(row)) for row in rows]
