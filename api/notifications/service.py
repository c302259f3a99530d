"""From an order's change to a message, and to a person where a person is needed."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import buttons, handoff, outbox
from api.conversations.people import manager_of
from api.db.models import ContactRow, ConversationRow, CustomerRow, OrderRow, OutboxRow
from api.db.session import customer_session
from api.deps.events import record
from api.domain.clock import Clock
from api.domain.delivery import delivery_text
from api.domain.wording import document_number
from api.erp.errors import Reason
from api.notifications import ratings, routing, texts
from api.notifications.cards import card
from api.orders.glance import order_view

NEEDS_PERSON = {"review", "failed", "unfetched"}
PASSING = {"status", "taken_back", "waiting", "handed_over", "unfetched"}
"""News of a state of the order: when it has another one by now, the news of that one tell all."""
WHERE_LIKED = {"status", "taken_back"}
"""What nobody waits for: it is said where the person wants to hear of orders."""


def message(
    order: OrderRow, event: str, reason: str, clock: Clock, manager: str, phone: str, *, balance: bool
) -> tuple[str, list[dict[str, str]]] | None:
    """The words and buttons for the event, or None when there is nothing to say. `balance`: whether it may be seen."""
    delivery = delivery_text(order.delivery_date, order.window_start, order.window_end, clock.now().date())
    number = document_number(order.number or "")
    words = {"number": number, "manager": manager, "phone": phone, "delivery": delivery or "по графику"}
    optional_number = f" №{number}" if number else ""
    match event:
        case "accepted":
            text = texts.ACCEPTED.format(**words)
            return f"{text} {reason}".rstrip(), [buttons.STATUS, buttons.NEW_ORDER]
        case "review":
            return texts.REVIEW.format(**words), [buttons.CALL_HUMAN]
        case "failed":
            secret = order.reason == Reason.CREDIT and not balance
            why = texts.NOT_SENT if secret else texts.REFUSED.get(order.reason, texts.NOT_SENT)
            return f"{why} {texts.FAILED.format(**words)}", [buttons.CALL_HUMAN]
        case "handed_over":
            return texts.HANDED_OVER, [buttons.STATUS, buttons.CALL_HUMAN]
        case "unfetched":
            return texts.UNFETCHED.format(**words), [buttons.CALL_HUMAN]
        case "waiting":
            return texts.WAITING.format(**words), [buttons.STATUS, buttons.CALL_HUMAN]
        case "changed":
            why = f"{reason} " if reason else ""
            return texts.CHANGED.format(reason=why), [buttons.SHOW_CART, buttons.CALL_HUMAN]
        case "cancelled":
            return texts.CANCELLED.format(number=optional_number), [buttons.NEW_ORDER]
        case "cancel_failed":
            return texts.CANCEL_FAILED.format(**(words | {"number": optional_number})), [buttons.CALL_HUMAN]
        case "status" if order.status in texts.STATUS_CHANGED:
            return texts.STATUS_CHANGED[order.status].format(**words), [buttons.STATUS]
        case "taken_back" if order.status in texts.TAKEN_BACK:
            return texts.TAKEN_BACK[order.status].format(**words), [buttons.STATUS, buttons.CALL_HUMAN]
    return None


async def may_see(session: AsyncSession, conversation: ConversationRow, what: Literal["prices", "balance"]) -> bool:
    """Whether the person of the conversation may see this; who signed in with the company's code may."""
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    return contact is None or what in contact.rights


def _of_credit(order: OrderRow) -> bool:
    """Whether the order came back for its credit, among other things."""
    return any(change.get("kind") == "credit_limit" for change in order.differences)


async def _card(order: OrderRow, conversation: ConversationRow, clock: Clock, *, prices: bool) -> dict[str, Any]:
    """What was ordered, not to be changed any more."""
    async with customer_session(order.customer_id) as own:
        view = await order_view(own, order.id, conversation.id, clock.now(), shows_prices=prices)
    return card("order", f"Заказ №{document_number(order.number or '')}", view.lines, view.total_text)


