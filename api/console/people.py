"""People of the console, as admins keep them. Whoever acts is named by login; an admin acts on others only.

So one admin is always left: the one who acted last.
"""

import re
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.console import accounts, attempts, passwords, second_factor
from api.console.access import ROLES
from api.db.models import StaffSessionRow, StaffUserRow
from api.deps.audit import audit
from api.deps.staff_chats import untie
from api.errors import ApiError, Conflict, Forbidden, NotFound

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
NAME_LENGTH = 60


class Wrong(ApiError):
    status, code = 422, "wrong"


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LENGTH or not clean.isprintable():
        raise Wrong(f"Имя: от 1 до {NAME_LENGTH} знаков. Его видят клиенты, когда человек отвечает.")
    return clean


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise Wrong("Такой роли нет.")
    return role


async def create(
    session: AsyncSession, by: str, login: str, name: str, role: str, now: datetime, password: str = ""
) -> str:
    """A new person; the password to pass on, changed at the first login unless it was given. Raises ApiError."""
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Wrong("Логин: от 2 до 32 знаков — латинские буквы, цифры, точка, дефис.")
    row = StaffUserRow(login=login, name=_checked_name(name), role=_checked_role(role), password_hash="")
    given = await _give(row, password, now)
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"Логин «{login}» уже занят.") from error
    await audit(session, by, "person_add", login, role=role)
    return given


async def _give(user: StaffUserRow, password: str, now: datetime) -> str:
    """Sets the password, a made one when none is given; returns it."""
    if password:
        passwords.check(password, user.login)
    given = password or passwords.made()
    user.password_hash = await passwords.kept(given)
    user.password_changed_at, user.must_change_password = now, not password
    return given


async def other(session: AsyncSession, by: str, user_id: int) -> StaffUserRow:
    """The person that the admin `by` acts on, locked until the end of the transaction; raises ApiError.

    The admin's own row is locked too and looked at again: of two admins who take each other's role at the same
    moment the second finds that they are none any more.
    """
    row = StaffUserRow
    query = select(row).where(or_(row.id == user_id, row.login == by)).order_by(row.id).with_for_update()
    found = {user.login: user for user in await session.scalars(query)}
    actor = found.pop(by, None)
    if actor is None or not actor.active or actor.role != "admin":
        raise Forbidden("Это делает администратор.", code="role")
    if actor.id == user_id:
        raise Conflict("Себя так изменить нельзя: попросите другого администратора или откройте «Мой вход».")
    if not found:
        raise NotFound("Такого человека нет.")
    return next(iter(found.values()))


async def change(session: AsyncSession, by: str, user_id: int, name: str, role: str) -> None:
    user = await other(session, by, user_id)
    before = user.role
    user.name, user.role = _checked_name(name), _checked_role(role)
    await audit(session, by, "person_change", user.login, before=before, role=role)


async def deactivate(session: AsyncSession, by: str, user_id: int) -> None:
    """The person does not work here any more: what they have open ends at once, alerts too.

    Whoever comes back ties a chat anew: the former one may be a customer's by then.
    """
    user = await other(session, by, user_id)
    user.active, user.link_digest = False, ""
    await untie(session, user, by)
    await accounts.end_all(session, user.id)
    await audit(session, by, "person_close", user.login)


async def activate(session: AsyncSession, by: str, user_id: int) -> None:
    user = await other(session, by, user_id)
    user.active = True
    await audit(session, by, "person_open", user.login)


async def unlock(session: AsyncSession, by: str, user_id: int) -> None:
    user = await other(session, by, user_id)
    await attempts.forgive(session, user.login)
    await audit(session, by, "person_unlock", user.login)


async def reset_password(session: AsyncSession, by: str, user_id: int, now: datetime) -> tuple[str, str]:
    """Login and the temporary password to pass on; every session of the person ends."""
    user = await other(session, by, user_id)
    given = await _give(user, "", now)
    await accounts.end_all(session, user.id)
    await attempts.forgive(session, user.login)
    await audit(session, by, "person_password", user.login)
    return user.login, given


async def reset_second_factor(session: AsyncSession, by: str, user_id: int) -> None:
    """The telephone is lost: the password alone opens until a new one is set up, so every session ends."""
    user = await other(session, by, user_id)
    second_factor.remove(user)
    await accounts.end_all(session, user.id)
    await audit(session, by, "person_second_factor", user.login)


async def rescue(session: AsyncSession, by: str, login: str, now: datetime, password: str = "") -> str:
    """`./run admin reset`: a new password, no second factor, no lock, active again. Raises ApiError."""
    user = (await session.scalars(select(StaffUserRow).filter_by(login=login).with_for_update())).one_or_none()
    if user is None:
        raise NotFound(f"Логина «{login}» нет. Какие есть: ./run admin list")
    given = await _give(user, password, now)
    user.active = True
    second_factor.remove(user)
    await accounts.end_all(session, user.id)
    await attempts.forgive(session, user.login)
    await audit(session, by, "person_rescue", user.login)
    return given


async def everybody(session: AsyncSession) -> list[StaffUserRow]:
    """Those who work here first, by login."""
    return list(await session.scalars(select(StaffUserRow).order_by(StaffUserRow.active.desc(), StaffUserRow.login)))


async def last_seen(session: AsyncSession) -> dict[int, datetime]:
    """When each person with a session that lasts was here last, by id."""
    row = StaffSessionRow
    query = select(row.user_id, func.max(row.seen_at)).where(row.second_factor).group_by(row.user_id)
    return {user_id: at for user_id, at in await session.execute(query) if at}
