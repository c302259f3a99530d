"""Logins of the distributor's people: the first step of logging in, sessions, a new password."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import attempts, passwords, second_factor
from api.console.attempts import Visit
from api.customers.attempts import nobody
from api.db.models import StaffSessionRow, StaffUserRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.errors import ApiError

FIRST_LOGIN = "admin"
SESSION = timedelta(hours=12)
"""The longest that a login lasts: a working day."""
IDLE = timedelta(hours=2)
"""A browser that asks for nothing so long is logged out. An open page that fetches itself anew counts as present."""
HALFWAY = timedelta(minutes=10)
"""For the code after the password."""
TEMPORARY = timedelta(days=7)
"""A password that an admin gave opens the door so long."""
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Staff:
    """Who is logged in. `csrf` must come back with every form.

    `pending`: what has to be done before anything else is open: code, password, second-factor.
    """

    session_id: UUID
    name: str
    login: str
    role: str
    csrf: str
    user_id: int
    pending: str = ""


async def ensure_first_admin(session: AsyncSession) -> None:
    """Makes the login «admin» with the password of ADMIN_PASSWORD, where there is no admin yet.

    While nobody has set another one, it follows that variable; afterwards the variable is nothing any more, or the next
    start would undo what a person did.
    """
    password = settings().admin_password
    if not password:
        return
    row = StaffUserRow
    found = await session.scalars(select(row).where((row.login == FIRST_LOGIN) | (row.role == "admin")))
    admins = {user.login: user for user in found}
    user = admins.get(FIRST_LOGIN)
    if not admins:
        values = {"login": FIRST_LOGIN, "name": "Администратор", "role": "admin"}
        values["password_hash"] = await passwords.kept(password)
        # Several may start at once.
        await session.execute(insert(StaffUserRow).values(values).on_conflict_do_nothing(index_elements=["login"]))
    elif user and user.password_changed_at is None and not await passwords.right(password, user.password_hash):
        user.password_hash = await passwords.kept(password)
        await end_all(session, user.id)


def session_of(cookie: str) -> UUID:
    """The id of the session that this cookie opens."""
    return UUID(bytes=hashlib.sha256(cookie.encode()).digest()[:16])


async def open_session(session: AsyncSession, user: StaffUserRow, visit: Visit, now: datetime, *, full: bool) -> str:
    """A new session's cookie. It is always a new one: what a stranger put into the browser before opens nothing."""
    cookie = secrets.token_urlsafe(32)
    row = StaffSessionRow(
        id=session_of(cookie),
        user_id=user.id,
        csrf=secrets.token_urlsafe(24),
        created_at=now,
        seen_at=now,
        expires_at=now + (SESSION if full else HALFWAY),
        address=visit.network,
        browser=visit.browser[:300],
        second_factor=full,
    )
    session.add(row)
    await session.flush()
    return cookie


async def log_in(login: str, password: str, visit: Visit, now: datetime) -> str | None:
    """The cookie of a new session, or None for a wrong login or password; the attempt is noted. Raises TooMany.

    With a second factor the session opens nothing but the page for its code.
    """
    async with staff_session() as session:
        known = (await session.scalars(select(StaffUserRow).filter_by(login=login, active=True))).one_or_none()
    attempt = await attempts.begin("password", known.login if known else nobody(login), visit, now)
    right = await passwords.right(password, known.password_hash if known else None)
    async with staff_session() as session:
        if known is None or not right or _outdated(known, now):
            if known and attempt.last:
                await audit(session, known.login, "login_locked", visit.network)
            return None
        # Whoever takes the password away meanwhile ends this session too, or makes it not begin.
        user = await session.get_one(StaffUserRow, known.id, with_for_update={"read": True})
        if not user.active or user.password_hash != known.password_hash:
            return None
        await attempts.succeeded(session, attempt)
        if not user.totp_secret:
            await audit(session, user.login, "log_in", visit.network)
        return await open_session(session, user, visit, now, full=not user.totp_secret)


def _outdated(user: StaffUserRow, now: datetime) -> bool:
    """Whether a temporary password has lain about too long."""
    changed = user.password_changed_at
    return user.must_change_password and changed is not None and changed < now - TEMPORARY


