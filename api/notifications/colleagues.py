"""Two people at one order: each sees what the other changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import buttons, outbox
from api.db.models import ContactRow, ConversationRow, OrderRow
from api.db.session import customer_session
from api.domain.clock import Clock
from api.domain.wording import plural
from api.notifications import texts
from api.notifications.cards import card
from api.notifications.routing import at_work
from api.notifications.service import may_see
from api.orders import glance
from api.orders.schemas import CartView, LineView
from api.orders.sharing import AT_IT

LINES_TOLD = 10
"""A list of hundreds of lines is a colleague's; here it is enough to know of it."""


@dataclass(frozen=True)
class Place:
    """Whose cart was changed, and in which conversation."""

    customer_id: str
    outlet_id: str
    conversation_id: UUID


async def tell_cart_changed(
    session: AsyncSession, clock: Clock, here: Place, before: Mapping[str, str], *, sent: bool
) -> None:
    """Says in the other chats what became of the cart since `before` (quantities in base units by SKU)."""
    changed_by = await session.get_one(ConversationRow, here.conversation_id)
    contact = await session.get(ContactRow, changed_by.contact_id) if changed_by.contact_id else None
    who = f" ({contact.name})" if contact is not None and contact.name else ""
    for conversation in await _colleagues(session, clock, here):
        await session.refresh(conversation, with_for_update=True)
        if conversation.customer_id != here.customer_id:
            continue
        prices = await may_see(session, conversation, "prices")
        async with customer_session(here.customer_id) as own:
            cart = await glance.cart(
                own, here.customer_id, here.outlet_id, conversation.id, clock.now(), shows_prices=prices
            )
        if cart is None or (told := _changes(cart, before)) is None:
            continue
        if cart.empty and not sent and await _just_sent(session, clock, here):
            continue
        opening = texts.ORDER_SENT if sent and cart.empty else texts.CART_CHANGED
        words = [opening.format(who=who), *([] if sent and cart.empty else told)]
        if not cart.empty and prices:
            words.append(f"Итого: {cart.total_text}")
        await outbox.say(
            session,
            conversation.id,
            clock.now(),
            "\n".join(words),
            buttons=[buttons.SHOW_CART],
            card=card("update", "Ваш заказ", cart.lines, cart.total_text, version=cart.version, editable=True),
            dedupe_key=f"cart:{here.outlet_id}:{cart.version}@{conversation.id}",
            only_to=here.customer_id,
        )


async def _colleagues(session: AsyncSession, clock: Clock, here: Place) -> Sequence[ConversationRow]:
    """The other conversations of the customer in which somebody is at an order and speaks with the assistant."""
    row = ConversationRow
    works_here = or_(ContactRow.id.is_(None), at_work(row))
    query = (
        select(row)
        .join(ContactRow, ContactRow.id == row.contact_id, isouter=True)
        .where(row.customer_id == here.customer_id, row.id != here.conversation_id, row.mode == "bot", works_here)
        .where(row.blocked_at.is_(None), row.last_inbound_at >= clock.now() - AT_IT)
        .order_by(row.id)
    )
    return (await session.scalars(query)).all()


async def _just_sent(session: AsyncSession, clock: Clock, here: Place) -> bool:
    """The cart is empty because its order was sent meanwhile, which is told as such."""
    made = OrderRow.created_at >= clock.now() - timedelta(minutes=1)
    return bool(await session.scalar(select(exists().where(OrderRow.conversation_id == here.conversation_id, made))))


def _changes(cart: CartView, before: Mapping[str, str]) -> list[str] | None:
    """What is other than before, a line each; None: nothing is, the changes took each other back."""
    now = {line.sku: line for line in cart.lines}
    changed = [line for sku, line in now.items() if before.get(sku) != line.quantity]
    gone = sum(sku not in now for sku in before)
    if not changed and not gone:
        return None
    if cart.empty:
        return [texts.CART_EMPTIED]
    told = [_line(line) for line in changed[:LINES_TOLD]]
    more = len(changed) - len(told)
    if more:
        told.append(texts.MORE_LINES.format(count=more, positions=plural(more, "позиция", "позиции", "позиций")))
    return [*told, *([texts.LINES_GONE.format(count=gone)] if gone else [])]


def _line(line: LineView) -> str:
    return f"• {line.name} — {line.quantity_text}"
