"""A turn: one message to the assistant, its answers to the outbox. One job a message, in order in a conversation."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels import registry
from api.channels.errors import DeliveryError
from api.config import settings
from api.conversations import assistant, doorman, files, handoff, intake, outbox, pilot, staff_chats
from api.conversations.assistant import AssistantDown, Turn
from api.conversations.buttons import CALL_HUMAN
from api.customers import steps
from api.db.models import ContactRow, ConversationRow, CustomerRow, InboxRow
from api.db.session import staff_session
from api.deps import token
from api.deps.events import record
from api.deps.staff_chats import alerted_in
from api.deps.turn import rights_of
from api.worker import app

log = structlog.get_logger()

WAITS_SECONDS = (1, 1, 2, 3, 5, 8, 10, 10, 15, 15, 30, 30, 60)
"""Between the tries; together about three minutes, longer than a restart of the assistant takes."""
TELL_AFTER = 4
"""Failed tries after which the customer is told that the answer takes longer."""

COURTESY_SECONDS = 5

SLOW = "Отвечаю чуть дольше обычного. Сообщение не потерялось, минутку."
GIVEN_UP = "Не получилось обработать ваше сообщение. Передаю его менеджеру, он ответит здесь."
SILENT = "Я не нашёл, что ответить. Напишите, пожалуйста, по-другому или позовите человека."


class Patience(BaseRetryStrategy):
    """Every failure is tried again; the job itself gives up in words when the waits are used up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        wait = WAITS_SECONDS[min(job.attempts, len(WAITS_SECONDS) - 1)]
        return RetryDecision(retry_in={"seconds": wait})


class ChangedHands(Exception):
    """The company was taken from the conversation while the assistant answered: the message is to be read anew."""


@dataclass(frozen=True)
class Question:
    """What goes to the assistant."""

    conversation_id: UUID
    text: str
    metadata: dict[str, Any]
    claims: token.Claims


def escaped(text: str) -> str:
    """Typed words may not carry an intent: the leading slash that would make one is taken away."""
    return text.lstrip("/ \t\n") or "…"


def wants_bot_back(conversation: ConversationRow, inbox: InboxRow) -> bool:
    return conversation.mode == "waiting" and inbox.payload == "/start" and bool(inbox.text)


RECOGNISED = "Узнал вас по номеру телефона: {customer}."
GREETED = ("/start", "/share_phone")
"""Messages whose answer greets by the company's name anyway."""


async def recognise(inbox_id: int) -> None:
    """Signs in whom the channel's number tells, before the words are read: they may be an order, or a list."""
    now = settings().clock.now()
    async with staff_session() as session:
        inbox = await session.get(InboxRow, inbox_id)
        if inbox is None or inbox.handled_at is not None:
            return
        conversation = await session.get_one(ConversationRow, inbox.conversation_id)
        if conversation.customer_id is not None or inbox.extra.get("group") or inbox.extra.get("contact") == "foreign":
            return
        if await alerted_in(session, conversation.id) is not None:
            return
        await session.refresh(conversation, with_for_update=True)
        asked = inbox.payload == "/share_phone"
        await steps.recognise(session, conversation, settings().clock, asked=asked, inbox_id=inbox.id)
        customer = await signed_in(session, conversation)
        if customer is None:
            return
        await files.belong(session, inbox.id, customer.id)
        if not inbox.payload.startswith(GREETED):
            text, key = RECOGNISED.format(customer=customer.name), f"inbox:{inbox.id}:recognised"
            await outbox.say(session, conversation.id, now, text, dedupe_key=key)


async def signed_in(session: AsyncSession, conversation: ConversationRow) -> CustomerRow | None:
    """The customer for whom this conversation may speak now."""
    if conversation.customer_id is None:
        return None
    customer = await session.get(CustomerRow, conversation.customer_id)
    contact = await session.get(ContactRow, conversation.contact_id) if conversation.contact_id else None
    return None if rights_of(conversation, contact, customer) is None else customer


