"""Who 1C is: user and password at `checkauth`, from then on a cookie that we signed."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from api.erp.commerceml.settings import CommercemlSettings

COOKIE = "cml_session"
SESSID = "sessid"


class Keeper:
    """Checks passwords and cookies. Nothing is kept here: another process may answer the next request."""

    def __init__(self, settings: CommercemlSettings) -> None:
        self._user = settings.user
        self._password = settings.password.get_secret_value()
        self._seconds = settings.session_minutes * 60

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether user and password of Basic authorization are ours; 1C sends them in UTF-8 or in windows-1251."""
        scheme, _, packed = headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(packed.strip(), validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        ours = f"{self._user}:{self._password}"
        by_utf8 = hmac.compare_digest(given, ours.encode())
        return hmac.compare_digest(given, ours.encode("windows-1251", "replace")) or by_utf8

    def cookie(self, now: float) -> tuple[str, str]:
        """A new session: its token, and the value of the cookie."""
        token = secrets.token_hex(16)
        text = f"{token}.{int(now) + self._seconds}"
        return token, f"{text}.{self._sign(text)}"

    def token(self, headers: Mapping[str, str], now: float) -> str | None:
        """The token of the cookie; None: there is none of ours, or its time is over."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return None
        text, _, signature = (found.value if found else "").rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(text).encode()):
            return None
        token, _, until = text.partition(".")
        return token if now < float(until) else None

    def sessid(self, token: str) -> str:
        """The second key of a session, for versions of 1C that repeat it in the address."""
        return self._sign(f"{SESSID}:{token}")[:32]

    def _sign(self, text: str) -> str:
        key = hashlib.sha256(f"commerceml:{self._user}:{self._password}".encode()).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
