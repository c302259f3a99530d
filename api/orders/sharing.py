"""One cart for all who order for an outlet: a change is told to those who have it before them in another chat."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import exists, select

from api.db.models import ConversationRow
from api.deps.turn import CustomerTurn
from api.domain.cart import plain
from api.orders.desk import Desk
from api.worker import defer

AT_IT = timedelta(minutes=30)
"""Who wrote within this time is still at the order."""
PAUSE = timedelta(seconds=5)
"""Several changes in a row are told together."""


async def tell_colleagues(turn: CustomerTurn, desk: Desk, before: Mapping[str, Decimal], *, sent: bool = False) -> None:
    """Defers the news of a change when anybody else is at an order of this customer; `sent`: it became an order."""
    if desk.basket.quantities() == before:
        return
    row, mine = ConversationRow, turn.scope.conversation_id
    others = exists().where(
        row.customer_id == desk.who.customer.id, row.id != mine, row.last_inbound_at >= desk.who.now - AT_IT
    )
    if not await turn.session.scalar(select(others)):
        return
    await defer(
        turn.session,
        "notifications.cart_changed",
        queueing_lock=f"cart:{desk.who.customer.id}:{desk.outlet.id}:{mine}:{sent}",
        schedule_in=PAUSE,
        customer_id=desk.who.customer.id,
        outlet_id=desk.outlet.id,
        conversation_id=str(mine),
        sent=sent,
        before={sku: plain(quantity) for sku, quantity in before.items()},
    )
