"""What the distributor's people do to an order by hand: send it again, withdraw it, call a review done.

`by` is the login that answers for it. Raises NotFound, and Conflict when the order is in no need of it.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import OrderRow
from api.deps.audit import audit
from api.domain.order import OUR_KEYS, OrderStatus
from api.errors import Conflict, NotFound
from api.orders import queue, repository
from api.orders.news import SILENT, announce
from api.orders.sent import may_cancel

REPLAYED = (OrderStatus.FAILED, OrderStatus.SENDING)


async def meant(session: AsyncSession, name: str) -> list[OrderRow]:
    """The orders that an administrator may mean by a key or a number; of several one has to be told by its key."""
    return await repository.orders_named(session, name.strip())


def may_replay(order: OrderRow) -> bool:
    """Whether it did not go, or nobody fetched it."""
    return OrderStatus(order.status) in REPLAYED and order.key.startswith(OUR_KEYS)


def may_withdraw(order: OrderRow, now: datetime) -> bool:
    """As long as the customer may, and what failed at any time: otherwise it would stay on the list for ever."""
    ours = order.key.startswith(OUR_KEYS) and not order.cancel_requested
    return ours and (order.status == OrderStatus.FAILED.value or may_cancel(order, now))


async def replay(session: AsyncSession, order_id: int, by: str) -> OrderRow:
    """Sends again what failed, or what nobody fetched: by the same key, so there is one document still."""
    order = await _locked(session, order_id)
    if not may_replay(order):
        raise Conflict("Отправить ещё раз можно только заказ, который не ушёл.", code="order_sent")
    before = order.status
    order.status, order.handed_over_at = OrderStatus.SENDING.value, None
    order.reason, order.evidence = "", ""
    await _noted(session, order, by, "order_replay", before)
    await queue.send_now(session, order.id)
    return order


async def withdraw(session: AsyncSession, order_id: int, by: str) -> OrderRow:
    """Asks the accounting system to withdraw it; the customer hears the outcome."""
    order = await _locked(session, order_id)
    if not may_withdraw(order, settings().clock.now()):
        raise Conflict("Этот заказ уже не отменить здесь: отмените его в учётной системе.", code="too_late")
    order.cancel_requested = True
    await _noted(session, order, by, "order_withdraw", order.status)
    await queue.cancel(session, order.id)
    return order


async def review_done(session: AsyncSession, order_id: int, by: str) -> OrderRow:
    """A person compared it: from now on the document as it stands is the order. The customer was spoken to by them."""
    order = await _locked(session, order_id)
    if order.status != OrderStatus.REVIEW.value:
        raise Conflict("Этот заказ сверять не нужно.", code="not_in_review")
    order.status = OrderStatus.ACCEPTED.value
    await _noted(session, order, by, "order_reviewed", OrderStatus.REVIEW.value)
    return order


async def _locked(session: AsyncSession, order_id: int) -> OrderRow:
    order = await repository.order(session, order_id, lock=True)
    if order is None:
        raise NotFound("Такого заказа нет.", code="order_not_found")
    return order


async def _noted(session: AsyncSession, order: OrderRow, by: str, action: str, before: str) -> None:
    await audit(session, by, action, str(order.id), before=before, customer=order.customer_id)
    await session.flush()
    await announce(session, order, SILENT, kind=action, by=by)
