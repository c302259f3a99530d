"""What is answered before the assistant hears it: groups, changed words, late deliveries, dead buttons, files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.cleaning import MAX_TEXT
from api.config import settings
from api.conversations import attached, handoff
from api.conversations.buttons import BACK_TO_BOT, CALL_HUMAN, MENU, SHOW_CART
from api.conversations.people import manager_of
from api.db.models import AttachmentRow, ConversationRow, CustomerRow, InboxRow
from api.domain.wording import clock_time, day
from api.spreadsheets.errors import SENTENCES

LATE = timedelta(hours=1)
"""A message that took longer on its way may say what nobody wants any more."""
QUOTED = 300

GROUP = (
    "Заказы и цены я показываю только в личных сообщениях: здесь их увидели бы все. Напишите мне, пожалуйста, напрямую."
)
EDITED = (
    "Вижу, что вы исправили сообщение. Прежнее я уже прочитал, поэтому заказ от этого не изменился. "
    "Напишите, пожалуйста, что поменять, новым сообщением."
)
DELETED = "Сообщение вы удалили, но я его уже прочитал, и заказ от этого не изменился. Посмотрите его, пожалуйста."
DEAD_BUTTON = "Эта кнопка из старого сообщения и больше не работает."
TOO_LONG = f"Сообщение длиннее {MAX_TEXT} знаков, я его не прочитал. Разделите его, пожалуйста, на части."
STICKER = "Здорово! Чтобы заказать, напишите товары и количество, например: «молоко 5, хлеб 10»."
LATE_TEXT = "Сообщение от {when} дошло до меня только сейчас: «{text}». Выполнить его?"
LATE_PRESS = "Кнопку «{text}» вы нажали {when}, дошло это только сейчас. Заказ мог измениться, посмотрите его."


@dataclass(frozen=True)
class Answer:
    """What is said without the assistant."""

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)


async def answer(
    session: AsyncSession,
    conversation: ConversationRow,
    inbox: InboxRow,
    found: AttachmentRow | None,
    now: datetime,
) -> Answer | None:
    """The doorman's answer, or None: the assistant is to hear it. `found`: the list that the message brings."""
    if inbox.extra.get("group"):
        return Answer(GROUP)
    if inbox.extra.get("edited"):
        return Answer(EDITED, [SHOW_CART])
    if inbox.extra.get("deleted"):
        return Answer(DELETED, [SHOW_CART])
    if inbox.payload == "/dead_button":
        return Answer(DEAD_BUTTON, [SHOW_CART, MENU])
    attachments = (await session.scalars(select(AttachmentRow).filter_by(inbox_id=inbox.id))).all()
    # A file that comes late orders nothing by itself: what is read in it is shown first.
    if inbox.sent_at is not None and now - inbox.sent_at > LATE and not attachments:
        return _late(inbox, now)
    if len(inbox.text) > MAX_TEXT:
        return Answer(TOO_LONG, [CALL_HUMAN])
    if found is not None and not found.error:
        return None
    if found is not None:
        return await _handed_over(session, conversation, inbox, SENTENCES[found.error], now)
    return await _attached(session, conversation, inbox, attachments, now) if attachments else None


def _late(inbox: InboxRow, now: datetime) -> Answer:
    assert inbox.sent_at is not None
    sent = inbox.sent_at.astimezone(settings().zone)
    when = f"{day(sent.date(), now.date())}, {clock_time(sent.time())}"
    quoted = inbox.text if len(inbox.text) <= QUOTED else inbox.text[:QUOTED] + "…"
    if inbox.payload:
        return Answer(LATE_PRESS.format(text=quoted, when=when), [SHOW_CART, MENU])
    return Answer(
        LATE_TEXT.format(text=quoted, when=when),
        [{"title": "Да, выполнить", "says": inbox.text}, {"title": "Нет, не нужно", "payload": "/start"}],
    )


async def _attached(
    session: AsyncSession,
    conversation: ConversationRow,
    inbox: InboxRow,
    attachments: Sequence[AttachmentRow],
    now: datetime,
) -> Answer:
    """A person looks at what the assistant cannot read."""
    kinds = {row.kind for row in attachments}
    if kinds == {"sticker"}:
        return Answer(STICKER, [MENU])
    got = " ".join(text for kind, text in attached.ACKNOWLEDGED.items() if kind in kinds)
    return await _handed_over(session, conversation, inbox, got, now)


async def _handed_over(
    session: AsyncSession, conversation: ConversationRow, inbox: InboxRow, opening: str, now: datetime
) -> Answer:
    customer = await session.get(CustomerRow, conversation.customer_id) if conversation.customer_id else None
    manager = manager_of(customer)
    await handoff.request(session, conversation, now, reason="attachment", note=inbox.text)
    told = f"{opening} Передаю менеджеру: {manager.name}, {manager.phone}. Вам ответят здесь."
    return Answer(told.strip(), [BACK_TO_BOT])
