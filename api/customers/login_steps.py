"""Signing in with a password: link to a page ──► password typed there ──► number of the page typed into the chat.

The page alone signs nobody in: a link that somebody else sent would let that chat in. Whoever has the page open has to
carry the number to the chat that asked for the link, and nobody else is shown it.
"""

import hmac
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import attempts, identity, logins, otp, phones, steps
from api.customers.logins import Proof
from api.db.models import ConversationRow
from api.domain.clock import Clock
from api.errors import Forbidden

WRONG = "Число не подошло. Посмотрите на страницу и напишите ещё раз."
OVER = "Это число больше не действует. Запросите новую ссылку."


async def wait_for_login(session: AsyncSession, conversation: ConversationRow, mark: str, now: datetime) -> None:
    """The link with this mark is good from now on, an earlier one is not."""
    await steps.stand_at(session, conversation, steps.LOGIN, now, mark=mark)


async def waits_for_login(session: AsyncSession, conversation: ConversationRow, mark: str, now: datetime) -> bool:
    """Whether the link with this mark is still good: not used, and no other step was taken since."""
    step = await steps.current(session, conversation, now)
    return step is not None and step.step == steps.LOGIN and step.data.get("mark") == mark


async def show_number(session: AsyncSession, conversation: ConversationRow, proof: Proof, now: datetime) -> str:
    """The number for the page, after the right password; only its digest is kept. The link is used up."""
    number = "".join(secrets.choice("0123456789") for _ in range(otp.DIGITS))
    data = {"contact": proof.contact_id, "set_at": proof.set_at.isoformat(), "tries": otp.TRIES}
    digest = otp.digest(conversation.id, number)
    await steps.stand_at(session, conversation, steps.PAGE, now, **data, digest=digest)
    return number


async def enter_number(
    session: AsyncSession, conversation: ConversationRow, number: str, clock: Clock, inbox_id: int | None = None
) -> None:
    """The number of the page, in the chat. Raises TooMany or Forbidden; the caller commits even then."""
    now = clock.now()
    step = await steps.current(session, conversation, now)
    if step is None or step.step != steps.PAGE or step.data["tries"] <= 0:
        raise Forbidden(OVER, code="page_number_over")
    contact_id = step.data["contact"]
    source = attempts.source_of(conversation, contact_id=contact_id)
    await attempts.guard(session, source, now)
    step.data = step.data | {"tries": step.data["tries"] - 1}
    right = hmac.compare_digest(step.data["digest"], otp.digest(conversation.id, number))
    await attempts.note(session, source, "login", now, succeeded=right)
    if not right:
        raise Forbidden(WRONG, code="wrong_page_number")
    proof = Proof(contact_id, datetime.fromisoformat(step.data["set_at"]))
    people = await phones.people(session, [contact_id])
    if not people or not await logins.holds(session, proof):
        raise Forbidden(OVER, code="page_number_over")
    await identity.sign_in(session, conversation, people[0].customer_id, contact_id, "login", clock, inbox_id)
