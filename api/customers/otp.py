"""One-time codes by SMS or e-mail: six digits, ten minutes, five tries; only a keyed digest is kept.

The job that sends the code invents it, so that it stands in no queue. Who types an unknown number goes through the
same steps and is told the same.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.couriers.port import Letter, Way
from api.couriers.registry import couriers
from api.customers.phones import Person
from api.db.models import ContactRow, OneTimeCodeRow, SignInStepRow
from api.db.session import staff_session
from api.errors import NotFound
from api.worker import defer

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6
RESEND_AFTER = timedelta(seconds=60)
SENDS, SENDS_WINDOW = 3, timedelta(hours=1)
"""A chat is sent so many codes in the window, a person twice as many, whatever the chat: each costs an SMS."""

TEXT = "{code} — код для входа в чат заказов {company}. Никому его не сообщайте."
SUBJECT = "Код для входа в чат заказов"


def digest(conversation_id: UUID, code: str) -> str:
    """Bound to the conversation: a code that was sent for one chat opens no other."""
    key = settings().secret_key.encode()
    return hmac.new(key, f"{conversation_id}:{code}".encode(), hashlib.sha256).hexdigest()


def way_to(person: Person, sure: bool) -> Way | None:
    """How a code reaches this person. A number that several people share proves nothing about one of them."""
    if sure and "sms" in couriers():
        return "sms"
    return "email" if "email" in couriers() and person.email else None


async def sent_since(session: AsyncSession, since: datetime, contact_id: str) -> int:
    row = OneTimeCodeRow
    query = select(func.count()).where(row.issued_at >= since, row.contact_id == contact_id)
    return (await session.execute(query)).scalar_one()


async def issue(
    session: AsyncSession, conversation_id: UUID, people: Sequence[Person], *, sure: bool, now: datetime
) -> list[str]:
    """Defers a code to each who can be reached; earlier codes of the chat die. Returns the ways that were taken.

    `sure`: the people are one person, who needs one code.
    """
    await session.execute(
        update(OneTimeCodeRow).filter_by(conversation_id=conversation_id, used_at=None).values(used_at=now)
    )
    ways: list[str] = []
    for person in people:
        way = way_to(person, sure)
        if way is None or await sent_since(session, now - SENDS_WINDOW, person.contact_id) >= SENDS * 2:
            continue
        await _issue(session, conversation_id, person.contact_id, way, now)
        ways.append(way)
        if sure:
            break
    if not ways:
        # A job that does nothing: the answer to an unknown number comes neither sooner nor later.
        await defer(session, "one_time_codes.send", code_id=0)
    return ways


async def _issue(session: AsyncSession, conversation_id: UUID, contact_id: str, way: Way, now: datetime) -> None:
    row = OneTimeCodeRow(
        conversation_id=conversation_id,
        contact_id=contact_id,
        digest="",
        way=way,
        issued_at=now,
        expires_at=now + LIFETIME,
        tries_left=TRIES,
    )
    session.add(row)
    await session.flush()
    await defer(session, "one_time_codes.send", code_id=row.id)


async def send(code_id: int) -> None:
    """Invents the code, keeps its digest, hands it to the courier. A repeat sends another one. Raises CourierError."""
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    async with staff_session() as session:
        row = await session.get(OneTimeCodeRow, code_id, with_for_update=True)
        if row is None or row.used_at is not None or row.expires_at <= settings().clock.now():
            return
        to = await _address(session, row)
        row.digest = digest(row.conversation_id, code)
        way: Way = "sms" if row.way == "sms" else "email"
    text = TEXT.format(code=code, company=settings().company_name)
    await couriers()[way].send(Letter(to, text, SUBJECT if way == "email" else ""))


async def _address(session: AsyncSession, row: OneTimeCodeRow) -> str:
    if row.way == "email":
        return (await session.get_one(ContactRow, row.contact_id)).email
    step = await session.get(SignInStepRow, row.conversation_id)
    if step is None or not step.data.get("phone"):
        raise NotFound()
    return str(step.data["phone"])


async def verified(session: AsyncSession, conversation_id: UUID, code: str, now: datetime) -> str | None:
    """The contact whose code it is; the codes of the chat are then used up. None: wrong, one try less."""
    query = select(OneTimeCodeRow).where(
        OneTimeCodeRow.conversation_id == conversation_id,
        OneTimeCodeRow.used_at.is_(None),
        OneTimeCodeRow.expires_at > now,
        OneTimeCodeRow.tries_left > 0,
        OneTimeCodeRow.digest != "",
    )
    rows = (await session.scalars(query.with_for_update())).all()
    given = digest(conversation_id, code)
    right = [row for row in rows if hmac.compare_digest(row.digest, given)]
    for row in rows:
        if right:
            row.used_at = now
        else:
            row.tries_left -= 1
    return right[0].contact_id if right else None
