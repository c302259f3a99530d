"""A manager decided about a cart that a credit rule held back: the customer hears it where it was refused."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import buttons, handoff, outbox
from api.conversations.people import manager_of
from api.db.models import ContactRow, ConversationRow, CreditBlockRow, CreditReleaseRow, CustomerRow
from api.db.session import customer_session
from api.deps.events import record
from api.deps.turn import rights_of
from api.domain.clock import Clock
from api.domain.wording import clock_time, money, near_day
from api.notifications import texts
from api.orders import glance
from api.orders.schemas import CartView

Said = tuple[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Listener:
    """Who hears it: the conversation, what may be done in it, and the cart as it is seen there now."""

    conversation: ConversationRow
    customer: CustomerRow
    rights: Set[str]
    cart: CartView | None
    """None: the conversation orders for another outlet by now."""


async def tell_decided(session: AsyncSession, clock: Clock, block_id: int) -> None:
    """Says it once, as long as the cart is still there and the conversation is the same company's."""
    block = await session.get_one(CreditBlockRow, block_id)
    listener = await _listener(session, block, clock.now())
    if listener is None:
        await _untold(session, clock, block)
        return
    if listener.cart is not None and listener.cart.empty:
        return
    if block.state == "released":
        # Whoever asked for a person because of the refusal has the answer: the button is the assistant's.
        since, by = block.at, block.decided_by
        await handoff.answered(session, listener.conversation, clock.now(), since=since, by=by)
        text, offered = await _granted(session, block, listener, clock.now())
    else:
        text, offered = _declined(block, listener)
    await outbox.say(
        session,
        block.conversation_id,
        clock.now(),
        text,
        buttons=offered,
        dedupe_key=f"credit:{block.id}:{block.state}",
        only_to=block.customer_id,
    )


async def _listener(session: AsyncSession, block: CreditBlockRow, now: datetime) -> Listener | None:
    """None: nobody who may order for the company is there to hear it."""
    conversation = await session.get(ConversationRow, block.conversation_id, with_for_update=True)
    if conversation is None or conversation.customer_id != block.customer_id or conversation.blocked_at is not None:
        return None
    customer = await session.get_one(CustomerRow, block.customer_id)
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    rights = rights_of(conversation, contact, customer)
    if rights is None or "order" not in rights:
        return None
    async with customer_session(block.customer_id) as own:
        cart = await glance.cart(
            own, block.customer_id, block.outlet_id, conversation.id, now, shows_prices="prices" in rights
        )
    return Listener(conversation, customer, rights, cart)


async def _untold(session: AsyncSession, clock: Clock, block: CreditBlockRow) -> None:
    await record(
        session,
        clock,
        "undelivered",
        customer_id=block.customer_id,
        conversation_id=block.conversation_id,
        block=block.id,
        news=f"credit_{block.state}",
    )


async def _granted(session: AsyncSession, block: CreditBlockRow, listener: Listener, now: datetime) -> Said:
    release = await session.get_one(CreditReleaseRow, block.release_id)
    words = {"until": _moment(release.until, now), "sum": ""}
    # A sum of credit is a sum of the balance: it is for those who may see that, and prices.
    if release.amount is not None and {"prices", "balance"} <= listener.rights:
        words["sum"] = texts.CREDIT_SUM.format(amount=money(release.amount))
    cart = listener.cart
    if cart is None:
        return texts.CREDIT_GRANTED_ELSEWHERE.format(**words), []
    text = texts.CREDIT_GRANTED.format(**words)
    if listener.conversation.mode != "bot":
        return text, []  # a manager speaks there: the assistant would not hear the button
    grown = release.amount is not None and Decimal(cart.total) > release.amount
    return text, [*([] if grown else [buttons.confirm(cart.version)]), buttons.SHOW_CART]


def _moment(until: datetime, now: datetime) -> str:
    """«сегодня, 15 декабря, до 23:59»."""
    local = until.astimezone(now.tzinfo)
    return f"{near_day(local.date(), now.date())}, до {clock_time(local.time())}"


def _declined(block: CreditBlockRow, listener: Listener) -> Said:
    manager = manager_of(listener.customer)
    fits = block.rule == "credit_limit" and "balance" in listener.rights and listener.cart is not None
    offered = [*([buttons.FIT_LIMIT] if fits else []), buttons.CALL_HUMAN]
    text = texts.CREDIT_DECLINED.format(manager=manager.name, phone=manager.phone)
    return text, offered if listener.conversation.mode == "bot" else []
