"""Logins of the distributor's people: argon2 passwords, sessions that can be ended, attempts that are limited."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.db.models import LoginAttemptRow, StaffSessionRow, StaffUserRow
from api.deps.audit import audit
from api.errors import TooMany

FIRST_LOGIN = "admin"
SESSION = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
MAX_FAILURES = 5

_hasher = PasswordHash.recommended()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked when the login is unknown, so that the time of the answer does not tell."""


@dataclass(frozen=True)
class Staff:
    """Who is logged in. `csrf` must come back with every form."""

    session_id: UUID
    name: str
    login: str
    role: str
    csrf: str


async def ensure_first_admin(session: AsyncSession) -> None:
    """Makes the login «admin» with the password of ADMIN_PASSWORD, or renews its password when that changed."""
    password = settings().admin_password
    if not password:
        return
    user = (await session.scalars(select(StaffUserRow).filter_by(login=FIRST_LOGIN))).one_or_none()
    if user is not None and await asyncio.to_thread(_hasher.verify, password, user.password_hash):
        return
    values = {
        "login": FIRST_LOGIN,
        "name": "Администратор",
        "role": "admin",
        "password_hash": await asyncio.to_thread(_hasher.hash, password),
    }
    await session.execute(
        insert(StaffUserRow).values(values).on_conflict_do_update(index_elements=["login"], set_=values)
    )


async def _failures(session: AsyncSession, login: str, now: datetime) -> int:
    row = LoginAttemptRow
    query = select(func.count()).where(row.login == login, ~row.succeeded, row.at >= now - WINDOW)
    return (await session.execute(query)).scalar_one()


async def log_in(
    session: AsyncSession, login: str, password: str, address: str, now: datetime
) -> StaffSessionRow | None:
    """A new session, or None for a wrong login or password; the attempt is noted. Raises TooMany."""
    if await _failures(session, login, now) >= MAX_FAILURES:
        raise TooMany("Слишком много неудачных попыток. Попробуйте через 15 минут.")
    user = (await session.scalars(select(StaffUserRow).filter_by(login=login, active=True))).one_or_none()
    known = user.password_hash if user else _NOBODY
    right = await asyncio.to_thread(_hasher.verify, password, known) and user is not None
    session.add(LoginAttemptRow(at=now, login=login, address=address, succeeded=right))
    if not right or user is None:
        return None
    row = StaffSessionRow(id=uuid4(), user_id=user.id, csrf=secrets.token_urlsafe(24), expires_at=now + SESSION)
    session.add(row)
    await audit(session, user.login, "log_in", address)
    return row


async def logged_in(session: AsyncSession, session_id: UUID, now: datetime) -> Staff | None:
    """Who holds this session, while it lasts and the person works here."""
    query = (
        select(StaffSessionRow, StaffUserRow)
        .join(StaffUserRow, StaffUserRow.id == StaffSessionRow.user_id)
        .where(StaffSessionRow.id == session_id, StaffSessionRow.expires_at > now, StaffUserRow.active)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, user = found
    return Staff(row.id, user.name, user.login, user.role, row.csrf)


async def log_out(session: AsyncSession, staff: Staff) -> None:
    """Ends the session."""
    await session.execute(delete(StaffSessionRow).where(StaffSessionRow.id == staff.session_id))
