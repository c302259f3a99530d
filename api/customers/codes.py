"""Company codes: a visitor who knows the code orders for the company. Only a keyed digest of a code is stored."""

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import CompanyCodeRow, CustomerRow, SignInAttemptRow
from api.errors import Forbidden, TooMany

WINDOW = timedelta(minutes=15)
PER_CONVERSATION = 5
PER_ADDRESS = 20
"""Failed attempts in the window after which further ones are refused unread."""

LOOKALIKE = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def normalized(code: str) -> str:
    """The code as people mean it: case, blanks and Cyrillic look-alikes do not matter."""
    text = unicodedata.normalize("NFKC", code).upper().translate(LOOKALIKE)
    return "".join(character for character in text if character.isalnum())


def digest(code: str) -> str:
    """What is stored of a code."""
    key = settings().secret_key.encode()
    return hmac.new(key, normalized(code).encode(), hashlib.sha256).hexdigest()


async def failures(
    session: AsyncSession, since: datetime, conversation_id: UUID | None, address: str
) -> tuple[int, int]:
    """Failed attempts since then: of this conversation, of this address."""
    row = SignInAttemptRow
    query = select(
        func.count().filter(row.conversation_id == conversation_id),
        func.count().filter(row.address == address, row.address != ""),
    ).where(row.at >= since, ~row.succeeded, or_(row.conversation_id == conversation_id, row.address == address))
    mine, there = (await session.execute(query)).one()
    return mine, there


async def customer_of(session: AsyncSession, code: str) -> str | None:
    """The customer that the code opens, or None."""
    query = (
        select(CompanyCodeRow.customer_id)
        .join(CustomerRow, CustomerRow.id == CompanyCodeRow.customer_id)
        .where(CompanyCodeRow.digest == digest(code), CompanyCodeRow.revoked_at.is_(None), CustomerRow.active)
    )
    return await session.scalar(query) if normalized(code) else None


async def check(
    session: AsyncSession, code: str, now: datetime, *, channel: str, conversation_id: UUID | None, address: str = ""
) -> str:
    """The customer that the code opens. Raises TooMany or Forbidden; the attempt's row is added in any case.

    The caller commits even when this raises: an attempt that leaves no trace could be repeated for ever.
    """
    mine, there = await failures(session, now - WINDOW, conversation_id, address)
    if mine >= PER_CONVERSATION or there >= PER_ADDRESS:
        raise TooMany("Слишком много попыток. Подождите 15 минут или позовите менеджера.", code="too_many_attempts")
    customer_id = await customer_of(session, code)
    session.add(
        SignInAttemptRow(
            at=now,
            channel=channel,
            address=address,
            conversation_id=conversation_id,
            customer_id=customer_id,
            succeeded=customer_id is not None,
        )
    )
    await session.flush()
    if customer_id is None:
        raise Forbidden("Такого кода нет. Проверьте, пожалуйста, или позовите менеджера.", code="wrong_code")
    return customer_id
