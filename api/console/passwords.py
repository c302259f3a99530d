"""Passwords of the distributor's people: how they are kept, which are good enough, which are made here."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from unicodedata import normalize

from pwdlib import PasswordHash

from api.errors import ApiError

SHORTEST, LONGEST = 12, 200
DIFFERENT = 5
BESIDE_THE_LOGIN = 8
"""Signs of a password that are left when the login is taken out of it."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without signs that are taken for one another when a password is read aloud."""

_hasher = PasswordHash.recommended()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked when the login is unknown, so that the time of the answer does not tell."""
_POOL = ThreadPoolExecutor(2, "passwords")
"""Argon2 takes 64 MB and all of a core for each password: strangers who try many must not stop the customers' chat."""


class WeakPassword(ApiError):
    status, code = 422, "weak_password"


def _bytes(password: str) -> bytes:
    # «й» is one sign or two, depending on the machine it was typed on.
    return normalize("NFC", password).encode("utf-8", "surrogatepass")


async def kept(password: str) -> str:
    """What is stored of it."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _hasher.hash, _bytes(password))


async def right(password: str, stored: str | None) -> bool:
    """Whether it is the password of which this was stored. None takes the same time, and is nobody's."""
    if len(password) > LONGEST:
        password, stored = "", None
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_POOL, _hasher.verify, _bytes(password), stored or _NOBODY) and stored is not None


def check(password: str, login: str) -> None:
    """Raises WeakPassword with what is wrong. Length is what counts; no rules of «one digit, one sign»."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"Пароль: не короче {SHORTEST} и не длиннее {LONGEST} знаков. Подойдут несколько слов.")
    if len(set(password)) < DIFFERENT:
        raise WeakPassword("В пароле слишком мало разных знаков.")
    if len(password.casefold().replace(login.casefold(), "")) < BESIDE_THE_LOGIN:
        raise WeakPassword("Пароль слишком похож на логин.")


def made() -> str:
    """A password to be passed on: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