async def prepare(session: AsyncSession, inbox_id: int, now: datetime) -> Question | None:
    """The question for the assistant, or None when it has nothing to say: answered already, or a person speaks."""
    inbox = await session.get(InboxRow, inbox_id)
    if inbox is None or inbox.handled_at is not None:
        return None
    conversation = await session.get_one(ConversationRow, inbox.conversation_id)
    if (staff := await staff_chats.answer(session, conversation, inbox, now)) is not None:
        await _without_the_assistant(session, inbox, staff, now)
        return None
    customer = await signed_in(session, conversation)
    if await pilot.turned_away(session, conversation, customer, inbox, now):
        inbox.handled_at = now
        return None
    if wants_bot_back(conversation, inbox):
        await handoff.close(session, conversation, now)
    if conversation.mode != "bot":
        inbox.handled_at = now
        await outbox.wake(session, conversation.id)
        return None
    found = await files.list_of(session, inbox)
    if (answer := await doorman.answer(session, conversation, inbox, found, now)) is not None:
        await _without_the_assistant(session, inbox, answer, now)
        return None
    inbox.extra = inbox.extra | {"customer": customer.id if customer else None}
    claims = token.Claims(conversation.id, inbox.id, customer.id if customer else None)
    metadata = {
        "token": token.issue(claims),
        "conversation": str(conversation.id),
        "message": str(inbox.id),
        "customer": customer.name if customer else None,
        "channel": conversation.channel,
    }
    text = inbox.payload
    if not text and found is not None:
        text = files.payload(found)
        if customer is None:
            key = f"inbox:{inbox.id}:remembered"
            await outbox.say(session, conversation.id, now, files.REMEMBERED, dedupe_key=key)
    return Question(conversation.id, text or escaped(inbox.text), metadata, claims)


async def _without_the_assistant(session: AsyncSession, inbox: InboxRow, answer: doorman.Answer, now: datetime) -> None:
    inbox.handled_at = now
    said, key = answer.text, f"inbox:{inbox.id}:door"
    await outbox.say(session, inbox.conversation_id, now, said, buttons=answer.buttons, dedupe_key=key)


def _button(button: dict[str, Any]) -> dict[str, str]:
    """A quick reply, a link, or a request for the person's number."""
    kind = next((key for key in ("url", "request") if button.get(key)), "payload")
    return {"title": button["title"], kind: button[kind]}


def replies(turn: Turn) -> list[dict[str, Any]]:
    """Rasa's messages in the shape of the outbox: a card and its text and buttons are one message."""
    found = []
    for message in turn.messages:
        custom = message.get("custom") or {}
        text = message.get("text") or custom.get("text") or ""
        buttons = [_button(one) for one in message.get("buttons") or custom.get("buttons") or []]
        if text or custom.get("card"):
            found.append({"text": text, "buttons": buttons, "card": custom.get("card")})
    return found or [{"text": SILENT, "buttons": [CALL_HUMAN], "card": None}]


async def _answers(
    session: AsyncSession,
    conversation: ConversationRow,
    inbox: InboxRow,
    turn: Turn,
    now: datetime,
    asked_for: str | None,
) -> list[dict[str, Any]]:
    """The turn's replies; none to a visitor whom it signed in as a company that the assistant does not serve yet."""
    if conversation.customer_id != asked_for:
        customer = await signed_in(session, conversation)
        if await pilot.turned_away(session, conversation, customer, inbox, now, signs_in=True):
            return []
    return replies(turn)


async def acknowledge(inbox_id: int) -> None:
    """Shows the person at once that the message has come, where the channel can; never more than a courtesy."""
    try:
        async with asyncio.timeout(COURTESY_SECONDS):
            await _acknowledge(inbox_id)
    except DeliveryError as error:
        log.info("message.not_acknowledged", inbox=inbox_id, evidence=error.evidence)
    except Exception:
        # Whatever it is, the answer matters more.
        log.exception("message.not_acknowledged", inbox=inbox_id)


async def _acknowledge(inbox_id: int) -> None:
    async with staff_session() as session:
        inbox = await session.get_one(InboxRow, inbox_id)
        conversation = await session.get_one(ConversationRow, inbox.conversation_id)
    messenger = registry.messenger(conversation.channel)
    if messenger is not None:
        await messenger.acknowledge(conversation.channel_user, inbox.raw)


