"""From the outbox to a messenger: one job a message, in order in a chat, at the provider's pace."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels import registry, rendering
from api.channels.errors import DeliveryError
from api.channels.port import Capabilities, Messenger, Outgoing
from api.channels.rendering import Fitted
from api.config import settings
from api.conversations import pace, patience, repository
from api.db.models import ConversationRow, OutboxRow
from api.db.session import staff_session
from api.worker import app

log = structlog.get_logger()

NOT_SET_UP_SECONDS = 300
SOON_SECONDS = 0.3
"""The queue counts in whole seconds: a shorter wait is waited here."""
TENDED_SECONDS = 3.0
"""The former message with the cart is worth so long a wait: right after a message the chat's pace wants one."""
SHOWS_CART = ("cart", "repeat")


class Later(Exception):
    """Not now: the job comes again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.1f} s")
        self.seconds = seconds


class Comeback(BaseRetryStrategy):
    """Comes again when the message asks for it, and slowly after a failure of our own."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        # procrastinate counts in whole seconds.
        usual = patience.wait_after(job.attempts + 1)
        seconds = exception.seconds if isinstance(exception, Later) else usual
        return RetryDecision(retry_in={"seconds": max(1, round(seconds + 0.5))})


@dataclass(frozen=True)
class Letter:
    """A message on its way. `living`: our message that shows the cart in this chat."""

    row: OutboxRow
    channel: str
    to: str
    messenger: Messenger
    in_window: bool
    living: OutboxRow | None

    @property
    def limits(self) -> Capabilities:
        return self.messenger.capabilities

    @property
    def card_kind(self) -> str:
        return str((self.row.card or {}).get("kind", ""))

    @property
    def replaces_living(self) -> bool:
        """It answers a press on the message with the cart, and shows the cart: one living message."""
        shows = self.card_kind in (*SHOWS_CART, "update")
        return shows and self.living_is_one and self.living is not None and self.row.pressed_seq == self.living.seq

    @property
    def living_is_one(self) -> bool:
        """The cart stands in one message: one of several parts cannot be changed as a whole."""
        return self.living is not None and len(self.living.provider_ids) == 1

    def fitted(self) -> Fitted:
        limits = self.limits if self.in_window else rendering.outside_window(self.limits)
        return rendering.fit(self.row.seq, self._text(), self.row.buttons, limits)

    def _text(self) -> str:
        if self.replaces_living and self.card_kind == "update" and self.row.card:
            return f"{rendering.card_text(self.row.card)}\n\n{self.row.text}"
        return self.row.text


def _in_window(conversation: ConversationRow, limits: Capabilities) -> bool:
    if limits.window is None:
        return True
    last = conversation.last_inbound_at
    return last is not None and settings().clock.now() - last < limits.window


async def _open(session: AsyncSession, outbox_id: int) -> Letter | None:
    """The message with what its sending needs; None when there is nothing to send any more."""
    row = await session.get(OutboxRow, outbox_id)
    if row is None or row.state != "queued":
        return None
    conversation = await session.get_one(ConversationRow, row.conversation_id)
    other = row.customer_id is not None and row.customer_id != conversation.customer_id
    if other or row.seq <= conversation.hidden_until:
        # Said to a company that this person speaks for no more, or to one who might see prices then: they stay here.
        row.error = "the conversation changed hands"
        await patience.give_in(session, row)
        return None
    messenger = registry.messenger(conversation.channel)
    if messenger is None:
        if patience.too_old(row):
            await patience.give_in(session, row)
            return None
        raise Later(NOT_SET_UP_SECONDS)
    living = await repository.find_outbox(session, conversation.id, conversation.living_seq or 0)
    # A cart of another company's time stays as it is.
    mine = living is not None and living.provider_ids and living.seq > conversation.hidden_until
    sent = living if mine and messenger.capabilities.edits else None
    in_window = _in_window(conversation, messenger.capabilities)
    return Letter(row, conversation.channel, conversation.channel_user, messenger, in_window, sent)


@app.task(name="messages.deliver", retry=Comeback())
async def deliver(outbox_id: int) -> None:
    """Sends one message. A repeat after a crash sends only the parts whose sending is not noted."""
    async with staff_session() as session:
        letter = await _open(session, outbox_id)
    if letter is None:
        return
    try:
        await _send(letter)
    except Later as later:
        if not patience.too_old(letter.row, later.seconds):
            raise
        async with staff_session() as session:
            await patience.give_in(session, await session.get_one(OutboxRow, letter.row.id, with_for_update=True))
    except DeliveryError as error:
        await _failed(letter, error)
    except Exception as error:
        # A mistake of our own must not hold back the chat for ever either.
        log.exception("message.broken", outbox=outbox_id, channel=letter.channel)
        await _failed(letter, DeliveryError("Сообщение не отправилось.", permanent=False, evidence=repr(error)[:200]))


