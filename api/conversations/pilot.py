"""The pilot: while it lasts the assistant serves flagged customers only; the others are told so and get a person.

A turn asks here before the assistant hears anything, and once more when the visitor signed in during the turn.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import handoff, outbox, repository
from api.conversations.buttons import BACK_TO_BOT
from api.conversations.people import manager_of
from api.db.models import ConversationRow, CustomerRow, InboxRow, OutboxRow
from api.deps.options import option

AGAIN_AFTER = timedelta(hours=1)
"""The same note is not said more often, however much the customer writes."""
REASON = "pilot"
OPENINGS = ("/start", "/share_phone")
"""Messages that say nothing yet that a person would have to answer."""

OPENED = (
    "Здравствуйте, {customer}! Пока помощник работает в тестовом режиме. Напишите, пожалуйста, что вам нужно: "
    "сообщение получит менеджер и ответит здесь."
)
PASSED_ON = (
    "Пока помощник работает в тестовом режиме. Передал ваше сообщение менеджеру, он ответит здесь. "
    "Если срочно: {manager}."
)
STILL_WAITING = "Ваши сообщения у менеджера, он ответит здесь. Если срочно: {manager}."
SERVED_NOW = (
    "Помощник теперь работает и для вас. Ваши сообщения у менеджера, он ответит здесь; "
    "а чтобы заказать через помощника, нажмите кнопку."
)


async def serves(session: AsyncSession, customer: CustomerRow | None) -> bool:
    """Whether the assistant may speak with them. A visitor whom nobody knows yet may: to sign in."""
    return customer is None or customer.pilot or not await option(session, "pilot")


async def turned_away(
    session: AsyncSession,
    conversation: ConversationRow,
    customer: CustomerRow | None,
    inbox: InboxRow,
    now: datetime,
    *,
    signs_in: bool = False,
) -> bool:
    """Whether the message is a manager's to answer and not the assistant's; then the customer is told so.

    `customer`: who is signed in; `signs_in`: by this very message. The hand-off is requested with the first words, also
    with those of before the sign-in; while a manager has the conversation nothing is said here.
    """
    if customer is None or conversation.mode == "manager":
        return False
    if await serves(session, customer):
        await _welcome(session, conversation, inbox, now)
        return False
    if conversation.mode != "bot":
        if not await _said_lately(session, conversation, now):
            await _say(session, conversation, customer, inbox, now, STILL_WAITING)
        return True
    words = await _said_before_signing_in(session, inbox, now)
    if not signs_in and not inbox.payload.startswith(OPENINGS):
        words.append(inbox.text)
    if words:
        await handoff.request(session, conversation, now, reason=REASON, note="\n".join(words))
    note = PASSED_ON if words else OPENED
    if not await _said_lately(session, conversation, now, note):
        await _say(session, conversation, customer, inbox, now, note)
    return True


async def _said_before_signing_in(session: AsyncSession, inbox: InboxRow, now: datetime) -> list[str]:
    """What the visitor wrote a moment ago, when nobody knew yet whose words these are: they wait for an answer too."""
    row = InboxRow
    unknown = row.extra.has_key("customer") & row.extra["customer"].astext.is_(None)
    lately = (row.id < inbox.id, row.at > now - AGAIN_AFTER, row.text != "", row.payload == "", unknown)
    query = select(row.text).where(row.conversation_id == inbox.conversation_id, *lately).order_by(row.seq)
    return list(await session.scalars(query))


async def _say(
    session: AsyncSession, conversation: ConversationRow, customer: CustomerRow, inbox: InboxRow, now: datetime,
    note: str,
) -> None:  # fmt: skip
    manager = manager_of(customer)
    told = note.format(customer=customer.name, manager=f"{manager.name}, {manager.phone}")
    key = f"{_key(conversation, note)}{inbox.id}"
    await outbox.say(session, conversation.id, now, told, dedupe_key=key)


NAMES = {OPENED: "opened", PASSED_ON: "passed_on", STILL_WAITING: "waiting"}


def _key(conversation: ConversationRow, note: str | None = None) -> str:
    name = f"{NAMES[note]}:" if note else ""
    return f"pilot:{conversation.id}:{name}"


async def _said_lately(
    session: AsyncSession, conversation: ConversationRow, now: datetime, note: str | None = None
) -> bool:
    """Whether this note, or any of them, was said within the hour."""
    said = OutboxRow.dedupe_key.startswith(_key(conversation, note), autoescape=True)
    lately = exists().where(OutboxRow.conversation_id == conversation.id, OutboxRow.at > now - AGAIN_AFTER, said)
    return bool(await session.scalar(select(lately)))


async def _welcome(session: AsyncSession, conversation: ConversationRow, inbox: InboxRow, now: datetime) -> None:
    """Who waits only because of the pilot hears, once, that they need not: their words stay with the manager."""
    if conversation.mode != "waiting" or inbox.payload == "/start":
        return
    asked = await repository.open_handoff(session, conversation.id)
    if asked is not None and asked.reason == REASON:
        key = f"pilot:{conversation.id}:served:{asked.id}"
        await outbox.say(session, conversation.id, now, SERVED_NOW, buttons=[BACK_TO_BOT], dedupe_key=key)
