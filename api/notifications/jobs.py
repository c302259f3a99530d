"""Telling a customer what became of an order, and what colleagues do with the cart; telling managers who waits."""

from uuid import UUID

from procrastinate import RetryStrategy

from api.config import settings
from api.db.session import staff_session
from api.notifications import alerts, colleagues, credit, ratings, requests, service
from api.worker import app

PATIENCE = RetryStrategy(max_attempts=10, exponential_wait=2)


@app.task(name="notifications.order_changed", retry=PATIENCE)
async def order_changed(order_id: int, event: str, reason: str = "", status: str = "", change: str = "") -> None:
    """Says it in the conversation the order came from. `status`: of the order then; `change`: see routing.News."""
    async with staff_session() as session:
        await service.tell_order_changed(
            session, settings().clock, order_id, event, reason, status=status, change=change
        )


@app.task(name="notifications.request_decided", retry=PATIENCE)
async def request_decided(request_id: int, decision: str) -> None:
    """A change that a person asked for stands in the accounting system, or does not."""
    async with staff_session() as session:
        await requests.decide(session, settings().clock, request_id, decision, "accounting system")


@app.task(name="notifications.credit_decided", retry=PATIENCE)
async def credit_decided(block_id: int) -> None:
    """A manager let an order through in spite of a credit rule, or did not."""
    async with staff_session() as session:
        await credit.tell_decided(session, settings().clock, block_id)


@app.task(name="notifications.fall_back", retry=PATIENCE)
async def fall_back(outbox_id: int) -> None:
    """Says elsewhere what a channel did not take."""
    async with staff_session() as session:
        await service.fall_back(session, settings().clock, outbox_id)


@app.task(name="notifications.ask_rating", retry=PATIENCE)
async def ask_rating(order_id: int) -> None:
    """Asks how ordering went, if it is this order's turn."""
    async with staff_session() as session:
        await ratings.ask(session, settings().clock, order_id)


@app.task(name="notifications.cart_changed", retry=PATIENCE)
async def cart_changed(
    customer_id: str, outlet_id: str, conversation_id: str, before: dict[str, str], sent: bool
) -> None:
    """Tells the colleagues who order for the same outlet now. `before`: quantities by SKU, as they knew the cart.

    `sent`: the cart is empty because its order was sent.
    """
    async with staff_session() as session:
        here = colleagues.Place(customer_id, outlet_id, UUID(conversation_id))
        await colleagues.tell_cart_changed(session, settings().clock, here, before, sent=sent)


@app.periodic(cron="* * * * * */30")
@app.task(name="alerts.watch", queueing_lock="alerts.watch", lock="alerts")
async def watch_handoffs(timestamp: int = 0) -> None:
    """Tells the managers who waits for one: new requests, then reminders."""
    await _send_alerts()


@app.task(name="alerts.send", retry=PATIENCE)
async def send_alerts() -> None:
    """The same at once, for a request that was made just now. The two take one lock, so neither runs beside itself."""
    await _send_alerts()


async def _send_alerts() -> None:
    async with staff_session() as session:
        await alerts.send(session, settings().clock.now())
