"""From an order's change to a message, and to a person where a person is needed."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import handoff, outbox
from api.conversations.people import manager_of
from api.db.models import ContactRow, ConversationRow, CustomerRow, OrderRow
from api.db.session import customer_session
from api.domain.clock import Clock
from api.domain.delivery import delivery_text
from api.domain.wording import document_number
from api.notifications import texts
from api.orders.glance import order_view

NEEDS_PERSON = {"review", "failed"}


def message(
    order: OrderRow, event: str, reason: str, clock: Clock, manager: str, phone: str
) -> tuple[str, list[dict[str, str]]] | None:
    """The words and buttons for the event, or None when there is nothing to say."""
    delivery = delivery_text(order.delivery_date, order.window_start, order.window_end, clock.now().date())
    number = document_number(order.number or "")
    words = {"number": number, "manager": manager, "phone": phone, "delivery": delivery or "по графику"}
    optional_number = f" №{number}" if number else ""
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


async def _card(order: OrderRow, conversation: ConversationRow, clock: Clock) -> dict[str, Any]:
    """What was ordered, not to be changed any more; a person without the right to prices sees none."""
    async with customer_session(order.customer_id) as own:
        contact = await own.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
        view = await order_view(
            own, order.id, conversation.id, clock.now(), shows_prices=contact is None or "prices" in contact.rights
        )
    return {
        "kind": "order",
        "title": f"Заказ №{document_number(order.number or '')}",
        "lines": [line.model_dump(mode="json") for line in view.lines],
        "total_text": view.total_text,
        "editable": False,
        "version": 0,
        "footer": "",
    }


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
    card = await _card(order, conversation, clock) if event == "accepted" else None
    await outbox.say(session, conversation.id, clock.now(), text, buttons=buttons, card=card, dedupe_key=key)
    if event in NEEDS_PERSON:
        note = f"Заказ {order.number or order.key}: {order.evidence or 'записан с отличиями'}"
        await handoff.request(session, conversation, clock.now(), reason=f"order_{event}", note=note)