async def _wait_for_turn(letter: Letter, soon: float = SOON_SECONDS) -> None:
    """Returns when the pace allows one call; raises Later when that is not soon."""
    while wait := await pace.reserve(letter.channel, letter.to, letter.limits):
        if wait > soon:
            raise Later(wait)
        await asyncio.sleep(wait)


async def _send(letter: Letter) -> None:
    fitted = letter.fitted()
    if letter.replaces_living and letter.living is not None and len(fitted.parts) == 1:
        message_id = letter.living.provider_ids[-1]
        if await _edit(letter, message_id, fitted.parts[0]):
            await _sent(letter, [message_id], fitted.numbered)
            return
    ids = list(letter.row.provider_ids)
    for part in fitted.parts[len(ids) :]:
        await _wait_for_turn(letter)
        ids.append(await letter.messenger.send(letter.to, part, in_window=letter.in_window))
        await _note_part(letter, ids)
    await _sent(letter, ids, fitted.numbered)
    await _tend_living(letter)


async def _edit(letter: Letter, message_id: str, message: Outgoing) -> bool:
    """Changes a message in place; False when it cannot be changed any more and has to be said anew."""
    await _wait_for_turn(letter)
    try:
        await letter.messenger.edit(letter.to, message_id, message)
    except DeliveryError as error:
        if not error.permanent or error.blocked:
            raise
        log.info("message.not_edited", channel=letter.channel, evidence=error.evidence)
        return False
    return True


async def _note_part(letter: Letter, ids: list[Any]) -> None:
    async with staff_session() as session:
        row = await session.get_one(OutboxRow, letter.row.id)
        row.provider_ids = list(ids)


async def _sent(letter: Letter, ids: list[Any], numbered: bool) -> None:
    async with staff_session() as session:
        row = await session.get_one(OutboxRow, letter.row.id, with_for_update=True)
        if row.state == "queued":  # a receipt may have overtaken us
            row.state = "sent"
        row.provider_ids, row.sent_at, row.error = ids, settings().clock.now(), ""
        row.numbered = row.numbered or numbered
        if letter.card_kind in SHOWS_CART or letter.replaces_living:
            conversation = await session.get_one(ConversationRow, row.conversation_id)
            conversation.living_seq = row.seq


async def _tend_living(letter: Letter) -> None:
    """The former message with the cart: kept true after a change, without buttons once another one shows the cart."""
    living, card = letter.living, letter.row.card
    if living is None or card is None or letter.card_kind not in (*SHOWS_CART, "update", "order"):
        return
    renewed = letter.card_kind == "update" and letter.living_is_one
    text = rendering.card_text(card) if renewed else living.text
    last_part = Outgoing(rendering.split(text, letter.limits.text)[-1])
    try:
        await _wait_for_turn(letter, TENDED_SECONDS)
        await letter.messenger.edit(letter.to, living.provider_ids[-1], last_part)
    except Later:
        log.info("message.old_cart_stays", channel=letter.channel, evidence="the pace")
    except DeliveryError as error:
        # The message itself has arrived; an old cart that keeps its buttons is answered as an old one.
        log.info("message.old_cart_stays", channel=letter.channel, evidence=error.evidence)


async def _failed(letter: Letter, error: DeliveryError) -> None:
    """Notes the failure; raises Later while it may pass."""
    give_up = error.permanent or patience.too_old(letter.row)
    async with staff_session() as session:
        row = await session.get_one(OutboxRow, letter.row.id, with_for_update=True)
        row.tries += 1
        row.error = error.evidence or error.message
        log.warning("message.not_delivered", outbox=row.id, channel=letter.channel, evidence=row.error, final=give_up)
        if give_up:
            await patience.give_in(session, row, blocked=error.blocked)
        elif error.retry_after is not None:
            where = (letter.channel, letter.to, letter.limits)
            await pace.hold(session, *where, error.retry_after, whole_channel=error.whole_channel)
    if not give_up:
        raise Later(error.retry_after or patience.wait_after(row.tries))
