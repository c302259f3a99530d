"""Attempts to sign in: counted for the conversation, the address and the contact, whatever the way."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import ConversationRow, SignInAttemptRow
from api.deps.audit import audit
from api.errors import TooMany

OF_ADDRESS, OF_CONTACT = 4, 2
"""An office shares an address, a person has several chats: so many times as many tries as a conversation has."""


@dataclass(frozen=True)
class Source:
    """Where an attempt comes from. `contact_id`: on whose behalf, where that is known before it is proved."""

    channel: str
    conversation_id: UUID | None
    address: str = ""
    contact_id: str | None = None


def source_of(conversation: ConversationRow, address: str | None = None, contact_id: str | None = None) -> Source:
    own = conversation.address if address is None else address
    return Source(conversation.channel, conversation.id, own, contact_id)


def nobody(typed: str) -> str:
    """Stands for the contact where a login or number is nobody's, so that it is locked out like somebody's."""
    digest = hmac.new(settings().secret_key.encode(), f"nobody:{typed}".encode(), hashlib.sha256).hexdigest()
    return f"nobody:{digest}"


@dataclass(frozen=True)
class Failures:
    """Failed attempts in the window, of each that is counted."""

    conversation: int
    address: int
    contact: int

    def locked(self) -> str | None:
        """Which of them has used up its tries."""
        tries = settings().sign_in_tries
        allowed = {"conversation": tries, "address": tries * OF_ADDRESS, "contact": tries * OF_CONTACT}
        return next((name for name, most in allowed.items() if getattr(self, name) >= most), None)


async def failures(session: AsyncSession, source: Source, now: datetime) -> Failures:
    row = SignInAttemptRow
    since = now - timedelta(minutes=settings().sign_in_lockout_minutes)
    # What is not known counts nobody's attempts.
    mine = row.conversation_id == source.conversation_id if source.conversation_id else false()
    there = row.address == source.address if source.address else false()
    theirs = row.contact_id == source.contact_id if source.contact_id else false()
    query = select(func.count().filter(mine), func.count().filter(there), func.count().filter(theirs)).where(
        row.at >= since, ~row.succeeded, or_(mine, there, theirs)
    )
    return Failures(*(await session.execute(query)).one())


async def guard(session: AsyncSession, source: Source, now: datetime) -> None:
    """Raises TooMany while one of the three is locked out: the attempt is refused unread."""
    if (await failures(session, source, now)).locked():
        minutes = settings().sign_in_lockout_minutes
        raise TooMany(
            f"Слишком много попыток. Подождите {minutes} минут или позовите менеджера.", code="too_many_attempts"
        )


async def note(
    session: AsyncSession, source: Source, way: str, now: datetime, *, succeeded: bool, customer_id: str | None = None
) -> None:
    """Keeps the attempt; the failure that locks out stands in the audit as well.

    The caller commits even when it refuses: an attempt that leaves no trace could be repeated for ever.
    """
    before = await failures(session, source, now)
    session.add(
        SignInAttemptRow(
            at=now,
            channel=source.channel,
            address=source.address,
            conversation_id=source.conversation_id,
            customer_id=customer_id,
            contact_id=source.contact_id,
            way=way,
            succeeded=succeeded,
        )
    )
    await session.flush()
    if succeeded or before.locked():
        return
    if locked := (await failures(session, source, now)).locked():
        data = {"channel": source.channel, "way": way, "locked": locked, "contact": source.contact_id or ""}
        await audit(session, "sign-in", "sign_in_locked", str(source.conversation_id), **data)
