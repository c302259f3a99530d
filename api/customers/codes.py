"""Codes that sign a visitor in: a company's, or with a contact a person's invitation. Only a keyed digest is kept."""

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.customers import attempts, identity
from api.customers.attempts import Source
from api.db.models import CompanyCodeRow, ContactRow, ConversationRow, CustomerRow
from api.domain.clock import Clock
from api.errors import Forbidden

LOOKALIKE = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
ALPHABET = "ABCEHKMPTX2345679"
"""Read aloud, written by hand or typed in Cyrillic they stay themselves: no O and 0, I and 1, B and 8."""
GROUP, GROUPS = 4, 3
HINT = 4
"""Characters of an issued code that are kept to tell it from others; eight unknown ones remain."""


def normalized(code: str) -> str:
    """The code as people mean it: case, blanks and Cyrillic look-alikes do not matter."""
    text = unicodedata.normalize("NFKC", code).upper().translate(LOOKALIKE)
    return "".join(character for character in text if character.isalnum())


def digest(code: str) -> str:
    """What is stored of a code."""
    key = settings().secret_key.encode()
    return hmac.new(key, normalized(code).encode(), hashlib.sha256).hexdigest()


async def find(session: AsyncSession, code: str, now: datetime) -> CompanyCodeRow | None:
    """The code as long as it opens something: not revoked, expired or used up, its company and person still there."""
    if not normalized(code):
        return None
    row = CompanyCodeRow
    still_there = ContactRow.customer_id == row.customer_id
    query = (
        select(row)
        .join(CustomerRow, CustomerRow.id == row.customer_id)
        .join(ContactRow, ContactRow.id == row.contact_id, isouter=True)
        .where(
            row.digest == digest(code),
            row.revoked_at.is_(None),
            or_(row.expires_at.is_(None), row.expires_at > now),
            or_(row.uses_left.is_(None), row.uses_left > 0),
            CustomerRow.active,
            or_(row.contact_id.is_(None), ContactRow.at_work & still_there),
        )
    )
    found = await session.scalar(query)
    if found is not None and found.contact_id is None and "code" not in settings().ways:
        return None
    return found


async def is_of(session: AsyncSession, code: str, conversation: ConversationRow, now: datetime) -> bool:
    """Whether the code leads where the conversation is already: it signed it in, or opens the same company to it."""
    row = await session.get(CompanyCodeRow, digest(code))
    if row is not None and conversation.signed_in_by == f"code:{row.id}":
        return True
    found = await find(session, code, now)
    if found is None or found.customer_id != conversation.customer_id:
        return False
    return found.contact_id in (None, conversation.contact_id)


async def check(session: AsyncSession, code: str, now: datetime, source: Source) -> CompanyCodeRow:
    """The code's row, with one use less. Raises TooMany or Forbidden; the caller commits even then."""
    await attempts.guard(session, source, now)
    found = await find(session, code, now)
    if found is not None and not await _use(session, found):
        found = None
    customer_id = found.customer_id if found else None
    await attempts.note(session, source, "code", now, succeeded=found is not None, customer_id=customer_id)
    if found is None:
        raise Forbidden("Такого кода нет. Проверьте, пожалуйста, или позовите менеджера.", code="wrong_code")
    return found


async def _use(session: AsyncSession, found: CompanyCodeRow) -> bool:
    """Takes one use; False when another visitor took the last at this moment."""
    if found.uses_left is None:
        return True
    row = CompanyCodeRow
    taken = update(row).where(row.digest == found.digest, row.uses_left > 0).values(uses_left=row.uses_left - 1)
    return await session.scalar(taken.returning(row.id)) is not None


async def sign_in(
    session: AsyncSession,
    conversation: ConversationRow,
    code: str,
    clock: Clock,
    *,
    address: str | None = None,
    inbox_id: int | None = None,
) -> None:
    """Signs the conversation in by the code; raises as `check` does."""
    source = attempts.source_of(conversation, address)
    found = await check(session, code, clock.now(), source)
    by = f"code:{found.id}"
    await identity.sign_in(session, conversation, found.customer_id, found.contact_id, by, clock, inbox_id)


def invented() -> str:
    """A new code: «KXTP-2947-MMCA», 48 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def looks_issued(code: str) -> bool:
    """Whether it may be one of `invented`, well or badly copied; a word of the language is none."""
    bare = normalized(code)
    return len(bare) == GROUP * GROUPS and set(bare) <= set(ALPHABET)


async def issue(
    session: AsyncSession,
    customer_id: str,
    by: str,
    *,
    contact_id: str | None = None,
    expires_at: datetime | None = None,
    uses: int | None = None,
) -> tuple[CompanyCodeRow, str]:
    """A new code with its row. The code itself is known now and never again."""
    code = invented()
    row = CompanyCodeRow(
        digest=digest(code),
        customer_id=customer_id,
        contact_id=contact_id,
        source="own",
        issued_by=by,
        expires_at=expires_at,
        uses_left=uses,
        hint=code[:HINT],
    )
    session.add(row)
    await session.flush()
    return row, code


async def revoke(session: AsyncSession, row: CompanyCodeRow, clock: Clock, *, end_sign_ins: bool) -> int:
    """The code opens nothing any more; asked to, ends the sign-ins made with it. Returns how many."""
    row.revoked_at = row.revoked_at or clock.now()
    return await end(session, row, clock) if end_sign_ins else 0


async def end(session: AsyncSession, row: CompanyCodeRow, clock: Clock) -> int:
    """Ends the sign-ins made with the code, which may go on opening. Returns how many."""
    return await identity.cut_off(session, ConversationRow.signed_in_by == f"code:{row.id}", "code", clock)
