"""Orders that were sent, as a person reads them; withdrawing one; when the next delivery comes."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from api.catalog.service import Shopper
from api.config import settings
from api.db.models import OrderRow
from api.deps.turn import CustomerTurn
from api.domain import delivery, wording
from api.domain.order import OrderLine, OrderStatus
from api.errors import Conflict, NotFound
from api.orders import queue, repository
from api.orders.desk import shopper
from api.orders.lines import ordered_view
from api.orders.schemas import Cancellation, DeliveryDay, DeliveryView, OrderList, OrderView

STATUS_TEXTS = {
    OrderStatus.SENDING: "отправляется",
    OrderStatus.REVIEW: "проверяет менеджер",
    OrderStatus.FAILED: "проверяет менеджер",
    OrderStatus.ACCEPTED: "принят",
    OrderStatus.PICKING: "собирается",
    OrderStatus.SHIPPED: "в пути",
    OrderStatus.DELIVERED: "доставлен",
    OrderStatus.CANCELLED: "отменён",
}
HANDED_OVER = "передан, ждёт подтверждения"
"""Of an order that waits to be fetched."""
ORDER_ID = re.compile(r"[0-9]{1,18}")
ON_ITS_WAY = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


async def view(who: Shopper, order: OrderRow) -> OrderView:
    return (await views(who, [order]))[0]


async def views(who: Shopper, orders: Sequence[OrderRow]) -> list[OrderView]:
    """The orders with their lines, at the prices they were sent with."""
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for order in orders:
        lines[order.id] = await repository.lines(who.session, order.id)
    by_id = who.catalogue.by_id
    market = await who.market({by_id[line.product_id].id: by_id[line.product_id] for order in orders
                               for line in lines[order.id] if line.product_id in by_id}.values())  # fmt: skip
    today = who.now.date()
    shown = []
    for order in orders:
        created = wording.day(order.created_at.astimezone(who.now.tzinfo).date(), today)
        shown.append(
            OrderView(
                id=str(order.id),
                number=wording.document_number(order.number) if order.number else None,
                status=order.status,
                status_text=status_text(order),
                created_text=created,
                date_text=created,
                delivery_text=delivery.delivery_text(order.delivery_date, order.window_start, order.window_end, today),
                total_text=market.money(order.total) or "",
                lines=[
                    ordered_view(market, by_id[line.product_id], line.quantity, line.price, line.unit)
                    for line in lines[order.id]
                    if line.product_id in by_id
                ],
                can_cancel=may_cancel(order, who.now),
                address=order.address,
            )
        )
    return shown


def status_text(order: OrderRow) -> str:
    """The state of the order as its customer reads it."""
    status = OrderStatus(order.status)
    waits = status is OrderStatus.SENDING and order.handed_over_at is not None
    return HANDED_OVER if waits else STATUS_TEXTS[status]


def may_cancel(order: OrderRow, now: datetime) -> bool:
    """Whether the customer may still withdraw it."""
    status = OrderStatus(order.status)
    if status is OrderStatus.CANCELLED or status in ON_ITS_WAY:
        return False
    return delivery.can_cancel(order.delivery_date, settings().cutoff, now)


async def last(turn: CustomerTurn) -> OrderView:
    who = await shopper(turn)
    found = await repository.newest_orders(turn.session, who.customer.id, 1)
    if not found:
        raise NotFound("Заказов пока не было.", code="order_not_found")
    return await view(who, found[0])


async def by_number(turn: CustomerTurn, number: str) -> OrderView:
    who = await shopper(turn)
    found = await repository.order_by_number(turn.session, who.customer.id, number.strip())
    if found is None:
        raise NotFound(f"Заказ №{number} не нашёлся.", code="order_not_found")
    return await view(who, found)


async def newest(turn: CustomerTurn, limit: int) -> OrderList:
    who = await shopper(turn)
    return OrderList(orders=await views(who, await repository.newest_orders(turn.session, who.customer.id, limit)))


async def cancel(turn: CustomerTurn, order_id: str) -> Cancellation:
    """Asks for the order to be withdrawn. The accounting system is told by a job; the outcome comes into the chat."""
    turn.require("order")
    who = await shopper(turn)
    order = await repository.order(turn.session, int(order_id), lock=True) if ORDER_ID.fullmatch(order_id) else None
    if order is None:
        return Cancellation(state="not_found", order=None)
    state: Literal["cancelled", "too_late", "requested"] = "requested"
    if order.status == OrderStatus.CANCELLED.value:
        state = "cancelled"
    elif not may_cancel(order, who.now):
        state = "too_late"
    elif not order.cancel_requested:
        order.cancel_requested = True
        await turn.session.flush()
        await turn.record("cancel_requested", order_id=order.id)
        await queue.cancel(turn.session, order.id)
    return Cancellation(state=state, order=await view(who, order))


async def next_delivery(turn: CustomerTurn) -> DeliveryView:
    """Days, cut-off and minimum sum of the conversation's outlet."""
    who = await shopper(turn)
    outlet = who.outlet
    if outlet is None:
        raise Conflict("Для какой точки доставки? Выберите её, пожалуйста.", code="no_outlet")
    cutoff, today = settings().cutoff, who.now.date()
    day = delivery.next_delivery(outlet.delivery_days, cutoff, who.now)
    minimum = who.customer.minimum_sum
    return DeliveryView(
        next=DeliveryDay(
            date_text=wording.near_day(day, today), window_text=wording.window(outlet.window_start, outlet.window_end)
        ),
        cutoff_text=delivery.cutoff_text(outlet.delivery_days, cutoff, who.now),
        days_text=wording.delivery_days(outlet.delivery_days),
        minimum_text=wording.money(minimum) if minimum > 0 else None,
        address=outlet.address,
    )
