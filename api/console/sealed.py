"""What must be readable by this installation only: second factors in the database, marks in a browser's cookie."""

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.config import settings


def _cipher(purpose: str) -> Fernet:
    """A key for each purpose, so that what was sealed for one is nothing to another."""
    derived = HKDF(SHA256(), length=32, salt=None, info=f"console: {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings().secret_key.encode())))


def seal(purpose: str, text: str) -> str:
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str, good_for: timedelta | None = None) -> str | None:
    """The text; None for what was not sealed here for this purpose, or too long ago, or under another SECRET_KEY."""
    ttl = None if good_for is None else int(good_for.total_seconds())
    try:
        return _cipher(purpose).decrypt(sealed.encode(), ttl).decode()
    except InvalidToken:
        return None
