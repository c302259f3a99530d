"""Asking a customer how it goes with the assistant: after every so many orders, a little after one was accepted."""

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import outbox
from api.conversations.intake import intent_payload
from api.db.models import CartRow, ConversationRow, CustomerRow, OrderRow, OutboxRow, RatingRow
from api.deps.events import record
from api.deps.options import option
from api.domain.clock import Clock
from api.domain.order import OUR_KEYS, OrderStatus
from api.notifications import routing, texts
from api.worker import defer

ASK_AGAIN = timedelta(minutes=30)
"""When the person is busy, or asleep."""
WORTH_ASKING = timedelta(hours=24)
"""Later than this nobody remembers how ordering went."""
QUIET = timedelta(minutes=5)
"""So long the person must have been silent; never longer than the wait that is set."""
DAY = (time(8), time(21))
NOT_PLACED = (OrderStatus.SENDING, OrderStatus.FAILED, OrderStatus.CANCELLED)


async def plan(session: AsyncSession, order: OrderRow) -> None:
    """Defers the question about an order that was just accepted; whether it is due is seen then."""
    if await option(session, "rate_every") and order.key.startswith(OUR_KEYS):
        await later(session, order, timedelta(minutes=await option(session, "rate_after_minutes")))


async def later(session: AsyncSession, order: OrderRow, wait: timedelta) -> None:
    # No lock of the queue: a job that waits for its moment would hold back all later ones of the same lock.
    await defer(session, "notifications.ask_rating", schedule_in=wait, order_id=order.id)


async def ask(session: AsyncSession, clock: Clock, order_id: int) -> None:
    """Asks once for an order, where it came from; waits while the person writes, orders, has a manager, or sleeps."""
    order = await session.get(OrderRow, order_id)
    if order is None:
        return
    # One at a time for a customer: two orders that are counted at once would both be the fifth.
    customer = select(CustomerRow.id).filter_by(id=order.customer_id).with_for_update(key_share=True)
    await session.execute(customer)
    if await session.get(RatingRow, order_id) is not None or not await _due(session, order):
        return
    if clock.now() - order.created_at > WORTH_ASKING:
        return
    conversation = await routing.choose(session, order, where_asked=True)
    if conversation is None:
        return
    await session.refresh(conversation, with_for_update=True)
    if await _busy(session, order, conversation, clock.now()):
        await later(session, order, ASK_AGAIN)
        return
    await _say(session, clock, order, conversation)


async def _due(session: AsyncSession, order: OrderRow) -> bool:
    """Whether the person's orders since the last question come to as many as are set, this one the last of them."""
    every: int = await option(session, "rate_every")
    if not every or order.status in NOT_PLACED:
        return False
    theirs: list[ColumnElement[bool]] = [
        OrderRow.customer_id == order.customer_id,
        OrderRow.contact_id.is_not_distinct_from(order.contact_id),
        OrderRow.key.startswith(OUR_KEYS),
    ]
    asked = select(func.max(RatingRow.order_id)).join(OrderRow, OrderRow.id == RatingRow.order_id).where(*theirs)
    since = func.coalesce(asked.scalar_subquery(), 0)
    placed = OrderRow.status.not_in([status.value for status in NOT_PLACED])
    counted = select(func.count()).where(*theirs, placed, OrderRow.id > since, OrderRow.id <= order.id)
    return int(await session.scalar(counted) or 0) >= every


async def _busy(session: AsyncSession, order: OrderRow, conversation: ConversationRow, now: datetime) -> bool:
    silent = now - conversation.last_inbound_at if conversation.last_inbound_at else WORTH_ASKING
    wait: int = await option(session, "rate_after_minutes")
    asleep = not DAY[0] <= now.astimezone(settings().zone).time() <= DAY[1] and silent > ASK_AGAIN
    if conversation.mode != "bot" or silent < min(QUIET, timedelta(minutes=wait)) or asleep:
        return True
    cart = select(CartRow.lines).where(
        CartRow.customer_id == order.customer_id, CartRow.outlet_id == order.outlet_id, CartRow.updated_at > now - QUIET
    )
    return bool(await session.scalar(cart))


async def _say(session: AsyncSession, clock: Clock, order: OrderRow, conversation: ConversationRow) -> None:
    key = f"rating:{order.id}"
    buttons = [
        {"title": title, "payload": intent_payload("rate_order", order=str(order.id), score=str(score))}
        for score, title in enumerate(texts.SCORES, 1)
    ]
    told = await outbox.say(
        session,
        conversation.id,
        clock.now(),
        texts.ASK_RATING,
        buttons=buttons,
        dedupe_key=key,
        only_to=order.customer_id,
    )
    if not told:
        return
    # «5» typed as the next word is the fifth button, in every channel.
    (await session.scalars(select(OutboxRow).filter_by(dedupe_key=key))).one().numbered = True
    customer, where = order.customer_id, conversation.id
    session.add(RatingRow(order_id=order.id, asked_at=clock.now(), customer_id=customer, conversation_id=where))
    await session.flush()
    await record(session, clock, "rating_asked", customer_id=customer, conversation_id=where, order_id=order.id)
