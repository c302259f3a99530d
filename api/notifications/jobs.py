"""Telling a customer what became of an order."""

from api.config import settings
from api.db.session import staff_session
from api.notifications import service
from api.worker import app


@app.task(name="notifications.order_changed", retry=5)
async def order_changed(order_id: int, event: str, reason: str = "") -> None:
    """Says it in the conversation the order came from. `event`: see service.EVENTS."""
    async with staff_session() as session:
        await service.tell_order_changed(session, settings().clock, order_id, event, reason)