async def tell_order_changed(
    session: AsyncSession,
    clock: Clock,
    order_id: int,
    event: str,
    reason: str = "",
    *,
    status: str = "",
    change: str = "",
) -> None:
    """Says it once for each event of the order; a manager is called where the machine cannot go on.

    `status`: of the order when it happened; `change`: see News. What the customer waits for is said where it was
    asked, a change of status where the person wants to hear of it.
    """
    order = await session.get(OrderRow, order_id)
    if order is None or order.conversation_id is None:
        return
    if event in PASSING and status and status != order.status:
        return
    news = routing.News(order.id, event, order.status, change)
    chosen = await routing.choose(session, order, where_asked=event not in WHERE_LIKED)
    told_in = await _tell(session, clock, order, chosen, news, reason) if chosen is not None else None
    if told_in is None:
        await _untold(session, clock, order, order.conversation_id, event)
    if event in NEEDS_PERSON:
        await _call_person(session, clock, order, told_in, event)
    if event == "accepted":
        await ratings.plan(session, order)


async def _call_person(
    session: AsyncSession, clock: Clock, order: OrderRow, told_in: ConversationRow | None, event: str
) -> None:
    """Also where nobody could be told, unless another company speaks in the order's chat by now."""
    conversation = told_in or await session.get(ConversationRow, order.conversation_id, with_for_update=True)
    if conversation is not None and conversation.customer_id in (order.customer_id, None):
        note = f"Заказ {order.number or order.key}: {order.evidence or 'записан с отличиями'}"
        await handoff.request(session, conversation, clock.now(), reason=f"order_{event}", note=note)


async def _untold(session: AsyncSession, clock: Clock, order: OrderRow, conversation_id: UUID, event: str) -> None:
    """Nobody could be told: the figures know."""
    customer = order.customer_id
    await record(
        session,
        clock,
        "undelivered",
        customer_id=customer,
        conversation_id=conversation_id,
        order_id=order.id,
        news=event,
    )


async def _tell(
    session: AsyncSession,
    clock: Clock,
    order: OrderRow,
    conversation: ConversationRow,
    news: routing.News,
    reason: str = "",
) -> ConversationRow | None:
    """Says the news in the conversation, held until the end; None when they are not said."""
    await session.refresh(conversation, with_for_update=True)
    if conversation.customer_id != order.customer_id:
        # It changed hands while we waited for it.
        return None
    prices, balance = [await may_see(session, conversation, what) for what in ("prices", "balance")]
    manager = manager_of(await session.get(CustomerRow, order.customer_id))
    # The reason of a change names prices, and perhaps the credit.
    hears = prices and (balance or not _of_credit(order))
    said = message(order, news.event, reason if hears else "", clock, manager.name, manager.phone, balance=balance)
    if said is None:
        return conversation
    text, offered = said
    await outbox.say(
        session,
        conversation.id,
        clock.now(),
        text,
        buttons=offered,
        card=await _card(order, conversation, clock, prices=prices) if news.event == "accepted" else None,
        dedupe_key=news.key_in(conversation.id),
        fall_back=True,
        only_to=order.customer_id,
    )
    return conversation


async def fall_back(session: AsyncSession, clock: Clock, outbox_id: int) -> None:
    """Says in another conversation of the customer what could not be delivered in this one, unless it is old news."""
    undelivered = await session.get_one(OutboxRow, outbox_id)
    news = routing.News.of(undelivered.dedupe_key or "")
    order = await session.get_one(OrderRow, news.order_id)
    if news.event in PASSING and news.status != order.status:
        return
    chosen = await routing.next_after(session, order, news)
    if chosen is None or await _tell(session, clock, order, chosen, news) is None:
        await _untold(session, clock, order, undelivered.conversation_id, news.event)
