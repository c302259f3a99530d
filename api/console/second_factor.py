"""The second factor: six digits of an authenticator app (TOTP, RFC 6238). docs/decisions/0013-second-factor.md."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pyotp
import segno
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.sealed import seal, unseal
from api.db.models import StaffSessionRow, StaffUserRow
from api.errors import ApiError, Conflict

_KEPT, _OFFERED = "second factor", "offered second factor"
OFFER = timedelta(minutes=15)
STEPS_BESIDE = 1
"""Codes of the period before and after are good too: telephones' clocks go wrong."""

KEY_CHANGED = (
    "Ключ сервера (SECRET_KEY) сменился, и код проверить нельзя. Сбросьте второй фактор на сервере: "
    "./run admin reset {login}"
)


class WrongCode(ApiError):
    status, code, message = 422, "wrong_code", "Код не подошёл. Введите тот, что приложение показывает сейчас."


def moment() -> datetime:
    """The real time: a telephone knows nothing of CLOCK_OFFSET_SECONDS."""
    return datetime.now(UTC)


def offer(login: str) -> tuple[str, str]:
    """A new secret, and the same sealed for the form: nothing is stored until the app has shown a right code."""
    secret = pyotp.random_base32()
    return secret, seal(_OFFERED, f"{login} {secret}")


def offered(login: str, sealed: str) -> str:
    """The secret that was offered to this person; raises Conflict."""
    owner, _, secret = (unseal(_OFFERED, sealed, OFFER) or "").rpartition(" ")
    if not secret or owner != login:
        raise Conflict("Страница устарела. Добавьте новый ключ в приложение.")
    return secret


def qr(login: str, secret: str) -> str:
    """An SVG for the authenticator app's camera."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=settings().company_name)
    return segno.make(uri, error="m").svg_inline(scale=4, border=2, omitsize=False)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The period of RFC 6238 that the code is of; None: of none that is good now."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    totp = pyotp.TOTP(secret)
    now = totp.timecode(at)
    steps = range(now - STEPS_BESIDE, now + STEPS_BESIDE + 1)
    return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), typed)), None)


async def accept(session: AsyncSession, user: StaffUserRow, code: str, at: datetime) -> bool:
    """Whether the code is right. It is good once, also when it comes twice at the same moment."""
    secret = unseal(_KEPT, user.totp_secret)
    if secret is None:
        raise Conflict(KEY_CHANGED.format(login=user.login))
    step = step_of(secret, code, at)
    if step is None:
        return False
    row = StaffUserRow
    query = update(row).where(row.id == user.id, row.totp_last_step < step).values(totp_last_step=step)
    return (await session.execute(query.returning(row.id))).one_or_none() is not None


async def set_up(session: AsyncSession, user: StaffUserRow, secret: str, code: str, at: datetime) -> None:
    """The person's second factor from now on; raises WrongCode. Logins without it end."""
    step = step_of(secret, code, at)
    if step is None:
        raise WrongCode
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = seal(_KEPT, secret), at, step
    await session.execute(delete(StaffSessionRow).filter_by(user_id=user.id))


def remove(user: StaffUserRow) -> None:
    user.totp_secret, user.totp_confirmed_at = "", None
