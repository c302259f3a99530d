"""Logins of contacts: argon2 hashes, set by a manager; typed on a page of ours, never into a chat."""

import asyncio
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from pwdlib import PasswordHash
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.customers import attempts, identity, phones
from api.db.models import ContactLoginRow, ConversationRow
from api.domain.clock import Clock
from api.errors import ApiError, Conflict, Forbidden

PASSWORD_BYTES = 9
"""Twelve characters."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")

_hasher = PasswordHash.recommended()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked when the login is unknown, so that the time of the answer does not tell."""


def normalized(login: str) -> str:
    return login.strip().lower()


async def set_login(session: AsyncSession, contact_id: str, login: str, clock: Clock) -> str:
    """Gives the person this login and a new password, which is returned now and never again.

    Whoever is in by the former password is out.
    Raises ApiError for a login that cannot be one, Conflict for one that another person has.
    """
    login = normalized(login)
    if not LOGIN.fullmatch(login):
        raise ApiError("Логин: от 3 до 60 знаков, латинские буквы, цифры, точка, дефис, @.", status=422)
    owner = await session.scalar(select(ContactLoginRow.contact_id).filter_by(login=login))
    if owner not in (None, contact_id):
        raise Conflict("Этот логин уже занят.")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    hashed = await asyncio.to_thread(_hasher.hash, password)
    values = {"contact_id": contact_id, "login": login, "password_hash": hashed, "set_at": clock.now()}
    statement = insert(ContactLoginRow).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["contact_id"], set_=values))
    await _end_sign_ins(session, contact_id, clock)
    return password


async def remove_login(session: AsyncSession, contact_id: str, clock: Clock) -> int:
    """Takes the login away, and whoever is in by it; returns how many were."""
    await session.execute(delete(ContactLoginRow).filter_by(contact_id=contact_id))
    return await _end_sign_ins(session, contact_id, clock)


async def _end_sign_ins(session: AsyncSession, contact_id: str, clock: Clock) -> int:
    by_login = (ConversationRow.contact_id == contact_id) & (ConversationRow.signed_in_by == "login")
    return await identity.cut_off(session, by_login, "login", clock)


@dataclass(frozen=True)
class Proof:
    """Whose password was right, and since when it is theirs."""

    contact_id: str
    set_at: datetime


async def prove(
    session: AsyncSession, conversation: ConversationRow, login: str, password: str, address: str, clock: Clock
) -> Proof:
    """Whose login and password these are. Raises TooMany or Forbidden; the caller commits even then."""
    now, login = clock.now(), normalized(login)
    row = await session.scalar(select(ContactLoginRow).filter_by(login=login))
    source = attempts.source_of(conversation, address, row.contact_id if row else attempts.nobody(login))
    await attempts.guard(session, source, now)
    known = row.password_hash if row else _NOBODY
    right = await asyncio.to_thread(_hasher.verify, password, known)
    people = await phones.people(session, [row.contact_id]) if row and right else []
    customer_id = people[0].customer_id if people else None
    await attempts.note(session, source, "login", now, succeeded=bool(people), customer_id=customer_id)
    if row is None or not people:
        raise Forbidden("Неверный логин или пароль.", code="wrong_login")
    return Proof(row.contact_id, row.set_at)


async def holds(session: AsyncSession, proof: Proof) -> bool:
    """Whether the password is still the person's: a new one ends what the old one began."""
    row = await session.get(ContactLoginRow, proof.contact_id)
    return row is not None and row.set_at == proof.set_at