async def finish(session: AsyncSession, inbox_id: int, turn: Turn, now: datetime, *, asked_for: str | None) -> None:
    """Stores the answers and marks the message as handled, together. `asked_for`: the customer of the question."""
    inbox = await session.get_one(InboxRow, inbox_id)
    # First the conversation, as whoever signs in or out does: two that wait for each other would wait for ever.
    conversation = await session.get_one(ConversationRow, inbox.conversation_id, with_for_update=True)
    await session.refresh(inbox, with_for_update=True)
    if inbox.handled_at is not None:
        return
    if inbox.extra.get("customer") not in (None, conversation.customer_id):
        raise ChangedHands(str(conversation.id))
    inbox.handled_at, inbox.intent, inbox.confidence = now, turn.intent, round(turn.confidence, 4)
    inbox.model = turn.model
    for number, reply in enumerate(await _answers(session, conversation, inbox, turn, now, asked_for)):
        key, pressed = f"inbox:{inbox.id}:{number}", None if number else inbox.pressed_seq
        await outbox.say(session, inbox.conversation_id, now, **reply, dedupe_key=key, pressed_seq=pressed)
    await record(
        session,
        settings().clock,
        "turn",
        customer_id=conversation.customer_id,
        conversation_id=conversation.id,
        inbox=inbox.id,
        intent=turn.intent,
        confidence=round(turn.confidence, 4),
        button=bool(inbox.payload),
        ranking=[] if inbox.payload else [[name, round(confidence, 4)] for name, confidence in turn.ranking],
        channel=conversation.channel,
        model=turn.model,
        seconds=round((now - inbox.at).total_seconds(), 1),
    )
    for row in await files.claim(session, conversation, now):
        await intake.bring(session, settings().clock, conversation, f"list:{row.id}", files.payload(row))


async def comfort(inbox_id: int, attempts: int) -> bool:
    """After a failed try: tells the customer once; at the end calls a person. True: given up, in words."""
    now = settings().clock.now()
    async with staff_session() as session:
        inbox = await session.get_one(InboxRow, inbox_id)
        if attempts == TELL_AFTER and inbox.text:
            await outbox.say(session, inbox.conversation_id, now, SLOW, dedupe_key=f"inbox:{inbox_id}:slow")
        if attempts < len(WAITS_SECONDS):
            return False
        inbox.handled_at = now
        conversation = await session.get_one(ConversationRow, inbox.conversation_id)
        await handoff.request(session, conversation, now, reason="assistant_down", note=inbox.text)
        await outbox.say(session, inbox.conversation_id, now, GIVEN_UP, dedupe_key=f"inbox:{inbox_id}:given_up")
    return True


@app.task(name="conversations.handle", retry=Patience(), pass_context=True)
async def handle(context: JobContext, inbox_id: int) -> None:
    """Answers one message. A repeat after a crash asks again; what it changes is changed once, by the message's id."""
    courtesy = asyncio.create_task(acknowledge(inbox_id))
    try:
        await _answer(inbox_id, context.job.attempts if context.job else 0)
    finally:
        await courtesy


async def _answer(inbox_id: int, attempts: int) -> None:
    try:
        await recognise(inbox_id)
        await files.look_into(inbox_id, attempts)
        async with staff_session() as session:
            question = await prepare(session, inbox_id, settings().clock.now())
        if question is None:
            return
        await files.read_ahead(question.text, question.claims)
        turn = await assistant.ask(str(question.conversation_id), question.text, question.metadata)
        async with staff_session() as session:
            asked_for = question.claims.customer_id
            await finish(session, inbox_id, turn, settings().clock.now(), asked_for=asked_for)
    except ChangedHands:
        raise
    except Exception as error:
        # A message that cannot be answered would be asked for again for ever, and every later one would wait for it.
        down = isinstance(error, AssistantDown)
        log.warning(
            "turn.failed", inbox=inbox_id, attempts=attempts, error=str(error), exc_info=None if down else error
        )
        if await comfort(inbox_id, attempts):
            return
        raise
