"""Attempts to log in: how many, from where, and who is let through in spite of a stranger's.

A lock of the login alone would hand everybody a way to keep an admin out: five wrong passwords every 15 minutes. So
(OWASP calls it «device cookies»):

* a network has few tries at one login, and some more at all logins together;
* all networks together have LOGIN_TRIES at one login: many machines that guess at once are slowed down to some
  thousand passwords a day, which finds no password of twelve signs;
* a browser in which this person has logged in before has tries of its own, and none of the above counts for it.

So a stranger with many addresses can at worst keep somebody out of a *new* browser while he goes on;
`./run admin reset` and «Разблокировать» begin the count anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.sealed import seal, unseal
from api.db.models import LoginAttemptRow
from api.db.session import staff_session
from api.errors import TooMany

WINDOW = timedelta(minutes=15)
TRIES = 5
"""At one login, from one network or in one known browser."""
NETWORK_TRIES = 20
LOGIN_TRIES = 50
CODE_TRIES = 5
"""Wrong codes of a login: whoever types one knows the password already."""

KNOWN = timedelta(days=180)
_PURPOSE = "known browser"


@dataclass(frozen=True)
class Visit:
    """Where a request comes from. `network`: see api/deps/addresses.py; `known`: the cookie of `mark`, as it came."""

    network: str = ""
    counted: str = ""
    """The network for which tries at all logins are counted; empty where everybody would share it."""
    browser: str = ""
    known: str = ""


@dataclass(frozen=True)
class Attempt:
    """One that is under way. `last`: if it fails, the next is refused."""

    id: int
    last: bool


def mark(login: str) -> str:
    """The cookie of a browser in which this person has just logged in."""
    return seal(_PURPOSE, f"{token_hex(8)} {login}")


def _known_browser(visit: Visit, login: str) -> str:
    name, _, owner = (unseal(_PURPOSE, visit.known, KNOWN) or "").partition(" ")
    return name if owner == login else ""


def _limits(kind: str, login: str, visit: Visit, browser: str) -> list[tuple[int, ColumnElement[bool]]]:
    """How many failures are allowed, of which."""
    row = LoginAttemptRow
    of_login = and_(row.login == login, row.browser == browser)
    if browser:
        return [(TRIES, of_login)]
    if kind == "code":
        return [(CODE_TRIES, of_login)]
    limits = [(TRIES, and_(of_login, row.address == visit.network)), (LOGIN_TRIES, of_login)]
    if visit.counted:
        limits.append((NETWORK_TRIES, and_(row.address == visit.network, row.browser == "")))
    return limits


async def begin(kind: str, login: str, visit: Visit, now: datetime) -> Attempt:
    """Counts the attempt as failed, in a transaction of its own, before anything is compared; raises TooMany.

    A hundred at once would otherwise all find that nobody has tried yet.
    """
    browser = _known_browser(visit, login)
    limits = _limits(kind, login, visit, browser)
    row = LoginAttemptRow
    async with staff_session() as session:
        # Always the login first, then the network: nobody waits for one another in a circle.
        for key in (f"login:{login}", f"network:{visit.network}"):
            await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
        counts = [func.count().filter(which) for _, which in limits]
        query = select(*counts).where(
            row.at >= now - WINDOW, ~row.succeeded, row.kind == kind, or_(*(which for _, which in limits))
        )
        left = [most - made for (most, _), made in zip(limits, (await session.execute(query)).one(), strict=True)]
        if min(left) <= 0:
            raise TooMany("Слишком много неудачных попыток. Попробуйте через 15 минут.")
        noted = row(at=now, login=login, address=visit.network, browser=browser, kind=kind, succeeded=False)
        session.add(noted)
        await session.flush()
        return Attempt(noted.id, last=min(left) == 1)


async def succeeded(session: AsyncSession, attempt: Attempt) -> None:
    await session.execute(update(LoginAttemptRow).filter_by(id=attempt.id).values(succeeded=True))


async def forgive(session: AsyncSession, login: str) -> None:
    """The person's count begins anew."""
    await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.login == login, ~LoginAttemptRow.succeeded))


async def failures(session: AsyncSession, now: datetime) -> dict[str, int]:
    """How many failed within the window, by login."""
    row = LoginAttemptRow
    query = select(row.login, func.count()).where(row.at >= now - WINDOW, ~row.succeeded).group_by(row.login)
    return dict((await session.execute(query)).all())
