"""One conversation as a manager reads it: the words of both sides, and who the customer is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.channels import rendering
from api.config import settings
from api.console import queries
from api.console.queries import File
from api.conversations import outbox
from api.customers import phones
from api.customers import service as accounts
from api.customers.schemas import BalanceOut
from api.db.models import (
    ContactRow,
    ConversationRow,
    CustomerRow,
    HandoffRow,
    InboxRow,
    OrderRow,
    OutboxRow,
    StaffUserRow,
)
from api.db.session import customer_session
from api.orders import glance
from api.orders.schemas import CartView

SHOWN = 50
MOST = 500
"""Messages on a page that stays open all day."""
ORDERS = 5
DELIVERY = {"queued": "отправляется", "sent": "отправлено", "delivered": "доставлено", "read": "прочитано"}
"""By the state of the outbox; failed has a reason of its own."""


@dataclass(frozen=True)
class Said:
    """A message of either side. `understood`: what the assistant took it for; `failed`: why it did not arrive."""

    seq: int
    at: datetime
    sender: str
    text: str
    author: str = ""
    card: str = ""
    buttons: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    understood: str = ""
    delivery: str = ""
    failed: str = ""


def _heard(row: InboxRow, files: list[File]) -> Said:
    understood = ""
    if row.intent:
        sure = "" if row.confidence is None else f", уверенность {row.confidence:.0%}"
        understood = f"{row.intent}{sure}" + (" (кнопка)" if row.payload else "")
    return Said(row.seq, row.at, "customer", row.text, files=files, understood=understood)


def _told(row: OutboxRow) -> Said:
    return Said(
        row.seq,
        row.at,
        row.sender,
        row.text,
        author=row.author,
        card=_card(row),
        buttons=[button["title"] for button in row.buttons],
        delivery=DELIVERY.get(row.state or "", ""),
        failed=(row.error or "мессенджер не принял сообщение") if row.state == "failed" else "",
    )


def _card(row: OutboxRow) -> str:
    """The card in words, unless the message's own words are of it."""
    card = row.card
    if card is None or "lines" not in card or "total_text" not in card or card["total_text"] in row.text:
        return ""
    return rendering.card_text(card)


async def messages(
    session: AsyncSession, conversation: ConversationRow, *, first: int = 0, before: int | None = None
) -> list[Said]:
    """The newest messages in order: from the number `first` on, or the last ones `before` a number."""
    count = MOST if first else SHOWN

    async def newest(row: Any) -> Sequence[Any]:
        query = select(row).where(row.conversation_id == conversation.id, row.seq >= max(first, 1))
        query = query if before is None else query.where(row.seq < before)
        return (await session.scalars(query.order_by(row.seq.desc()).limit(count))).all()

    heard: Sequence[InboxRow] = await newest(InboxRow)
    told: Sequence[OutboxRow] = await newest(OutboxRow)
    files = await queries.files_of(session, conversation, [row.id for row in heard])
    both = [*(_heard(row, files.get(row.id, [])) for row in heard), *(_told(row) for row in told)]
    return sorted(both, key=lambda said: said.seq)[-count:]


async def note_seen(session: AsyncSession, conversation: ConversationRow) -> None:
    """A manager has seen what is there; the lists of the others forget their dot."""
    if conversation.staff_seen_seq >= conversation.last_seq:
        return
    row, seq = ConversationRow, conversation.last_seq
    seen = update(row).where(row.id == conversation.id, row.staff_seen_seq < seq).values(staff_seen_seq=seq)
    await session.execute(seen, execution_options={"synchronize_session": False})
    await outbox.wake(session, conversation.id)


async def holder_name(session: AsyncSession, asked: HandoffRow | None) -> str:
    """Who has the conversation; empty: nobody."""
    if asked is None or not asked.taken_by:
        return ""
    name = await session.scalar(select(StaffUserRow.name).filter_by(login=asked.taken_by))
    return name or asked.taken_by


def reply_key(login: str, key: str) -> str:
    """What keeps one reply from going out twice; it also tells whose it was."""
    return f"reply:{login}:{key}"


async def replied_since(session: AsyncSession, conversation: ConversationRow, seq: int, login: str) -> str:
    """The last other manager who answered after this number; empty: none did."""
    row = OutboxRow
    others = ~func.starts_with(func.coalesce(row.dedupe_key, ""), reply_key(login, ""))
    query = select(row.author).where(row.conversation_id == conversation.id, row.seq > seq, row.sender == "manager")
    return await session.scalar(query.where(others).order_by(row.seq.desc()).limit(1)) or ""


@dataclass(frozen=True)
class Side:
    """What is known of the customer, beside the words."""

    customer: CustomerRow
    contact: ContactRow | None
    phone: str
    manager: str
    outlets: list[str]
    carts: list[CartView]
    orders: list[tuple[OrderRow, str]]
    balance: BalanceOut


async def side(session: AsyncSession, conversation: ConversationRow) -> Side | None:
    """The customer's card, carts, orders and balance; None while nobody has signed in."""
    customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    if customer is None:
        return None
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    number = conversation.phone or (await phones.first_of(session, contact.id) if contact else "") or ""
    now = settings().clock.now()
    async with customer_session(customer.id) as own:  # the customer's own role: no other's cart can be shown here
        who = await catalog.shopper(own, customer.id, conversation.id, now)
        carts = await glance.open_carts(who)
        orders = await glance.newest_orders(own, customer.id, ORDERS)
    return Side(
        customer=customer,
        contact=contact,
        phone=phones.masked(number) if number else "",
        manager=" ".join(filter(None, accounts.attended_by(customer))),
        outlets=[f"{row.name}, {row.address}" if row.address else row.name for row in who.outlets],
        carts=carts,
        orders=orders,
        balance=await accounts.balance(session, customer.id, settings().clock),
    )
