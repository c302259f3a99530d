"""From an order's change to a message, and to a person where a person is needed."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import handoff, repository
from api.conversations.service import manager_of
from api.db.models import ConversationRow, CustomerRow, OrderRow
from api.domain.clock import Clock
from api.domain.delivery import delivery_text
from api.notifications import texts

NEEDS_PERSON = {"review", "failed"}


def message(
    order: OrderRow, event: str, reason: str, clock: Clock, manager: str, phone: str
) -> tuple[str, list[dict[str, str]]] | None:
    """The words and buttons for the event, or None when there is nothing to say."""
    delivery = delivery_text(order.delivery_date, order.window_start, order.window_end, clock.now().date())
    words = {"number": order.number or "", "manager": manager, "phone": phone, "delivery": delivery or "по графику"}
    optional_number = f" №{order.number}" if order.number else ""
    match event:
        case "accepted":
            return texts.ACCEPTED.format(**words), [texts.STATUS, texts.NEW_ORDER]
        case "review":
            return texts.REVIEW.format(**words), [texts.CALL_HUMAN]
        case "failed":
            return texts.FAILED.format(**words), [texts.CALL_HUMAN]
        case "waiting":
            return texts.WAITING.format(**words), [texts.STATUS, texts.CALL_HUMAN]
        case "changed":
            why = f"{reason} " if reason else ""
            return texts.CHANGED.format(reason=why), [texts.SHOW_CART, texts.CALL_HUMAN]
        case "cancelled":
            return texts.CANCELLED.format(number=optional_number), [texts.NEW_ORDER]
        case "cancel_failed":
            return texts.CANCEL_FAILED.format(**(words | {"number": optional_number})), [texts.CALL_HUMAN]
        case "status" if order.status in texts.STATUS_CHANGED:
            return texts.STATUS_CHANGED[order.status].format(**words), [texts.STATUS]
    return None


async def tell_order_changed(session: AsyncSession, clock: Clock, order_id: int, event: str, reason: str) -> None:
    """Says it once for each event of the order; a manager is called where the machine cannot go on."""
    order = await session.get(OrderRow, order_id)
    if order is None or order.conversation_id is None:
        return
    customer = await session.get(CustomerRow, order.customer_id)
    manager = manager_of(customer)
    said = message(order, event, reason, clock, manager.name, manager.phone)
    if said is None:
        return
    text, buttons = said
    key = f"order:{order.id}:{event}:{order.status}"
    conversation = await session.get_one(ConversationRow, order.conversation_id, with_for_update=True)
    # A person who signed in as another company since then must not read about this order.
    if conversation.customer_id != order.customer_id:
        return
    await repository.say(session, conversation.id, clock.now(), text, buttons=buttons, dedupe_key=key)
    if event in NEEDS_PERSON:
        note = f"Заказ {order.number or order.key}: {order.evidence or 'записан с отличиями'}"
        await handoff.request(session, conversation, clock.now(), reason=f"order_{event}", note=note)
