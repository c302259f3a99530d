"""What the slices above may know of a customer's orders without opening a cart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.db.models import OrderRow
from api.orders import repository, sent, views
from api.orders.desk import open_desk
from api.orders.schemas import CartView, OrderView


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