async def give_code(staff: Staff, code: str, visit: Visit, now: datetime) -> str | None:
    """The cookie of the full session that takes the place of the half one; None for a wrong code. Raises TooMany."""
    attempt = await attempts.begin("code", staff.login, visit, now)
    async with staff_session() as session:
        user = await session.get_one(StaffUserRow, staff.user_id, with_for_update=True)
        if not await second_factor.accept(session, user, code, second_factor.moment()):
            if attempt.last:
                await audit(session, user.login, "login_locked", visit.network, step="code")
                await log_out(session, staff)
            return None
        await attempts.succeeded(session, attempt)
        await log_out(session, staff)
        await audit(session, user.login, "log_in", visit.network)
        return await open_session(session, user, visit, now, full=True)


async def logged_in(session: AsyncSession, session_id: UUID, now: datetime) -> Staff | None:
    """Who holds this session, while it lasts and the person works here."""
    row = StaffSessionRow
    query = (
        select(row, StaffUserRow)
        .join(StaffUserRow, StaffUserRow.id == row.user_id)
        .where(row.id == session_id, row.expires_at > now, row.seen_at > now - IDLE, StaffUserRow.active)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    held, user = found
    # Not through the mapped object: the session may be ended at this very moment, and that is no error here.
    seen = update(row).where(row.id == session_id, row.seen_at < now - SEEN_EVERY).values(seen_at=now)
    await session.execute(seen.execution_options(synchronize_session=False))
    return Staff(held.id, user.name, user.login, user.role, held.csrf, user.id, _pending(held, user))


def _pending(held: StaffSessionRow, user: StaffUserRow) -> str:
    if not held.second_factor:
        return "code"
    if user.must_change_password:
        return "password"
    required = user.role == "admin" and settings().second_factor_required
    return "second-factor" if required and not user.totp_secret else ""


async def confirm(staff: Staff, password: str, visit: Visit, now: datetime) -> None:
    """That it is this person who sits there, before what a forgotten open browser must not do; raises ApiError."""
    async with staff_session() as session:
        user = await session.get_one(StaffUserRow, staff.user_id)
    attempt = await attempts.begin("password", staff.login, visit, now)
    if not await passwords.right(password, user.password_hash):
        raise ApiError("Неверный пароль.", status=422)
    async with staff_session() as session:
        await attempts.succeeded(session, attempt)


async def change_password(staff: Staff, old: str, new: str, visit: Visit, now: datetime) -> str:
    """The person's own new password; every session ends, the cookie is of a new one. Raises ApiError."""
    await confirm(staff, old, visit, now)
    passwords.check(new, staff.login)
    if new == old:
        raise passwords.WeakPassword("Это прежний пароль. Нужен новый.")
    kept = await passwords.kept(new)
    async with staff_session() as session:
        user = await session.get_one(StaffUserRow, staff.user_id)
        user.password_hash, user.password_changed_at, user.must_change_password = kept, now, False
        await audit(session, staff.login, "password_change", staff.login)
        await end_all(session, user.id)
        return await open_session(session, user, visit, now, full=True)


async def sessions(session: AsyncSession, user_id: int, now: datetime) -> list[StaffSessionRow]:
    """The person's open sessions, the one used last first."""
    row = StaffSessionRow
    query = select(row).where(row.user_id == user_id, row.second_factor, row.expires_at > now, row.seen_at > now - IDLE)
    return list(await session.scalars(query.order_by(row.seen_at.desc(), row.id)))


async def end(session: AsyncSession, user_id: int, session_id: UUID) -> None:
    """Ends one of the person's sessions."""
    await session.execute(delete(StaffSessionRow).filter_by(id=session_id, user_id=user_id))


async def end_all(session: AsyncSession, user_id: int) -> None:
    await session.execute(delete(StaffSessionRow).filter_by(user_id=user_id))


async def log_out(session: AsyncSession, staff: Staff) -> None:
    """Ends the session."""
    await end(session, staff.user_id, staff.session_id)
