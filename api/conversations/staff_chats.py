"""A manager's own chat with the bot: how it is tied to their login, what is said there, how it is untied.

Alerts name customers and quote them, so a chat becomes a manager's by a one-time word of the console only, and ceases
to be a customer's at that moment: in one chat nobody both orders and reads of others' orders.
"""

import json
import re
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.conversations import handoff
from api.conversations.doorman import Answer
from api.conversations.intake import intent_payload
from api.customers import codes, identity
from api.db.models import ConversationRow, CustomerRow, InboxRow, StaffUserRow
from api.deps.audit import audit
from api.deps.staff_chats import ALERTED, alerted_in, untie

GOOD_FOR = timedelta(minutes=15)
PREFIX = "staff-"
"""Begins what a link starts the bot with, so that it is not taken for a customer's code."""
TYPED = re.compile(r"уведомления\s+(\S+)", re.IGNORECASE)
STOP = ("стоп", "stop")
CONFIRM = "staff_chat"
"""The intent of the button that confirms; it never reaches the assistant."""

TIED = (
    "Готово, {name}: сюда будут приходить уведомления — клиент зовёт человека, долго ждёт ответа, с заказом нужна "
    "помощь. Отвечайте клиентам в консоли. Чтобы отключить уведомления, напишите «стоп»."
)
HERE = (
    "В этот чат приходят уведомления менеджеру, помощник здесь заказы не принимает. Ответить клиенту можно в консоли: "
    "{console}\nЧтобы отключить уведомления, напишите «стоп»."
)
STOPPED = "Уведомления отключены. Включить их снова можно в консоли, на странице «Мои уведомления»."
STALE = "Эта ссылка уже не действует. Получите новую в консоли, на странице «Мои уведомления»."
ANOTHERS = "Сюда уже приходят уведомления: {name}. Чтобы отключить их, напишите «стоп», потом откройте ссылку ещё раз."
ASKED = (
    "В этом чате вы заказываете для «{customer}». Если сюда будут приходить уведомления менеджеру, заказывать здесь "
    "не получится: чат выйдет из компании. Присылать уведомления сюда?"
)


def typed(word: str) -> str:
    """What a person may write instead of following the link."""
    return f"Уведомления {word}"


async def new_word(session: AsyncSession, login: str, now: datetime) -> str:
    """The one-time word that ties a chat to this login; an earlier one opens nothing any more."""
    word = codes.invented()
    values = {"link_digest": codes.digest(word), "link_expires_at": now + GOOD_FOR}
    await session.execute(update(StaffUserRow).where(StaffUserRow.login == login).values(values))
    return word


async def answer(session: AsyncSession, conversation: ConversationRow, inbox: InboxRow, now: datetime) -> Answer | None:
    """What a staff chat says, or the answer to the word that makes it one; None: it is a customer's chat."""
    if inbox.extra.get("group"):
        return None
    owner = await alerted_in(session, conversation.id)
    if (word := _word(inbox)) is not None:
        user = await _meant(session, codes.digest(word), now)
        if user is None:
            return Answer(STALE)
        return await _wanted(session, conversation, user, owner)
    if (digest := _argument(inbox.payload, CONFIRM, "word")) is not None:
        # Of the very word that was asked about: a link that went astray opens nothing once there is a newer one.
        user = await _meant(session, digest, now)
        return Answer(STALE) if user is None else await _tie(session, conversation, user)
    if owner is None:
        return None
    if inbox.text.strip(" .!«»/").lower() in STOP:
        await untie(session, owner, owner.login)
        return Answer(STOPPED)
    return Answer(HERE.format(console=f"{settings().public_base_url}/console/"))


def _word(inbox: InboxRow) -> str | None:
    """The one-time word that the message brings."""
    started = _argument(inbox.payload, "start", "code")
    if started is not None and started.lower().startswith(PREFIX):
        return started[len(PREFIX) :]
    found = TYPED.fullmatch(inbox.text.strip()) if not inbox.payload else None
    return found[1] if found and codes.looks_issued(found[1]) else None


def _argument(payload: str, intent: str, name: str) -> str | None:
    """The argument of a payload of this intent. Only buttons and links carry payloads, typed words never do."""
    opening = f"/{intent}{{"
    if not payload.startswith(opening):
        return None
    value = json.loads(payload[len(opening) - 1 :]).get(name)
    return str(value) if value else None


async def _meant(session: AsyncSession, digest: str, now: datetime) -> StaffUserRow | None:
    """The person of a word that is good still."""
    row = StaffUserRow
    good = (row.link_digest == digest, row.link_expires_at > now, row.active, row.role.in_(ALERTED))
    query = select(row).where(*good).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def _wanted(
    session: AsyncSession, conversation: ConversationRow, user: StaffUserRow, owner: StaffUserRow | None
) -> Answer:
    if owner is not None and owner.id != user.id:
        return Answer(ANOTHERS.format(name=owner.name))
    customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    if customer is None:
        return await _tie(session, conversation, user)
    # Whoever tries the product as a customer and follows the link in the same messenger must not lose the cart and
    # the sign-in unasked; and a link that was sent to a customer by mistake must not quietly open others' words.
    yes = {"title": "Да, присылать сюда", "payload": intent_payload(CONFIRM, word=user.link_digest)}
    no = {"title": "Нет", "payload": intent_payload("start")}
    return Answer(ASKED.format(customer=customer.name), [yes, no])


async def _tie(session: AsyncSession, conversation: ConversationRow, user: StaffUserRow) -> Answer:
    clock = settings().clock
    await session.refresh(conversation, with_for_update=True)
    await identity.sign_out(session, conversation, clock)
    if conversation.mode != "bot":
        await handoff.close(session, conversation, clock.now())
    former = update(StaffUserRow).where(StaffUserRow.alert_conversation_id == conversation.id)
    await session.execute(former.values(alert_conversation_id=None))
    if user.alert_conversation_id not in (None, conversation.id):
        await untie(session, user, user.login)
    user.alert_conversation_id, user.link_digest, user.link_expires_at = conversation.id, "", None
    await audit(session, user.login, "alerts_on", user.login, channel=conversation.channel)
    return Answer(TIED.format(name=user.name))
