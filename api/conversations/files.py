"""Lists in files on their way to the assistant: fetched, looked into, read ahead of the turn.

A turn may take a few seconds, a file of five thousand rows takes more: so the job that brings the message reads it
first, and the assistant's own call finds the answer that was stored for the message.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.attachments import service as attachments
from api.channels import registry
from api.channels.errors import DeliveryError
from api.config import settings
from api.conversations import outbox
from api.db.models import AttachmentRow, ConversationRow, InboxRow
from api.db.session import customer_session, staff_session
from api.deps import token
from api.deps.turn import CustomerTurn, Scope, identify
from api.domain.wording import number, plural
from api.errors import ApiError
from api.orders import service as orders
from api.spreadsheets import limits
from api.spreadsheets.errors import Unreadable
from api.spreadsheets.reading import read
from api.spreadsheets.sniffing import may_be_table

log = structlog.get_logger()

INTENT = "/attached_list"
TRIES = 5
"""After so many a file that is not given, or breaks us, counts as lost, and a person takes over."""
WAITS_FOR_SIGN_IN = timedelta(hours=1)
LONG = 300
"""Rows from which on the customer is told that the reading has begun."""
READING = "Читаю список: {rows}. Это займёт до минуты."
REMEMBERED = "Файл получил. Прочитаю его, как только вы войдёте."


class NotFetched(Exception):
    """The provider did not give the file; it is asked again."""


@dataclass(frozen=True)
class Wanted:
    """A file that is worth a look, and where it comes from."""

    id: int
    channel: str
    file_ref: str
    size: int
    content: bytes | None


def payload(row: AttachmentRow) -> str:
    """What the assistant hears of a list."""
    return f'{INTENT}{{"attachment": "{row.id}"}}'


def the_list(rows: Sequence[AttachmentRow]) -> AttachmentRow | None:
    """The one file of a message, if it may be a list. Of several a person takes care."""
    if len(rows) != 1 or rows[0].kind != "document" or not may_be_table(rows[0].name, rows[0].mime):
        return None
    return rows[0]


async def list_of(session: AsyncSession, inbox: InboxRow) -> AttachmentRow | None:
    """The list that came with the message, or that its button speaks of."""
    if inbox.payload.startswith(INTENT):
        named = _entities(inbox.payload).get("attachment", "")
        return await attachments.find(session, inbox.conversation_id, int(named)) if named.isdecimal() else None
    return the_list(await attachments.of_message(session, inbox.id))


def _entities(text: str) -> dict[str, str]:
    entities = json.loads(text.removeprefix(INTENT) or "{}")
    return {key: str(value) for key, value in entities.items()}


async def look_into(inbox_id: int, attempts: int) -> None:
    """Fetches the list that a message of a customer brings and makes sure that it is one; raises NotFetched.

    What is wrong with it is kept in the row: the doorman tells it and calls a person.
    """
    async with staff_session() as session:
        wanted = await _wanted(session, inbox_id)
    if wanted is None:
        return
    rows, error, content = 0, "", None
    try:
        content = await _content(wanted, attempts)
        rows = sum(sheet.total for sheet in await read(content))
    except Unreadable as refusal:
        error = refusal.code
        log.info("attachment.unreadable", attachment=wanted.id, code=refusal.code, evidence=refusal.evidence)
    except Exception:
        # Neither a provider nor a file may hold up the conversation for ever.
        if attempts < TRIES:
            raise
        error = "broken"
        log.exception("attachment.gave_up", attachment=wanted.id)
    async with staff_session() as session:
        await attachments.keep(session, wanted.id, content=content, error=error)
        if rows > LONG and not error:
            await _say_reading(session, inbox_id, rows)


async def _say_reading(session: AsyncSession, inbox_id: int, rows: int) -> None:
    inbox = await session.get_one(InboxRow, inbox_id)
    text = READING.format(rows=f"{number(Decimal(rows))} {plural(rows, 'строка', 'строки', 'строк')}")
    key = f"inbox:{inbox_id}:reading"
    await outbox.say(session, inbox.conversation_id, settings().clock.now(), text, dedupe_key=key)


async def _wanted(session: AsyncSession, inbox_id: int) -> Wanted | None:
    """The file to look into: of a message that is not answered yet, of a customer who speaks to the assistant."""
    inbox = await session.get(InboxRow, inbox_id)
    if inbox is None or inbox.handled_at is not None:
        return None
    conversation = await session.get_one(ConversationRow, inbox.conversation_id)
    row = await list_of(session, inbox) if conversation.mode == "bot" and conversation.customer_id else None
    if row is None or row.error or inbox.extra.get("group") or (row.content is not None and row.inbox_id != inbox.id):
        return None
    return Wanted(row.id, conversation.channel, row.file_ref, row.size, row.content)


async def _content(wanted: Wanted, attempts: int) -> bytes:
    """The bytes of the file; raises NotFetched for a failure that may pass, Unreadable for one that will not."""
    if wanted.content is not None:
        return wanted.content
    if wanted.size > limits.FILE_BYTES:
        raise Unreadable("too_big", f"{wanted.size} bytes announced")
    messenger = registry.messenger(wanted.channel)
    if messenger is None or not wanted.file_ref:
        raise Unreadable("not_fetched", f"nowhere to fetch from in {wanted.channel}")
    try:
        return await messenger.fetch(wanted.file_ref)
    except DeliveryError as error:
        if error.permanent or attempts >= TRIES:
            raise Unreadable("not_fetched", error.evidence) from error
        raise NotFetched(error.evidence) from error


async def read_ahead(text: str, claims: token.Claims) -> None:
    """Puts the list into the cart before the assistant asks for it; a refusal is left for the assistant to hear."""
    if not text.startswith(INTENT) or claims.customer_id is None:
        return
    entities = _entities(text)
    try:
        who = await identify(claims)
        scope = Scope(who.conversation_id, who.inbox_id, who.channel, claims.customer_id, who.contact_id, who.rights)
        async with customer_session(claims.customer_id) as session:
            turn = CustomerTurn(scope, session, settings().clock)
            column = int(entities["column"]) if "column" in entities else None
            await orders.once_attached_list(turn, int(entities["attachment"]), column)
    except ApiError as error:
        log.info("attachment.not_read_ahead", attachment=entities.get("attachment"), code=error.code)
    except Exception:
        # Only ahead of the turn: the assistant's own call comes to the same and tells it.
        log.exception("attachment.not_read_ahead", attachment=entities.get("attachment"))


async def belong(session: AsyncSession, inbox_id: int, customer_id: str) -> None:
    """What came with the message that its sender was recognised by is the company's."""
    for row in await attachments.of_message(session, inbox_id):
        row.customer_id = customer_id


async def claim(session: AsyncSession, conversation: ConversationRow, now: datetime) -> list[AttachmentRow]:
    """The lists that came before this person had signed in; from now on they are the company's."""
    if conversation.customer_id is None:
        return []
    waiting = await attachments.unclaimed(session, conversation.id, now - WAITS_FOR_SIGN_IN)
    lists = [row for row in waiting if the_list([row]) is not None]
    for row in lists:
        row.customer_id = conversation.customer_id
    return lists
